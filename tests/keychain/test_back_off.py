"""A locked keychain is asked again after 30 seconds, 2 minutes, 10 minutes, and at once when a person asks."""

from __future__ import annotations

from typing import Any

import pytest
from keyring.errors import KeyringLocked

from bankview.errors import KeychainLockedError
from bankview.keychain.back_off import BackOff


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class LockedShelf:
    """A backend that stays locked until it is opened."""

    def __init__(self) -> None:
        self.open = False
        self.asked = 0

    def get_password(self, service: str, username: str) -> None:
        self.asked += 1
        if not self.open:
            raise KeyringLocked("Failed to unlock the collection!")


class QuietShelf(LockedShelf):
    """… and that can be asked without showing a prompt."""

    prompts = True

    def __init__(self) -> None:
        super().__init__()
        self.prompted = 0

    def get_password(self, service: str, username: str) -> None:
        self.prompted += self.prompts and not self.open
        super().get_password(service, username)


def locked(chain: Any) -> None:
    with pytest.raises(KeychainLockedError):
        chain.read("key")


def test_the_waits_grow_to_ten_minutes() -> None:
    clock = Clock()
    back_off = BackOff(clock)
    waits = []
    for _ in range(5):
        back_off.refused()
        start = clock.now
        while back_off.waiting:
            clock.now += 10
        waits.append(clock.now - start)
    assert waits == [30, 120, 600, 600, 600]


def test_a_refusal_while_waiting_does_not_lengthen_the_wait() -> None:
    clock = Clock()
    back_off = BackOff(clock)
    back_off.refused()
    clock.now = 29
    back_off.refused()
    clock.now = 30
    assert not back_off.waiting


def test_a_locked_keychain_is_not_polled(open_on: Any) -> None:
    shelf = LockedShelf()
    chain = open_on(shelf, now=Clock())
    for _ in range(5):
        locked(chain)
    assert shelf.asked == 1


def test_it_is_asked_again_after_the_wait(open_on: Any) -> None:
    shelf, clock = LockedShelf(), Clock()
    chain = open_on(shelf, now=clock)
    locked(chain)
    shelf.open, clock.now = True, 31
    assert chain.read("key") is None


def test_it_is_asked_at_once_when_a_person_asks(open_on: Any) -> None:
    shelf = LockedShelf()
    chain = open_on(shelf, now=Clock())
    locked(chain)
    shelf.open = True
    chain.again()
    assert chain.read("key") is None


def test_an_answer_ends_the_backing_off(open_on: Any) -> None:
    shelf, clock = LockedShelf(), Clock()
    chain = open_on(shelf, now=clock)
    locked(chain)
    clock.now, shelf.open = 31, True
    chain.read("key")
    shelf.open = False
    locked(chain)
    shelf.open, clock.now = True, 62
    assert chain.read("key") is None


def test_a_keychain_that_can_be_asked_quietly_shows_no_prompt_meanwhile(open_on: Any) -> None:
    shelf = QuietShelf()
    chain = open_on(shelf, now=Clock())
    for _ in range(5):
        locked(chain)
    assert shelf.prompted == 1


def test_a_keychain_that_was_unlocked_elsewhere_answers_at_once(open_on: Any) -> None:
    shelf = QuietShelf()
    chain = open_on(shelf, now=Clock())
    locked(chain)
    shelf.open = True
    assert chain.read("key") is None
