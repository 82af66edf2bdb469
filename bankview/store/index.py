"""The search index: one flat folded text a row, in trigrams."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

#: Letters that have no accent to lose, and are typed by their look.
_LETTERS = {0xF8: "o", 0xE6: "ae", 0x142: "l", 0x111: "d", 0x153: "oe"}


def fold(text: str) -> str:
    """Return text as it is searched: caseless, without accents, one space between words."""
    flat = text.casefold()
    if not flat.isascii():
        flat = unicodedata.normalize("NFKD", flat).translate(_LETTERS)
        flat = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return " ".join(flat.split())


def text_of(row: Transaction) -> str:
    """Return everything of a row that a person may search for, amounts with either decimal mark."""
    amount = str(row.amount).lstrip("-")
    texts = (row.payee, row.description, row.category, row.reference, row.counterparty_account)
    parts = [*texts, amount, amount.replace(".", ",")]
    if row.original:
        parts.append(str(row.original).lstrip("-"))
    return fold(" ".join(dict.fromkeys(filter(None, parts))))


def add(db: Database, rows: Iterable[tuple[int, str]]) -> None:
    """Index rows, given as (row id, text), by two statements rather than two a row."""
    rows = list(rows)
    db.run_many("INSERT INTO doc(id, s) VALUES(?,?)", rows)
    db.run_many("INSERT INTO search(rowid, s) VALUES(?,?)", rows)


def remove(db: Database, ids: str, values: tuple[int | str, ...] | dict[str, int | str]) -> None:
    """Take rows out of the index; `ids` is a SELECT of row ids."""
    db.run(
        f"INSERT INTO search(search, rowid, s) SELECT 'delete', id, s FROM doc WHERE id IN ({ids})",
        values,
    )
    db.run(f"DELETE FROM doc WHERE id IN ({ids})", values)
