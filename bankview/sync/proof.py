"""Holds an account's rows against the bank's balance: pure, and slow to cry wolf."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, tzinfo
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from bankview.domain.account import AccountType
from bankview.domain.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

#: How old a bank's balance may be, beside rows that are newer.
LAG_DAYS = 6
#: How long a difference must stay the same before it is told; what a bank books late has come by then.
SETTLED = timedelta(hours=6)
#: What holds a sum of rows; a card's balance is that of a period, a fund's follows the market.
PROVABLE = frozenset({AccountType.CURRENT, AccountType.SAVINGS})


@dataclass(frozen=True, slots=True)
class Row:
    """What a comparison needs of a booked row, in minor units; `after` is the balance after it where the bank says."""

    day: date
    amount: int
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The bank's booked balance, and the rows that it is held against, in minor units.

    `before` is the sum of the booked rows that are older than those in `recent`, which are in the ledger's order and
    reach back LAG_DAYS at least; `pending` are the amounts held, oldest first. `today` is the bank's day, in its `zone`.
    """

    now: datetime
    today: date
    balance: int | None
    before: int
    recent: Sequence[Row]
    pending: Sequence[int] = ()
    zone: tzinfo = UTC

    @property
    def total(self) -> int:
        """The sum of all booked rows."""
        return self.before + sum(row.amount for row in self.recent)


def prove(last: Proof | None, facts: Facts) -> Proof | None:
    """Return the new comparison; None where there is nothing to compare with.

    A bank's balance may be some days older than its rows, lack those of a day ahead, or count already what it still
    lists as pending: none of these is a difference. Any other must stay the same for a while before it is told, save
    where the balances after the rows themselves say on which day one is missing.
    """
    if facts.balance is None:
        return None
    moments = {0, *_explained(facts)}
    possible = tuple(sorted(facts.balance - facts.total - off for off in moments))
    if last is None:
        return _placed(Proof(possible, facts.today), facts)
    common = tuple(one for one in last.openings if one in possible)
    if common:
        agreed = Proof(common, facts.today)
        # Balances after rows that were fetched long ago may be outdated: what they say counts from the beginning only.
        return _placed(agreed, facts, last) if last.differs or not last.confirmed else agreed
    if not last.confirmed:
        # Nothing was certain yet, and so nothing is wrong.
        return _placed(Proof(possible, facts.today), facts)
    return _differing(last, facts.balance - last.openings[0] - facts.total, facts)


def _differing(last: Proof, off: int, facts: Facts) -> Proof:
    same = last.difference == off or last.differs
    noticed = (last.noticed if same else None) or facts.now
    gap = _gap(facts.recent)
    first = last.first_day
    if gap and gap[1] == off:
        first = first or gap[0]
    elif facts.now - noticed >= SETTLED:
        first = first or noticed.astimezone(facts.zone).date()
    return replace(last, difference=off, noticed=noticed, first_day=first)


def _placed(agreed: Proof, facts: Facts, last: Proof | None = None) -> Proof:
    """Return a comparison by sums alone with what the balances after the rows say of a missing one."""
    gap = _gap(facts.recent)
    if gap is None:
        return agreed
    noticed = (last and last.noticed) or facts.now
    return replace(agreed, difference=gap[1], noticed=noticed, first_day=gap[0])


def _explained(facts: Facts) -> set[int]:
    """Return the differences that only say at which moment the bank added up."""
    newest = facts.today - timedelta(days=LAG_DAYS)
    late = [row.amount for row in facts.recent if row.day >= newest]
    missing = accumulate(reversed(late))
    held = accumulate(facts.pending)
    return {-amount for amount in missing} | set(held)


def _gap(rows: Sequence[Row]) -> tuple[date, int] | None:
    """Return the first day that does not begin where the day before it ended, and by how much.

    Within a day, rows may be in any order: a day's beginning is the one balance before a row that no other row ends
    on. Where more than one neighbour in four disagrees, a bank counts in a way of its own, and nothing is said.
    """
    days = list(_ends(rows))
    pairs = [(b[0], b[1] - a[2]) for a, b in pairwise(days) if a and b]
    breaks = [(day, off) for day, off in pairs if off]
    off = sum(off for _, off in breaks)
    if not off or len(breaks) * 4 > len(pairs):
        return None
    return breaks[0][0], off


def _ends(rows: Iterable[Row]) -> Iterable[tuple[date, int, int] | None]:
    """Yield each day with the balances that it begins and ends with; None where that cannot be told."""
    days: dict[date, list[Row]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    for day, mine in sorted(days.items()):
        befores, afters = Counter[int](), Counter[int]()
        for row in mine:
            if row.after is not None:
                befores[row.after - row.amount] += 1
                afters[row.after] += 1
        begins, ends = list((befores - afters).elements()), list((afters - befores).elements())
        whole = sum(afters.values()) == len(mine)
        yield (day, begins[0], ends[0]) if whole and len(begins) == len(ends) == 1 else None
