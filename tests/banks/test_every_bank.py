"""What every dialect and every bank gets for free: recorded answers, and answers that no bank should send."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bankview import language, web
from bankview.banks import Cursor, Partial, all_banks, dialects, find_bank
from bankview.errors import BadBankDataError, UnsafeRequestError
from bankview.paths import resource
from tests.banks.conftest import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.banks import Bank, Dialect

HERE = Path(__file__).parent
#: What may stand where a bank's value stood, as JSON. All of it parses, or is refused by the parser.
HOSTILE = [
    "null",
    "true",
    "{}",
    "[]",
    '""',
    '" "',
    "-1",
    "0",
    "1.005",
    "1e999",
    "-1e-999",
    "99999999999999999999",
    "9" * 5000,
    "0." + "3" * 5000,
    f'"{"9" * 5000}"',
    '"NaN"',
    '"Infinity"',
    '"1e5"',
    '"12,50"',
    '"0x10"',
    '"２"',
    '"2026-02-30"',
    '"\\u0000"',
    '"\\ud800"',
    "NaN",
    "Infinity",
    "[[[]]]",
    '{"value": {"value": 1}}',
    f'"{"æ" * 10_000}"',
]


#: The dialects whose banks have accounts.
READ = sorted(name for name, dialect in dialects().items() if dialect.has_accounts)


def test_every_dialect_has_recorded_answers() -> None:
    assert sorted(path.parent.parent.name for path in HERE.glob("*/typical/answers.json")) == READ


@pytest.mark.parametrize("name", sorted({*dialects()} - {*READ}))
def test_a_dialect_without_accounts_asks_nothing_and_yields_nothing(name: str) -> None:
    def send(*_: object, **__: object) -> web.Reply:
        raise AssertionError("it asked")

    dialect = dialects()[name].at(ZoneInfo("UTC"))
    get = web.Api("https://bank.example", send).get
    assert list(dialect.accounts(get)) == []
    assert list(dialect.transactions(get, None, date(2026, 3, 2))) == []
    assert dialect.paths


def test_paths_can_be_asked_for_below_the_root() -> None:
    api = web.Api("https://bank.example/api", lambda *_, **__: web.Reply(200, "", {}, b""))
    for dialect in dialects().values():
        for path in dialect.paths:
            assert api.url(path).startswith("https://bank.example/api")


def test_recorded_answers_become_what_is_expected(
    bank: Any, dialect: Dialect, case: Path, read: Callable[..., Any], update_golden: bool
) -> None:
    found = json.dumps(read(bank, dialect), indent=2, ensure_ascii=False) + "\n"
    expected = case / "expected.json"
    if update_golden:
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


def test_nothing_but_reading_is_asked(
    bank: Any, dialect: Dialect, read: Callable[..., Any]
) -> None:
    read(bank, dialect)
    assert {call["method"] for call in bank.asked} == {"GET"}


def test_each_row_keeps_the_banks_own_object(bank: Any, dialect: Dialect, case: Path) -> None:
    get = bank.api(dialect).get
    sent = (case / "answers.json").read_text("utf-8")
    for account in dialect.accounts(get):
        if not isinstance(account, Partial):
            for row in bank.rows(dialect, account):
                if not isinstance(row, (Partial, Cursor)):
                    assert msgspec.json.decode(row.raw) in list(objects(json.loads(sent)))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from objects(item)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where something stands in an answer, the answer itself first."""
    yield path
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def twisted(text: str, path: tuple[Any, ...], literal: str | None) -> str:
    """Return an answer with another literal at a place, or without that place."""
    whole = {"answer": json.loads(text)}
    holder: Any = whole
    *way, last = ("answer", *path)
    for key in way:
        holder = holder[key]
    if literal is None:
        del holder[last]
    else:
        holder[last] = "@@"
    return json.dumps(whole.get("answer", {}), ensure_ascii=False).replace('"@@"', literal or "")


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("literal", [*HOSTILE, None], ids=lambda text: str(text)[:12])
def test_a_hostile_value_is_read_or_refused_and_never_shown(
    name: str, literal: str | None, typical: Callable[..., Any], read: Callable[..., Any]
) -> None:
    for item in typical(name).answers:
        for path in places(item["answer"]):
            bank = typical(name)
            bank.twist = twist_at(item, path, literal)
            refusal = refused(partial(read, bank, spoken(name)))
            assert not re.search(r"\d{9}|kQ7", refusal), refusal


def twist_at(
    wanted: dict[str, Any], path: tuple[Any, ...], literal: str | None
) -> Callable[[dict[str, Any], str], str]:
    return lambda item, body: twisted(body, path, literal) if item == wanted else body


def refused(job: Callable[[], object]) -> str:
    """Return how a job refuses bad data, or nothing where it takes it; any other error goes through."""
    try:
        job()
    except (BadBankDataError, UnsafeRequestError) as error:
        return str(error)
    return ""


#: Dialects of banks that send no body for an empty list.
SILENT = {"stet"}


@pytest.mark.parametrize("name", READ)
def test_no_body_is_bad_data_or_an_empty_list(name: str) -> None:
    def send(_: str, url: str, **__: Any) -> web.Reply:
        return web.Reply(204, url, {}, b"")

    expected = "" if name in SILENT else "bank.example: body: is empty"
    get = web.Api("https://bank.example", send).get
    assert refused(lambda: list(spoken(name).accounts(get))) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"<html>maintenance</html>",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b"\xef\xbb\xbf[]",
    ],
    ids=lambda body: repr(body[:10]),
)
@pytest.mark.parametrize("name", READ)
def test_an_answer_that_is_none_is_bad_data(name: str, body: bytes) -> None:
    def send(_: str, url: str, **__: Any) -> web.Reply:
        return web.Reply(200, url, {}, body)

    with pytest.raises(BadBankDataError):
        list(spoken(name).accounts(web.Api("https://bank.example", send).get))


@pytest.fixture(params=all_banks(), ids=lambda bank: bank.id)
def shipped(request: pytest.FixtureRequest) -> Bank:
    """Each bank that ships with the app."""
    found: Bank = request.param
    return found


def test_a_shipped_bank_is_named_as_its_file(shipped: Bank) -> None:
    assert (resource("banks") / f"{shipped.id}.toml").is_file()
    assert shipped.source is None


def test_a_shipped_bank_speaks_https_alone(shipped: Bank) -> None:
    server = shipped.server
    assert not server.insecure_http
    endpoints = (server.authorization_endpoint, server.token_endpoint)
    for url in (
        shipped.api,
        *(endpoints if shipped.client.grant not in {"token", "session"} else ()),
    ):
        assert url.startswith("https://")


#: What shipped banks ask for, but for the values of their headers, and what of it may be seen.
OPEN = {
    "client_id",
    "tls.certificate",
    "authorization.finInst",
    "authorization.aspsp",
    "authorization.institution",
    "$KEY_ID",
}
ASKED_FOR = OPEN | {
    "client_secret",
    "tls.private_key",
    "signature.private_key",
    "oauth.signing_key",
    "key_passphrase",
}


def test_a_shipped_bank_ships_no_key(shipped: Bank) -> None:
    assert not shipped.client.client_id
    assert not shipped.client.secret
    if shipped.client.grant == "token":
        own = {name for name in shipped.headers.values() if name.startswith("$")}
        assert {ask.name for ask in shipped.asks} == {"access_token", *own}
        assert all(ask.secret for ask in shipped.asks)
        return
    # A licensed person proves who they are by a certificate.
    named = {ask.name: ask.secret for ask in shipped.asks}
    entry = shipped.dialect.entry
    own = {"oauth.signing_key"} if entry and entry.login else {"client_secret"}
    if shipped.licensed:
        own = {"tls.certificate", "tls.private_key"}
    if not entry or entry.client_id:
        own |= {"client_id"}
    assert own <= named.keys()
    assert named.keys() <= ASKED_FOR | set(shipped.headers.values())
    assert {name for name, secret in named.items() if not secret} <= OPEN
    assert not shipped.keys


def test_a_shipped_bank_says_how_to_get_a_key(shipped: Bank) -> None:
    if shipped.licensed:
        # Licences come from the authorities, and keys from who certifies.
        assert shipped.client.authentication in {"tls_client_auth", "client_secret_basic"}
        return
    assert shipped.portal.startswith("https://")
    # Who enters a token, or keys that stand for one, registers no address.
    entered = shipped.client.grant == "token" or (
        shipped.dialect.entry and shipped.dialect.entry.tokens
    )
    there = shipped.steps if entered else ()
    assert there or any(shipped.client.redirect_uri in step for step in shipped.steps)


def test_a_bank_says_it_in_the_language_of_the_moment() -> None:
    english = find_bank("sparebank1-smn")
    try:
        language.use("de")
        german = find_bank("sparebank1-smn")
    finally:
        language.use("en")
    assert english
    assert german
    assert german.steps != english.steps
    assert find_bank("sparebank1-smn") is english


#: What a dialect may send beyond reading: each grants or asks, and none moves money.
WRITES = {
    "stet": (("PUT", "/consents"), ("POST", "/funds-confirmations")),
    "berlin_group": (("POST", "/consents"), ("DELETE", "/consents/{id}")),
    "uk_open_banking": (
        ("POST", "/account-access-consents"),
        ("DELETE", "/account-access-consents/{id}"),
    ),
    "bunq": (("POST", "/installation"), ("POST", "/device-server"), ("POST", "/session-server")),
    "gocardless": (
        ("POST", "/token/new/"),
        ("POST", "/token/refresh/"),
        ("POST", "/agreements/enduser/"),
        ("POST", "/requisitions/"),
        ("DELETE", "/requisitions/{id}/"),
    ),
    "monzo": (("POST", "/oauth2/logout"),),
    "enable_banking": (("POST", "/auth"), ("POST", "/sessions"), ("DELETE", "/sessions/{session}")),
}


def test_no_dialect_writes_more_than_it_lists() -> None:
    found = {name: dialect.writes for name, dialect in dialects().items() if dialect.writes}
    assert found == WRITES


def test_a_shipped_bank_asks_for_no_scope_that_writes(shipped: Bank) -> None:
    assert not {"transfer", "pisp"} & set(shipped.client.scope.split())
    assert shipped.dialect.writes == WRITES.get(shipped.dialect.name, ())


def test_banks_have_names_of_their_own() -> None:
    banks = all_banks()
    assert (
        len({bank.name for bank in banks}) == len({bank.id for bank in banks}) == len(banks) == 99
    )
