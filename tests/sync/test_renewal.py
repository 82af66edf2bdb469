"""A refresh token that may be shown once: what happens when the answer is lost, or the process dies in between."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.secret import Secret
from bankview.errors import (
    BankUnavailableError,
    Interrupted,
    OAuthError,
    OfflineError,
    SignInNeededError,
    TokenReplyError,
)
from bankview.oauth.client import OAuthClient
from bankview.oauth.registration import Client
from bankview.oauth.server import Server
from bankview.oauth.token import Token
from bankview.paths import Paths
from bankview.sync.access import renew
from bankview.sync.home import Home, utc_now
from bankview.sync.kept import load_token, save_token
from bankview.sync.renewal import WAIT, Marker, refreshed
from tests.sync.test_session import RotatingServer, oauth

if TYPE_CHECKING:
    from collections.abc import Iterator

LOST = BankUnavailableError("bank.example", "the connection broke", unanswered=True)
OLD = Token(Secret("access-old"), refresh_token=Secret("refresh-old"))
NEW = Token(Secret("access-new"), refresh_token=Secret("refresh-new"))


class Bank:
    """Answers each renewal with what it was told, in order, and counts."""

    server = Server(issuer="https://bank.example")

    def __init__(self, *answers: Token | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[str] = []

    def refresh(self, token: Token) -> Token:
        self.sent.append(token.refresh_token.reveal())
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Kept:
    """What the keychain holds, and how long was waited."""

    def __init__(self, path: Path) -> None:
        self.path, self.token = path, OLD
        self.waited: list[float] = []
        self.meanwhile: Token | None = None

    def save(self, token: Token) -> None:
        self.token = token

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.token = self.meanwhile or self.token

    @property
    def marker(self) -> Marker:
        return Marker.of(self.path, self.token)

    def renew(self, bank: Any) -> Token:
        return refreshed(bank, self.marker, lambda: self.token, self.save, self.wait)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "toy.renewing")


def test_an_answer_that_comes_is_saved_and_leaves_no_marker(kept: Kept) -> None:
    assert kept.renew(Bank(NEW)) == NEW
    assert kept.token == NEW
    assert not kept.path.exists()
    assert kept.waited == []


def test_a_lost_answer_is_asked_for_once_more_after_a_moment(kept: Kept) -> None:
    bank = Bank(LOST, NEW)
    assert kept.renew(bank) == NEW
    assert bank.sent == ["refresh-old", "refresh-old"]
    (seconds,) = kept.waited
    assert WAIT[0] <= seconds <= WAIT[1]


def test_two_lost_answers_need_a_sign_in_and_never_a_third_try(kept: Kept) -> None:
    bank = Bank(LOST, LOST)
    with pytest.raises(SignInNeededError):
        kept.renew(bank)
    assert len(bank.sent) == 2


def test_a_strict_server_that_renewed_it_all_the_same_needs_a_sign_in(kept: Kept) -> None:
    bank = Bank(LOST, SignInNeededError("bank.example", "invalid_grant"))
    with pytest.raises(SignInNeededError, match="interrupted while renewing"):
        kept.renew(bank)
    assert not kept.path.exists()


def test_who_renewed_it_meanwhile_is_believed(kept: Kept) -> None:
    kept.meanwhile = NEW
    bank = Bank(LOST)
    assert kept.renew(bank) == NEW
    assert bank.sent == ["refresh-old"]
    assert not kept.path.exists()


@pytest.mark.parametrize(
    "known",
    [
        OfflineError("bank.example", "no network"),
        BankUnavailableError("bank.example", "it could not be reached"),
        BankUnavailableError("bank.example", "answered 503"),
        OAuthError("bank.example", "invalid_request"),
        TokenReplyError("bank.example", "its reply has no usable access_token"),
    ],
)
def test_an_answer_that_is_known_costs_no_try(kept: Kept, known: Exception) -> None:
    for _ in range(3):
        with pytest.raises(type(known)):
            kept.renew(Bank(known))
        assert not kept.path.exists()
    assert kept.waited == []


def test_no_network_for_the_second_try_keeps_it_for_later(kept: Kept) -> None:
    offline = OfflineError("bank.example", "no network")
    with pytest.raises(OfflineError):
        kept.renew(Bank(LOST, offline))
    for _ in range(3):
        with pytest.raises(OfflineError):
            kept.renew(Bank(offline))
    assert kept.renew(Bank(NEW)) == NEW


def test_a_process_that_died_counts_as_a_lost_answer(kept: Kept) -> None:
    kept.marker.write(1)
    bank = Bank(LOST)
    with pytest.raises(SignInNeededError):
        kept.renew(bank)
    assert len(bank.sent) == 1


def test_a_token_that_went_out_twice_goes_out_no_more(kept: Kept) -> None:
    kept.marker.write(2)
    bank = Bank()
    with pytest.raises(SignInNeededError):
        kept.renew(bank)
    assert bank.sent == []


def test_the_wait_can_be_cut_short_and_is_no_answer(kept: Kept) -> None:
    def cut(_: float) -> None:
        raise Interrupted

    bank: Any = Bank(LOST)
    with pytest.raises(Interrupted):
        refreshed(bank, kept.marker, lambda: kept.token, kept.save, cut)
    assert kept.marker.sent == 1


def test_another_tokens_marker_says_nothing(kept: Kept) -> None:
    Marker.of(kept.path, NEW).write(2)
    assert kept.renew(Bank(NEW)) == NEW


@pytest.mark.parametrize(
    "content", ["", "[]", "null", "{}", '{"token": 1}', '{"sent": "x"}', "\x00"]
)
def test_a_marker_that_cannot_be_read_says_nothing(kept: Kept, content: str) -> None:
    kept.path.write_text(content)
    assert kept.marker.sent == 0


def test_a_marker_holds_no_secret_and_is_the_owners(kept: Kept) -> None:
    before = os.umask(0)
    try:
        kept.marker.write(1)
    finally:
        os.umask(before)
    assert "refresh" not in kept.path.read_text()
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


@pytest.fixture
def server() -> Iterator[RotatingServer]:
    server = RotatingServer()
    yield server
    server.close()


#: Where a process may die: the step that is replaced by its end, and whether it is done first.
POINTS = ("before-sending", "after-the-reply", "before-saving", "after-saving")


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def renew_and_die(folder: str, url: str, point: str) -> None:
    """What a process does that is killed at a point of a renewal."""
    home = Home.open(Paths.of(Path(folder)), "passphrase", passphrase=lambda: "open")
    server = Server(issuer=url, token_endpoint=f"{url}/token", insecure_http=True)
    client = OAuthClient(server, Client("bankview"), now=utc_now)
    send, write = client.refresh, home.secrets.write

    def refresh(token: Token) -> Token:
        if point == "before-sending":
            die()
        fresh = send(token)
        if point == "after-the-reply":
            die()
        return fresh

    def saved(name: str, value: str) -> None:
        if point == "before-saving":
            die()
        write(name, value)
        if point == "after-saving":
            die()

    client.refresh, home.secrets.write = refresh, saved  # type: ignore[method-assign]
    renew(home, "toy", client, load_token(home, "toy"))


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_point_leaves_a_clean_state(
    tmp_path: Path, server: RotatingServer, point: str
) -> None:
    home = Home.open(Paths.of(tmp_path), "passphrase", passphrase=lambda: "open")
    save_token(home, "toy", Token(Secret("access-0"), refresh_token=Secret("refresh-0")))
    child = multiprocessing.get_context("spawn").Process(
        target=renew_and_die, args=(str(tmp_path), server.url, point)
    )
    child.start()
    child.join(120)
    assert child.exitcode == -signal.SIGKILL
    again = Home.open(Paths.of(tmp_path), "passphrase", passphrase=lambda: "open")
    run = partial(renew, again, "toy", oauth(server.url), load_token(again, "toy"), _no_wait)
    if point in {"before-sending", "after-saving"}:
        assert run().refresh_token.reveal() == server.valid
    else:
        # The one renewed token is gone with the process, and a strict server gives no second one.
        with pytest.raises(SignInNeededError, match="interrupted while renewing"):
            run()
    assert not list(tmp_path.glob("locks/*.renewing"))
    home.close()
    again.close()


def _no_wait(_: float) -> None:
    pass
