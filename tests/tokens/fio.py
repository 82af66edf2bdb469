"""Fio: the token in the path, a call in half a minute, 409 before that, 500 for a token that is none, 422 for what is old."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.oauth.conftest import NOON, Say
from tests.tokens.strict import Api, Query, said

if TYPE_CHECKING:
    from tests.oauth.conftest import Seen

ROWS, FREE_DAYS = 300, 90
#: How many of the rows are told without a permission.
FREE_ROWS = FREE_DAYS - 1
TOKEN = "FioTokenOfSixtyFourLetters0001aaaaBBBBccccDDDDeeeeFFFFggggHHHHi1"


def _day(n: int) -> date:
    return NOON.date() - timedelta(days=n + 1)


def _row(n: int) -> dict[str, Any]:
    values = {22: 26000000001 + n, 0: f"{_day(n)}+0100", 1: -10.5, 14: "CZK", 16: "Nákup"}
    return {f"column{id_}": {"value": value, "id": id_} for id_, value in values.items()}


def answer(path: str, _: Query, now: datetime) -> Say:
    """Answer as the bank does while the whole history is unlocked."""
    way, _token, *days, form = path.removeprefix("/").split("/")
    if (way, form, len(days)) != ("periods", "transactions.json", 2):
        return Say(404)
    first, last = map(date.fromisoformat, days)
    if first > last or last > now.date() + timedelta(days=1):
        return Say(400)
    rows = [_row(n) for n in range(ROWS) if first <= _day(n) <= last]
    info = {"accountId": "2000000001", "bankId": "2010", "currency": "CZK", "closingBalance": 1}
    statement = {"info": info, "transactionList": {"transaction": rows}}
    return said({"accountStatement": statement})


def locked(path: str, query: Query, now: datetime) -> Say:
    """Answer as the bank does otherwise."""
    first = date.fromisoformat(path.split("/")[3])
    return Say(422) if now.date() - first > timedelta(days=FREE_DAYS) else answer(path, query, now)


def _token(seen: Seen) -> str:
    return seen.path.split("/")[4] if "Authorization" not in seen.headers else ""


API = Api(
    name="fio",
    root="/v1/rest",
    answers={"access_token": TOKEN},
    token_of=_token,
    token=TOKEN,
    dead=Say(500),
    answer=answer,
    rows=ROWS,
    busy=Say(409),
    seconds=30,
    wait=30,
)
