"""Enable Banking's API over the household's books: every call signed, consents as sessions, accounts named anew by each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bankview.sandbox import enable_banking_shapes as shapes
from bankview.sandbox.enable_banking_caller import REGISTERED, Caller
from bankview.sandbox.enable_banking_refusal import RefusedError
from bankview.sandbox.enable_banking_sessions import Sessions
from bankview.sandbox.messages import Answer, Request, json_answer
from bankview.sandbox.stet_quota import Quota
from bankview.sandbox.stet_refusal import RefusedError as TooOftenError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Row
    from bankview.sandbox.enable_banking_sessions import Session
    from bankview.sandbox.enable_banking_shapes import Notice
    from bankview.sandbox.faults import Faults

ROOT = "/enable"
#: Where the person allows it.
PAGE = f"{ROOT}/consent"
#: The bank that the household is at, as the list names it, and how long its consents last at most, in seconds.
BANK, COUNTRY, VALIDITY = "Fjordbanken", "NO", 180 * 86_400
#: What a call says for which a person is there: all of it or nothing.
PRESENT = ("psu-ip-address", "psu-user-agent")
#: Seconds after the sign-in in which the whole history is served, and the days that are served later.
FRESH, LATER_DAYS = 180, 89
#: Rows of a page, and what marks one that has none.
ROWS, EMPTY = 100, "-"
_ACCOUNT = re.compile(r"/accounts/([0-9a-f-]{36})/(details|balances|transactions)")
_SESSION = re.compile(r"/sessions/([0-9a-f-]{36})")


def opened(  # noqa: PLR0913, PLR0917 - what a service stands on
    root: Path,
    state: Path,
    pages: str,
    books: Mapping[str, Books],
    faults: Faults,
    now: Callable[[], float],
    today: Callable[[], date],
) -> EnableBanking:
    """Return the service; its sessions go on where the last run left them."""
    place = state / "enable-banking.json"
    sessions = Sessions(place, f"{pages}{PAGE}", REGISTERED.allows, books, faults, now)
    quota = Quota(state / "enable-banking-quota.json", now)
    return EnableBanking(Caller(root, now), sessions, books, faults, quota, now, today)


@dataclass(frozen=True, slots=True)
class EnableBanking:
    """The API below `ROOT`."""

    caller: Caller
    sessions: Sessions
    books: Mapping[str, Books]
    faults: Faults
    quota: Quota
    now: Callable[[], float]
    today: Callable[[], date]

    def answer(self, request: Request) -> Answer:
        """Answer a call, or say why not as the service does."""
        try:
            self.caller.check(request)
            return json_answer(self._answer(request, request.path.removeprefix(ROOT)))
        except RefusedError as error:
            said = {"message": error.message, "code": error.status, "error": error.code}
            return json_answer({**said, "detail": error.detail}, error.status)

    def _answer(self, request: Request, path: str) -> Any:
        own: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "/application"): lambda _: self.caller.application(),
            ("GET", "/aspsps"): self._banks,
            ("POST", "/auth"): self._begin,
            ("POST", "/sessions"): self._open,
        }
        if page := own.get((request.method, path)):
            return page(request)
        if found := _SESSION.fullmatch(path):
            return self._session(request, found[1])
        if (found := _ACCOUNT.fullmatch(path)) and request.method == "GET":
            return self._account(request, found[1], found[2])
        raise RefusedError(404, "WRONG_REQUEST_PARAMETERS", "There is nothing here")

    def _banks(self, request: Request) -> Any:
        asked = dict(request.arguments)
        if not {*asked} <= {"country", "psu_type", "service"}:
            raise RefusedError(422, "WRONG_REQUEST_PARAMETERS", "An unknown parameter")
        banks = [
            shapes.bank(BANK, COUNTRY, VALIDITY, PRESENT),
            shapes.bank("Tundra Pankki", "FI", 90 * 86_400, ()),
        ]
        wanted = asked.get("country", "")
        return {"aspsps": [bank for bank in banks if wanted in {"", bank["country"]}]}

    def _begin(self, request: Request) -> Any:
        body = _body(request)
        if body.get("aspsp") != {"name": BANK, "country": COUNTRY}:
            raise RefusedError(422, "WRONG_ASPSP_PROVIDED", "There is no such bank")
        if body.get("psu_type") != "personal":
            raise RefusedError(422, "WRONG_REQUEST_PARAMETERS", "psu_type is personal here")
        return self.sessions.begin(body, VALIDITY)

    def _open(self, request: Request) -> Any:
        session = self.sessions.redeem(str(_body(request).get("code", "")))
        books = self.books[session.customer]
        accounts = [shapes.account(books, one, session.uids[one.id]) for one in books.accounts]
        return {**shapes.session(session, BANK, COUNTRY), "accounts": accounts}

    def _session(self, request: Request, name: str) -> Any:
        if request.method == "DELETE":
            self.sessions.close(name)
            return {"message": "OK"}
        if request.method != "GET":
            raise RefusedError(405, "WRONG_REQUEST_PARAMETERS", "GET or DELETE")
        session = self.sessions.find(name)
        said = shapes.session(session, BANK, COUNTRY)
        books = self.books[session.customer]
        data = [shapes.data(one, session.uids[one.id]) for one in books.accounts]
        return {**said, "accounts": [*session.uids.values()], "accounts_data": data}

    def _account(self, request: Request, uid: str, what: str) -> Any:
        session, account_id = self.sessions.of(uid)
        self._attended(request, uid, what)
        books = self.books[session.customer]
        account = books.account(account_id)
        if what == "details":
            return shapes.account(books, account, uid)
        if what == "balances":
            return {"balances": shapes.balances(books, account)}
        return self._transactions(request, session, books, account_id)

    def _attended(self, request: Request, uid: str, what: str) -> None:
        """Count a call for which nobody is there; who is there says all that the bank wants to know."""
        said = [name for name in request.headers if name.startswith("psu-")]
        if not said:
            try:
                self.quota.count(uid, what)
            except TooOftenError as error:
                raise RefusedError(429, "ASPSP_RATE_LIMIT_EXCEEDED", "Too often") from error
        elif not {*PRESENT} <= {*said}:
            raise RefusedError(422, "PSU_HEADER_NOT_PROVIDED", f"Send {', '.join(PRESENT)}")

    def _transactions(
        self, request: Request, session: Session, books: Books, account_id: str
    ) -> Any:
        asked = dict(request.arguments)
        if not {*asked} <= {"date_from", "date_to", "continuation_key", "strategy"}:
            raise RefusedError(422, "WRONG_REQUEST_PARAMETERS", "An unknown parameter")
        since = _day(asked.get("date_from", ""))
        fresh = self.now() - session.began <= FRESH
        if not fresh and since < self.today() - timedelta(days=LATER_DAYS):
            raise RefusedError(422, "WRONG_TRANSACTIONS_PERIOD", "Too far back")
        begun = f"{since} {asked.get('strategy', '')} "
        place = _place(asked.get("continuation_key", ""), begun)
        account = books.account(account_id)
        rows: list[Row | Notice] = [*shapes.no_rows(account, since)]
        rows += books.rows(account_id, since, date.max)
        # The second page is empty, and yet not the last.
        empty, first = place.endswith(EMPTY), int(place.removesuffix(EMPTY))
        page = [] if empty else rows[first : first + ROWS]
        following = str(first) if empty else f"{first + ROWS}{'' if first else EMPTY}"
        more = first + len(page) < len(rows)
        return {
            "transactions": [shapes.row(one, account) for one in page],
            "continuation_key": shapes.sealed(f"{begun}{following}") if more else None,
        }


def _place(key: str, begun: str) -> str:
    """Return where a page begins; a key belongs to the question that it came with."""
    if not key:
        return "0"
    said = shapes.opened(key)
    if not said.startswith(begun):
        raise RefusedError(422, "WRONG_CONTINUATION_KEY", "Repeat what was asked")
    return said.removeprefix(begun)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedError(422, "WRONG_DATE_INTERVAL", "date_from is a date") from None


def _body(request: Request) -> dict[str, Any]:
    body = request.json_object
    if body is None:
        raise RefusedError(422, "WRONG_REQUEST_PARAMETERS", "The body is a JSON object")
    return body
