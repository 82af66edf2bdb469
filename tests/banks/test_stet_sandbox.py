"""The dialect against a bank that speaks STET PSD2: by TLS with a certificate, signed, and compared with its books."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from bankview import web
from bankview.banks import Partial, dialects
from bankview.banks._certificate import (
    Role,
    key_fits,
    load_private_key,
    problems,
    read_certificate,
)
from bankview.banks._read import Row
from bankview.banks._signature import HttpSignature
from bankview.banks.stet import consents, funds_confirmation, identity
from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.secret import Secret
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BankRefusedError, SignInNeededError
from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import Token
from tests.sandbox_process import Sandbox, running
from tests.stet_party import CLIENT_ID, ITEMS, ROOT, ThirdParty

if TYPE_CHECKING:
    from collections.abc import Iterator

DIALECT = dialects()["stet"]
WHOLE = "aisp extended_transaction_history"


@pytest.fixture(scope="module")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), "--still") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    one_sandbox.reset()
    return one_sandbox


@dataclass
class Us:
    """Our own client: TLS, token and signature as the app puts them together."""

    sandbox: Sandbox
    customer: str = "household"
    seal: str = "qseal"
    funds: bool = False
    api: web.Api = field(init=False)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        third = ThirdParty(self.sandbox)
        if self.funds:
            third.token = third.form(grant_type="client_credentials", scope="cbpii").json()
        else:
            third.sign_in(WHOLE, self.customer)
        beside = self.sandbox.folder
        how = HttpSignature(CLIENT_ID, Secret((beside / f"{self.seal}.key").read_text()), ITEMS)
        sender = web.Sender(
            context=web.tls_context(
                ca=self.sandbox.ca, certificate=beside / "qwac.pem", key=beside / "qwac.key"
            )
        )
        token = Token(Secret(third.token["access_token"]))
        sender.session.auth = TokenAuth(
            token, lambda same: same, now=lambda: datetime.now(UTC), finish=how.finisher()
        )
        headers = {**DIALECT.headers, "PSU-IP-Address": "192.0.2.7"}

        def send(method: str, url: str, **options: Any) -> web.Reply:
            self.asked.append(url)
            return sender.send(method, url, **options)

        self.api = web.Api(third.base + ROOT, send, headers=headers, writes=DIALECT.writes)

    def put(self, path: str, body: Any) -> Any:
        return web.check(self.api.request("PUT", path, json=body)).body or None

    def post(self, path: str, body: Any) -> Any:
        return web.check(self.api.request("POST", path, json=body)).json()

    def accounts(self) -> list[Account]:
        return [each for each in DIALECT.accounts(self.api.get) if isinstance(each, Account)]

    def consent(self) -> list[Account]:
        assert DIALECT.consent
        DIALECT.consent(self.api.get, self.put)
        return self.accounts()

    def rows(self, account: Account, since: date = date(2000, 1, 1)) -> list[Transaction]:
        found = list(DIALECT.transactions(self.api.get, account, since))
        assert not [each for each in found if isinstance(each, Partial)]
        return [each for each in found if isinstance(each, Transaction)]


def test_there_is_no_row_before_a_consent_and_every_row_after_it(sandbox: Sandbox) -> None:
    us = Us(sandbox)
    for account in us.accounts():
        assert account.balance is None
        assert list(DIALECT.transactions(us.api.get, account, date(2026, 1, 1))) == [
            Partial("no link to transactions")
        ]
    assert all(account.balance is not None for account in us.consent())


@pytest.mark.parametrize("customer", ["household", "student"])
def test_the_books_are_read_as_they_stand(sandbox: Sandbox, customer: str) -> None:
    us, books = Us(sandbox, customer), sandbox.books(customer)
    found = us.consent()
    assert [(each.name, each.currency) for each in found] == [
        (each["name"], each["currency"]) for each in books["accounts"]
    ]
    for account, kept in zip(found, books["accounts"], strict=True):
        rows = us.rows(account)
        assert Counter(
            (row.status.value, str(row.amount), first_line(row)) for row in rows
        ) == Counter(
            (row["status"], row["amount"], row["description"])
            for row in books["transactions"]
            if row["account"] == kept["id"]
        )
        assert all(row.description.startswith(first_line(row)) for row in rows)
        days = Counter(row.booked_on.isoformat() for row in rows if row.status is Status.BOOKED)
        assert days == Counter(
            row["booked_on"]
            for row in books["transactions"]
            if row["account"] == kept["id"] and row["status"] == "booked"
        )
    assert any("page" in urlsplit(url).query for url in us.asked)


def first_line(row: Transaction) -> str:
    """Return the first line that the bank wrote."""
    given = json.loads(row.raw)["remittanceInformation"]
    line: str = (given["unstructured"] if isinstance(given, dict) else given)[0]
    return line


def test_a_consent_is_given_once(sandbox: Sandbox) -> None:
    us = Us(sandbox)
    before = us.consent()
    assert us.consent() == before


def test_only_what_was_consented_to_is_open(sandbox: Sandbox) -> None:
    us = Us(sandbox)
    listed = us.api.get("accounts")["accounts"]

    us.put("consents", consents([Row(listed[0])]))
    first, *others = us.accounts()
    assert us.rows(first)
    assert others
    assert all(account.key.endswith("#") for account in others)


def test_rows_come_from_the_day_on(sandbox: Sandbox) -> None:
    us = Us(sandbox)
    account = us.consent()[0]
    whole = us.rows(account)
    since = max(row.booked_on for row in whole if row.status is Status.BOOKED) - timedelta(days=20)
    some = [row for row in us.rows(account, since) if row.booked_on >= since]
    assert some == [row for row in whole if row.booked_on >= since]
    assert 0 < len(some) < len(whole)


def test_the_person_has_a_name(sandbox: Sandbox) -> None:
    us = Us(sandbox)
    us.consent()
    assert identity(us.api.get)


def test_funds_are_there_or_not_and_not_for_who_reads_accounts(sandbox: Sandbox) -> None:
    us = Us(sandbox)
    account = next(each for each in us.consent() if each.iban and each.available)
    assert account.available
    more = Money(account.available.minor + 1, account.currency)
    with pytest.raises(BankRefusedError):
        funds_confirmation(us.post, account, more)
    asking = Us(sandbox, funds=True)
    assert funds_confirmation(asking.post, account, account.available)
    assert not funds_confirmation(asking.post, account, more)


def test_a_signature_by_another_key_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises((BankRefusedError, SignInNeededError)):
        Us(sandbox, seal="qwac").accounts()


def test_the_sandboxs_certificates_are_read(sandbox: Sandbox) -> None:
    certificate = read_certificate((sandbox.folder / "qwac.pem").read_bytes())
    key = load_private_key((sandbox.folder / "qwac.key").read_bytes(), None)
    assert key_fits(certificate, key)
    assert certificate.organisation_id == CLIENT_ID
    assert Role.ACCOUNT_INFORMATION in certificate.roles
    needed = (Role.ACCOUNT_INFORMATION,)
    assert problems(certificate, key, CLIENT_ID, needed, datetime.now(UTC)) == []
