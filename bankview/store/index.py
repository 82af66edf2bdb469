"""The search index: one flat folded text a row, in trigrams."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bankview.words import category_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

#: Letters that have no accent to lose, and are typed by their look.
_LETTERS = {"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "œ": "oe"}
#: The accents of European letters, once they stand apart; they are most of what there is to take off.
_ACCENTS = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Return text as it is searched: caseless, without accents, one space between words."""
    flat = text.casefold()
    if not flat.isascii():
        flat = _ACCENTS.sub("", unicodedata.normalize("NFKD", flat))
        for letter, plain in _LETTERS.items():
            flat = flat.replace(letter, plain)
    if not flat.isascii():
        flat = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return " ".join(flat.split())


def text_of(row: Transaction) -> str:
    """Return everything of a row that a person may search for, amounts with either decimal mark."""
    amount = str(row.amount).lstrip("-")
    texts = (
        *(row.payee, row.description, category_text(row.own_category)),
        *(row.reference, row.counterparty_account),
        *(row.words.note, *row.words.tags, row.ruled.payee),
    )
    parts = [*texts, amount, amount.replace(".", ",")]
    if row.original:
        parts.append(str(row.original).lstrip("-"))
    return fold(" ".join(dict.fromkeys(filter(None, parts))))


def add(db: Database, rows: Iterable[tuple[int, str]]) -> None:
    """Index rows, given as (row id, text), by two statements rather than two a row."""
    rows = list(rows)
    db.run_many("INSERT INTO doc(id, s) VALUES(?,?)", rows)
    db.run_many("INSERT INTO search(rowid, s) VALUES(?,?)", rows)


def change(db: Database, rows: Iterable[tuple[int, str]]) -> None:
    """Index rows anew, given as (row id, text) in the order of their ids; what is as it was is left alone."""
    texts = [(text, own) for own, text in rows]
    # The search takes out what the texts said before, so that it comes first.
    db.run_many("UPDATE search SET s = ? WHERE rowid = ?", texts)
    db.run_many("UPDATE doc SET s = ? WHERE id = ?", texts)


def remove(db: Database, ids: str, values: tuple[int | str, ...] | dict[str, int | str]) -> None:
    """Take rows out of the index; `ids` is a SELECT of row ids."""
    db.run(
        f"INSERT INTO search(search, rowid, s) SELECT 'delete', id, s FROM doc WHERE id IN ({ids})",
        values,
    )
    db.run(f"DELETE FROM doc WHERE id IN ({ids})", values)
