"""Secrets in the system's keychain."""

from __future__ import annotations

import time
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from bankview.errors import KeychainLockedError
from bankview.keychain.back_off import BackOff
from bankview.keychain.backends import find
from bankview.keychain.foreign import ours
from bankview.keychain.generations import Entry
from bankview.keychain.lane import Lane
from bankview.log import REDACTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.keychain.lane import Errand

T = TypeVar("T")

#: The same for every entry: Windows moves an older entry away when a second user name appears.
USER = "bankview"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


class System:
    """The keychain that came with the system or its desktop. Safe to use from several threads."""

    place = "keychain"

    def __init__(
        self,
        *,
        namespace: str,
        limit: float,
        find: Callable[[], tuple[str, Any]] = find,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open it.

        Args:
            namespace: separates homes.
            limit: seconds that one answer may take.
            find: returns the label and the backend to use.
            now: seconds that only grow, for backing off while it is locked.

        Raises:
            KeychainMissingError: there is none that is good enough.
            KeychainSilentError: it does not answer.
        """
        self._prefix = f"bankview:1:{_quoted(namespace)}"
        self._lane = Lane(limit)
        self._back_off = BackOff(now)
        self.label, self._backend = self._lane.run(lambda errand: _guarded(errand, find))

    def read(self, name: str) -> str | None:
        """Return what is kept under a name; None where nothing is.

        Raises:
            KeychainLockedError, KeychainSilentError, KeychainMissingError: it cannot be asked.
            KeychainLossError: something was kept, and parts of it are gone.
        """
        value = self._run(name, Entry.read)
        if value:
            REDACTION.hide(value)
        return value

    def write(self, name: str, value: str) -> None:
        """Keep a value; interrupted at any moment, the old or the new one is there.

        Raises:
            KeychainLockedError, KeychainSilentError, KeychainMissingError: it cannot be asked.
            KeychainLossError: it took the value and did not keep it.
        """
        REDACTION.hide(value)
        self._run(name, lambda entry: entry.write(value))

    def delete(self, name: str) -> None:
        """Remove what is kept under a name, if anything.

        Raises:
            KeychainError: it cannot be asked, or does not let go.
        """
        self._run(name, Entry.delete)

    def again(self) -> None:
        """Let a locked keychain show its prompt at once: a person asks."""
        self._back_off.reset()

    def close(self) -> None:
        """Do nothing: each errand opens and closes its own connection."""

    def _run(self, name: str, work: Callable[[Entry], T]) -> T:
        quietly = self._back_off.waiting
        if quietly and not hasattr(self._backend, "prompts"):
            raise KeychainLockedError("it was locked a moment ago")
        base = f"{self._prefix}:{_quoted(name)}"

        def errand(errand: Errand[T]) -> T:
            if quietly or hasattr(self._backend, "prompts"):
                self._backend.prompts = not quietly
            # Some keep one connection for all calls of an errand.
            opened = getattr(self._backend, "opened", partial(nullcontext, self._backend))
            with opened() as backend:
                return work(Entry(_Cells(backend, errand), base, name))

        try:
            value = self._lane.run(errand)
        except KeychainLockedError:
            self._back_off.refused()
            raise
        self._back_off.reset()
        return value


class _Cells:
    """A backend's entries, each call watched and its errors ours."""

    def __init__(self, backend: Any, errand: Errand[Any]) -> None:
        self._backend, self._errand = backend, errand

    def get(self, service: str) -> str | None:
        text: str | None = _guarded(self._errand, self._backend.get_password, service, USER)
        return text

    def put(self, service: str, text: str) -> None:
        _guarded(self._errand, self._backend.set_password, service, USER, text, writes=True)

    def remove(self, service: str) -> None:
        _guarded(self._errand, self._backend.delete_password, service, USER, writes=True)


def _guarded(
    errand: Errand[Any], call: Callable[..., Any], *arguments: str, writes: bool = False
) -> Any:
    def guarded(*arguments: str) -> Any:
        with ours():
            return call(*arguments)

    return errand.step(guarded, *arguments, writes=writes)


def _quoted(name: str) -> str:
    """Return a name in small letters, digits, - and _ alone: Windows does not tell a capital from a small letter."""
    return "".join(
        letter if letter in _PLAIN else "".join(f"%{byte:02x}" for byte in letter.encode())
        for letter in name
    )
