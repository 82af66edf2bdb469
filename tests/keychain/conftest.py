"""Keychains for tests: shelves that behave like the systems' own, and the real one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from keyring.backends import SecretService  # noqa: F401 - importing it inside a hung test would confuse
from keyring.errors import PasswordDeleteError

from bankview.keychain.system import System

if TYPE_CHECKING:
    from collections.abc import Callable


class Shelf:
    """A backend in a dict that counts its writes and can stop at one of them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.users: set[str] = set()
        self.writes = 0
        self.stop_at = 0
        self.stop_when = "before"

    def get_password(self, service: str, username: str) -> str | None:
        self.users.add(username)
        return self.texts.get(service)

    def set_password(self, service: str, username: str, text: str) -> None:
        self._write("before")
        self.texts.pop(service, None)
        self._write("between")
        self.texts[service] = text
        self._write("after")

    def delete_password(self, service: str, username: str) -> None:
        self._write("before")
        if self.texts.pop(service, None) is None:
            raise PasswordDeleteError("not found")
        self._write("after")

    def _write(self, when: str) -> None:
        self.writes += when == "before"
        if self.stop_at and self.writes == self.stop_at and when == self.stop_when:
            raise ConnectionResetError("the power is gone")

    def crash(self, at: int, when: str, work: Callable[[], None]) -> bool:
        """Do the work and stop it at its `at`-th write; return whether it came that far."""
        self.writes, self.stop_at, self.stop_when = 0, at, when
        try:
            work()
        except Exception:  # noqa: BLE001 - whatever comes out, the process is gone
            return True
        finally:
            self.stop_at = 0
        return False


class WindowsShelf(Shelf):
    """Credential Manager: 2,560 bytes of UTF-16, one entry a target, capitals count as small letters."""

    def get_password(self, service: str, username: str) -> str | None:
        return super().get_password(service.lower(), username)

    def set_password(self, service: str, username: str, text: str) -> None:
        if len(text.encode("utf-16-le")) > 2_560:
            raise OSError(1783, "CredWrite", "The stub received bad data")
        assert self.users <= {username}, "a second user name would move the older entry"
        super().set_password(service.lower(), username, text)

    def delete_password(self, service: str, username: str) -> None:
        super().delete_password(service.lower(), username)


@pytest.fixture(params=[Shelf, WindowsShelf], ids=["plain", "windows"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """An empty backend."""
    made: Shelf = request.param()
    return made


@pytest.fixture
def new_shelf() -> type[Shelf]:
    """Return a function that makes an empty backend."""
    return Shelf


@pytest.fixture
def open_on() -> Callable[..., System]:
    """Return a function that opens a keychain on a given backend."""

    def open_on(
        backend: object,
        namespace: str = "home",
        limit: float = 10.0,
        now: Callable[[], float] = float,
    ) -> System:
        return System(
            namespace=namespace, limit=limit, find=lambda: ("test shelf", backend), now=now
        )

    return open_on


@pytest.fixture
def real_session() -> None:
    """Skip where there is no throw-away session with a real Secret Service."""
    if os.environ.get("BANKVIEW_REAL_KEYRING") != "1":
        pytest.skip("needs the session that tests/session.sh makes")
