"""Which rows of a file are in the ledger already: surest signs first, each row of either side once, nothing on a guess."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bankview.store.imports import KNOWN, LIKELY, NEW, UNCERTAIN
from bankview.sync.signs import FILED, alike, place, text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

    from bankview.domain.transaction import Transaction

    Sign = Callable[[Transaction], Hashable]
    Same = Callable[[Transaction, Transaction], bool]

#: How far a bank's file and its API may put one row apart.
NEAR = timedelta(days=5)


class Decision(NamedTuple):
    """What a row of a file is, and which row of ours it is or may be."""

    state: str
    other: str = ""


def decide(
    rows: Sequence[Transaction], known: Iterable[Transaction], taken: Collection[str] = ()
) -> list[Decision]:
    """Return for each row of a file whether it is new.

    Known is what has the bank's own id and the amount, or the day, amount and text, as often as we have it. Likely is
    what shares day and amount with a text that says the same. Uncertain is what shares day and amount alone, or amount
    and text some days apart.

    Args:
        rows: the file's rows of some days.
        known: our booked rows of these days and NEAR around them.
        taken: ids of ours that rows of other days were found to be.
    """
    left = [row for row in known if row.id not in taken]
    open_ = list(range(len(rows)))
    found = [Decision(NEW)] * len(rows)
    for sign, same, state in _SIGNS:
        if not (left and open_):
            break
        pairs = _paired(rows, open_, left, sign, same)
        for number, own in pairs.items():
            found[number] = Decision(state, own.id)
        gone = {id(own) for own in pairs.values()}
        left = [row for row in left if id(row) not in gone]
        open_ = [number for number in open_ if number not in pairs]
    return found


def _paired(
    rows: Sequence[Transaction],
    open_: Iterable[int],
    left: Iterable[Transaction],
    sign: Sign,
    same: Same,
) -> dict[int, Transaction]:
    """Return which rows are which of ours, the first of either side with each other."""
    ours: dict[Hashable, list[Transaction]] = defaultdict(list)
    for row in left:
        ours[sign(row)].append(row)
    found: dict[int, Transaction] = {}
    for number in open_:
        mark = sign(rows[number])
        for own in ours.get(mark, ()) if mark else ():
            if same(rows[number], own):
                found[number] = own
                ours[mark].remove(own)
                break
    return found


def _file_id(row: Transaction) -> str:
    """Return the bank's id of a row, whether its API or its file says it."""
    own = row.bank_id.removeprefix(FILED).strip()
    return own if own.strip("0- \t") else ""


def _told_apart(one: Transaction, other: Transaction) -> bool:
    """Say whether files of the bank gave the two rows two ids."""
    both = one.bank_id.startswith(FILED) and other.bank_id.startswith(FILED)
    return both and _file_id(one) != _file_id(other)


def _alike(one: Transaction, other: Transaction) -> bool:
    said = (one.reference and one.reference == other.reference) or (
        one.counterparty_account and one.counterparty_account == other.counterparty_account
    )
    return not _told_apart(one, other) and (bool(said) or alike(one, other))


def _near(one: Transaction, other: Transaction) -> bool:
    return abs(one.booked_on - other.booked_on) <= NEAR and _alike(one, other)


def _always(_: Transaction, __: Transaction) -> bool:
    return True


def _not_told_apart(one: Transaction, other: Transaction) -> bool:
    return not _told_apart(one, other)


def _called(row: Transaction) -> Hashable:
    own = _file_id(row)
    return own and (own, row.amount)


def _amount(row: Transaction) -> Hashable:
    return row.amount


def _said(row: Transaction) -> Hashable:
    return (*place(row), text(row))


_SIGNS: tuple[tuple[Sign, Same, str], ...] = (
    (_called, _always, KNOWN),
    (_said, _not_told_apart, KNOWN),
    (place, _alike, LIKELY),
    (place, _not_told_apart, UNCERTAIN),
    (_amount, _near, UNCERTAIN),
)
