"""Hides amounts in texts that others have made: a bank's answers, the first lines of a file."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from bankview.ui.models.transactions import MASK
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterable


def hidden(text: str) -> str:
    """Return a text of unknown meaning, or the mask where it holds a digit: it may be one of an amount."""
    return MASK if any(letter.isdigit() for letter in text) else text


def hidden_values(told: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return names with their values, each value as `hidden` gives it."""
    return tuple((words, hidden(value)) for words, value in told)


def hidden_columns(text: str) -> str:
    """Return the lines of an exported file with the mask in place of each amount; their header stays."""
    amounts = {
        *("amount", "balance_after", "original_amount", "exchange_rate"),
        *(tr("Amount"), tr("Balance"), tr("Original amount")),
    }
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    rows = list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    )
    hides = [name in amounts for name in rows[0]] if rows else []
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows(rows[:1])
    for row in rows[1:]:
        pairs = zip(row, hides, strict=False)
        writer.writerow([MASK if hide and value else value for value, hide in pairs])
    return out.getvalue()
