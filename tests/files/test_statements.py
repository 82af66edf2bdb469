"""Layouts as banks publish them, made by us after public descriptions: each reads as what stands beside it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bankview.domain.account import Account
from bankview.domain.transaction import Transaction
from bankview.files.reading import look, read
from bankview.files.source import Source
from bankview.files.values import Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

STATEMENTS = Path(__file__).parent / "statements"
FILES = sorted(path for path in STATEMENTS.iterdir() if path.suffix != ".txt")
#: What a file is imported into where it does not name its currency itself.
CURRENCIES = {
    "de": "EUR",
    "no": "NOK",
    "fr": "EUR",
    "gb": "GBP",
    "us": "USD",
    "nz": "NZD",
    "au": "AUD",
}


def told(path: Path) -> Iterator[str]:
    """Return a line for each thing that a file says, and before them how it was read."""
    source = Source(path)
    found = look(source)
    yield found.kind
    if columns := found.columns:
        yield f"{columns.encoding} {columns.delimiter!r} {columns.order} {columns.decimal!r} {columns.currency}"
        yield " ".join(f"{name}={'+'.join(map(str, one))}" for name, one in columns.places.items())
    for item in read(source, found, lambda _: CURRENCIES.get(path.name[:2], "")):
        if isinstance(item, Account):
            yield f"account {item.iban or '-'} {item.number or '-'} {item.currency} {item.type}"
        elif isinstance(item, Transaction):
            days = f"{item.booked_on} {item.value_on or '-'} {item.transacted_on or '-'}"
            amounts = f"{item.amount} {item.amount.currency} {item.balance_after or '-'} {item.original or '-'}"
            yield f"{item.status} {days} {amounts}"
            texts = (item.payee, item.description, item.counterparty_account, item.reference)
            yield "    " + " | ".join((*texts, item.category, item.bank_id))
        elif isinstance(item, Unread):
            yield f"unread {item.line}: {item.why}"
        else:
            yield f"closing {item.balance} {item.day}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_layout_reads_as_it_should(path: Path, update_golden: bool) -> None:
    expected = path.with_name(f"{path.name}.txt")
    said = "\n".join(told(path)) + "\n"
    if update_golden:
        expected.write_text(said, "utf-8")
    assert said == expected.read_text("utf-8")


@pytest.mark.parametrize(
    "path", [one for one in FILES if "batch" in one.name], ids=lambda path: path.name
)
def test_the_rows_of_a_batch_make_up_what_the_balances_say(path: Path) -> None:
    source = Source(path)
    rows = [one for one in read(source, look(source)) if isinstance(one, Transaction)]
    opening, closing = re.findall(r"BD</Cd>.*?>([0-9.]+)</Amt>", path.read_text("utf-8"))
    assert sum(one.amount.amount for one in rows) == Decimal(closing) - Decimal(opening)


def test_each_format_has_three_layouts() -> None:
    kinds = [path.with_name(f"{path.name}.txt").read_text("utf-8").split()[0] for path in FILES]
    assert all(kinds.count(kind) >= 3 for kind in ("csv", "ofx", "qif", "camt", "mt940"))
