"""How a token gets onto a request, and what happens when it ends or is refused."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview.domain.secret import Secret
from bankview.errors import BankUnavailableError, KeychainLockedError, SignInNeededError
from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import Token, instant_after
from bankview.web import Api, Sender
from tests.oauth.conftest import Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest

    from tests.oauth.conftest import AuthServer, Clock

JSON = {"Content-Type": "application/json"}


class Renewals:
    """Renews as a session would, counts, and keeps what it was given."""

    def __init__(self, clock: Clock, error: Exception | None = None) -> None:
        self.clock, self.error = clock, error
        self.stale: list[str] = []

    def __call__(self, stale: Token) -> Token:
        self.stale.append(stale.access_token.reveal())
        if self.error:
            raise self.error
        return token(self.clock, f"fresh-{len(self.stale):04}")


def token(clock: Clock, text: str = "first-0000", life: float | None = 600) -> Token:
    return Token(
        Secret(text),
        expires_at=None if life is None else instant_after(clock.at, life),
        refresh_token=Secret(f"refresh-{text}"),
        obtained_at=clock.at,
    )


@pytest.fixture
def renew(clock: Clock) -> Renewals:
    return Renewals(clock)


@pytest.fixture
def auth(sender: Sender, clock: Clock, renew: Renewals) -> TokenAuth:
    """The sender's own log-in, with a fresh token."""
    auth = TokenAuth(token(clock), renew, now=clock, leeway=30)
    sender.session.auth = auth
    return auth


def sent(bank: AuthServer) -> list[str]:
    return [seen.headers["Authorization"] for seen in bank.seen]


def test_a_token_goes_into_the_header_and_nowhere_else(
    bank: AuthServer, sender: Sender, auth: TokenAuth
) -> None:
    sender.send("GET", f"{bank.url}/accounts", params={"from": "2026-01-01"})
    seen = bank.seen[0]
    assert seen.headers["Authorization"] == "Bearer first-0000"
    assert "first-0000" not in f"{seen.path}{seen.query}{seen.body!r}"


@pytest.mark.parametrize(("left", "renewed"), [(31, False), (30, True), (1, True), (-5, True)])
def test_a_token_is_renewed_before_its_end(
    bank: AuthServer, sender: Sender, auth: TokenAuth, clock: Clock, left: int, renewed: bool
) -> None:
    clock.turn(600 - left)
    sender.send("GET", f"{bank.url}/accounts")
    assert sent(bank) == ["Bearer fresh-0001" if renewed else "Bearer first-0000"]


def test_a_renewed_token_is_kept_for_the_next_request(
    bank: AuthServer, sender: Sender, auth: TokenAuth, clock: Clock, renew: Renewals
) -> None:
    clock.turn(599)
    for _ in range(3):
        sender.send("GET", f"{bank.url}/accounts")
    assert renew.stale == ["first-0000"]
    assert sent(bank) == ["Bearer fresh-0001"] * 3


def test_a_token_of_short_life_is_not_renewed_with_every_call(
    bank: AuthServer, sender: Sender, clock: Clock, renew: Renewals
) -> None:
    sender.session.auth = TokenAuth(token(clock, life=20), renew, now=clock, leeway=30)
    clock.turn(9)
    sender.send("GET", f"{bank.url}/accounts")
    assert not renew.stale
    clock.turn(1)
    sender.send("GET", f"{bank.url}/accounts")
    assert renew.stale


def test_a_token_without_an_end_is_used_until_it_is_refused(
    bank: AuthServer, sender: Sender, clock: Clock, renew: Renewals, say: type[Say]
) -> None:
    sender.session.auth = TokenAuth(token(clock, life=None), renew, now=clock)
    clock.turn(10**8)
    bank.tell("/accounts", say(200), say(401), say(200))
    sender.send("GET", f"{bank.url}/accounts")
    assert not renew.stale
    assert sender.send("GET", f"{bank.url}/accounts").status == 200
    assert renew.stale == ["first-0000"]


def test_an_ended_token_that_cannot_be_renewed_is_tried(
    bank: AuthServer, sender: Sender, clock: Clock, renew: Renewals
) -> None:
    alone = replace(token(clock), refresh_token=Secret())
    sender.session.auth = TokenAuth(alone, renew, now=clock)
    clock.turn(10_000)
    sender.send("GET", f"{bank.url}/accounts")
    assert sent(bank) == ["Bearer first-0000"]


def test_a_refused_token_is_renewed_once_and_the_request_sent_once_more(
    bank: AuthServer, sender: Sender, auth: TokenAuth, renew: Renewals, say: type[Say]
) -> None:
    bank.tell("/accounts", say(401, b"Unauthorized"), say(200, {"ok": 1}, JSON))
    reply = sender.send("GET", f"{bank.url}/accounts", params={"page": "2"})
    assert (reply.status, reply.json()) == (200, {"ok": 1})
    assert sent(bank) == ["Bearer first-0000", "Bearer fresh-0001"]
    assert [seen.query for seen in bank.seen] == ["page=2", "page=2"]
    assert renew.stale == ["first-0000"]


def test_a_refusal_after_which_nothing_is_renewed_leaves_no_connection_open(
    bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    sender.session.auth = TokenAuth(token(clock), Renewals(clock, SignInNeededError()), now=clock)
    bank.tell("/accounts", say(401, b"Unauthorized"))
    with pytest.raises(SignInNeededError) as caught:
        sender.send("GET", f"{bank.url}/accounts")
    assert bank.seen
    assert all(sock.fileno() == -1 for sock in sender._connections._sockets())
    assert caught.value


def test_a_second_refusal_goes_to_the_caller(
    bank: AuthServer, sender: Sender, auth: TokenAuth, renew: Renewals, say: type[Say]
) -> None:
    bank.tell("/accounts", say(401))
    assert sender.send("GET", f"{bank.url}/accounts").status == 401
    assert len(bank.seen) == 2
    assert len(renew.stale) == 1


def test_two_refusals_at_two_times_are_two_renewals(
    bank: AuthServer, sender: Sender, auth: TokenAuth, renew: Renewals, say: type[Say]
) -> None:
    bank.tell("/accounts", say(401), say(200), say(401), say(200))
    for _ in range(2):
        assert sender.send("GET", f"{bank.url}/accounts").status == 200
    assert renew.stale == ["first-0000", "fresh-0001"]


def test_a_permitted_write_is_sent_again_with_the_same_body(
    bank: AuthServer, sender: Sender, auth: TokenAuth, say: type[Say]
) -> None:
    bank.tell("/consents", say(401), say(200))
    api = Api(bank.url, sender.send, writes=[("PUT", "/consents")])
    assert api.request("PUT", "consents", json={"access": ["accounts"]}).status == 200
    assert [seen.method for seen in bank.seen] == ["PUT", "PUT"]
    assert bank.seen[0].body == bank.seen[1].body == b'{"access": ["accounts"]}'


def test_a_body_that_was_streamed_is_not_sent_again(
    bank: AuthServer, sender: Sender, auth: TokenAuth, renew: Renewals, say: type[Say]
) -> None:
    bank.tell("/consents", say(401, b"", {"Connection": "close"}))
    reply = sender.send("PUT", f"{bank.url}/consents", data=iter([b"part"]))
    assert reply.status == 401
    assert not renew.stale


@pytest.mark.parametrize("status", [403, 404, 429, 500, 302])
def test_nothing_but_401_is_answered_by_a_renewal(
    bank: AuthServer,
    sender: Sender,
    auth: TokenAuth,
    renew: Renewals,
    status: int,
) -> None:
    bank.tell("/accounts", type(bank.next("/nothing"))(status))
    assert sender.send("GET", f"{bank.url}/accounts").status == status
    assert not renew.stale
    assert len(bank.seen) == 1


def test_a_redirect_is_not_followed_with_the_token(
    bank: AuthServer, elsewhere: AuthServer, sender: Sender, auth: TokenAuth, say: type[Say]
) -> None:
    bank.tell("/accounts", say(307, b"", {"Location": f"{elsewhere.url}/accounts"}))
    assert sender.send("GET", f"{bank.url}/accounts").status == 307
    assert not elsewhere.seen


@pytest.mark.parametrize(
    "error", [SignInNeededError(), BankUnavailableError("bank.example", "down")]
)
@pytest.mark.parametrize("when", ["ended", "refused"])
def test_why_a_renewal_failed_reaches_the_caller(
    bank: AuthServer, sender: Sender, clock: Clock, error: Exception, when: str
) -> None:
    renew = Renewals(clock, error)
    sender.session.auth = TokenAuth(token(clock), renew, now=clock)
    bank.tell("/accounts", type(bank.next("/nothing"))(401))
    clock.turn(600 if when == "ended" else 0)
    with pytest.raises(type(error)):
        sender.send("GET", f"{bank.url}/accounts")
    assert len(renew.stale) == 1
    assert len(bank.seen) == (0 if when == "ended" else 1)


def test_a_token_that_could_not_be_saved_is_not_used(
    bank: AuthServer, sender: Sender, clock: Clock
) -> None:
    renew = Renewals(clock, KeychainLockedError())
    auth = TokenAuth(token(clock), renew, now=clock)
    sender.session.auth = auth
    clock.turn(600)
    with pytest.raises(KeychainLockedError):
        sender.send("GET", f"{bank.url}/accounts")
    assert auth.token.access_token.reveal() == "first-0000"
    assert not bank.seen


def test_a_renewal_that_brings_nothing_new_is_no_reason_to_send_again(
    bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    sender.session.auth = TokenAuth(token(clock), lambda stale: stale, now=clock)
    bank.tell("/accounts", say(401))
    assert sender.send("GET", f"{bank.url}/accounts").status == 401
    assert len(bank.seen) == 1


def test_threads_that_share_a_login_renew_once_between_them(
    bank: AuthServer, clock: Clock, renew: Renewals, say: type[Say]
) -> None:
    auth = TokenAuth(token(clock), renew, now=clock)
    bank.tell("/accounts", say(200))
    bank.dead.add("Bearer first-0000")
    gate = threading.Barrier(8)
    statuses: list[int] = []

    def run() -> None:
        mine = Sender()
        mine.session.auth = auth
        gate.wait(10)
        statuses.append(mine.send("GET", f"{bank.url}/accounts").status)
        mine.session.close()

    _together(run, 8)
    assert statuses == [200] * 8
    assert renew.stale == ["first-0000"]


def _together(run: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


def test_where_its_end_is_believed_no_request_is_sent_after_it(
    bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    plain = replace(token(clock), refresh_token=Secret())
    over = Renewals(clock, SignInNeededError("bank"))
    sender.session.auth = TokenAuth(plain, over, now=clock, strict=True)
    bank.tell("/accounts", say(200, {}, JSON))
    clock.turn(599)
    sender.send("GET", f"{bank.url}/accounts")
    clock.turn(1)
    with pytest.raises(SignInNeededError):
        sender.send("GET", f"{bank.url}/accounts")
    assert len(sent(bank)) == 1


def test_each_request_is_finished_after_its_token_the_replayed_one_too(
    bank: AuthServer, sender: Sender, clock: Clock, renew: Renewals, say: type[Say]
) -> None:
    def finish(request: PreparedRequest) -> None:
        request.headers["X-Signed"] = f"signed {request.headers['Authorization']}"

    sender.session.auth = TokenAuth(token(clock), renew, now=clock, finish=finish)
    bank.tell("/accounts", say(401, {}, JSON), say(200, {}, JSON))
    sender.send("GET", f"{bank.url}/accounts")
    signed = [seen.headers["X-Signed"] for seen in bank.at("/accounts")]
    assert signed == ["signed Bearer first-0000", "signed Bearer fresh-0001"]


@pytest.fixture
def either(sender: Sender, clock: Clock, renew: Renewals) -> TokenAuth:
    """A log-in at a bank that says by 403, too, that a token has ended."""
    auth = TokenAuth(token(clock), renew, now=clock, ended=frozenset({401, 403}))
    sender.session.auth = auth
    return auth


@pytest.mark.parametrize("status", [401, 403])
def test_whatever_a_bank_says_an_ended_token_by_is_renewed_once(
    bank: AuthServer, sender: Sender, either: TokenAuth, clock: Clock, status: int
) -> None:
    bank.tell("/accounts", Say(status), Say(200, {}, JSON))
    clock.turn(61)
    assert sender.send("GET", f"{bank.url}/accounts").status == 200
    assert sent(bank) == ["Bearer first-0000", "Bearer fresh-0001"]


def test_a_403_for_a_token_that_has_just_come_means_what_it_says(
    bank: AuthServer, sender: Sender, either: TokenAuth, renew: Renewals, clock: Clock
) -> None:
    bank.tell("/accounts", Say(403))
    clock.turn(59)
    assert sender.send("GET", f"{bank.url}/accounts").status == 403
    assert not renew.stale


def test_a_403_is_none_of_a_bank_s_ends_unless_it_says_so(
    bank: AuthServer, sender: Sender, auth: TokenAuth, renew: Renewals, clock: Clock
) -> None:
    bank.tell("/accounts", Say(403))
    clock.turn(100)
    assert sender.send("GET", f"{bank.url}/accounts").status == 403
    assert not renew.stale
