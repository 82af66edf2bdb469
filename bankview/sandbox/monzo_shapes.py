"""The JSON of Monzo's answers: minor units, instants in UTC, and what was declined among what was paid."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Row

#: One row in so many is followed by one that was declined, and by a check of the card.
NOISE = 10


def account_id(of: Account) -> str:
    """Return what the bank calls an account."""
    return f"acc_{hashlib.sha256(of.number.encode()).hexdigest()[:22]}"


def account(books: Books, of: Account, place: int) -> dict[str, Any]:
    """Return an account; the second one is held jointly."""
    joint = place == 1
    kind = "uk_monzo_flex" if of.is_card else "uk_retail_joint" if joint else "uk_retail"
    names = [books.customer.first_name, *(["Robin"] if joint else [])]
    number = {} if of.is_card else {"account_number": of.number[3:], "sort_code": "040004"}
    return {
        "id": account_id(of),
        "closed": False,
        "created": "2015-08-22T12:20:18Z",
        "description": of.name,
        "type": kind,
        "currency": of.currency,
        "country_code": "GB",
        "owners": [{"user_id": f"user_{name}", "preferred_name": name} for name in names],
        **number,
    }


def balance(books: Books, of: Account) -> dict[str, Any]:
    """Return what is there, less what is pending."""
    waiting = sum(row.minor for row in books.recent.pending if row.account == of.id)
    minor = books.balance(of.id) + waiting
    return {"balance": minor, "total_balance": minor, "currency": of.currency, "spend_today": 0}


def pots(of: Account) -> list[dict[str, Any]]:
    """Return what is set aside beside an account, and what was once."""
    shape = {"style": "beach_ball", "currency": of.currency, "created": "2020-11-09T12:30:53.695Z"}
    key = account_id(of).removeprefix("acc_")
    kept = {"id": f"pot_{key}0", "name": "Hytta", "balance": 133_700, "deleted": False}
    gone = {"id": f"pot_{key}1", "name": "Old", "balance": 0, "deleted": True}
    return [{**kept, **shape}, {**gone, **shape}]


def rows(of: Account, found: list[Row]) -> list[dict[str, Any]]:
    """Return an account's rows, oldest first, and between them what moved no money."""
    shapes: list[dict[str, Any]] = []
    for row in sorted(found, key=lambda row: (row.day, row.number)):
        shapes.append(_row(row, of))
        if row.number % NOISE == 0:
            nothing = {**shapes[-1], "merchant": None}
            shapes.append({**nothing, "id": f"{nothing['id']}d", "decline_reason": "OTHER"})
            shapes.append({**nothing, "id": f"{nothing['id']}z", "amount": 0, "local_amount": 0})
    return shapes


def _row(row: Row, of: Account) -> dict[str, Any]:
    original = row.original
    shape: dict[str, Any] = {
        "id": f"tx_{row.number:022d}",
        "account_id": account_id(of),
        "amount": row.minor,
        "currency": of.currency,
        "local_amount": original.minor if original else row.minor,
        "local_currency": original.currency if original else of.currency,
        "created": f"{row.day}T12:00:00.123Z",
        "settled": f"{row.value_day}T03:00:00Z" if row.value_day else "",
        "amount_is_pending": row.pending,
        "description": row.text,
        "notes": row.message,
        "metadata": {},
        "category": "general",
        "is_load": False,
        "scheme": "mastercard" if row.kind.mcc else "payport_faster_payments",
        "merchant": None,
    }
    if row.kind.mcc and row.payee:
        shape["merchant"] = {"id": f"merch_{row.number}", "name": row.payee, "category": "general"}
    elif row.payee:
        number = {"sort_code": "040004", "account_number": row.counterparty}
        shape["counterparty"] = {"name": row.payee, **(number if row.counterparty else {})}
    return shape


def unexpanded(shape: dict[str, Any]) -> dict[str, Any]:
    """Return a row as it is told to who did not ask for merchants."""
    merchant = shape["merchant"]
    return {**shape, "merchant": merchant["id"] if merchant else None}
