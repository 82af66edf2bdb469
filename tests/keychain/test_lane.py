"""The keychain's thread: errands in a row, and an end to waiting."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from bankview.errors import KeychainSilentError
from bankview.keychain.lane import Errand, Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Long enough for every answer that comes at all.
PATIENT = 20.0
SHORT = 0.05


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Calls that wait for it hang until the test ends."""
    event = threading.Event()
    yield event
    event.set()


def hangs(gate: threading.Event, *, writes: bool = False) -> Callable[[Errand[Any]], Any]:
    return lambda errand: errand.step(gate.wait, writes=writes)


def test_what_the_work_returns_comes_back() -> None:
    assert Lane(PATIENT).run(lambda errand: errand.step(str.upper, "x")) == "X"


def test_what_the_work_raises_comes_back() -> None:
    def work(errand: Errand[None]) -> None:
        raise OSError(5, "broken")

    with pytest.raises(OSError, match="broken"):
        Lane(PATIENT).run(work)


def test_the_work_runs_in_a_thread_that_does_not_hold_up_quitting() -> None:
    thread = Lane(PATIENT).run(lambda _: threading.current_thread())
    assert thread is not threading.current_thread()
    assert thread.daemon


def test_silence_ends_the_wait(gate: threading.Event) -> None:
    with pytest.raises(KeychainSilentError):
        Lane(SHORT).run(hangs(gate))


def test_a_hung_read_holds_up_nobody(gate: threading.Event) -> None:
    lane = Lane(SHORT)
    with pytest.raises(KeychainSilentError):
        lane.run(hangs(gate))
    lane.limit = PATIENT
    assert lane.run(lambda _: "next") == "next"


def test_a_hung_write_is_not_overtaken(gate: threading.Event) -> None:
    lane = Lane(SHORT)
    with pytest.raises(KeychainSilentError):
        lane.run(hangs(gate, writes=True))
    with pytest.raises(KeychainSilentError):
        lane.run(lambda _: "next")


def test_after_a_hung_write_has_ended_all_goes_on(gate: threading.Event) -> None:
    lane = Lane(SHORT)
    with pytest.raises(KeychainSilentError):
        lane.run(hangs(gate, writes=True))
    gate.set()
    lane.limit = PATIENT
    assert lane.run(lambda _: "next") == "next"


def test_an_errand_that_was_given_up_makes_no_further_call(gate: threading.Event) -> None:
    lane, made = Lane(SHORT), list[str]()

    def work(errand: Errand[None]) -> None:
        errand.step(gate.wait, writes=True)
        errand.step(made.append, "late", writes=True)

    with pytest.raises(KeychainSilentError):
        lane.run(work)
    gate.set()
    lane.limit = PATIENT
    lane.run(lambda _: None)
    assert made == []


def test_hung_threads_do_not_pile_up(gate: threading.Event) -> None:
    lane = Lane(SHORT)
    before = threading.active_count()
    for _ in range(8):
        with pytest.raises(KeychainSilentError):
            lane.run(hangs(gate))
    assert threading.active_count() - before <= 4


def test_hung_threads_that_end_make_room_again(gate: threading.Event) -> None:
    lane = Lane(SHORT)
    for _ in range(8):
        with pytest.raises(KeychainSilentError):
            lane.run(hangs(gate))
    gate.set()
    lane.limit = PATIENT
    assert lane.run(lambda _: "back") == "back"


def test_many_short_calls_may_take_longer_together_than_the_limit() -> None:
    lane = Lane(1.0)
    tick = threading.Event()

    def work(errand: Errand[str]) -> str:
        for _ in range(6):
            errand.step(tick.wait, 0.25)  # type: ignore[arg-type]
        return "done"

    assert lane.run(work) == "done"


def test_one_errand_at_a_time() -> None:
    lane, inside, most = Lane(PATIENT), list[int](), list[int]()

    def work(errand: Errand[None]) -> None:
        inside.append(1)
        most.append(len(inside))
        inside.pop()

    threads = [threading.Thread(target=lane.run, args=(work,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENT)
    assert most == [1] * 8
