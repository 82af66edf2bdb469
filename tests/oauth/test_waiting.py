"""Which answer ends a wait, and what else does."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bankview.errors import (
    BadRedirectError,
    BankviewError,
    Interrupted,
    SignInDeniedError,
    SignInTimedOutError,
)
from bankview.oauth.authorization import new_request
from bankview.oauth.loopback import Loopback, PasteBack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.oauth.conftest import Visitor


@contextmanager
def waiting(listener: PasteBack, timeout: float = 20) -> Iterator[list[str | BankviewError]]:
    """Wait in another thread; the list holds how it ended once the block is left."""
    ended: list[str | BankviewError] = []

    def run() -> None:
        try:
            ended.append(listener.wait(timeout))
        except BankviewError as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield ended
    thread.join(20)
    assert not thread.is_alive()


def test_the_banks_answer_ends_the_wait_with_its_code(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    reply = visitor.come_back(listener, request)
    assert (reply.status, reply.headers["Location"]) == (303, "/done")
    assert listener.wait(0) == "the-code"


def test_an_answer_reaches_a_wait_that_has_begun(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    with waiting(listener) as ended:
        visitor.come_back(listener, request)
    assert ended == ["the-code"]


@pytest.mark.parametrize(
    "fields",
    [{"state": "wrong"}, {"state": ""}, {"state": "wrong", "error": "access_denied"}],
)
def test_a_wrong_state_is_refused_and_the_wait_goes_on(
    visitor: Visitor, listener: Loopback, fields: dict[str, str]
) -> None:
    request = visitor.expect(listener)
    assert visitor.come_back(listener, request, **fields).status == 400
    assert visitor.come_back(listener, request).status == 303
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "query",
    ["", "?", "?error=access_denied", "?code=x", "?state", "?code=x&state=%ff", "?" + "a=b&" * 99],
)
def test_what_is_nobodys_answer_changes_nothing(
    visitor: Visitor, listener: Loopback, query: str
) -> None:
    request = visitor.expect(listener)
    assert visitor.fetch(listener, "/callback" + query).status == 400
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


def test_a_thousand_bad_answers_do_not_keep_the_right_one_out(
    visitor: Visitor, listener: Loopback
) -> None:
    request = visitor.expect(listener)
    for number in range(1000):
        assert (
            visitor.fetch(listener, f"/callback?error=access_denied&state={number}").status == 400
        )
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


def test_a_refusal_with_our_state_ends_the_wait(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    assert visitor.come_back(listener, request, error="access_denied").status == 303
    with pytest.raises(SignInDeniedError):
        listener.wait(0)


@pytest.mark.parametrize(
    "fields", [{"iss": "https://evil.example"}, {"code": ""}], ids=["issuer", "no code"]
)
def test_a_flaw_behind_our_state_ends_the_wait_as_nothing_better_will_come(
    visitor: Visitor, listener: Loopback, fields: dict[str, str]
) -> None:
    request = visitor.expect(listener)
    visitor.come_back(listener, request, **fields)
    with pytest.raises(BadRedirectError):
        listener.wait(0)


def test_a_repeated_code_ends_the_wait_without_one(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    visitor.fetch(listener, f"/callback?code=1&code=2&state={request.state}")
    with pytest.raises(BadRedirectError, match="more than once"):
        listener.wait(0)


def test_a_promised_issuer_that_is_missing_ends_the_wait(
    visitor: Visitor, listener: Loopback
) -> None:
    request = visitor.expect(listener, iss_supported=True)
    visitor.come_back(listener, request)
    with pytest.raises(BadRedirectError, match="issuer"):
        listener.wait(0)


def test_only_the_first_answer_counts(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    visitor.come_back(listener, request)
    second = visitor.come_back(listener, request, code="another")
    assert (second.status, second.headers["Location"]) == (303, "/already")
    assert b"answered before" in visitor.fetch(listener, "/already").body
    assert listener.wait(0) == "the-code"


def test_a_repeated_state_is_nobodys_answer(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    twice = f"/callback?code=x&state={request.state}&state={request.state}"
    assert visitor.fetch(listener, twice).status == 400
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


def test_of_answers_at_the_same_time_one_counts(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    gate = threading.Barrier(8)
    places: list[str | None] = []

    def run(number: int) -> None:
        gate.wait(10)
        places.append(
            visitor.come_back(listener, request, code=f"code-{number}").headers["Location"]
        )

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(map(str, places)) == ["/already"] * 7 + ["/done"]


def test_nothing_is_accepted_before_a_request_is_expected(
    visitor: Visitor, listener: Loopback
) -> None:
    assert visitor.fetch(listener, "/callback?code=x&state=y").status == 400


def test_an_older_attempts_answer_is_refused(visitor: Visitor, listener: Loopback) -> None:
    older = new_request(visitor.server, "bankview", listener.redirect_uri)
    visitor.expect(listener)
    assert visitor.come_back(listener, older).status == 400


@pytest.mark.parametrize("make", [Loopback, PasteBack])
def test_a_wait_can_be_cancelled_from_another_thread(
    visitor: Visitor, make: Callable[[str], PasteBack]
) -> None:
    with make("http://127.0.0.1/callback") as listener:
        visitor.expect(listener)
        with waiting(listener, 600) as ended:
            listener.cancel()
    assert [type(how) for how in ended] == [Interrupted]


def test_a_wait_that_was_cancelled_before_it_began_ends_at_once(
    visitor: Visitor, listener: Loopback
) -> None:
    visitor.expect(listener)
    listener.cancel()
    with pytest.raises(Interrupted):
        listener.wait(600)


def test_a_cancelled_listener_accepts_nothing_more(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    listener.cancel()
    assert visitor.come_back(listener, request).status == 400


def test_nobody_coming_back_ends_the_wait(visitor: Visitor, listener: Loopback) -> None:
    visitor.expect(listener)
    with pytest.raises(SignInTimedOutError) as caught:
        listener.wait(0.01)
    assert caught.value.minutes == 1


@pytest.mark.parametrize("make", [Loopback, PasteBack])
def test_a_pasted_address_ends_the_wait(visitor: Visitor, make: Callable[[str], PasteBack]) -> None:
    with make("http://127.0.0.1/callback") as listener:
        request = visitor.expect(listener)
        with waiting(listener) as ended:
            listener.accept(f" {listener.redirect_uri}?code=pasted&state={request.state}#_=_\n")
    assert ended == ["pasted"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the-code",
        "http://127.0.0.1/callback?code=x",
        "http://127.0.0.1/callback?code=x&state=y",
        "https://evil.example/?code=x&state={}",
        "?code=x&state={}&iss=https://evil.example",
        "?code=x&code=y&state={}",
        "?state={}",
    ],
)
def test_a_bad_paste_is_refused_and_can_be_tried_again(visitor: Visitor, text: str) -> None:
    with PasteBack("https://app.example/callback") as listener:
        request = visitor.expect(listener)
        with pytest.raises(BadRedirectError):
            listener.accept(text.format(request.state))
        listener.accept(f"https://app.example/callback?code=x&state={request.state}")
        assert listener.wait(0) == "x"


def test_a_pasted_refusal_ends_the_wait(visitor: Visitor) -> None:
    with PasteBack("https://app.example/callback") as listener:
        request = visitor.expect(listener)
        listener.accept(f"?error=access_denied&state={request.state}")
        with pytest.raises(SignInDeniedError):
            listener.wait(0)


def test_nothing_can_be_pasted_before_or_after_the_wait(visitor: Visitor) -> None:
    with PasteBack("https://app.example/callback") as listener:
        with pytest.raises(BadRedirectError):
            listener.accept("?code=x&state=y")
        request = visitor.expect(listener)
    with pytest.raises(BadRedirectError):
        listener.accept(f"?code=x&state={request.state}")
