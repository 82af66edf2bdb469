"""Up: pages of a hundred by a link, and 401 for a token that is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.oauth.conftest import JSON, NOON, Say
from tests.tokens.strict import Api, Query, said

if TYPE_CHECKING:
    from tests.oauth.conftest import Seen

COUNTS = {"up-0001": 430, "up-0002": 3}
PAGE = 100


def _money(minor: int) -> dict[str, Any]:
    return {"currencyCode": "AUD", "value": f"{minor / 100:.2f}", "valueInBaseUnits": minor}


def _account(key: str) -> dict[str, Any]:
    about = {"displayName": key, "accountType": "TRANSACTIONAL", "ownershipType": "INDIVIDUAL"}
    return {"type": "accounts", "id": key, "attributes": {**about, "balance": _money(100)}}


def _made(n: int) -> datetime:
    return NOON - timedelta(days=n + 1)


def _row(key: str, n: int) -> dict[str, Any]:
    made = _made(n).replace(minute=0).isoformat()
    about = {"status": "SETTLED", "description": "Corner Deli", "amount": _money(-100)}
    id_ = f"{key}-{_made(n).toordinal()}"
    return {"id": id_, "attributes": {**about, "createdAt": made, "settledAt": made}}


def answer(path: str, query: Query, _: datetime) -> Say:
    """Answer as the bank does."""
    if path == "/accounts":
        return said({"data": [*map(_account, COUNTS)], "links": {"prev": None, "next": None}})
    for key, count in COUNTS.items():
        if path == f"/accounts/{key}/transactions":
            since = datetime.fromisoformat(query["filter[since]"])
            rows = [_row(key, n) for n in range(count) if _made(n) >= since]
            start, size = int(query.get("page[after]", 0)), int(query["page[size]"])
            if not 1 <= size <= PAGE:
                return Say(400)
            more = urlencode({**query, "page[after]": start + size})
            following = f"/api/v1{path}?{more}" if len(rows) > start + size else None
            return said({"data": rows[start : start + size], "links": {"next": following}})
    return Say(404)


def _token(seen: Seen) -> str:
    return seen.headers.get("Authorization", "").removeprefix("Bearer ")


API = Api(
    name="up",
    root="/api/v1",
    answers={"access_token": "up:yeah:token-0001"},
    token_of=_token,
    token="up:yeah:token-0001",
    dead=Say(401, {"errors": [{"status": "401", "title": "Not Authorized"}]}, JSON),
    answer=answer,
    rows=sum(COUNTS.values()),
)
