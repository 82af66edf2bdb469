"""GoCardless Bank Account Data over the household's books: tokens for secrets, requisitions, and four calls a day for each account."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bankview.sandbox import gocardless_shapes as shapes
from bankview.sandbox.gocardless_refusal import RefusedError
from bankview.sandbox.gocardless_requisitions import Requisitions
from bankview.sandbox.gocardless_tokens import Tokens, key_of
from bankview.sandbox.messages import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.gocardless_requisitions import Requisition

ROOT = "/gocardless"
#: Where the person allows it.
PAGE = f"{ROOT}/consent"
#: The bank that the household is at: its id and name, the days back and the days long that it gives.
BANK, NAME, HISTORY, VALIDITY = "FJORDBANKEN_FJORNO22", "Fjordbanken", 730, 180
#: Calls of one kind for one account that are answered within a day, in seconds.
MOST, DAY = 4, 86_400
_LIMIT = "HTTP_X_RATELIMIT_ACCOUNT_SUCCESS"
_ACCOUNT = re.compile(r"/accounts/([0-9a-f-]{36})/(?:(details|balances|transactions)/)?")
_OWN = re.compile(r"/(requisitions|agreements/enduser|institutions)/([0-9A-Za-z_-]+)/")


def opened(  # noqa: PLR0913, PLR0917 - what a service stands on
    state: Path,
    pages: str,
    books: Mapping[str, Books],
    faults: Faults,
    now: Callable[[], float],
    today: Callable[[], date],
    life: float,
) -> GoCardless:
    """Return the service; its requisitions go on where the last run left them."""
    page = f"{pages}{PAGE}"
    requisitions = Requisitions(state / "gocardless.json", page, books, faults, now)
    return GoCardless(Tokens(key_of(state), life, now), requisitions, books, now, today)


@dataclass(frozen=True, slots=True)
class GoCardless:
    """The API below `ROOT`; every path ends in a slash."""

    tokens: Tokens
    requisitions: Requisitions
    books: Mapping[str, Books]
    now: Callable[[], float]
    today: Callable[[], date]
    #: When each kind of call was answered for each account.
    _answered: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Answer:
        """Answer a call, or say why not as the service does."""
        try:
            path = request.path.removeprefix(ROOT)
            if given := self._token(request, path):
                return given
            self.tokens.check(request.headers.get("authorization", ""))
            if (found := _ACCOUNT.fullmatch(path)) and request.method == "GET":
                return self._account(request, found[1], found[2] or "")
            return json_answer(*self._answer(request, path))
        except RefusedError as error:
            return json_answer(error.said, error.status, error.headers)

    def _token(self, request: Request, path: str) -> Answer | None:
        give = {"/token/new/": self.tokens.new, "/token/refresh/": self.tokens.renewed}.get(path)
        if give is None or request.method != "POST":
            return None
        return json_answer(give(_body(request)))

    def _answer(self, request: Request, path: str) -> tuple[Any, int]:
        own: dict[tuple[str, str], Callable[[Request], tuple[Any, int]]] = {
            ("GET", "/institutions/"): self._banks,
            ("POST", "/agreements/enduser/"): self._agree,
            ("POST", "/requisitions/"): self._ask,
        }
        if call := own.get((request.method, path)):
            return call(request)
        found = _OWN.fullmatch(path)
        if found is None:
            raise RefusedError(404, "Not found.")
        what, id_ = found.groups()
        if request.method == "DELETE" and what == "requisitions":
            self.requisitions.end(id_)
            return {"summary": "Requisition deleted"}, 200
        if request.method != "GET":
            raise RefusedError(405, "Method not allowed.")
        if what == "institutions":
            return _bank(id_), 200
        if what == "requisitions":
            return self._shown(self.requisitions.find(id_)), 200
        return shapes.agreement(self.requisitions.agreement(id_)), 200

    def _banks(self, request: Request) -> tuple[Any, int]:
        asked = dict(request.arguments)
        if not {*asked} <= {"country"}:
            raise RefusedError(400, "An unknown parameter")
        return [
            bank for bank in _BANKS if asked.get("country", "").upper() in {"", *bank["countries"]}
        ], 200

    def _agree(self, request: Request) -> tuple[Any, int]:
        body = _body(request)
        bank = _bank(str(body.get("institution_id")))
        most = (int(bank["transaction_total_days"]), int(bank["max_access_valid_for_days"]))
        return shapes.agreement(self.requisitions.agree(body, most)), 201

    def _ask(self, request: Request) -> tuple[Any, int]:
        return self._shown(self.requisitions.ask(_body(request))), 201

    def _shown(self, one: Requisition) -> dict[str, Any]:
        return shapes.requisition(one, self.requisitions.link(one))

    def _account(self, request: Request, name: str, what: str) -> Answer:
        one, account_id = self.requisitions.of(name)
        books = self.books[one.customer]
        account = books.account(account_id)
        if not what:
            return json_answer(shapes.state(books, account, name, ended=one.status != "LN"))
        if one.status != "LN":
            raise RefusedError(401, "The end user agreement has expired", "AccessExpiredError")
        headers = self._count(name, what)
        if what == "details":
            said: Any = {"account": shapes.details(books, account)}
        elif what == "balances":
            said = {"balances": shapes.balances(books, account)}
        else:
            said = {"transactions": self._transactions(request, one, books, account_id)}
        with self._lock:
            self._answered.setdefault((name, what), []).append(self.now())
        return json_answer(said, headers=headers)

    def _count(self, name: str, what: str) -> dict[str, str]:
        """Return what a good answer says of the limit.

        Raises:
            RefusedError: it is used up.
        """
        now = self.now()
        made = [at for at in self._answered.get((name, what), ()) if at > now - DAY]
        reset = int(made[0] + DAY - now) + 1 if made else DAY
        said = {f"{_LIMIT}_LIMIT": str(MOST), f"{_LIMIT}_RESET": str(reset)}
        if len(made) >= MOST:
            headers = {**said, f"{_LIMIT}_REMAINING": "0"}
            raise RefusedError(429, "Rate limit exceeded", "RateLimitError", headers)
        return {**said, f"{_LIMIT}_REMAINING": str(MOST - len(made) - 1)}

    def _transactions(self, request: Request, one: Requisition, books: Books, id_: str) -> Any:
        asked = dict(request.arguments)
        if not {*asked} <= {"date_from", "date_to"}:
            raise RefusedError(400, "An unknown parameter")
        agreement = self.requisitions.agreement(one.agreement)
        oldest = self.today() - timedelta(days=agreement.history)
        since = max(oldest, _day(asked.get("date_from", "")) or oldest)
        if since > self.today():
            raise RefusedError(400, "date_from is in the future")
        until = _day(asked.get("date_to", "")) or date.max
        return shapes.transactions(books.rows(id_, since, until), books.account(id_))


_BANKS = [
    shapes.institution(BANK, NAME, ["NO"], HISTORY, VALIDITY),
    shapes.institution("TUNDRA_TUNDFIHH", "Tundra Pankki", ["FI", "EE"], 90, 90),
]


def _bank(id_: str) -> Any:
    for bank in _BANKS:
        if bank["id"] == id_:
            return bank
    raise RefusedError(404, "Not found.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RefusedError(400, "A day is written as 2026-11-20") from None


def _body(request: Request) -> dict[str, Any]:
    body = request.json_object
    if body is None:
        raise RefusedError(400, "The body is a JSON object")
    return body
