"""Which booked row came of which pending one: what was said while pending, links, and their undoing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bankview.domain.words import Words, apart, together
from bankview.store import connections, index, placing, rules, words
from bankview.store.placing import Ready
from bankview.store.rows import facts, read_facts
from bankview.store.schema import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

#: A pending id and a booked one.
Pair = tuple[str, str]
#: How long what vanished is remembered where nothing came of it and nothing was written about it.
REMEMBERED = timedelta(days=90)
#: How far before a window pending rows are still looked at.
_BACK = 60


@dataclass(frozen=True, slots=True)
class Held:
    """A row as the bank last said it while it was pending; `gone` since when the bank no longer says it."""

    row: Transaction
    first_seen: datetime
    gone: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of an account's pending rows, and of what the person said about them."""

    held: tuple[Held, ...] = ()
    linked: frozenset[Pair] = frozenset()
    suggested: frozenset[Pair] = frozenset()
    declined: frozenset[Pair] = frozenset()


def memory(db: Database, account_id: int, since: date) -> Memory:
    """Return what a merge of the rows since a day has to know."""
    first = since.toordinal() - _BACK
    rows = db.run(
        "SELECT facts, first_seen, gone FROM held WHERE account_id = ? AND (gone IS NULL OR day >= ?)"
        " ORDER BY text_id",
        (account_id, first),
    )
    held = tuple(map(held_of, rows))
    pairs: dict[str, set[Pair]] = {"linked": set(), "suggested": set(), "declined": set()}
    for state, pending, booked in db.run(
        "SELECT state, pending_id, booked_id FROM pair WHERE account_id = ?"
        " AND pending_id IN (SELECT value FROM json_each(?))",
        (account_id, json.dumps([one.row.id for one in held])),
    ):
        pairs[state].add((pending, booked))
    return Memory(held, *(frozenset(pairs[name]) for name in ("linked", "suggested", "declined")))


def oldest(db: Database, account_id: int, since: date) -> date | None:
    """Return the day of the oldest row that is pending, or vanished since a day without being booked; else None."""
    stamp = datetime.combine(since, time(), UTC).timestamp()
    day = db.one(
        "SELECT min(day) FROM held h WHERE account_id = ? AND (gone IS NULL OR gone >= ? AND NOT EXISTS (SELECT 1 FROM"
        " pair p WHERE p.account_id = h.account_id AND p.pending_id = h.text_id AND p.state = 'linked'))",
        (account_id, stamp),
    )
    return None if day is None else date.fromordinal(day)


def held_of(values: Any) -> Held:
    """Return what lies in `held` as facts, first_seen and gone."""
    said, first_seen, gone = values
    return Held(read_facts(said), _instant(first_seen), None if gone is None else _instant(gone))


def _instant(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


def remember(db: Database, account_id: int, present: Sequence[Transaction], at: datetime) -> None:
    """Keep what the bank says is pending now, within a transaction; what it no longer says is gone from `at` on."""
    stamp = at.timestamp()
    db.run_many(
        "INSERT INTO held VALUES(?,?,?,?,NULL,?) ON CONFLICT DO UPDATE SET day = excluded.day, gone = NULL,"
        " facts = excluded.facts",
        [
            (
                account_id,
                row.id,
                stamp,
                row.booked_on.toordinal(),
                facts(account_id, row),
            )
            for row in present
        ],
    )
    db.run(
        "UPDATE held SET gone = ? WHERE account_id = ? AND gone IS NULL"
        " AND text_id NOT IN (SELECT value FROM json_each(?))",
        (stamp, account_id, json.dumps([row.id for row in present])),
    )
    _forget(db, account_id, stamp - REMEMBERED.total_seconds())


def _forget(db: Database, account_id: int, before: float) -> None:
    """Drop what went long ago, unless a booked row came of it or the person wrote about it."""
    old = (
        "SELECT text_id FROM held h WHERE account_id = :account AND gone < :before AND NOT EXISTS"
        " (SELECT 1 FROM pair p WHERE p.account_id = :account AND p.pending_id = h.text_id AND p.state = 'linked')"
        " AND NOT EXISTS (SELECT 1 FROM words w WHERE w.account_id = :account AND w.text_id = h.text_id)"
    )
    values = {"account": account_id, "before": before}
    db.run(f"DELETE FROM pair WHERE account_id = :account AND pending_id IN ({old})", values)
    db.run(f"DELETE FROM held WHERE account_id = :account AND text_id IN ({old})", values)


def note(
    db: Database,
    account_id: int,
    links: Iterable[Pair],
    suggestions: Iterable[Pair],
    at: datetime,
) -> int:
    """Keep what a merge found, within a transaction, and return how many links are new.

    What the person, or another process, decided meanwhile stands.
    """
    db.run_many(
        "INSERT OR IGNORE INTO pair(account_id, pending_id, booked_id, state, at) VALUES(?,?,?,'suggested',?)",
        [(account_id, *pair, at.timestamp()) for pair in suggestions],
    )
    return sum(_link(db, account_id, pair, at) for pair in links)


def _link(db: Database, account_id: int, pair: Pair, at: datetime, *, asked: bool = False) -> bool:
    """Link a pair and move the person's words; False where it is declined, or one of the two is linked already."""
    taken = db.one(
        "SELECT 1 FROM pair WHERE account_id = :account AND (state = 'linked' AND (pending_id = :pending OR booked_id ="
        " :booked) OR state = 'declined' AND NOT :asked AND pending_id = :pending AND booked_id = :booked)",
        {"account": account_id, "pending": pair[0], "booked": pair[1], "asked": asked},
    )
    if taken:
        return False
    pending, booked = (words.words_of(db, account_id, own) for own in pair)
    joined = together(booked, pending)
    kept = msgspec.json.encode((pending, booked, joined)).decode() if pending else ""
    db.run(
        "INSERT OR REPLACE INTO pair VALUES(?,?,?,'linked',?,?)",
        (account_id, *pair, at.timestamp(), kept),
    )
    if pending:
        words.write(db, account_id, pair[0], Words())
        words.write(db, account_id, pair[1], joined)
    return True


def accept(db: Database, account_id: int, pair: Pair, at: datetime) -> bool:
    """Link a pair because the person says that it is the same; a pending row that is still there leaves the view.

    Returns:
        False where one of the two is linked to another by now; nothing was changed.
    """
    with db.writing():
        if not _link(db, account_id, pair, at, asked=True):
            return False
        leave_view(db, account_id, pair[0])
    return True


def leave_view(db: Database, account_id: int, pending_id: str) -> None:
    """Take a pending row that is still there out of the view, within a transaction."""
    own = _place(db, account_id, pending_id)
    if own is not None:
        minor = int(db.one("SELECT amount FROM tx WHERE id = ?", (own,)))
        index.remove(db, "SELECT ?", (own,))
        db.run("DELETE FROM tx WHERE id = ?", (own,))
        _count(db, account_id)
        _balance(db, account_id, own, -minor)


def decline(db: Database, account_id: int, pair: Pair, at: datetime) -> None:
    """Remember that a pair is not the same; it is never asked again."""
    with db.writing():
        db.run(
            "INSERT INTO pair(account_id, pending_id, booked_id, state, at) VALUES(?,?,?,'declined',?)"
            " ON CONFLICT DO UPDATE SET state = 'declined', words = '', at = excluded.at WHERE state <> 'linked'",
            (account_id, *pair, at.timestamp()),
        )


def undo(db: Database, account_id: int, booked_id: str, at: datetime) -> bool:
    """Take a booked row's link apart: the person's words go back, and the pair is not suggested again.

    A pending row that the bank still shows is in view again. False where there is no link.
    """
    with db.writing():
        found = db.run(
            "SELECT pending_id, words FROM pair WHERE account_id = ? AND booked_id = ? AND state = 'linked'",
            (account_id, booked_id),
        )
        if not found:
            return False
        pending_id, kept = found[0]
        db.run(
            "UPDATE pair SET state = 'declined', words = '', at = ? WHERE account_id = ? AND pending_id = ?"
            " AND booked_id = ?",
            (at.timestamp(), account_id, pending_id, booked_id),
        )
        if kept:
            pending, before, joined = msgspec.json.decode(kept, type=list[Words])
            now = words.words_of(db, account_id, booked_id)
            words.write(db, account_id, booked_id, apart(now, joined, before))
            words.write(db, account_id, pending_id, pending)
        show_again(db, account_id, pending_id)
    return True


def oriented(db: Database, account_id: int, pair: Pair) -> Pair:
    """Return a pair of two booked rows with the one that a file brought first, as it is asked about."""
    other = pair[1], pair[0]
    asked = "SELECT 1 FROM pair WHERE account_id = ? AND pending_id = ? AND booked_id = ?"
    turned = not db.run(asked, (account_id, *pair)) and db.run(asked, (account_id, *other))
    return other if turned else pair


def linked_to(db: Database, account_id: int, booked_id: str) -> str | None:
    """Return the pending row that a booked one came of; None where there is none."""
    found = db.one(
        "SELECT pending_id FROM pair WHERE account_id = ? AND booked_id = ? AND state = 'linked'",
        (account_id, booked_id),
    )
    return None if found is None else str(found)


def show_again(db: Database, account_id: int, pending_id: str, answer: bytes = b"") -> None:
    """Bring a pending row that the bank still says into view, within a transaction."""
    found = db.run(
        "SELECT facts, NULL FROM held WHERE account_id = :account AND text_id = :own AND gone IS NULL UNION ALL"
        " SELECT facts, answer FROM imported WHERE account_id = :account AND text_id = :own AND facts IS NOT NULL",
        {"account": account_id, "own": pending_id},
    )
    if not found or _place(db, account_id, pending_id) is not None:
        return
    said, kept = found[0]
    answer = answer or kept or b""
    (row,) = words.with_words(db, account_id, [read_facts(said)])
    ready = rules.dressed(db, account_id, [Ready(row, index.text_of(row), answer)])
    lowest = placing.insert(db, account_id, ready)
    rules.name(db, account_id, [item.row for item in ready])
    _count(db, account_id)
    _balance(db, account_id, lowest, row.amount.minor)


def _place(db: Database, account_id: int, text_id: str) -> int | None:
    found = db.one(
        "SELECT id FROM detail WHERE text_id = ? AND account_id = ?", (text_id, account_id)
    )
    return None if found is None else int(found)


def _balance(db: Database, account_id: int, lowest: int, minor: int) -> None:
    """Store the balances anew where it was a booked row that came or went: one of a file.

    The rows of an account that is kept by hand make up what it holds.
    """
    if lowest < placing.NONE:
        db.run(
            f"UPDATE account SET balance = balance + ? WHERE id = ? AND opened * {DAY} <= ?",
            (minor, account_id, lowest),
        )
        account = next(one for one in connections.accounts(db) if one.id == account_id)
        placing.balance(db, account, lowest)


def _count(db: Database, account_id: int) -> None:
    db.run(
        "UPDATE account SET row_count = (SELECT count(*) FROM tx WHERE account_id = account.id) WHERE id = ?",
        (account_id,),
    )


def unlinked(db: Database, account_id: int, pending: Sequence[Ready]) -> list[Ready]:
    """Return the pending rows without those that are booked already, as the person said."""
    linked = {
        own
        for (own,) in db.run(
            "SELECT pending_id FROM pair WHERE account_id = ? AND state = 'linked'"
            " AND pending_id IN (SELECT value FROM json_each(?))",
            (account_id, json.dumps([item.row.id for item in pending])),
        )
    }
    return [item for item in pending if item.row.id not in linked]


def dressed(db: Database, account_id: int, ready: Sequence[Ready]) -> list[Ready]:
    """Return rows with the person's words and what rules say, found by them too; within a transaction, as both stand now."""
    rows = words.with_words(db, account_id, (item.row for item in ready))
    said = [
        item._replace(row=row, doc=index.text_of(row)) if row.words else item
        for item, row in zip(ready, rows, strict=True)
    ]
    return rules.dressed(db, account_id, said)
