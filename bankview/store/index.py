"""The search index: one flat folded text a row, in trigrams."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database


def fold(text: str) -> str:
    """Return text as it is searched: caseless, without accents, Nordic letters as they sound."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    flat = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return " ".join(flat.translate({0xF8: "o", 0xE6: "ae", 0x142: "l", 0x111: "d"}).split())


def text_of(row: Transaction) -> str:
    """Return everything of a row that a person may search for."""
    amount = str(abs(row.amount.amount))
    parts = (
        row.payee,
        row.description,
        row.category,
        row.reference,
        row.counterparty_account,
        amount,
        amount.replace(".", ","),
    )
    return fold(" ".join(dict.fromkeys(part for part in parts if part)))


def add(db: Database, rows: list[tuple[int, str]]) -> None:
    """Index rows, given as (row id, text)."""
    db.run_many("INSERT INTO doc(id, s) VALUES(?,?)", rows)
    db.run_many("INSERT INTO search(rowid, s) VALUES(?,?)", rows)


def remove(db: Database, ids: list[int]) -> None:
    """Take rows out of the index."""
    db.run_many(
        "INSERT INTO search(search, rowid, s) SELECT 'delete', id, s FROM doc WHERE id = ?",
        ((own,) for own in ids),
    )
    db.run_many("DELETE FROM doc WHERE id = ?", ((own,) for own in ids))
