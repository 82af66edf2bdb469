"""Akahu: two tokens, pages by a cursor, the start itself left out, and a list of what is pending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.oauth.conftest import JSON, NOON, Say
from tests.tokens.strict import Api, Query, said

if TYPE_CHECKING:
    from tests.oauth.conftest import Seen

COUNTS = {"acc_cl01": 260, "acc_cl02": 2}
PAGE = 100


def _account(key: str) -> dict[str, Any]:
    balance = {"current": 10.5, "available": 10.5, "currency": "NZD"}
    about = {"name": key, "status": "ACTIVE", "type": "CHECKING"}
    return {"_id": key, "formatted_account": f"12-{key}", "balance": balance, **about}


def _made(n: int) -> datetime:
    return NOON - timedelta(days=n + 1)


def _row(key: str, n: int) -> dict[str, Any]:
    made = _made(n).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    about = {"_id": f"trans_{key}_{n}", "_account": key, "date": made, "type": "EFTPOS"}
    return {**about, "description": "CORNER DELI", "amount": -1.25}


def answer(path: str, query: Query, _: datetime) -> Say:
    """Answer as the bank does."""
    if path == "/accounts":
        return said({"success": True, "items": [*map(_account, COUNTS)]})
    for key, count in COUNTS.items():
        if path == f"/accounts/{key}/transactions/pending":
            return said({"success": True, "items": []})
        if path == f"/accounts/{key}/transactions":
            start = datetime.fromisoformat(query["start"])
            rows = [_row(key, n) for n in range(count) if _made(n) > start]
            first = int(query.get("cursor", "at-0").removeprefix("at-"))
            more = f"at-{first + PAGE}" if len(rows) > first + PAGE else None
            page = {"success": True, "items": rows[first : first + PAGE]}
            return said({**page, "cursor": {"next": more}})
    return Say(404)


def _token(seen: Seen) -> str:
    return f"{seen.headers.get('Authorization')} {seen.headers.get('X-Akahu-Id')}"


API = Api(
    name="akahu",
    root="/v1",
    answers={"access_token": "user_token_0001", "$AKAHU_APP_TOKEN": "app_token_0001"},
    token_of=_token,
    token="Bearer user_token_0001 app_token_0001",
    dead=Say(401, {"success": False, "message": "Unauthorized"}, JSON),
    answer=answer,
    rows=sum(COUNTS.values()),
)
