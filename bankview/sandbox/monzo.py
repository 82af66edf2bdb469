"""Monzo's API over the customers' books: everything in the five minutes after it was allowed, ninety days from then on."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bankview.sandbox import monzo_shapes as shapes
from bankview.sandbox.messages import json_answer
from bankview.sandbox.monzo_authorization import CLIENT_ID, MonzoAuthorization, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.messages import Answer, Request
    from bankview.sandbox.monzo_authorization import Grant

ROOT = "/monzo"
AUTHORIZE, TOKEN = f"{ROOT}/authorize", f"{ROOT}/oauth2/token"
#: Seconds in which the whole history is served, and the days that are served later.
FRESH, LATER_DAYS = 300, 90
#: Rows of a page: what is given unasked, and at most.
ROWS, MOST = 30, 100


class RefusedError(Exception):
    """A status, the bank's own code, and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)


def opened(
    state: Path, books: Mapping[str, Books], faults: Faults, now: Callable[[], float]
) -> Monzo:
    """Return the bank; its grants go on where the last run left them."""
    return Monzo(MonzoAuthorization(state, faults, now), books, now)


class Feed:
    """An account's rows, oldest first, as long as nothing happens in its books."""

    def __init__(self, books: Books, account: Account) -> None:
        self._of = books.recent
        self.rows = shapes.rows(account, [*books.rows(account.id, date.min, date.max)])
        self._made = [datetime.fromisoformat(row["created"]) for row in self.rows]
        self._places = {row["id"]: place for place, row in enumerate(self.rows)}

    def is_of(self, books: Books) -> bool:
        """Tell whether nothing has happened since."""
        return self._of is books.recent

    def place(self, since: str) -> tuple[int, datetime]:
        """Return where a page begins, and of when that is: after a row, or from an instant on.

        Raises:
            RefusedError: it is neither.
        """
        if not since:
            return 0, datetime.min.replace(tzinfo=UTC)
        if since in self._places:
            place = self._places[since]
            return place + 1, self._made[place]
        try:
            begins = datetime.fromisoformat(since)
        except ValueError:
            begins = datetime.min  # noqa: DTZ901 - it is refused next
        if begins.tzinfo is None:
            code = "bad_request.bad_param.since"
            raise RefusedError(400, code, "No row, and no instant with a zone")
        return bisect_left(self._made, begins), begins


@dataclass(frozen=True, slots=True)
class Monzo:
    """The API below `ROOT`, and its token endpoint."""

    server: MonzoAuthorization
    books: Mapping[str, Books]
    now: Callable[[], float]
    _feeds: dict[str, Feed] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer:
        """Answer a request below `ROOT`."""
        if request.path == TOKEN:
            return self.server.token(request)
        grant = self.server.of(request)
        if grant is None:
            return refusal(401, "unauthorized.bad_access_token", "No such token", "invalid_token")
        try:
            return json_answer(self._answer(grant, request))
        except RefusedError as error:
            return refusal(error.status, error.code, error.message)

    def _answer(self, grant: Grant, request: Request) -> Any:
        path = request.path.removeprefix(ROOT)
        if (request.method, path) == ("POST", "/oauth2/logout"):
            self.server.end(grant)
            return {}
        if request.method != "GET":
            raise RefusedError(405, "method_not_allowed", "It is read with GET here")
        if path == "/ping/whoami":
            return {"authenticated": True, "client_id": CLIENT_ID, "user_id": grant.customer}
        open_ = self.server.opens(grant)
        if open_ is None:
            raise RefusedError(403, "forbidden.insufficient_permissions", "Not allowed in the app")
        return self._read(open_, path, request.arguments)

    def _read(self, grant: Grant, path: str, asked: list[tuple[str, str]]) -> Any:
        books, said = self.books[grant.customer], dict(asked)
        if len(said) != len(asked):
            raise RefusedError(400, "bad_request.bad_param", "A parameter comes twice")
        if path == "/accounts":
            _only(said)
            found = enumerate(books.accounts)
            return {"accounts": [shapes.account(books, one, place) for place, one in found]}
        if path == "/balance":
            _only(said, "account_id")
            return shapes.balance(books, _account(books, said["account_id"]))
        if path == "/pots":
            _only(said, "current_account_id")
            return {"pots": shapes.pots(_account(books, said["current_account_id"]))}
        if path == "/transactions":
            return self._transactions(grant, books, said)
        raise RefusedError(404, "not_found", "There is nothing here")

    def _transactions(self, grant: Grant, books: Books, said: dict[str, str]) -> Any:
        if not {*said} <= {"account_id", "since", "limit", "expand[]"}:
            raise RefusedError(400, "bad_request.bad_param", "An unknown parameter")
        account = _account(books, said.get("account_id", ""))
        limit = int(said["limit"]) if said.get("limit", "").isdecimal() else ROWS
        if not 0 < limit <= MOST:
            raise RefusedError(400, "bad_request.bad_param.limit", "At most a hundred")
        feed = self._feed(books, account)
        first, since = feed.place(said.get("since", ""))
        fresh = self.now() - grant.allowed <= FRESH
        today = datetime.fromtimestamp(self.now(), UTC)
        if not fresh and since < today - timedelta(days=LATER_DAYS):
            raise RefusedError(403, "forbidden.verification_required", "Too far back")
        page = feed.rows[first : first + limit]
        expanded = said.get("expand[]") == "merchant"
        return {"transactions": page if expanded else [*map(shapes.unexpanded, page)]}

    def _feed(self, books: Books, account: Account) -> Feed:
        key = shapes.account_id(account)
        kept = self._feeds.get(key)
        if kept is None or not kept.is_of(books):
            kept = self._feeds[key] = Feed(books, account)
        return kept


def _only(said: Mapping[str, str], *names: str) -> None:
    if {*said} != {*names}:
        raise RefusedError(400, "bad_request.bad_param", "Other parameters than the documents say")


def _account(books: Books, key: str) -> Account:
    for account in books.accounts:
        if shapes.account_id(account) == key:
            return account
    raise RefusedError(404, "not_found.account_not_found", "There is no such account")
