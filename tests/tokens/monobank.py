"""monobank: its own header, a call a minute, 31 days and an hour a statement, and 500 rows of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.oauth.conftest import JSON, NOON, Say
from tests.tokens.strict import Api, Query, said

if TYPE_CHECKING:
    from tests.oauth.conftest import Seen

ACCOUNT, JAR = "mono-0001", "jar-0001"
MOST, LONGEST = 500, 2_682_000


def _times(key: str) -> list[int]:
    """Return when the rows were made, newest first: many in the last weeks, then one a day."""
    if key == JAR:
        return [int((NOON - timedelta(days=40 * n)).timestamp()) for n in range(1, 4)]
    often = [NOON - timedelta(minutes=30 * n) for n in range(1, 701)]
    rarely = [often[-1] - timedelta(days=n) for n in range(1, 201)]
    return [int(made.timestamp()) for made in (*often, *rarely)]


def _row(key: str, made: int) -> dict[str, Any]:
    about = {"id": f"{key}-{made}", "time": made, "description": "Кава", "mcc": 5814}
    return {**about, "hold": False, "amount": -100, "operationAmount": -100, "currencyCode": 980}


def _wrong(text: str, status: int) -> Say:
    return Say(status, {"errorDescription": text}, JSON)


def answer(path: str, _query: Query, _now: datetime) -> Say:
    """Answer as the bank does."""
    if path == "/personal/client-info":
        one = {"id": ACCOUNT, "balance": 5000, "creditLimit": 0, "currencyCode": 980}
        jar = {"id": JAR, "title": "Trip", "currencyCode": 980, "balance": 300}
        return said({"name": "Olena", "accounts": [{**one, "type": "black"}], "jars": [jar]})
    _, area, key, first, last = path.removeprefix("/personal").split("/")
    if area != "statement" or key not in {ACCOUNT, JAR}:
        return _wrong("Invalid account", 400)
    if int(last) < int(first):
        return _wrong("Value 'to' must be greater than 'from'", 400)
    if int(last) - int(first) > LONGEST:
        return _wrong("Period must be no more than 31 days", 400)
    within = [made for made in _times(key) if int(first) <= made <= int(last)]
    return said([_row(key, made) for made in within[:MOST]])


def _token(seen: Seen) -> str:
    return seen.headers.get("X-Token", "") if "Authorization" not in seen.headers else ""


API = Api(
    name="monobank",
    root="/api",
    answers={"access_token": "uMonobankToken_0001"},
    token_of=_token,
    token="uMonobankToken_0001",
    dead=_wrong("Unknown 'X-Token'", 403),
    answer=answer,
    rows=903,
    busy=_wrong("Too many requests", 429),
    seconds=60,
    wait=60,
)
