"""A person's words, hung on a row's text id: no sync, merge or re-consent touches them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bankview.domain.words import Words
from bankview.store import index, rules
from bankview.store.rows import (
    NEW,
    TRANSFER,
    WHOLE,
    WHOLE_JOINS,
    covered,
    marks,
    packed,
    read_whole,
    read_words,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

#: Categories that are offered at most.
OFFERED = 500
#: Nothing is written.
NONE = Words()


def words_of(db: Database, account_id: int, text_id: str) -> Words:
    """Return what the person wrote of a row; that of a pending row that was booked since lies with the booked one."""
    return _read(db, account_id, _heir(db, account_id, text_id))


def change(db: Database, account_id: int, text_id: str, **said: Any) -> tuple[Words, Words]:
    """Write some of a person's words (note, tags, category, checked) and return them all, before and after.

    What is not named stays as it is, so that two who write at once lose nothing of each other.

    Raises:
        StoreError: the ledger cannot be written.
    """
    with db.writing():
        own = _heir(db, account_id, text_id)
        before = _read(db, account_id, own)
        after = before.but(**said)
        write(db, account_id, own, after)
    return before, after


def of_rows(db: Database, account_id: int, text_ids: Iterable[str]) -> dict[str, Words]:
    """Return the words of those of these rows that have any."""
    found = db.run(
        "SELECT text_id, note, tags, category, checked FROM words WHERE account_id = ?"
        " AND text_id IN (SELECT value FROM json_each(?))",
        (account_id, json.dumps(list(text_ids))),
    )
    return {text_id: read_words(values) for text_id, *values in found}


def write(db: Database, account_id: int, text_id: str, said: Words) -> None:
    """Put words in a row's place, within a transaction; the table and the search follow where the row is there."""
    key = (account_id, text_id)
    if said:
        values = (said.note, packed(said.tags), said.category, int(said.checked))
        db.run("INSERT OR REPLACE INTO words VALUES(?,?,?,?,?,?)", (*key, *values))
    else:
        db.run("DELETE FROM words WHERE account_id = ? AND text_id = ?", key)
    _show(db, account_id, text_id)


def categories(db: Database) -> tuple[str, ...]:
    """Return the categories that are in use, the person's and the banks', in alphabetical order."""
    found = db.run(
        "SELECT category FROM tx WHERE category > '' GROUP BY category COLLATE NOCASE LIMIT ?",
        (OFFERED,),
    )
    return tuple(sorted((name for (name,) in found), key=str.casefold))


def tags(db: Database) -> tuple[str, ...]:
    """Return the tags that are in use, in alphabetical order."""
    found = {
        tag
        for (all_,) in db.run("SELECT tags FROM words WHERE tags > ''")
        for tag in unpacked(all_)
    }
    return tuple(sorted(found, key=str.casefold))


def _show(db: Database, account_id: int, text_id: str) -> None:
    """Let the table's own columns and the search say what the words say."""
    found = db.run(
        f"SELECT {WHOLE} FROM tx t {WHOLE_JOINS} WHERE d.text_id = ? AND d.account_id = ?",
        (text_id, account_id),
    )
    if not found:
        return
    rowid, row = int(found[0][0]), read_whole(found[0])
    said = rules.matcher(db).ruled(row.amount.minor, account_id, row.payee, row.description)
    row = row.but(ruled=said)
    db.run(
        f"UPDATE tx SET category = ?, marks = marks & {TRANSFER | NEW} | ? WHERE id = ?",
        (row.own_category, marks(row), rowid),
    )
    db.run("UPDATE detail SET bank_category = ? WHERE id = ?", (covered(row), rowid))
    index.remove(db, "SELECT ?", (rowid,))
    index.add(db, [(rowid, index.text_of(row))])


def _heir(db: Database, account_id: int, text_id: str) -> str:
    """Return whose words a row's are: those of a pending row that was linked belong to the booked one."""
    found = db.one(
        "SELECT booked_id FROM pair WHERE account_id = ? AND pending_id = ? AND state = 'linked'",
        (account_id, text_id),
    )
    return str(found) if found else text_id


def _read(db: Database, account_id: int, text_id: str) -> Words:
    found = db.run(
        "SELECT note, tags, category, checked FROM words WHERE account_id = ? AND text_id = ?",
        (account_id, text_id),
    )
    return read_words(found[0]) if found else Words()


def with_words(db: Database, account_id: int, rows: Iterable[Transaction]) -> list[Transaction]:
    """Return rows with what the person wrote of them."""
    rows = list(rows)
    found = of_rows(db, account_id, (row.id for row in rows))
    said = ((row, found.get(row.id, Words())) for row in rows)
    return [row if row.words == words else row.but(words=words) for row, words in said]
