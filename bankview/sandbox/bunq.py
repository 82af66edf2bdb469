"""bunq over the household's books: an installation, a device and a session before anything else, and every answer signed."""

from __future__ import annotations

import base64
import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from bankview.sandbox import bunq_shapes as shapes
from bankview.sandbox.bunq_doors import Doors, key_of, own_key
from bankview.sandbox.bunq_refusal import RefusedError
from bankview.sandbox.messages import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account

ROOT = "/bunq"
#: The number of the user, and of the first of their accounts.
USER, FIRST = 42, 1001
#: Objects of a page where nobody says how many, and the most of them.
USUAL, MOST = 10, 200
#: Seconds in which so many calls to one endpoint are answered, and between two sessions.
WINDOW, CROWD, PAUSE = 3.0, 3, 30.0
#: What every call says.
HEADERS = ("cache-control", "user-agent", "x-bunq-client-request-id")
_DOOR = re.compile(r"/(installation|device-server|session-server)")
_LIST = re.compile(rf"/user/{USER}/monetary-account(?:/(\d+)/(payment|mastercard-action))?")


def opened(
    state: Path,
    books: Books,
    now: Callable[[], float],
    *,
    pause: float = PAUSE,
    crowd: int = CROWD,
) -> Bunq:
    """Return the service; its installations go on where the last run left them."""
    key = own_key(state)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    doors = Doors(state / "bunq.json", key_of(state), public.decode(), pause, now)
    return Bunq(doors, books, key, now, crowd)


@dataclass(frozen=True, slots=True)
class Bunq:
    """The API below `ROOT`, of one customer."""

    doors: Doors
    books: Books
    key: RSAPrivateKey = field(repr=False)
    now: Callable[[], float]
    crowd: int
    _calls: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _ids: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Answer:
        """Answer a call, or say why not as the service does; both are signed."""
        try:
            said = json_answer(self._answer(request, request.path.removeprefix(ROOT)))
        except RefusedError as error:
            said = json_answer(shapes.refused(error.why), error.status)
        assert isinstance(said.body, bytes)
        proof = self.key.sign(said.body, padding.PKCS1v15(), hashes.SHA256())
        own = {
            "X-Bunq-Server-Signature": base64.b64encode(proof).decode(),
            "X-Bunq-Client-Request-Id": request.headers.get("x-bunq-client-request-id", ""),
        }
        return replace(said, headers={**said.headers, **own})

    def _answer(self, request: Request, path: str) -> Any:
        self._named(request)
        self._keep_pace(request.method, path)
        if found := _DOOR.fullmatch(path):
            return {"Response": self._door(request, found[1])}
        self.doors.check(request)
        if request.method != "GET":
            raise RefusedError(405, "This API is read here.")
        if found := _LIST.fullmatch(path):
            return self._list(request, found[1] or "", found[2] or "")
        raise RefusedError(404, "Route not found.")

    def _named(self, request: Request) -> None:
        for name in HEADERS:
            if not request.headers.get(name):
                raise RefusedError(400, f"{name} is missing.")
        own = request.headers["x-bunq-client-request-id"]
        with self._lock:
            if own in self._ids:
                raise RefusedError(400, "This request id was used before.")
            self._ids.add(own)

    def _keep_pace(self, method: str, path: str) -> None:
        endpoint = f"{method} {re.sub(r'[0-9]+', '#', path)}"
        now = self.now()
        with self._lock:
            made = [at for at in self._calls[endpoint] if at > now - WINDOW]
            if len(made) >= self.crowd:
                raise RefusedError(429, "Too many requests. 3 calls per 3 seconds.")
            self._calls[endpoint] = [*made, now]

    def _door(self, request: Request, name: str) -> list[Any]:
        if request.method != "POST":
            raise RefusedError(405, "It is posted to.")
        body = _body(request)
        if name == "installation":
            return self.doors.install(request, body)
        if name == "device-server":
            return self.doors.register(request, body)
        user = {"id": USER, "display_name": self.books.customer.name, "session_timeout": 604_800}
        return self.doors.open(request, body, user)

    def _list(self, request: Request, number: str, what: str) -> Any:
        if not number:
            found = [
                shapes.account(self.books, one, FIRST + place)
                for place, one in enumerate(self.books.accounts)
            ]
            return self._page(request, found)
        account = self._account(int(number))
        rows = self.books.rows(account.id, date.min, date.max)
        if what == "payment":
            return self._page(
                request, [shapes.payment(row, account) for row in rows if not row.pending]
            )
        held = [shapes.action(row, account) for row in rows if row.pending]
        return self._page(request, [*held, shapes.declined(1, account)])

    def _account(self, number: int) -> Account:
        place = number - FIRST
        if not 0 <= place < len(self.books.accounts):
            raise RefusedError(404, "Monetary account not found.")
        return self.books.accounts[place]

    def _page(self, request: Request, found: Sequence[dict[str, Any]]) -> Any:
        asked = dict(request.arguments)
        if not {*asked} <= {"count", "older_id"}:
            raise RefusedError(400, "An unknown parameter.")
        count, older = asked.get("count", str(USUAL)), asked.get("older_id", "")
        if not count.isdecimal() or not 0 < int(count) <= MOST:
            raise RefusedError(400, "count is 1 to 200.")
        ids = [next(iter(each.values()))["id"] for each in found]
        if older and (not older.isdecimal() or int(older) not in ids):
            raise RefusedError(400, "There is no object of this older_id.")
        first = ids.index(int(older)) + 1 if older else 0
        last = first + int(count)
        path = f"/v1{request.path.removeprefix(ROOT)}"
        following = ids[last - 1] if last < len(ids) else None
        return shapes.listed(found[first:last], path, int(count), following)


def _body(request: Request) -> dict[str, Any]:
    body = request.json_object
    if body is None:
        raise RefusedError(400, "The body is a JSON object.")
    return body
