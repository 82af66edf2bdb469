"""Imported files: what is read of one, out of sight; which rows each brought; and taking an import back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bankview.domain.words import Words
from bankview.store import answers, connections, index, links, placing, proofs, rules, transfers
from bankview.store.placing import Ready
from bankview.store.rows import COLUMNS, JOINS, facts, first_of, packed, read, read_facts
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.links import Pair

#: Seconds after which nobody is looking at a file any more that was read and not imported.
STALE = 86_400
#: Rows that are decided about and written at a time.
CHUNK = 5000
#: What a row of a file is: new; there already, surely or by day, amount and name; or perhaps there already.
NEW, KNOWN, LIKELY, UNCERTAIN = "new", "known", "likely", "uncertain"


class Row(NamedTuple):
    """A row that was read of a file, and what was decided about it: the id it has or gets, and which row it may be."""

    seq: int
    row: Transaction
    state: str = ""
    text_id: str = ""
    other: str = ""


class Done(NamedTuple):
    """An import that can be taken back."""

    id: int
    at: float
    file: str
    new: int
    known: int
    uncertain: int


def begin(db: Database, file: str, at: datetime) -> int:
    """Return the id of a new import; what was read and left long ago is dropped."""
    with db.writing():
        old = "SELECT id FROM import WHERE NOT done AND at < ?"
        stale = (at.timestamp() - STALE,)
        db.run(f"DELETE FROM incoming WHERE import_id IN ({old})", stale)
        db.run(f"DELETE FROM import WHERE id IN ({old})", stale)
        db.run("INSERT INTO import(at, file, done) VALUES(?,?,0)", (at.timestamp(), file))
        return int(db.one("SELECT last_insert_rowid()"))


def drop(db: Database, import_id: int) -> None:
    """Forget what was read of a file that is not imported after all."""
    with db.writing():
        db.run("DELETE FROM incoming WHERE import_id = ?", (import_id,))
        db.run("DELETE FROM import WHERE id = ? AND NOT done", (import_id,))


def stage(db: Database, import_id: int, rows: Iterable[tuple[int, Transaction]]) -> None:
    """Keep rows out of sight in one commit, each with the place of its account among those of the file."""
    made = [
        (
            *(import_id, place, row.booked_on.toordinal(), facts(0, row)),
            *(answers.packed(row.raw), index.text_of(row), _words(row.words)),
        )
        for place, row in rows
    ]
    with db.writing():
        db.run_many(
            "INSERT INTO incoming(import_id, place, day, facts, answer, doc, words) VALUES(?,?,?,?,?,?,?)",
            made,
        )


def _words(words: Words) -> str:
    return msgspec.json.encode(words).decode() if words else ""


def days(db: Database, import_id: int, place: int) -> list[tuple[int, int]]:
    """Return the days of an account's rows, as ordinals, with how many there are of each."""
    return db.run(
        "SELECT day, count(*) FROM incoming WHERE import_id = ? AND place = ? GROUP BY day ORDER BY day",
        (import_id, place),
    )


def unmet(db: Database, import_id: int, place: int) -> dict[str, int]:
    """Return how many rows of an account that is not there yet are new, and known from one of the same id before them."""
    ours = "nullif(json_extract(facts, '$[7]'), '')"
    ((rows, named, names),) = db.run(
        f"SELECT count(*), count({ours}), count(DISTINCT {ours}) FROM incoming WHERE import_id = ? AND place = ?",
        (import_id, place),
    )
    return {NEW: rows - named + names, KNOWN: named - names}


def is_newest_first(db: Database, import_id: int, place: int) -> bool:
    """Say whether the file lists an account's rows from the newest to the oldest."""
    found = db.run(
        "SELECT day FROM incoming WHERE seq IN (SELECT min(seq) FROM incoming WHERE import_id = ?1 AND place = ?2"
        " UNION ALL SELECT max(seq) FROM incoming WHERE import_id = ?1 AND place = ?2) ORDER BY seq",
        (import_id, place),
    )
    return len(found) > 1 and found[0][0] > found[-1][0]


def incoming(db: Database, import_id: int, place: int, first: int, last: int) -> list[Row]:
    """Return the rows of some days, in the order of the file."""
    found = db.run(
        "SELECT seq, facts FROM incoming WHERE import_id = ? AND place = ?"
        " AND day BETWEEN ? AND ? ORDER BY day, seq",
        (import_id, place, first, last),
    )
    return [Row(seq, read_facts(said)) for seq, said in found]


def first(db: Database, import_id: int, place: int, count: int) -> list[Row]:
    """Return an account's first rows, in the order of the file."""
    found = db.run(
        "SELECT seq, facts FROM incoming WHERE import_id = ? AND place = ? ORDER BY seq LIMIT ?",
        (import_id, place, count),
    )
    return [Row(seq, read_facts(said)) for seq, said in found]


def around(
    db: Database, account_id: int, import_id: int, first: date, last: date
) -> list[Transaction]:
    """Return the booked rows of an account between two days, both included, oldest first, without those of an import."""
    found = db.run(
        f"SELECT {COLUMNS} FROM tx t {JOINS} WHERE t.account_id = ? AND t.id >= ? AND t.id < ? AND NOT EXISTS"
        " (SELECT 1 FROM imported i WHERE i.account_id = t.account_id AND i.text_id = d.text_id AND i.import_id = ?)"
        " ORDER BY t.id",
        (account_id, first_of(first), first_of(last) + DAY, import_id),
    )
    return [read(values) for values in found]


def of_ids(db: Database, account_id: int, text_ids: Iterable[str]) -> set[str]:
    """Return those of these ids that rows of an account have, or had until the person said that they are others."""
    asked = {"account": account_id, "ids": json.dumps(list(text_ids))}
    found = db.run(
        "SELECT text_id FROM detail WHERE account_id = :account AND text_id IN (SELECT value FROM json_each(:ids))"
        " UNION SELECT pending_id FROM pair WHERE account_id = :account AND state = 'linked'"
        " AND pending_id IN (SELECT value FROM json_each(:ids))",
        asked,
    )
    return {own for (own,) in found}


def last_day(db: Database, account_id: int) -> int:
    """Return the ordinal of the last booked row's day, 0 where there is none."""
    found = db.one(f"SELECT max(id) FROM tx WHERE account_id = ? AND id < {PENDING}", (account_id,))
    return int(found) // DAY if found else 0


def first_day(db: Database, account_id: int) -> int:
    """Return the ordinal of the first booked row's day, 0 where there is none."""
    found = db.one(f"SELECT min(id) FROM tx WHERE account_id = ? AND id < {PENDING}", (account_id,))
    return int(found) // DAY if found else 0


def admit(db: Database, import_id: int, account_id: int, rows: Sequence[Row]) -> int:
    """Bring rows into view, within a transaction, and return the lowest row id."""
    texts = {
        seq: (doc, answer, words)
        for seq, doc, answer, words in db.run(
            "SELECT seq, doc, answer, words FROM incoming WHERE seq IN (SELECT value FROM json_each(?))",
            (json.dumps([one.seq for one in rows]),),
        )
    }
    _write_words(db, account_id, [(one.text_id, texts[one.seq][2]) for one in rows])
    ready = [Ready(one.row.but(id=one.text_id), *texts[one.seq][:2]) for one in rows]
    ready = links.dressed(db, account_id, ready)
    lowest = placing.insert(db, account_id, ready)
    rules.name(db, account_id, [item.row for item in ready])
    db.run_many(
        _IMPORTED,
        [_imported(account_id, import_id, one, texts[one.seq][1]) for one in rows],
    )
    return lowest


def take_for_same(
    db: Database, import_id: int, account_id: int, rows: Sequence[Row], at: datetime
) -> None:
    """Link rows to those of ours that they are likely to be, within a transaction; each link can be taken apart."""
    for one in rows:
        if links.note(db, account_id, [(one.text_id, one.other)], (), at):
            answer = db.one("SELECT answer FROM incoming WHERE seq = ?", (one.seq,))
            db.run(_IMPORTED, _imported(account_id, import_id, one, answer))


_IMPORTED = "INSERT OR REPLACE INTO imported VALUES(?,?,?,?,?)"


def _imported(account_id: int, import_id: int, one: Row, answer: bytes) -> tuple[Any, ...]:
    """Return what is kept of a row: all that brings it back where it is, or may be, said to be another."""
    said: tuple[str | None, bytes | None] = (None, None)
    if one.state != NEW:
        said = (facts(account_id, one.row.but(id=one.text_id)), answer)
    return (account_id, one.text_id, import_id, *said)


def _write_words(db: Database, account_id: int, said: Iterable[tuple[str, str]]) -> None:
    """Keep what the person wrote of rows in the file, where they have not written of them since."""
    for text_id, text in said:
        if text:
            words = msgspec.json.decode(text, type=Words)
            db.run(
                "INSERT OR IGNORE INTO words VALUES(?,?,?,?,?,?)",
                (
                    account_id,
                    text_id,
                    words.note,
                    packed(words.tags),
                    words.category,
                    words.checked,
                ),
            )


def settle(
    db: Database, account: Account, first: date, lowest: int, asked: Sequence[Pair], at: datetime
) -> None:
    """Let all that hangs on an account's rows follow those that came, within their transaction.

    `first` is the first of their days, `lowest` their lowest row id, `asked` what the person is asked about them.
    """
    links.note(db, account.id, (), asked, at)
    transfers.find(db, account.id, first, at)
    placing.balance(db, account, lowest)
    _count(db, account.id)


def finish(db: Database, import_id: int, counts: tuple[int, int, int], before: Any) -> None:
    """Write down that an import is done, within its transaction; `before` is what its undoing puts back."""
    db.run("DELETE FROM incoming WHERE import_id = ?", (import_id,))
    db.run(
        "UPDATE import SET done = 1, new = ?, known = ?, uncertain = ?, before = ? WHERE id = ?",
        (*counts, msgspec.json.encode(before).decode(), import_id),
    )


def done(db: Database) -> list[Done]:
    """Return the imports that can be taken back, newest first."""
    found = db.run(
        "SELECT id, at, file, new, known, uncertain FROM import WHERE done ORDER BY id DESC"
    )
    return [Done(*values) for values in found]


def before(db: Database, import_id: int) -> Any:
    """Return what `finish` was given; None where there is no such import."""
    found = db.one("SELECT before FROM import WHERE id = ? AND done", (import_id,))
    return msgspec.json.decode(found) if found else None


def take_back(db: Database, import_id: int, mark: bytes) -> Iterator[tuple[int, int, int]]:
    """Take an import's rows out of view, within a transaction; yield account, lowest row id and how many, for each account.

    Rows that the bank sent since are its own: their raw answer does not begin with `mark`. What the person wrote of rows
    stays, and is there again when they are.
    """
    of = "SELECT account_id FROM imported WHERE import_id = ? GROUP BY account_id"
    for (account_id,) in db.run(of, (import_id,)):
        rows = [
            (own, text_id, amount)
            for own, text_id, amount, answer in db.run(
                "SELECT d.id, d.text_id, t.amount, r.answer FROM imported i JOIN detail d ON d.text_id = i.text_id"
                " AND d.account_id = i.account_id JOIN tx t ON t.id = d.id JOIN raw r ON r.id = d.id"
                " WHERE i.import_id = ? AND i.account_id = ?",
                (import_id, account_id),
            )
            if answers.unpacked(answer).startswith(mark)
        ]
        ids, texts = (json.dumps([one[place] for one in rows]) for place in (0, 1))
        index.remove(db, "SELECT value FROM json_each(?)", (ids,))
        db.run("DELETE FROM tx WHERE id IN (SELECT value FROM json_each(?))", (ids,))
        db.run(
            "DELETE FROM pair WHERE account_id = ? AND pending_id IN (SELECT text_id FROM imported WHERE import_id = ?)",
            (account_id, import_id),
        )
        db.run(
            "DELETE FROM pair WHERE account_id = ? AND state <> 'linked'"
            " AND booked_id IN (SELECT value FROM json_each(?))",
            (account_id, texts),
        )
        transfers.renew(db, account_id, [text for _, text, _ in rows])
        first = first_day(db, account_id)
        proofs.shift(db, account_id, -sum(amount for own, _, amount in rows if own // DAY < first))
        _count(db, account_id)
        yield account_id, min((own for own, *_ in rows), default=placing.NONE), len(rows)
    db.run("DELETE FROM imported WHERE import_id = ?", (import_id,))
    db.run("DELETE FROM import WHERE id = ?", (import_id,))


def set_balance(db: Database, account_id: int, minor: int | None) -> Account:
    """Let an account have this balance, within a transaction."""
    db.run("UPDATE account SET balance = ? WHERE id = ?", (minor, account_id))
    return next(one for one in connections.accounts(db) if one.id == account_id)


def layout(db: Database, fingerprint: str) -> str | None:
    """Return how the person told us to read files with this header."""
    found = db.one("SELECT columns FROM layout WHERE fingerprint = ?", (fingerprint,))
    return None if found is None else str(found)


def keep_layout(db: Database, fingerprint: str, columns: str) -> None:
    """Remember how files with this header are read, within a transaction."""
    db.run("INSERT OR REPLACE INTO layout VALUES(?,?)", (fingerprint, columns))


def _count(db: Database, account_id: int) -> None:
    db.run(
        "UPDATE account SET row_count = (SELECT count(*) FROM tx WHERE account_id = account.id) WHERE id = ?",
        (account_id,),
    )


def forget_empty(db: Database, account_ids: Iterable[int], connection_id: str) -> None:
    """Remove those of these accounts that have no row, and their connection with the last of them; within a transaction."""
    empty = "SELECT id FROM account WHERE id IN (SELECT value FROM json_each(?)) AND row_count = 0"
    db.run(f"DELETE FROM account WHERE id IN ({empty})", (json.dumps(list(account_ids)),))
    db.run(
        "DELETE FROM connection WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM account WHERE connection_id = ?1)",
        (connection_id,),
    )
