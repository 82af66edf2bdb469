"""A connection: one sign-in of the person at one bank."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


class State(StrEnum):
    """What a connection needs, if anything."""

    OK = "ok"
    SIGN_IN = "sign_in"
    DISCONNECTED = "disconnected"
    #: Accounts that are fed by files: there is no bank to ask.
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Connection:
    """One sign-in at one bank. Instants are aware and in UTC.

    `id` is the profile's id, with -2, -3 … for further sign-ins at the same bank. `problem` is the error class name of
    the last attempt, empty after a success; it never stops the next attempt. `consent_ends` is when the person has to
    sign in again however often the access is renewed, `access_ends` when it can be renewed no more, unless it is before.
    """

    id: str
    bank_id: str
    name: str
    state: State = State.OK
    created_at: datetime | None = None
    consent_ends: datetime | None = None
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    not_before: datetime | None = None
    problem: str = ""
    position: int = 0
    access_ends: datetime | None = None

    @property
    def is_fetched(self) -> bool:
        """Whether there is a bank behind it that can be asked, now or after a sign-in."""
        return self.state not in {State.DISCONNECTED, State.FILES}

    @property
    def is_behind(self) -> bool:
        """Whether there was a bank that brought news, and there will be none for now."""
        return self.state not in {State.OK, State.FILES}


class Behind(NamedTuple):
    """A bank that has not been heard of: its name, and the local day of its last news."""

    name: str
    day: date


def behind(banks: Iterable[Connection], today: date) -> tuple[Behind, ...]:
    """Return the banks that are not fetched any more and have not been today."""
    told = [(one, one.last_success.astimezone().date()) for one in banks if one.last_success]
    return tuple(Behind(one.name, day) for one, day in told if one.is_behind and day < today)
