"""Financefeast's API: prices of one company in the service's envelopes, and its refusals."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.sandbox import financefeast_prices as prices
from bankview.sandbox.financefeast_authorization import subject
from bankview.sandbox.messages import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.sandbox.financefeast_plan import Plan
    from bankview.sandbox.grants import Grant, Grants

ROOT = "/financefeast"
#: The key of the test region that never ends; `pk_` is the other region's.
KEY = "tk_sandbox_0d8f3b8e0f2c4a49"
AUCKLAND = ZoneInfo("Pacific/Auckland")
#: Days that a question without dates is about.
USUAL_DAYS, USUAL_HOURS_DAYS = 30, 5
_MOMENT = "%Y-%m-%d %H:%M:%S"


class RefusedError(Exception):
    """A call is refused, with a sentence of the service's."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: nobody, the holder of the key, or a customer who signed in."""

    token: str = ""
    grant: Grant | None = None


class Financefeast:
    """Answers the API's calls."""

    def __init__(self, grants: Grants, plan: Plan, now: Callable[[], float]) -> None:
        self._grants, self._plan, self._now = grants, plan, now
        self._routes: dict[str, Callable[[Mapping[str, str], Caller], Any]] = {
            "/data/eod": self._daily,
            "/data/intraday": self._hourly,
            "/data/last": self._last,
            "/data/orderbook": self._book,
            "/info/ticker": self._tickers,
            "/info/exchange": self._exchanges,
            "/account/usage": self._usage,
            "/userinfo": self._person,
        }

    def answer(self, request: Request) -> Answer:
        """Answer one call."""
        path = request.path.removeprefix(ROOT)
        if path == "/health/alive":
            return json_answer({"status": "alive"})
        try:
            return self._answer(request, path)
        except RefusedError as error:
            return json_answer({"detail": error.detail}, error.status)

    def _answer(self, request: Request, path: str) -> Answer:
        started = time.monotonic()
        caller = self._caller(request, path)
        route = self._routes.get(path)
        if route is None or request.method != "GET":
            raise RefusedError(404, "Not Found")
        left = self._plan.use(caller.token, path)
        if left is None:
            refused = self._plan.refused(caller.token)
            return json_answer({"detail": "Your plan's calls a minute are used up"}, 429, refused)
        content = route(dict(request.arguments), caller)
        if path != "/userinfo":
            content["took_ms"] = int((time.monotonic() - started) * 1000)
        return json_answer(content, headers=left)

    def _caller(self, request: Request, path: str) -> Caller:
        """Return who calls; 403 is the service's word for who may not, where others say 401."""
        header = request.headers.get("authorization", "")
        if not header and path.startswith("/info/"):
            return Caller()
        scheme, _, token = header.partition(" ")
        grant = self._grants.of_access(token)
        if scheme.lower() != "bearer" or not (grant or token == KEY):
            raise RefusedError(403, "Not authenticated")
        return Caller(token, grant)

    @property
    def _today(self) -> date:
        return datetime.fromtimestamp(self._now(), UTC).astimezone(AUCKLAND).date()

    def _daily(self, asked: Mapping[str, str], _: Caller) -> Any:
        envelope = _envelope(asked)
        until = _day(asked, "date_to", self._today)
        since = _day(asked, "date_from", until - timedelta(USUAL_DAYS))
        since = max(since, self._today - timedelta(prices.HISTORY))
        rows = prices.daily(since, min(until, self._today))
        dates = {"date_from": since.isoformat(), "date_to": until.isoformat()}
        return {**envelope, **dates, "interval": "1 day, 0:00:00", "hits": len(rows), "data": rows}

    def _hourly(self, asked: Mapping[str, str], _: Caller) -> Any:
        envelope = _envelope(asked)
        end = datetime.combine(self._today, datetime.max.time()).replace(microsecond=0)
        until = _moment(asked, "datetime_to", end)
        since = _moment(asked, "datetime_from", until - timedelta(USUAL_HOURS_DAYS))
        since = max(since, end - timedelta(prices.HISTORY))
        rows = prices.hourly(since, min(until, end))
        dates = {"date_from": since.strftime(_MOMENT), "date_to": until.strftime(_MOMENT)}
        return {**envelope, **dates, "interval": "1:00:00", "hits": len(rows), "data": rows}

    def _last(self, asked: Mapping[str, str], _: Caller) -> Any:
        return {**_envelope(asked), "exchange": "", "hits": 1, "data": [prices.last(self._today)]}

    def _book(self, asked: Mapping[str, str], _: Caller) -> Any:
        envelope, book = _envelope(asked), prices.book(self._today)
        if asked.get("condensed", "true") == "false":
            sides = {"buy": "B", "sell": "S"}
            book |= {name: prices.orders(book[name], letter) for name, letter in sides.items()}
        return {"ticker": envelope["ticker"], "hits": 1, "data": [book]}

    def _tickers(self, _asked: Mapping[str, str], _: Caller) -> Any:
        row = {
            "symbol": prices.SYMBOL.upper(),
            "company_name": prices.NAME,
            "industry": "Transportation",
            "exchange": prices.EXCHANGE,
            "uuid4": prices.UUID4,
            "active": True,
            "meta": [],
        }
        return {"hits": 1, "exchange": "all", "data": [row]}

    def _exchanges(self, _asked: Mapping[str, str], _: Caller) -> Any:
        name, zone = "New Zealand's Exchange", "Pacific/Auckland"
        uuid = "5b0a4f52-3f3c-4c0e-8d0a-6f1a7a1c2b33"
        row = {"symbol": prices.EXCHANGE, "name": name, "timezone": zone, "uuid": uuid}
        return {"hits": 1, "data": [row]}

    def _usage(self, asked: Mapping[str, str], caller: Caller) -> Any:
        until = _day(asked, "date_to", datetime.fromtimestamp(self._now(), UTC).date())
        since = _day(asked, "date_from", until - timedelta(USUAL_DAYS))
        used = self._plan.usage(caller.token, since.isoformat(), until.isoformat())
        dates = {"date_from": f"{since}T00:00:00", "date_to": f"{until}T00:00:00"}
        return {**dates, "hits": 1, "data": used}

    def _person(self, _asked: Mapping[str, str], caller: Caller) -> Any:
        grant = caller.grant
        if grant is None or "openid" not in grant.scopes:
            raise RefusedError(403, "Not authenticated")
        told = {"profile": {"email": f"{grant.customer}@example.com"}, "plan": {"plan": "sandbox"}}
        parts = (told[scope] for scope in grant.scopes if scope in told)
        return {"sub": subject(grant.customer), **{k: v for part in parts for k, v in part.items()}}


def _envelope(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what every answer about the company begins with; it is named by symbol or uuid4."""
    if not asked.get("ticker"):
        raise RefusedError(400, "ticker is missing")
    if asked["ticker"].lower() not in {prices.SYMBOL, prices.UUID4}:
        raise RefusedError(404, "Ticker not found")
    if asked.get("exchange", prices.EXCHANGE).lower() != prices.EXCHANGE:
        raise RefusedError(404, "Exchange not found")
    return {
        "ticker": prices.SYMBOL,
        "company_name": prices.NAME,
        "exchange": prices.EXCHANGE,
        "uuid4": prices.UUID4,
    }


def _day(asked: Mapping[str, str], name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(asked[name]) if name in asked else otherwise
    except ValueError:
        raise RefusedError(400, f"{name} is not a YYYY-MM-DD") from None


def _moment(asked: Mapping[str, str], name: str, otherwise: datetime) -> datetime:
    try:
        # The service's instants have no zone.
        return datetime.strptime(asked[name], _MOMENT) if name in asked else otherwise  # noqa: DTZ007
    except ValueError:
        raise RefusedError(400, f"{name} is not a YYYY-MM-DD HH:MM:SS") from None
