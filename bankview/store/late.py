"""Search texts that follow what they tell: a change of many rows is seen first, and found a moment later.

To write a text into the search takes four times as long as the change itself, and would keep all other writers waiting.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bankview.store import index
from bankview.store.rows import WHOLE, WHOLE_JOINS, read_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.store.database import Database

#: Rows whose texts are written at once, within what changes the rows; and those of one transaction afterwards.
AT_ONCE, BATCH = 1000, 4000


def tell(db: Database, rowids: Sequence[int]) -> None:
    """Let rows be found by what they say now, at once or by `catch_up`; within a transaction."""
    if len(rowids) <= AT_ONCE:
        _write(db, rowids)
    else:
        db.run("INSERT OR IGNORE INTO late SELECT value FROM json_each(?)", (json.dumps(rowids),))


def catch_up(db: Database) -> bool:
    """Write all texts that are late, in short transactions; return whether there were any."""
    found = False
    while db.one("SELECT 1 FROM late LIMIT 1"):
        with db.writing():
            rowids = [own for (own,) in db.run("SELECT id FROM late ORDER BY id LIMIT ?", (BATCH,))]
            _write(db, rowids)
            db.run("DELETE FROM late WHERE id IN (SELECT value FROM json_each(?))", _bound(rowids))
        found = True
    return found


def _write(db: Database, rowids: Sequence[int]) -> None:
    """Write the texts in the order of rows: out of it, the index would be put down at each of them."""
    rows = db.run(
        f"SELECT {WHOLE} FROM tx t {WHOLE_JOINS} WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY t.id",
        _bound(rowids),
    )
    index.change(db, [(values[0], index.text_of(read_whole(values))) for values in rows])


def _bound(rowids: Sequence[int]) -> tuple[str]:
    return (json.dumps(list(rowids)),)
