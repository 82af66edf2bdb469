"""Starling: a feed per category, both ends of the time asked for, 403 for a token that is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.oauth.conftest import JSON, NOON, Say
from tests.tokens.strict import Api, Query, said

if TYPE_CHECKING:
    from tests.oauth.conftest import Seen

ACCOUNT, MAIN, SPACE = "acc-0001", "cat-0001", "cat-0002"
#: In the account's own feed, and in the space's.
COUNTS = {MAIN: 400, SPACE: 12}


def _made(n: int) -> datetime:
    return NOON - timedelta(days=n + 1)


def _item(category: str, n: int) -> dict[str, Any]:
    made = _made(n).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "feedItemUid": f"{category}-{_made(n).toordinal()}",
        "categoryUid": category,
        "amount": {"currency": "GBP", "minorUnits": 100},
        "direction": "OUT",
        "transactionTime": made,
        "settlementTime": made,
        "status": "SETTLED",
        "counterPartyName": "Corner Deli",
        "reference": "CORNER DELI",
    }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def answer(path: str, query: Query, _: datetime) -> Say:
    """Answer as the bank does."""
    money = {"currency": "GBP", "minorUnits": 5000}
    one = {"accountUid": ACCOUNT, "accountType": "PRIMARY", "defaultCategory": MAIN}
    space = {"savingsGoalUid": SPACE, "name": "Trip", "totalSaved": money}
    fixed: dict[str, Any] = {
        "/accounts": {"accounts": [{**one, "currency": "GBP", "name": "Personal"}]},
        f"/accounts/{ACCOUNT}/balance": {"clearedBalance": money, "effectiveBalance": money},
        f"/accounts/{ACCOUNT}/identifiers": {"iban": "GB33SRLG60837101234567"},
        f"/account/{ACCOUNT}/spaces": {"savingsGoals": [space], "spendingSpaces": []},
    }
    if path in fixed:
        return said(fixed[path])
    for category, count in COUNTS.items():
        if path == f"/feed/account/{ACCOUNT}/category/{category}/transactions-between":
            first = _instant(query["minTransactionTimestamp"])
            last = _instant(query["maxTransactionTimestamp"])
            within = [n for n in range(count) if first <= _made(n) < last]
            return said({"feedItems": [_item(category, n) for n in within]})
    return Say(404)


def _token(seen: Seen) -> str:
    return seen.headers.get("Authorization", "").removeprefix("Bearer ")


API = Api(
    name="starling",
    root="/api/v2",
    answers={"access_token": "eyJ-starling-token-0001"},
    token_of=_token,
    token="eyJ-starling-token-0001",
    dead=Say(403, {"error": "invalid_token", "error_description": "Could not validate"}, JSON),
    answer=answer,
    rows=sum(COUNTS.values()),
)
