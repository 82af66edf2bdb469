"""What authorization servers publish for everybody, metadata and keys, kept for a while (RFC 9111, RFC 8414, RFC 7517)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import os
import re
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bankview.errors import BadBankDataError, BankError
from bankview.web import Reply, decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

LOG = logging.getLogger(__name__)

#: Bytes of a document that is kept.
LARGEST = 512 * 1024
#: Seconds that a document counts as fresh at least and at most, whatever its server says; the longest where it is silent.
SHORTEST_LIFE, LONGEST_LIFE = 300, 86_400
#: Seconds for which a failure is believed without asking again.
FAILURE_LIFE = 60
#: A request with this header is not answered from what is kept, and its answer is kept (RFC 9111 §5.2.1.4).
ANEW = {"Cache-Control": "no-cache"}
_FORM = "discovery-1"
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,10})', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kept:
    """A document: whose, from where, when it came in epoch seconds, for how many seconds it is fresh, and its body."""

    issuer: str
    location: str
    at: float
    life: int
    body: bytes

    def age(self, now: datetime) -> float:
        """Return its seconds; one from the future, by a clock that was set back, is as old as can be."""
        age = now.timestamp() - self.at
        return age if age >= 0 else float("inf")


class DiscoveryCache:
    """Documents by issuer and location, in memory and as files of `folder` (None: in memory alone).

    Nothing in it is secret. Asked from many threads.
    """

    def __init__(self, folder: Path | None, now: Callable[[], datetime]) -> None:
        self._folder, self.now = folder, now
        self._kept: dict[str, Kept] = {}
        self._failed: dict[str, tuple[float, Reply | BankError]] = {}
        self._lock = threading.Lock()

    def sender(self, issuer: str, send: Callable[..., Reply], *, anew: bool = False) -> CachedSend:
        """Return what sends requests for an issuer's documents, and answers them from here where it can.

        With `anew` it asks the server first, and answers from here only while that is down.
        """
        return CachedSend(self, issuer, send, anew=anew)

    def find(self, issuer: str, location: str) -> Kept | None:
        """Return a document that is at most LONGEST_LIFE old."""
        name = _name(issuer, location)
        with self._lock:
            kept = self._kept.get(name) or self._read(name, issuer, location)
            if kept is None or kept.age(self.now()) >= LONGEST_LIFE:
                return None
            self._kept[name] = kept
            return kept

    def keep(self, issuer: str, location: str, reply: Reply) -> None:
        """Keep a good answer, and forget that there was a failure."""
        life = _life(reply.headers.get("Cache-Control", ""))
        kept = Kept(issuer, location, self.now().timestamp(), life, reply.body)
        name = _name(issuer, location)
        with self._lock:
            self._failed.pop(name, None)
            self._kept[name] = kept
            self._write(name, kept)

    def failure(self, issuer: str, location: str) -> Reply | BankError | None:
        """Return how the location failed within the last FAILURE_LIFE seconds."""
        at, how = self._failed.get(_name(issuer, location), (float("-inf"), None))
        return how if 0 <= self.now().timestamp() - at < FAILURE_LIFE else None

    def keep_failure(self, issuer: str, location: str, how: Reply | BankError) -> None:
        """Remember a failure for a while, in this process."""
        with self._lock:
            self._failed[_name(issuer, location)] = (self.now().timestamp(), how)

    def _read(self, name: str, issuer: str, location: str) -> Kept | None:
        """Return what the file holds; nothing where it is damaged or another's."""
        if self._folder is None:
            return None
        try:
            with (self._folder / name).open("rb") as file:
                said = json.loads(file.read(2 * LARGEST))[_FORM]
            kept = Kept(**{**said, "body": base64.b64decode(said["body"], validate=True)})
            sound = _is_sound(kept.body, issuer) and 0 <= kept.life <= LONGEST_LIFE
            kept.age(self.now())
        except (OSError, ValueError, TypeError, KeyError, AttributeError, binascii.Error):
            return None
        return kept if sound and (kept.issuer, kept.location) == (issuer, location) else None

    def _write(self, name: str, kept: Kept) -> None:
        if self._folder is None:
            return
        said = {**asdict(kept), "body": base64.b64encode(kept.body).decode("ascii")}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp opens for the owner alone.
            handle, path = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump({_FORM: said}, file)
            Path(path).replace(self._folder / name)
        except OSError as error:
            LOG.info("what a server publishes could not be kept: %s", error.strerror)


class CachedSend:
    """Sends GETs for one issuer's documents; `web.Sender.send` to whoever calls it."""

    def __init__(
        self, cache: DiscoveryCache, issuer: str, send: Callable[..., Reply], *, anew: bool
    ) -> None:
        self._cache, self._issuer, self._send, self._anew = cache, issuer, send, anew

    def knows(self, location: str) -> bool:
        """Tell whether a document of this location is kept."""
        return self._cache.find(self._issuer, location) is not None

    def __call__(self, method: str, url: str, *, headers: Any = None) -> Reply:
        """Return the answer to a GET: the one that is kept while it is fresh, and while the server is down.

        Raises:
            BankUnavailableError, OfflineError: as `web.Sender.send`, and nothing is kept.
        """
        asked_anew = self._anew or (headers or {}).get("Cache-Control") == ANEW["Cache-Control"]
        kept = self._cache.find(self._issuer, url)
        age = kept.age(self._cache.now()) if kept else 0.0
        if kept and not asked_anew and age < kept.life:
            return _reply(kept, age)
        failed = None if asked_anew else self._cache.failure(self._issuer, url)
        if failed is None:
            failed = self._fetched(method, url, headers)
            if isinstance(failed, Reply) and failed.status == 200:
                return failed
        if kept and _is_down(failed):
            LOG.info("the server is down: what it published within the last day goes on")
            return _reply(kept, age)
        if isinstance(failed, BankError):
            raise failed
        return failed

    def _fetched(self, method: str, url: str, headers: Any) -> Reply | BankError:
        """Return the answer, or the failure; both are remembered."""
        try:
            reply = self._send(method, url, headers=headers)
        except BankError as error:
            self._cache.keep_failure(self._issuer, url, error)
            return error
        if reply.status != 200:
            self._cache.keep_failure(self._issuer, url, reply)
        elif _is_sound(reply.body, self._issuer):
            self._cache.keep(self._issuer, url, reply)
        return reply


def _name(issuer: str, location: str) -> str:
    return hashlib.sha256(f"{issuer}\n{location}".encode()).hexdigest()[:32] + ".json"


def _reply(kept: Kept, age: float) -> Reply:
    """Return a document as an answer that says how old it is (RFC 9111 §5.1)."""
    headers = {"Content-Type": "application/json", "Age": f"{age:.0f}"}
    return Reply(200, kept.location, headers, kept.body)


def _is_down(failed: Reply | BankError) -> bool:
    return isinstance(failed, BankError) or failed.status >= 500 or failed.status == 429


def _life(cache_control: str) -> int:
    """Return the seconds for which an answer counts as fresh (RFC 9111 §5.2.2), within our bounds."""
    said = _MAX_AGE.search(cache_control)
    if said:
        return min(max(int(said[1]), SHORTEST_LIFE), LONGEST_LIFE)
    forbidden = re.search(r"\bno-(?:store|cache)\b", cache_control, re.IGNORECASE)
    return SHORTEST_LIFE if forbidden else LONGEST_LIFE


def _is_sound(body: bytes, issuer: str) -> bool:
    """Tell whether a body may be kept: a key set, or metadata of this very issuer, and not too large."""
    if len(body) > LARGEST:
        return False
    try:
        document = decode(body)
    except BadBankDataError:
        return False
    if not isinstance(document, dict):
        return False
    said = document.get("issuer")
    if said is None:
        return isinstance(document.get("keys"), list)
    return isinstance(said, str) and issuer in {"", said}
