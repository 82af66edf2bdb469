"""Which rows are the two sides of a transfer between own accounts: what is certain, and what is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


class Side(NamedTuple):
    """A row, by its account and its id there."""

    account_id: int
    id: str


#: What left one account, and what came into another.
Pair = tuple[Side, Side]


class Evidence(IntEnum):
    """What speaks for a pair besides day and amount."""

    NOTHING = 0
    #: A text names the other account or its owner, or the bank files both under transfers.
    WORDS = 1
    #: One side gives the other's account number.
    NUMBER = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two rows that may be one transfer, so many days apart; `exact` where their amounts are opposite, to the unit."""

    out: Side
    into: Side
    days: int
    evidence: Evidence
    exact: bool = True

    @property
    def pair(self) -> Pair:
        """Both sides."""
        return self.out, self.into


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs that are certain, and pairs that a person is asked about; no row is in two of them."""

    certain: tuple[Pair, ...] = ()
    doubtful: tuple[Pair, ...] = ()


def pair_up(candidates: Iterable[Candidate], declined: Collection[Pair] = ()) -> Found:
    """Return the transfers among candidates, whatever their order; the strongest evidence and the nearest days first.

    With evidence, twins between the same two accounts are told apart by nothing that counts, and are paired by day;
    where several accounts, or amounts in two currencies, leave a choice, a person is asked. Without evidence a pair is
    asked about where neither row has another candidate.
    """
    left = sorted(
        (one for one in candidates if one.pair not in declined),
        key=lambda one: (-one.evidence, one.days, one.pair),
    )
    certain: list[Pair] = []
    doubtful: list[Pair] = []
    for level in reversed(Evidence):
        here = [one for one in left if one.evidence == level]
        sure = _alone(here) if level is Evidence.NOTHING else _unmistakable(here)
        taken = set[Side]()
        for one in here:
            clear = sure(one)
            if taken.isdisjoint(one.pair) and (clear or level is not Evidence.NOTHING):
                taken |= set(one.pair)
                (certain if clear and level is not Evidence.NOTHING else doubtful).append(one.pair)
        left = [one for one in left if taken.isdisjoint(one.pair)]
    return Found(tuple(certain), tuple(doubtful))


def _alone(candidates: list[Candidate]) -> Callable[[Candidate], bool]:
    count = Counter(side for one in candidates for side in one.pair)
    return lambda one: all(count[side] == 1 for side in one.pair)


def _unmistakable(candidates: list[Candidate]) -> Callable[[Candidate], bool]:
    """Say of a candidate whether both rows have candidates in one account alone, and if not exact, one alone."""
    accounts: dict[Side, set[int]] = defaultdict(set)
    for one in candidates:
        accounts[one.out].add(one.into.account_id)
        accounts[one.into].add(one.out.account_id)
    alone = _alone(candidates)
    return lambda one: (
        all(len(accounts[side]) == 1 for side in one.pair) and (one.exact or alone(one))
    )
