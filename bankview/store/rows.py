"""How a transaction lies in the tables, and how it is read back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What `read` takes, over `tx t`, `detail d` and `account a`.
COLUMNS = (
    "t.id, t.account_id, a.currency, t.amount, t.payee, t.description, t.category, d.text_id, d.value_on,"
    " d.transacted_on, d.counterparty, d.raw_text, d.reference, d.balance_after, d.original, d.original_currency,"
    " d.bank_id"
)
JOINS = "JOIN detail d ON d.id = t.id JOIN account a ON a.id = t.account_id"
DETAIL = (
    "id, account_id, text_id, value_on, transacted_on, counterparty, raw_text, reference, balance_after, original,"
    " original_currency, bank_id"
)


def first_of(day: date, status: Status = Status.BOOKED) -> int:
    """Return the lowest row id of a day."""
    return (PENDING if status is Status.PENDING else 0) + day.toordinal() * DAY


def read(values: Sequence[Any], raw: bytes = b"") -> Transaction:
    """Return a stored row as a value; its raw answer stays in its table unless given."""
    own, account, currency, amount, payee, text, category, text_id, value, bought, *rest = values
    counterparty, raw_text, reference, after, original, original_currency, bank_id = rest
    return Transaction(
        account_key="",
        status=Status.PENDING if own >= PENDING else Status.BOOKED,
        booked_on=date.fromordinal(own % PENDING // DAY),
        amount=Money(amount, currency),
        description=text,
        value_on=date.fromordinal(value) if value else None,
        transacted_on=date.fromordinal(bought) if bought else None,
        payee=payee,
        counterparty_account=counterparty,
        raw_text=raw_text,
        reference=reference,
        category=category,
        balance_after=None if after is None else Money(after, currency),
        original=None if original is None else Money(original, original_currency),
        bank_id=bank_id,
        raw=raw,
        id=text_id,
        account_id=account,
    )


def shown(own: int, account_id: int, row: Transaction) -> tuple[Any, ...]:
    """Return a row of `tx`, its balance unknown yet."""
    return (own, account_id, row.amount.minor, None, row.payee, row.description, row.category)


def detail(own: int, account_id: int, row: Transaction) -> tuple[Any, ...]:
    """Return a row of `detail`."""
    return (
        own,
        account_id,
        row.id,
        row.value_on and row.value_on.toordinal(),
        row.transacted_on and row.transacted_on.toordinal(),
        row.counterparty_account,
        row.raw_text,
        row.reference,
        row.balance_after and row.balance_after.minor,
        row.original and row.original.minor,
        row.original and row.original.currency,
        row.bank_id,
    )


def facts(account_id: int, row: Transaction) -> list[Any]:
    """Return a row as plain values in the order of COLUMNS."""
    own, _, *rest = detail(first_of(row.booked_on, row.status), account_id, row)
    seen = (row.amount.currency, row.amount.minor, row.payee, row.description, row.category)
    return [own, account_id, *seen, *rest]
