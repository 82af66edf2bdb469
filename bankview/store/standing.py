"""What stands of a pending row and a booked one, kept so that it can be put back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bankview.store import links, words

if TYPE_CHECKING:
    from bankview.domain.words import Words
    from bankview.store.database import Database
    from bankview.store.links import Pair

_PAIR = "account_id = ? AND pending_id = ? AND booked_id = ?"


class Standing(NamedTuple):
    """What is said of two rows, None for nothing; the words of both, and what the bank answered of the pending one."""

    said: tuple[str, float, str] | None
    pending: Words
    booked: Words
    answer: bytes


def of(db: Database, account_id: int, pair: Pair) -> Standing:
    """Return what stands of a pair now."""
    said = db.run(f"SELECT state, at, words FROM pair WHERE {_PAIR}", (account_id, *pair))
    own = words.of_rows(db, account_id, pair)
    answer = db.one(
        "SELECT answer FROM raw JOIN detail USING (id) WHERE text_id = ? AND account_id = ?",
        (pair[0], account_id),
    )
    pending, booked = (own.get(text_id, words.NONE) for text_id in pair)
    return Standing(said[0] if said else None, pending, booked, answer or b"")


def put(db: Database, account_id: int, pair: Pair, wanted: Standing) -> bool:
    """Let this stand of a pair; False where one of the two is linked to another row by now, and nothing was changed."""
    linked = bool(wanted.said and wanted.said[0] == "linked")
    with db.writing():
        if linked and _is_taken(db, account_id, pair):
            return False
        db.run(f"DELETE FROM pair WHERE {_PAIR}", (account_id, *pair))
        if wanted.said:
            db.run("INSERT INTO pair VALUES(?,?,?,?,?,?)", (account_id, *pair, *wanted.said))
        for text_id, own in zip(pair, (wanted.pending, wanted.booked), strict=True):
            words.write(db, account_id, text_id, own)
        if linked:
            links.leave_view(db, account_id, pair[0])
        else:
            links.show_again(db, account_id, pair[0], wanted.answer)
    return True


def _is_taken(db: Database, account_id: int, pair: Pair) -> bool:
    other = (
        "SELECT 1 FROM pair WHERE account_id = ? AND state = 'linked'"
        " AND (pending_id = ?) <> (booked_id = ?)"
    )
    return bool(db.run(other, (account_id, *pair)))
