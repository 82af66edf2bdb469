"""A connection: one sign-in of the person at one bank."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class State(StrEnum):
    """What a connection needs, if anything."""

    OK = "ok"
    SIGN_IN = "sign_in"
    DISCONNECTED = "disconnected"


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
