"""Which booked row came of which pending one: surest signs first, and nothing on a guess."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from bankview.sync.signs import alike, bank_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from bankview.domain.transaction import Transaction

    Pair = tuple[str, str]

#: How many days after a purchase a bank may book it.
LATE = timedelta(days=8)
#: Within these days of it, what is otherwise the same is worth a question.
_ASKED = (timedelta(days=-2), timedelta(days=12))
#: What a guest adds at most, and what an exchange rate moves between two days, in hundredths.
_TIP, _RATE = 30, 10
#: Questions about one pending row, from which on what lies only near it is asked no more.
_QUESTIONS = 3


class Grade(IntEnum):
    """How sure it is that two rows are one; from CHANGED on it is certain where neither has another such pair."""

    NONE = 0
    NEAR = 1
    ASK = 2
    CHANGED = 3
    TELLING = 4
    NAMED = 5
    DATED = 6
    CALLED = 7


class Candidate(NamedTuple):
    """A pending row; `left` says that the bank shows it no longer, `now` that it did until this very answer.

    `unsure`: it may be there still, with another sum.
    """

    row: Transaction
    left: bool
    now: bool
    unsure: bool = False


class Found(NamedTuple):
    """What came of it: pairs of a pending id and a booked one."""

    links: tuple[Pair, ...]
    questions: tuple[Pair, ...]


class _Match(NamedTuple):
    """A pair that may be one; where it is for the person to say, it is a rival of others and never certain itself."""

    grade: Grade
    pending: str
    booked: str
    for_person: bool


def pair(
    pending: Sequence[Candidate],
    booked: Sequence[Transaction],
    older: Sequence[Transaction] = (),
    asked: Collection[Pair] = (),
    declined: Collection[Pair] = (),
    today: date | None = None,
) -> Found:
    """Return what is the same for certain, and what to ask the person about.

    A pair is certain where the pending row is gone and nothing else that is left could be either of the two, as surely
    or more surely. The rest of what looks alike is asked, and so is what the person corrected once, what was pending
    long after the booked row came (a hold that ran out looks no different), what may be pending still with another sum,
    and what is left of a question once its rivals are answered: of twins, one is as good an answer as the other, and
    what is left may be neither's.

    Args:
        pending: what was pending and came to nothing yet, and what is pending still.
        booked: the rows that are new now.
        older: rows that are there already and may be one of them: of what `asked` holds, or the person took apart. A
            pair of them that was never asked is a rival of others.
        asked: pairs of ids that are questions already.
        declined: pairs of ids that the person said are not the same.
        today: the bank's day.
    """
    doubted = {own for pair_ in declined for own in pair_}
    came = {row.id for row in booked}
    here = came | {row.id for row in older} | {one.row.id for one in pending}
    spent = {own for a, b in asked for own, other in ((a, b), (b, a)) if other not in here}

    def for_person(found: Grade, one: Candidate, row: Transaction) -> bool:
        ids = {one.row.id, row.id}
        if doubted & ids or (found < Grade.CALLED and spent & ids):
            return True
        if one.unsure and found < Grade.NAMED:
            return True
        lasted = today is not None and today - row.booked_on > LATE
        return row.id not in came and (lasted or (one.row.id, row.id) not in asked)

    matches = [
        _Match(found, one.row.id, row.id, for_person(found, one, row))
        for one in pending
        for row in (*booked, *older)
        if (one.row.id, row.id) not in declined and (found := grade(one, row))
    ]
    links, rest = _certain(matches)
    rest = [match for match in rest if match.booked in came]
    return Found(tuple(links), tuple(_questions(rest, asked)))


def _certain(matches: Iterable[_Match]) -> tuple[list[Pair], list[_Match]]:
    """Take out what is sure, grade by grade; what has a rival of its own grade is left for the person."""
    links: list[Pair] = []
    left = list(matches)
    for least in sorted(Grade, reverse=True)[: -Grade.CHANGED]:
        strong = [match for match in left if match.grade >= least]
        pendings, bookeds = _counted(m.pending for m in strong), _counted(m.booked for m in strong)
        alone = [m for m in strong if pendings[m.pending] == 1 and bookeds[m.booked] == 1]
        sure = [m for m in alone if not m.for_person]
        links += [(m.pending, m.booked) for m in sure]
        taken = {own for m in sure for own in (m.pending, m.booked)}
        left = [m for m in left if m.pending not in taken and m.booked not in taken]
    return links, left


def _counted(ids: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for own in ids:
        counts[own] += 1
    return counts


def _questions(rest: Iterable[_Match], asked: Collection[Pair]) -> Iterable[Pair]:
    """Yield the new questions, and of those about what is only near the best few for each pending row.

    None else is left out: what is not asked is forgotten, and would be missing as the rival that it is.
    """
    many: dict[str, int] = _counted(own for own, _ in asked)
    for match in sorted(rest, key=lambda m: (-m.grade, m.pending, m.booked)):
        few = match.grade > Grade.NEAR or many[match.pending] < _QUESTIONS
        if few and (match.pending, match.booked) not in asked:
            many[match.pending] += 1
            yield match.pending, match.booked


def grade(one: Candidate, booked: Transaction) -> Grade:
    """Return how sure it is that a booked row came of a pending one."""
    pending = one.row
    if pending.amount.currency != booked.amount.currency or not _one_way(pending, booked):
        return Grade.NONE
    days = booked.booked_on - _bought(pending)
    if not _ASKED[0] <= days <= _ASKED[1]:
        return Grade.NONE
    found = _grade(one, booked)
    certain = one.left and timedelta() <= days <= LATE and not _bought_apart(pending, booked)
    return found if certain else min(found, Grade.ASK) if _is_close(found, one) else Grade.NONE


def _is_close(found: Grade, one: Candidate) -> bool:
    """Of what is pending still only what names the same shop and amount is worth a question."""
    return one.left or found >= Grade.NAMED


def _grade(one: Candidate, booked: Transaction) -> Grade:
    pending = one.row
    same, named = _same_amount(pending, booked), alike(pending, booked)
    called = bool(bank_id(pending)) and bank_id(pending) == bank_id(booked)
    if same and (called or named):
        dated = booked.transacted_on == _bought(pending)
        return Grade.CALLED if called else Grade.DATED if dated else Grade.NAMED
    if same:
        return Grade.TELLING if one.now and _tells(pending) else Grade.ASK
    if named and (one.now or called) and _explained(pending, booked):
        return Grade.CHANGED
    near = named and _is_near(pending, booked)
    return Grade.ASK if called else Grade.NEAR if near else Grade.NONE


def _bought(row: Transaction) -> date:
    """Return the purchase's day; what a bank expects to book may carry a later one."""
    return min(row.booked_on, row.transacted_on or row.booked_on)


def _bought_apart(one: Transaction, other: Transaction) -> bool:
    """Say whether both name the day of their purchase, and name two."""
    return bool(one.transacted_on and other.transacted_on) and (
        one.transacted_on != other.transacted_on
    )


def _one_way(one: Transaction, other: Transaction) -> bool:
    """Money in and money out are never one row: a refund or reversal stays apart."""
    return (one.amount.minor < 0) == (other.amount.minor < 0) and bool(one.amount.minor)


def _same_amount(one: Transaction, other: Transaction) -> bool:
    abroad = one.original is not None and one.original == other.original
    return one.amount == other.amount or (abroad and _within(one, other, _RATE, _RATE))


def _tells(row: Transaction) -> bool:
    """Say whether an amount is so particular that no other row has it by chance: not a multiple of ten."""
    return bool(row.amount.amount % 10)


def _explained(pending: Transaction, booked: Transaction) -> bool:
    """Say whether a tip, an exchange rate, or a pump's or hotel's hold makes the one amount of the other."""
    if pending.original or booked.original:
        return _within(pending, booked, _RATE, max(_RATE, _TIP))
    return _within(pending, booked, 0, _TIP) or _is_hold(pending, booked)


def _is_hold(pending: Transaction, booked: Transaction) -> bool:
    """A hold is a round sum that is booked lower, or a single unit that only tries the card."""
    held, final = abs(pending.amount.amount), abs(booked.amount.amount)
    return (held == 1 < final) or (held % 100 == 0 and final < held)


def _is_near(one: Transaction, other: Transaction) -> bool:
    return _within(one, other, 50, 50)


def _within(pending: Transaction, booked: Transaction, below: int, above: int) -> bool:
    """Say whether an amount lies at most so many hundredths below or above what was pending."""
    held, final = abs(pending.amount.minor), abs(booked.amount.minor)
    return (100 - below) * held <= 100 * final <= (100 + above) * held
