"""How a family of banks lets people in where it speaks no OAuth 2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bankview.banks._bank import Get, Put
    from bankview.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class Visit:
    """One attempt to sign in: the bank that the person chose, where the answer goes, and the state it has to carry."""

    institution: str
    redirect_uri: str
    state: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A page where the person allows us to read, whose answer carries a code for a session.

    `begin` returns the address that the browser opens, `finish` takes the code and returns the session's name and its
    end (UTC), `end` closes a session; `post` sends what the dialect lists among its writes. `login` returns the
    Authorization header of a call: of the client id, the private key as PEM, and this instant.
    """

    begin: Callable[[Get, Put, Visit], str]
    finish: Callable[[Put, str], tuple[str, datetime | None]]
    end: Callable[[Callable[[str], object], str], None]
    login: Callable[[str, Secret, datetime], str]
    #: What the client id is called at its portal.
    client_id: str
