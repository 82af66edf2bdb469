"""Transfers between own accounts: found as rows come, shown, accepted, declined and taken apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from bankview.domain.account import flat
from bankview.domain.category import TRANSFERS, place
from bankview.domain.transfer import Candidate, Evidence, Pair, Side, pair_up
from bankview.store.index import fold
from bankview.store.rows import (
    BANK_PLACE,
    PLACES,
    TRANSFER,
    WHOLE,
    WHOLE_JOINS,
    first_of,
    read_whole,
)
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

#: Days that may lie between the two sides of a transfer.
NEAR = 4
#: A name shorter than this is in too many texts to mean anything.
_NAME = 4


@dataclass(frozen=True, slots=True)
class Transfer:
    """Both sides of a transfer."""

    out: Transaction
    into: Transaction

    @property
    def pair(self) -> Pair:
        """Both sides, as the ledger knows them."""
        return Side(self.out.account_id, self.out.id), Side(self.into.account_id, self.into.id)


class Standing(NamedTuple):
    """What is said of a pair, and since when, in seconds since 1970."""

    state: str
    at: float


@dataclass(frozen=True, slots=True)
class _Own:
    """An own account, as rows of other accounts may name it."""

    currency: str
    numbers: frozenset[str]
    names: tuple[str, ...]


class _Half:
    """A row that may be one side."""

    def __init__(self, values: Any) -> None:
        self.own, account, self.minor, text_id, number, text, filed = values
        self.side, self.number = Side(account, text_id), flat(number)
        self.text, self.filed = fold(text), filed == place(TRANSFERS)


def find(db: Database, account_id: int, since: date, at: datetime) -> None:
    """Link the transfers between an account's rows since a day and all other accounts, within a transaction."""
    if not db.one("SELECT 1 FROM tx WHERE account_id <> ? LIMIT 1", (account_id,)):
        return
    own = _own(db)
    found = [*_opposite(db, own, account_id, since), *_across(db, own, account_id, since)]
    if found:
        declined = {_pair(row) for row in db.run(f"{_PAIRS} WHERE state = 'declined'")}
        said = pair_up(found, declined)
        _keep(db, said.doubtful, "suggested", at)
        _keep(db, said.certain, "linked", at)


def suggestions(db: Database) -> tuple[Transfer, ...]:
    """Return the pairs that a person is asked about, newest first."""
    pairs = [_pair(row) for row in db.run(f"{_PAIRS} WHERE state = 'suggested'")]
    shown = (_transfer(db, pair) for pair in pairs if not any(_linked(db, side) for side in pair))
    found = [one for one in shown if one]
    return tuple(sorted(found, key=lambda one: (one.out.booked_on, one.pair), reverse=True))


def partner(db: Database, account_id: int, text_id: str) -> Side | None:
    """Return the other side of a row's transfer; None where it is none."""
    side = Side(account_id, text_id)
    return next((b if a == side else a for a, b in _linked(db, side)), None)


def other_side(db: Database, row: Transaction) -> Transaction | None:
    """Return the row at the other side of a row's transfer; None where it is none."""
    side = partner(db, row.account_id, row.id)
    return _shown(db, side) if side else None


def accept(db: Database, pair: Pair, at: datetime) -> bool:
    """Link a pair because the person says so; False where one of its rows is in another transfer by now."""
    with db.writing():
        if any(_linked(db, side) for side in pair):
            return False
        _keep(db, [pair], "linked", at)
    return True


def decline(db: Database, pair: Pair, at: datetime) -> None:
    """Remember that a pair is no transfer, and take it apart where it was taken for one; it is never made again."""
    with db.writing():
        if pair in _linked(db, pair[0]):
            _mark(db, pair, linked=False)
        _keep(db, [pair], "declined", at)


def standing(db: Database, pair: Pair) -> Standing | None:
    """Return what is said of a pair, and since when; None where nothing is."""
    found = db.run(f"SELECT state, at FROM transfer WHERE {_IS}", (*pair[0], *pair[1]))
    return Standing(*found[0]) if found else None


def put(db: Database, pair: Pair, wanted: Standing | None) -> bool:
    """Let this be said of a pair; False where one of its rows is in another transfer by now, and nothing was changed."""
    linked = wanted is not None and wanted.state == "linked"
    with db.writing():
        if linked and any(one != pair for side in pair for one in _linked(db, side)):
            return False
        if pair in _linked(db, pair[0]):
            _mark(db, pair, linked=False)
        db.run(f"DELETE FROM transfer WHERE {_IS}", (*pair[0], *pair[1]))
        if wanted:
            _keep(db, [pair], wanted.state, datetime.fromtimestamp(wanted.at, UTC))
    return True


def undo(db: Database, account_id: int, text_id: str, at: datetime) -> bool:
    """Take a row's transfer apart, for good; False where it is none."""
    found = _linked(db, Side(account_id, text_id))
    for pair in found:
        decline(db, pair, at)
    return bool(found)


def renew(db: Database, account_id: int, text_ids: Collection[str]) -> None:
    """Mark rows again that were written anew, within a transaction; what no longer cancels out is taken apart."""
    if not db.one("SELECT 1 FROM transfer LIMIT 1"):
        return
    for text_id in text_ids:
        for pair in _linked(db, Side(account_id, text_id)):
            stays = _cancels(db, pair)
            _mark(db, pair, linked=stays)
            if not stays:
                db.run(f"DELETE FROM transfer WHERE {_IS}", (*pair[0], *pair[1]))


def forget(db: Database, account_ids: Collection[int]) -> None:
    """Forget all transfers of accounts that go, within a transaction; the other sides are rows like any others."""
    asked = {"ids": json.dumps(list(account_ids))}
    gone = "(SELECT value FROM json_each(:ids))"
    for row in db.run(
        f"{_PAIRS} WHERE state = 'linked' AND (out_account IN {gone} OR in_account IN {gone})",
        asked,
    ):
        _mark(db, _pair(row), linked=False)
    db.run(f"DELETE FROM transfer WHERE out_account IN {gone} OR in_account IN {gone}", asked)


_IS = "(out_account, out_id, in_account, in_id) = (?,?,?,?)"
_PAIRS = "SELECT out_account, out_id, in_account, in_id FROM transfer"


def _pair(values: Any) -> Pair:
    return Side(*values[:2]), Side(*values[2:])


def _linked(db: Database, side: Side) -> list[Pair]:
    found = db.run(
        f"{_PAIRS} WHERE state = 'linked' AND (out_account, out_id) = (?1, ?2) UNION ALL"
        f" {_PAIRS} WHERE state = 'linked' AND (in_account, in_id) = (?1, ?2)",
        side,
    )
    return list(map(_pair, found))


def _keep(db: Database, pairs: Collection[Pair], state: str, at: datetime) -> None:
    """Keep pairs in a state, in place of the one they had, and mark the rows of those that are linked."""
    db.run_many(
        "INSERT OR REPLACE INTO transfer VALUES(?,?,?,?,?,?)",
        [(*pair[0], *pair[1], state, at.timestamp()) for pair in pairs],
    )
    if state == "linked":
        _mark_all(db, [side for pair in pairs for side in pair], f"marks | {TRANSFER}")


def _mark(db: Database, pair: Pair, *, linked: bool) -> None:
    _mark_all(db, pair, f"marks | {TRANSFER}" if linked else f"marks & ~{TRANSFER}")


def _mark_all(db: Database, sides: Collection[Side], marks: str) -> None:
    db.run(
        f"UPDATE tx SET marks = {marks} WHERE id IN (SELECT d.id FROM json_each(?) j CROSS JOIN detail d"
        " ON d.text_id = j.value ->> 1 AND d.account_id = j.value ->> 0)",
        (json.dumps(list(sides)),),
    )


def _cancels(db: Database, pair: Pair) -> bool:
    sides = [_shown(db, side) for side in pair]
    out, into = (side and side.amount for side in sides)
    if not (out and into):
        return False
    return out.currency != into.currency or out.minor == -into.minor


def _transfer(db: Database, pair: Pair) -> Transfer | None:
    out, into = (_shown(db, side) for side in pair)
    return Transfer(out, into) if out and into else None


def _shown(db: Database, side: Side) -> Transaction | None:
    found = db.run(
        f"SELECT {WHOLE} FROM tx t {WHOLE_JOINS} WHERE d.account_id = ? AND d.text_id = ?", side
    )
    return read_whole(found[0]) if found else None


def _own(db: Database) -> Mapping[int, _Own]:
    found = db.run("SELECT id, currency, number, iban, name, own_name, owner FROM account")
    return {
        own: _Own(
            currency,
            frozenset(filter(None, map(flat, numbers))),
            tuple(name for name in map(fold, names) if len(name) >= _NAME),
        )
        for own, currency, *numbers, one, two, three in found
        for names in [(one, two, three)]
    }


def _facts(row: str, detail: str) -> str:
    filed = f"{row}.marks >> {BANK_PLACE} & {PLACES}"
    said = f"{row}.payee || ' ' || {row}.description"
    return f"{row}.id, {row}.account_id, {row}.amount, {detail}.text_id, {detail}.counterparty, {said}, {filed}"


def _free(row: str) -> str:
    """Return the condition that a row may be in a transfer: what a bank files under anything else is none."""
    filed = f"{row}.marks >> {BANK_PLACE} & {PLACES} IN (0, {place(TRANSFERS)})"
    return f"{row}.marks & {TRANSFER} = 0 AND {filed} AND {row}.id < {PENDING}"


def _near(low: str = "o", row: str = "t") -> str:
    first = f"{row}.id / {DAY} * {DAY}"
    return f"{low}.id BETWEEN {first} - {NEAR * DAY} AND {first} + {(NEAR + 1) * DAY - 1}"


def _opposite(
    db: Database, own: Mapping[int, _Own], account_id: int, since: date
) -> Iterator[Candidate]:
    """Yield what has the opposite amount in another account of the same currency."""
    currency = own[account_id].currency
    others = [
        other for other, one in own.items() if one.currency == currency and other != account_id
    ]
    found = db.each(
        f"SELECT {_facts('t', 'd')}, {_facts('o', 'e')} FROM tx t CROSS JOIN tx o ON o.amount = -t.amount AND {_near()}"
        " CROSS JOIN detail d ON d.id = t.id CROSS JOIN detail e ON e.id = o.id WHERE t.account_id = :account"
        f" AND t.id >= :first AND t.amount <> 0 AND {_free('t')} AND {_free('o')}"
        " AND o.account_id IN (SELECT value FROM json_each(:others))",
        {"account": account_id, "first": first_of(since), "others": json.dumps(others)},
    )
    for values in found:
        if one := _candidate(own, _Half(values[:7]), _Half(values[7:])):
            yield one


def _across(
    db: Database, own: Mapping[int, _Own], account_id: int, since: date
) -> Iterator[Candidate]:
    """Yield what names an account of another currency, or is named by it: there amounts say nothing."""
    here = own[account_id]
    for other, one in own.items():
        if one.currency == here.currency or not (one.numbers or here.numbers):
            continue
        ours = _naming(db, account_id, one.numbers, since)
        theirs = _naming(db, other, here.numbers, date.fromordinal(since.toordinal() - NEAR))
        for a in ours:
            for b in theirs:
                near = abs(a.own // DAY - b.own // DAY) <= NEAR
                if near and a.minor * b.minor < 0:
                    out, into = (a, b) if a.minor < 0 else (b, a)
                    days = abs(a.own // DAY - b.own // DAY)
                    yield Candidate(out.side, into.side, days, Evidence.NUMBER, exact=False)


def _naming(db: Database, account_id: int, numbers: Collection[str], since: date) -> list[_Half]:
    """Return an account's rows whose counterparty has one of these numbers."""
    found = db.run(
        f"SELECT {_facts('t', 'd')} FROM tx t JOIN detail d ON d.id = t.id WHERE t.account_id = ? AND t.id >= ?"
        f" AND {_free('t')} AND d.counterparty > ''",
        (account_id, first_of(since)),
    )
    return [half for half in map(_Half, found) if half.number in numbers]


def _candidate(own: Mapping[int, _Own], one: _Half, other: _Half) -> Candidate | None:
    """Return two rows with what speaks for them; None where one of them names an account that is not the other's."""
    numbers = [
        half.number in own[there.side.account_id].numbers
        for half, there in ((one, other), (other, one))
        if half.number
    ]
    if not all(numbers):
        return None
    evidence = Evidence.NUMBER if numbers else Evidence.NOTHING
    if not numbers and ((one.filed and other.filed) or _named(own, one, other)):
        evidence = Evidence.WORDS
    out, into = (one, other) if one.minor < 0 else (other, one)
    days = abs(one.own // DAY - other.own // DAY)
    return Candidate(out.side, into.side, days, evidence)


def _named(own: Mapping[int, _Own], one: _Half, other: _Half) -> bool:
    return any(
        name in half.text
        for half, there in ((one, other), (other, one))
        for name in own[there.side.account_id].names
    )
