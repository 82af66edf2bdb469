"""What a token endpoint may reply, and what each reply means."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.secret import Secret
from bankview.errors import (
    BankUnavailableError,
    BankviewError,
    ClientRefusedError,
    OAuthError,
    RateLimitedError,
    TokenReplyError,
)
from bankview.oauth.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from tests.oauth.conftest import AuthServer, Clock, Say

    Make = Callable[..., OAuthClient]

JSON = {"Content-Type": "application/json"}


def redeem(client: OAuthClient) -> Token:
    return client.redeem(client.authorization_request(), "the-code")


@pytest.fixture
def old() -> Token:
    return Token(
        Secret("access-old"),
        refresh_token=Secret("refresh-old"),
        scope="accounts",
        extra={"customer": "k-1"},
    )


def test_a_reply_becomes_a_token(bank: AuthServer, oauth: Make, clock: Clock) -> None:
    bank.tell_token({"refresh_token_expires_in": 2591999, "id_token": "a.b.c", "customer": [1.5]})
    token = redeem(oauth())
    assert token.access_token.reveal() == "access-0001"
    assert token.refresh_token.reveal() == "refresh-0001"
    assert token.expires_at == clock.at + timedelta(seconds=600)
    assert token.refresh_expires_at == clock.at + timedelta(seconds=2591999)
    assert token.scope == "accounts"
    assert token.extra["id_token"] == "a.b.c"
    assert token.extra["refresh_token_expires_in"] == 2591999


@pytest.mark.parametrize(
    "media", ["application/json", "Application/JSON; charset=UTF-8", "application/x.bank+json"]
)
def test_any_json_media_type_is_taken(
    bank: AuthServer, oauth: Make, say: type[Say], media: str
) -> None:
    body = {"access_token": "a-token", "token_type": "Bearer"}
    bank.tell("/token", say(200, body, {"Content-Type": media}))
    assert redeem(oauth()).access_token.reveal() == "a-token"


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_token_type_is_compared_without_case(bank: AuthServer, oauth: Make, kind: str) -> None:
    bank.tell_token({"token_type": kind})
    assert redeem(oauth())


@pytest.mark.parametrize("kind", ["mac", "DPoP", "", None, 7, "Bearer "])
def test_another_token_type_is_refused(bank: AuthServer, oauth: Make, kind: object) -> None:
    bank.tell_token({"token_type": kind})
    with pytest.raises(TokenReplyError, match="token_type"):
        redeem(oauth())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (600, 600),
        ("3600", 3600),
        (3600.5, 3600.5),
        ("59.5", 59.5),
        (None, None),
        (-1, None),
        (0, None),
        ("soon", None),
        (True, None),
        ([600], None),
        (1e12, 10 * 366 * 86_400),
        ("1e400", 10 * 366 * 86_400),
        ("NaN", None),
        ("Infinity", None),
    ],
)
def test_a_lifetime_is_read_as_far_as_it_makes_sense(
    bank: AuthServer, oauth: Make, clock: Clock, said: object, seconds: float | None
) -> None:
    bank.tell_token({"expires_in": said})
    assert redeem(oauth()).expires_in(clock.at) == seconds


@pytest.mark.parametrize(("said", "seconds"), [(600, 300), (60, 60), (None, 300), (-1, 300)])
def test_a_lifetime_cap_is_the_longest_a_token_is_believed(
    bank: AuthServer, oauth: Make, clock: Clock, said: object, seconds: int
) -> None:
    bank.tell_token({"expires_in": said})
    assert redeem(oauth(lifetime_cap=300)).expires_in(clock.at) == seconds


@pytest.mark.parametrize("opaque", ["a.b.c", "not base64 ~!", "x" * 20_000, '{"json":1}'])
def test_a_token_is_opaque(bank: AuthServer, oauth: Make, opaque: str) -> None:
    bank.tell_token({"access_token": opaque})
    assert redeem(oauth()).access_token.reveal() == opaque


@pytest.mark.parametrize("bad", ["", None, 7, ["x"], "a\r\nX: y", "tøken", "a\x00"])
def test_a_token_that_cannot_stand_in_a_header_is_refused(
    bank: AuthServer, oauth: Make, bad: object
) -> None:
    bank.tell_token({"access_token": bad})
    with pytest.raises(TokenReplyError, match="access_token"):
        redeem(oauth())


def test_a_list_of_scopes_is_a_scope(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token({"scope": ["balances", "accounts", 7]})
    assert redeem(oauth()).scope == "balances accounts"


WRONG: list[tuple[int, Any, dict[str, str], type[BankviewError]]] = [
    (400, {"error": "invalid_client"}, JSON, ClientRefusedError),
    (401, {"error": "invalid_client"}, JSON, ClientRefusedError),
    (401, b"", {}, ClientRefusedError),
    (401, b"Unauthorized", {"Content-Type": "text/plain"}, ClientRefusedError),
    (400, {"error": "invalid_request"}, JSON, OAuthError),
    (400, {"error": "unsupported_grant_type"}, {}, OAuthError),
    (400, {"error": "of_another_standard"}, JSON, OAuthError),
    (200, {"error": "invalid_scope"}, JSON, OAuthError),
    (
        200,
        {"error": "invalid_client", "access_token": "a", "token_type": "b"},
        JSON,
        ClientRefusedError,
    ),
    (400, {"error": "temporarily_unavailable"}, JSON, BankUnavailableError),
    (400, {"error": "slow_down"}, JSON, RateLimitedError),
    (400, {"error": 7}, JSON, TokenReplyError),
    (400, {"error": ""}, JSON, TokenReplyError),
    (400, b"", {}, TokenReplyError),
    (404, b"<html>Not found</html>", {"Content-Type": "text/html"}, TokenReplyError),
    (429, {"error": "invalid_grant"}, JSON, RateLimitedError),
    (429, b"", {}, RateLimitedError),
    (500, b"", {}, BankUnavailableError),
    (503, b"<html>Down</html>", {"Content-Type": "text/html"}, BankUnavailableError),
    (503, {"error": "invalid_grant"}, JSON, BankUnavailableError),
    (302, b"", {"Location": "/elsewhere"}, TokenReplyError),
    (204, b"", {}, TokenReplyError),
    (200, b"", JSON, TokenReplyError),
    (200, b"<html>Hello</html>", {"Content-Type": "text/html"}, TokenReplyError),
    (200, {"access_token": "a", "token_type": "Bearer"}, {}, TokenReplyError),
    (
        200,
        {"access_token": "a", "token_type": "Bearer"},
        {"Content-Type": "text/html"},
        TokenReplyError,
    ),
    (
        200,
        b"access_token=a&token_type=Bearer",
        {"Content-Type": "application/x-www-form-urlencoded"},
        TokenReplyError,
    ),
    (200, [1], JSON, TokenReplyError),
    (200, None, JSON, TokenReplyError),
    (200, "text", JSON, TokenReplyError),
    (200, {}, JSON, TokenReplyError),
    (200, {"code": 5}, JSON, TokenReplyError),
    (
        200,
        b'{"access_token": "a", "access_token": "b", "token_type": "Bearer"}',
        JSON,
        TokenReplyError,
    ),
    (
        200,
        b'{"access_token": "a", "token_type": "Bearer", "expires_in": NaN}',
        JSON,
        TokenReplyError,
    ),
    (200, b"[" * 100_000, JSON, TokenReplyError),
    (200, b"\xff\xfe", JSON, TokenReplyError),
    (
        200,
        b'{"access_token": "' + b"a" * 1_100_000 + b'", "token_type": "Bearer"}',
        JSON,
        TokenReplyError,
    ),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_each_bad_reply_has_its_error_and_the_code_is_not_sent_again(
    bank: AuthServer,
    oauth: Make,
    say: type[Say],
    wrong: tuple[int, Any, dict[str, str], type[BankviewError]],
) -> None:
    status, body, headers, kind = wrong
    bank.tell("/token", say(status, body, headers))
    with pytest.raises(kind) as caught:
        redeem(oauth())
    assert type(caught.value) is kind
    assert len(bank.seen) == 1


def test_how_long_to_wait_is_passed_on(bank: AuthServer, oauth: Make, say: type[Say]) -> None:
    for status in (429, 503):
        bank.tell("/token", say(status, b"", {"Retry-After": "90"}))
        with pytest.raises((RateLimitedError, BankUnavailableError)) as caught:
            redeem(oauth())
        assert vars(caught.value)["retry_after"] == 90


def test_a_refused_code_is_an_error_of_the_server_and_no_sign_in_that_ran_out(
    bank: AuthServer, oauth: Make, say: type[Say]
) -> None:
    bank.tell("/token", say(400, {"error": "invalid_grant", "error_description": "used"}, JSON))
    with pytest.raises(OAuthError) as caught:
        redeem(oauth())
    assert (caught.value.code, caught.value.description) == ("invalid_grant", "used")


def test_a_servers_words_are_cut_and_cleaned(bank: AuthServer, oauth: Make, say: type[Say]) -> None:
    error = {"error": "<b>bad\r\n" + "d" * 90, "error_description": "a\x1b[31m\n" * 99}
    bank.tell(
        "/token", say(400, error, JSON), say(400, {**error, "error_description": ["x"]}, JSON)
    )
    with pytest.raises(OAuthError) as caught:
        redeem(oauth())
    assert caught.value.code == "bbad" + "d" * 76
    assert len(caught.value.description) == 200
    assert caught.value.description.isprintable()
    with pytest.raises(OAuthError) as caught:
        redeem(oauth())
    assert caught.value.description == ""


def test_an_error_never_holds_a_secret(
    bank: AuthServer, oauth: Make, say: type[Say], old: Token
) -> None:
    bank.tell("/token", say(200, {"access_token": "canary-1", "token_type": "mac"}, JSON))
    with pytest.raises(TokenReplyError) as caught:
        oauth().refresh(old)
    shown = f"{caught.value} {caught.value!r} {vars(caught.value)}"
    assert "canary" not in shown
    assert "refresh-old" not in shown


def test_created_is_an_answer_too(bank: AuthServer, oauth: Make, say: type[Say]) -> None:
    bank.tell("/token", say(201, {"access_token": "a", "token_type": "bearer"}, JSON))
    assert redeem(oauth()).access_token.reveal() == "a"


def test_a_renewal_may_leave_out_what_stays_the_same(
    bank: AuthServer, oauth: Make, old: Token, say: type[Say]
) -> None:
    bank.tell("/token", say(200, {"access_token": "new", "expires_in": 10}, JSON))
    fresh = oauth().refresh(old)
    assert (fresh.token_type, fresh.refresh_token.reveal()) == ("Bearer", "refresh-old")


@pytest.mark.parametrize("form", [int, str])
def test_a_servers_own_end_counts_where_the_profile_believes_it(
    bank: AuthServer, oauth: Make, clock: Clock, form: type
) -> None:
    end = clock.at + timedelta(days=3)
    bank.tell_token(
        {"expires_at": form(int(end.timestamp()))}, {"expires_at": int(end.timestamp())}
    )
    assert redeem(oauth(believes_expires_at=True)).expires_at == end
    assert redeem(oauth()).expires_at == clock.at + timedelta(seconds=600)


@pytest.mark.parametrize("absurd", [0, -1, 12, 10**15, "soon", None, True, [1]])
def test_an_absurd_end_is_not_believed(
    bank: AuthServer, oauth: Make, clock: Clock, absurd: object
) -> None:
    bank.tell_token({"expires_at": absurd})
    token = redeem(oauth(believes_expires_at=True))
    assert token.expires_at == clock.at + timedelta(seconds=600)
