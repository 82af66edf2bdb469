"""A transaction as plain values, for files of a million rows."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One row: days are ordinals, amounts minor units, those of the account in its currency.

    `category` is the person's where there is one, `tags` are separated by commas, `rate` is a decimal number.
    """

    day: int
    id: str
    account_id: int
    pending: int
    amount: int
    payee: str
    description: str
    category: str
    value_on: int | None
    transacted_on: int | None
    counterparty_account: str
    raw_text: str
    reference: str
    balance_after: int | None
    original: int | None
    original_currency: str | None
    rate: str | None
    bank_id: str
    tags: str | None
    note: str | None
