"""A file's rows held against the ledger, some days at a time, so that a file of any size fits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice
from typing import TYPE_CHECKING

from bankview.errors import Interrupted
from bankview.store import imports
from bankview.sync.matching import NEAR, decide
from bankview.sync.merge import account_identity, names_of
from bankview.sync.targets import FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.files.values import Closing
    from bankview.store.database import Database
    from bankview.store.imports import Row


#: Rows of each kind that are kept to be shown.
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Part:
    """What a file brings of one account; `account` is ours, with the id 0 where it is to be made.

    `shown` holds the first rows of each kind; what is likely known goes as known.
    """

    place: int
    account: Account
    closing: Closing | None = None
    new: int = 0
    known: int = 0
    uncertain: int = 0
    shown: tuple[Row, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.new + self.known + self.uncertain

    def counted(self, states: Mapping[str, int]) -> Part:
        """Return it with how many rows there are of each state."""
        known = states.get(imports.KNOWN, 0) + states.get(imports.LIKELY, 0)
        counts = (states.get(imports.NEW, 0), known, states.get(imports.UNCERTAIN, 0))
        return Part(self.place, self.account, self.closing, *counts)

    def foreseen(self, db: Database, own: int, stop: Callable[[], bool]) -> Part:
        """Decide about all its rows, and return it with how many there are of each kind, and the first of them."""
        if not self.account.id:
            rows = imports.first(db, own, self.place, SHOWN)
            mine = _own(db, self.account, rows)
            shown = [
                one._replace(state=imports.KNOWN if number in mine else imports.NEW)
                for number, one in enumerate(rows)
            ]
            return replace(self.counted(imports.unmet(db, own, self.place)), shown=tuple(shown))
        states, shown = Counter[str](), []
        for rows in decided(db, own, self, stop):
            states.update(one.state for one in rows)
            shown = _firsts([*shown, *rows])
        return replace(self.counted(states), shown=tuple(shown))


def decided(db: Database, own: int, part: Part, stop: Callable[[], bool]) -> Iterator[list[Row]]:
    """Yield an account's rows by some days at a time, oldest first, with what was decided about them."""
    newest_first = imports.is_newest_first(db, own, part.place)
    taken: set[str] = set()
    near = NEAR.days
    for first, last in _spans(imports.days(db, own, part.place)):
        if stop():
            raise Interrupted
        # The days around are looked at too: what one of their rows surely is, no row of these days may be.
        rows = imports.incoming(db, own, part.place, first - near, last + near)
        if newest_first:
            rows.sort(key=lambda one: (one.row.booked_on, -one.seq))
        begin, end = (date.fromordinal(day) for day in (first - 2 * near, last + 2 * near))
        known = imports.around(db, part.account.id, own, begin, end)
        found = _with_decisions(db, part.account, rows, known, taken)
        made = [one for one in found if first <= one.row.booked_on.toordinal() <= last]
        taken = {one.other for one in made if one.other}
        yield made


def _firsts(rows: Iterable[Row]) -> list[Row]:
    """Return the first rows of each kind."""

    def kind(one: Row) -> str:
        return imports.KNOWN if one.state == imports.LIKELY else one.state

    by_kind = groupby(sorted(rows, key=lambda one: (kind(one), one.seq)), kind)
    return [one._replace(state=name) for name, mine in by_kind for one in islice(mine, SHOWN)]


def _spans(days: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield first and last day of spans that hold some thousand rows, or one day."""
    first, count, last = 0, 0, 0
    for day, many in days:
        if count and count + many > imports.CHUNK:
            yield first, last
            count = 0
        first = first if count else day
        count, last = count + many, day
    if count:
        yield first, last


def _with_decisions(
    db: Database,
    account: Account,
    rows: list[Row],
    known: Sequence[Transaction],
    taken: set[str],
) -> list[Row]:
    mine = _own(db, account, rows)
    rest = [number for number in range(len(rows)) if number not in mine]
    found = decide(
        [rows[number].row for number in rest],
        known,
        taken | {rows[number].row.id for number in mine},
    )
    decisions = dict(zip(rest, found, strict=True))
    fresh = [number for number in rest if decisions[number].state != imports.KNOWN]
    names = _names(account, [rows[number].row for number in fresh], known)
    named = dict(zip(fresh, names, strict=True))
    # What the person said to be the same as another row left the view, and its id with it.
    gone = imports.of_ids(db, account.id, names)
    made = []
    for number, one in enumerate(rows):
        state, other = decisions.get(number, (imports.KNOWN, one.row.id))
        text_id = named.get(number, "")
        if text_id in gone:
            state = imports.KNOWN
        made.append(one._replace(state=state, text_id=text_id, other=other))
    return made


def _own(db: Database, account: Account, rows: Sequence[Row]) -> set[int]:
    """Return the places of rows whose own id is in the ledger, or came before them in the file."""
    seen = imports.of_ids(db, account.id, [one.row.id for one in rows if one.row.id])
    found = set[int]()
    for number, one in enumerate(rows):
        if one.row.id in seen:
            found.add(number)
        elif one.row.id:
            seen.add(one.row.id)
    return found


def _names(
    account: Account, rows: Sequence[Transaction], known: Sequence[Transaction]
) -> list[str]:
    """Return the ids of rows that come in: their own in a file of ours, else as the bank's rows are named."""
    identity = account_identity(account.connection_id or FILES, account)
    names = names_of(identity, rows, {row.id for row in known})
    return [row.id or name for row, name in zip(rows, names, strict=True)]
