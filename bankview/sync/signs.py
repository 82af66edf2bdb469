"""What makes two rows the same: the marks that banks leave on them, as plain values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bankview.store.index import fold

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction

#: What banks put around a shop's name, and what says nothing of whose it is.
_AROUND = (
    "visa mastercard card kort debit kredit credit reservation reservert reserved reservasjon pending hold kjop"
    " varekjop purchase payment betaling nettkjop paiement carte cb achat dato kl til fra par the and og"
)
_FILLERS = frozenset(_AROUND.split())
#: How the ids begin that stand in a bank's files: its API may call the same row something else.
FILED = "file:"
_WORD = re.compile(r"[^\W\d_]{2,}")


def bank_id(row: Transaction) -> str:
    """Return the bank's id; blanks, zeros and dashes are none, and neither is one that only its files use."""
    text = row.bank_id.strip()
    return "" if text.startswith(FILED) else text if text.strip("0- \t") else ""


def text(row: Transaction) -> str:
    """Return the description without what differs in look alone."""
    return " ".join(row.description.casefold().split())


def place(row: Transaction) -> tuple[str, ...]:
    """Return day and amount."""
    return (row.booked_on.isoformat(), str(row.amount.minor), row.amount.currency)


def key(row: Transaction) -> tuple[str, ...]:
    """Return day, amount and the bank's id, or the text where there is none: what our id is made of."""
    own = bank_id(row)
    return (*place(row), f"id:{own}" if own else f"text:{text(row)}")


def everything(row: Transaction) -> tuple[str, ...]:
    """Return what orders twins, which differ in nothing that counts; the id last, which a bank may give anew."""
    said = (row.description, row.payee, row.reference, row.counterparty_account)
    dates = (str(row.value_on), str(row.transacted_on))
    rest = (row.raw_text, row.category, str(row.balance_after), str(row.original))
    return (*said, *dates, *rest, row.bank_id)


def alike(one: Transaction, other: Transaction) -> bool:
    """Say whether the names in two texts are the same, though dates, card numbers and the like stand around them."""
    return any(
        mine and yours and (mine <= yours or yours <= mine)
        for mine in (_names(one.description), _names(one.payee))
        for yours in (_names(other.description), _names(other.payee))
    )


def _names(said: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(said))) - _FILLERS
