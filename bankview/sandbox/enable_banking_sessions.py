"""Consents at Enable Banking: asked for, allowed on the bank's page, exchanged once, and closed."""

from __future__ import annotations

import json
import secrets
import threading
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from bankview.sandbox.enable_banking_refusal import RefusedError
from bankview.sandbox.files import write
from bankview.sandbox.wanted import RefusedError as UnwantedError
from bankview.sandbox.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.answering import Answering
    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.faults import Faults

#: Seconds that a code is good for.
CODE_LIFE = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A consent that was asked for: what goes back to the app, until when it is to last, and who allowed it."""

    state: str
    redirect_url: str
    until: float
    customer: str = ""
    allowed: float = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A consent in force; `uids` are what it calls the accounts, by the bank's own ids."""

    name: str
    customer: str
    began: float
    until: float
    uids: dict[str, str]
    closed: bool = False


class Sessions:
    """All of them, kept in a file; it is also the door to the bank's page."""

    #: Its answers come in the query alone.
    answering: Answering | None = None

    def __init__(
        self,
        path: Path,
        page: str,
        allows: Callable[[str], bool],
        books: Mapping[str, Books],
        faults: Faults,
        now: Callable[[], float],
    ) -> None:
        self.faults = faults
        self._path, self._page, self._allows = path, page, allows
        self._books, self._now, self._lock = books, now, threading.Lock()
        self._asked: dict[str, Asked] = {}
        self._codes: dict[str, Asked] = {}
        kept = json.loads(path.read_bytes()) if path.exists() else []
        self._sessions = {one["name"]: Session(**one) for one in kept}

    def begin(self, body: Mapping[str, Any], validity: int) -> dict[str, str]:
        """Take a wish for a consent, and say where the person goes.

        Raises:
            RefusedError: it asks for too much, or leads elsewhere.
        """
        state, redirect = body.get("state"), body.get("redirect_url")
        if not isinstance(state, str) or len(state) < 16:
            raise RefusedError(422, "WRONG_REQUEST_PARAMETERS", "state is missing or guessable")
        if not isinstance(redirect, str) or not self._allows(redirect):
            raise RefusedError(422, "REDIRECT_URI_NOT_ALLOWED", "The address is not registered")
        until = _until(body.get("access"))
        if not self._now() < until <= self._now() + validity:
            raise RefusedError(422, "WRONG_REQUEST_PARAMETERS", "valid_until is too far away")
        name = str(uuid.uuid4())
        with self._lock:
            self._asked[name] = Asked(state, redirect, until)
        return {"url": f"{self._page}?{urlencode({'id': name})}", "authorization_id": name}

    def redeem(self, code: str) -> Session:
        """Exchange a code for a session, once.

        Raises:
            RefusedError: it is none, was exchanged, or is too old.
        """
        with self._lock:
            asked = self._codes.pop(code, None)
            if asked is None:
                raise RefusedError(422, "WRONG_AUTHORIZATION_CODE", "This is no code of ours")
            if self._now() - asked.allowed > CODE_LIFE:
                raise RefusedError(422, "EXPIRED_AUTHORIZATION_CODE", "The code is too old")
            accounts = self._books[asked.customer].accounts
            uids = {account.id: str(uuid.uuid4()) for account in accounts}
            name = str(uuid.uuid4())
            made = Session(name, asked.customer, self._now(), asked.until, uids)
            self._sessions[name] = made
            self._save()
        return made

    def find(self, name: str) -> Session:
        """Return a session in force.

        Raises:
            RefusedError: there is none of that name, or it has ended.
        """
        session = self._sessions.get(name)
        if session is None:
            raise RefusedError(404, "SESSION_DOES_NOT_EXIST", "There is no such session")
        if session.closed:
            raise RefusedError(422, "CLOSED_SESSION", "The session was closed")
        if self._now() >= session.until:
            raise RefusedError(422, "EXPIRED_SESSION", "The session has ended")
        return session

    def of(self, uid: str) -> tuple[Session, str]:
        """Return the session that calls an account so, and the bank's own id of it.

        Raises:
            RefusedError: no session in force does.
        """
        for session in self._sessions.values():
            for account_id, own in session.uids.items():
                if own == uid:
                    return self.find(session.name), account_id
        raise RefusedError(404, "ACCOUNT_DOES_NOT_EXIST", "There is no such account")

    def close(self, name: str) -> None:
        """End a session."""
        session = self.find(name)
        with self._lock:
            self._sessions[name] = replace(session, closed=True)
            self._save()

    def expire_access(self) -> int:
        """End every session now; return how many there were."""
        with self._lock:
            live = [one for one in self._sessions.values() if not one.closed]
            self._sessions |= {one.name: replace(one, until=self._now()) for one in live}
            self._save()
        return len(live)

    # -- the bank's page ---------------------------------------------------------------------------------------------

    def wanted(self, query: str) -> Wanted:
        """Return what a person is asked to allow."""
        name = parse_qs(query).get("id", [""])[0]
        asked = self._asked.get(name)
        if asked is None:
            raise UnwantedError("", "There is no such request.")
        return Wanted(name, asked.redirect_url, ("accounts",), "", "")

    def allow(self, wanted: Wanted, customer: str) -> str:
        """Return where the browser goes with a code."""
        with self._lock:
            asked = replace(self._asked.pop(wanted.uri), customer=customer, allowed=self._now())
            code = secrets.token_urlsafe(24)
            self._codes[code] = asked
        return f"{asked.redirect_url}?{urlencode({'state': asked.state, 'code': code})}"

    def decline(self, wanted: Wanted) -> str:
        """Return where the browser goes without one."""
        with self._lock:
            asked = self._asked.pop(wanted.uri)
        said = {"error": "access_denied", "error_description": "Cancelled by user"}
        return f"{asked.redirect_url}?{urlencode({'state': asked.state, **said})}"

    def _save(self) -> None:
        write(self._path, json.dumps([asdict(one) for one in self._sessions.values()]).encode())


def _until(access: object) -> float:
    said = access.get("valid_until") if isinstance(access, dict) else None
    try:
        until = datetime.fromisoformat(str(said))
    except ValueError:
        until = datetime.min  # noqa: DTZ901 - it is refused next
    if until.tzinfo is None:
        raise RefusedError(422, "WRONG_REQUEST_PARAMETERS", "valid_until is an instant with a zone")
    return until.timestamp()
