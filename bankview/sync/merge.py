"""Which fetched row is which: identities that survive re-consent, twins that stay, nothing twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from bankview.domain.account import flat
from bankview.domain.transaction import Status, Transaction
from bankview.store.ledger import Changes
from bankview.store.links import Memory
from bankview.sync.pairing import Candidate, pair
from bankview.sync.signs import bank_id, everything, key, place, text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from bankview.domain.account import Account
    from bankview.sync.pairing import Found

    Pair = tuple[Transaction, Transaction]
    Sign = Callable[[Transaction], Hashable]
    Sure = Callable[[Sequence[Transaction], Sequence[Transaction]], bool]
    Signs = tuple[tuple[Sign, Sure], ...]

NO_MEMORY = Memory()
#: How far a bank may move a booked row's day. Less than a week: weekly payments may share one bank id.
MOVED = timedelta(days=5)


def match_accounts(known: Sequence[Account], found: Sequence[Account]) -> list[tuple[Account, int]]:
    """Return each found account with our id, 0 for a new one.

    An account is its IBAN, else its number, with its currency; one that has neither is its key. Where that names
    several of ours, the bank's key decides; where that does not, or two found accounts claim one of ours, nothing is
    guessed.
    """
    claims = [_claim(known, account) for account in found]
    return [
        (account, own if claims.count(own) == 1 else 0)
        for account, own in zip(found, claims, strict=True)
    ]


def _claim(known: Sequence[Account], account: Account) -> int:
    for mark in _marks(account):
        same = [ours for ours in known if mark in _marks(ours)]
        if len(same) > 1:
            same = [ours for ours in same if ours.key == account.key]
        if same:
            return same[0].id if len(same) == 1 else 0
    return 0


def _marks(account: Account) -> list[tuple[str, str, str]]:
    said = (("iban", account.iban), ("number", account.number))
    marks = [(kind, bare, account.currency) for kind, text in said if (bare := flat(text))]
    return marks or [("key", account.key, account.currency)]


def account_identity(bank_id: str, account: Account) -> str:
    """Return what an account is called in ids, the same after a re-installation."""
    return "|".join((bank_id, *_marks(account)[0]))


def merge(
    identity: str,
    known: Sequence[Transaction],
    fetched: Sequence[Transaction],
    memory: Memory = NO_MEMORY,
    *,
    whole: bool = True,
    today: date | None = None,
) -> Changes:
    """Return what changes in the ledger when a bank sends these rows for a window of days.

    The window begins at the start of a day, and both sides are complete from there: `known` holds all our booked rows
    of it and `fetched` all of the bank's, so that counting equal rows of a day means the same each time. What the bank
    no longer sends is kept. Rows to insert are in the order of days, and within a day as the bank lists them.

    Pending rows are the whole set that the bank shows. Each keeps its id while the bank changes what it says of it, and
    what was pending is linked to the booked row that it became, where that is certain.

    Args:
        identity: the account's, from `account_identity`.
        known: our booked rows since the window's first day, with their ids.
        fetched: the bank's rows since the same day, in any order.
        memory: what was pending before, and what the person said of it.
        whole: the bank left nothing out. Where it did, nothing is certain: what would be linked is asked, and linked
            by the next whole answer. What is like a row that may be left out waits for that answer too.
        today: the bank's day.
    """
    rows = list(_apart(_oldest_first(fetched)))
    booked = [row for row in rows if row.status is Status.BOOKED]
    pairs, fresh = _pairs(known, booked, _SURE_SIGNS)
    likely, fresh = _pairs(_left(known, pairs), fresh, _LIKELY_SIGNS)
    pairs += likely if whole else []
    update = [new.but(id=old.id) for old, new in pairs]
    changed = [row for row, (old, _) in zip(update, pairs, strict=True) if _differs(old, row)]
    insert = name_rows(identity, fresh, {row.id for row in known})
    pending = [row for row in rows if row.status is Status.PENDING]
    same, doubtful = _stayed(memory, pending, whole=whole)
    found = _became(memory, same, doubtful, (insert, known), today)
    # What may have been booked may not be taken for what is pending: it would take the person's words along.
    gone = {own for own, _ in (*found.links, *found.questions)}
    doubtful = {own: row for own, row in doubtful.items() if own not in gone}
    named = {id(row): row.but(id=own) for own, row in (same | doubtful).items()}
    strangers = [row for row in pending if id(row) not in named]
    taken = {one.row.id for one in memory.held}
    named |= {
        id(row): new
        for row, new in zip(strangers, name_rows(identity, strangers, taken), strict=True)
    }
    questions = found.questions
    held = tuple(named[id(row)] for row in pending)
    if not whole:
        questions = (*questions, *(one for one in found.links if one not in memory.suggested))
    return Changes(insert, tuple(changed), held, found.links if whole else (), questions)


def _stayed(
    memory: Memory, rows: Sequence[Transaction], *, whole: bool
) -> tuple[dict[str, Transaction], dict[str, Transaction]]:
    """Return what is pending still by its id: what surely is, and, in a whole answer, what may have changed.

    What vanished for a while is what it was when it comes back, unless it was linked meanwhile.
    """
    linked = {own for own, _ in memory.linked}
    present = [one.row for one in memory.held if one.gone is None]
    away = [one.row for one in memory.held if one.gone and one.row.id not in linked]
    sure, rest = _pairs(present, rows, _SURE_SIGNS)
    back, rest = _pairs(away, rest, _SURE_SIGNS)
    maybe = _pairs(_left(present, sure), rest, _PENDING_SIGNS)[0] if whole else []
    same = {old.id: new for old, new in (*sure, *back)}
    return same, {old.id: new for old, new in maybe}


def _became(
    memory: Memory,
    same: Mapping[str, Transaction],
    doubtful: Mapping[str, Transaction],
    booked: tuple[Sequence[Transaction], Sequence[Transaction]],
    today: date | None,
) -> Found:
    """Return which of the rows that were pending are booked now: new ones, or some that were there."""
    insert, known = booked
    linked, taken = {own for own, _ in memory.linked}, {own for _, own in memory.linked}
    here = [(own, row) for own, row in same.items() if own not in linked]
    candidates = [Candidate(row.but(id=own), left=False, now=False) for own, row in here]
    candidates += [
        Candidate(one.row, left=True, now=one.gone is None, unsure=one.row.id in doubtful)
        for one in memory.held
        if one.row.id not in same and one.row.id not in linked
    ]
    free = {own for _, own in memory.suggested | memory.declined} - taken
    older = [row for row in known if row.id in free]
    return pair(candidates, insert, older, memory.suggested, memory.declined, today)


def _apart(rows: Iterable[Transaction]) -> Iterator[Transaction]:
    """Yield rows so that each is an object of its own: a bank's twins may be one and the same here."""
    seen = set[int]()
    for row in rows:
        yield row.but() if id(row) in seen else row
        seen.add(id(row))


def _oldest_first(fetched: Sequence[Transaction]) -> list[Transaction]:
    """Return rows by day; banks list newest first or oldest first, and the days they span say which."""
    newest_first = bool(fetched) and fetched[0].booked_on > fetched[-1].booked_on
    rows = reversed(fetched) if newest_first else fetched
    return sorted(rows, key=lambda row: row.booked_on)


def _left(ours: Iterable[Transaction], pairs: Iterable[Pair]) -> list[Transaction]:
    """Return our rows that are in none of the pairs."""
    taken = {old.id for old, _ in pairs}
    return [row for row in ours if row.id not in taken]


def _pairs(
    known: Sequence[Transaction], booked: Sequence[Transaction], signs: Signs
) -> tuple[list[Pair], list[Transaction]]:
    """Return (ours, the bank's) of what is the same row, and the bank's rows that are new.

    From the surest sign to the weakest, each among what the surer ones left over. For booked rows:
    the same key and text; the same key, where ours has fewer words than the bank's now; the same day, amount and text
    with another bank id; the same day and amount where one row alone remains on either side; the same bank id, amount
    and text some days apart.
    """
    left, strangers = list(known), list(booked)
    pairs: list[Pair] = []
    for sign, sure in signs:
        if not (left and strangers):
            break
        found = _matched(left, strangers, sign, sure)
        pairs += found
        taken = {id(row) for pair in found for row in pair}
        left = [row for row in left if id(row) not in taken]
        strangers = [row for row in strangers if id(row) not in taken]
    return pairs, strangers


def _matched(
    left: Iterable[Transaction],
    strangers: Iterable[Transaction],
    sign: Sign,
    sure: Sure,
) -> list[Pair]:
    ours, theirs = _groups(left, sign), _groups(strangers, sign)
    return [
        pair
        for mark, group in ours.items()
        if mark and sure(group, theirs.get(mark, ()))
        for pair in zip(_in_order(group), _in_order(theirs.get(mark, ())), strict=False)
    ]


def _groups(rows: Iterable[Transaction], sign: Sign) -> dict[Hashable, list[Transaction]]:
    groups: dict[Hashable, list[Transaction]] = defaultdict(list)
    for row in rows:
        groups[sign(row)].append(row)
    return groups


def _in_order(rows: Sequence[Transaction]) -> list[Transaction]:
    """Twins differ in nothing that counts; what little they differ in orders them, whatever the bank's order."""
    return sorted(rows, key=everything) if len(rows) > 1 else list(rows)


def _moving(row: Transaction) -> tuple[str, ...] | None:
    own = bank_id(row)
    if not own:
        return None
    return (own, str(row.amount.minor), row.amount.currency, text(row))


def _always(_: Sequence[Transaction], __: Sequence[Transaction]) -> bool:
    return True


def _one_to_one(ours: Sequence[Transaction], theirs: Sequence[Transaction]) -> bool:
    """Alone on either side, and not told apart by two bank ids."""
    alone = len(ours) == 1 and len(theirs) == 1
    return alone and not (bank_id(ours[0]) and bank_id(theirs[0]))


def _moved(ours: Sequence[Transaction], theirs: Sequence[Transaction]) -> bool:
    alone = len(ours) == 1 and len(theirs) == 1
    return alone and abs(ours[0].booked_on - theirs[0].booked_on) <= MOVED


def _alone(ours: Sequence[Transaction], theirs: Sequence[Transaction]) -> bool:
    return len(ours) == 1 and len(theirs) == 1


#: The same row for certain.
_SURE_SIGNS: Signs = (
    (lambda row: (*key(row), *everything(row)), _always),
    (lambda row: (*key(row), text(row)), _always),
    (key, _always),
    (lambda row: (*place(row), text(row)), _always),
)
#: The same row, where nothing is left out that could be it rather.
_LIKELY_SIGNS: Signs = ((place, _one_to_one), (_moving, _moved))
#: While it is pending a bank may change the text, the day or the amount of what it calls or names the same.
_PENDING_SIGNS: Signs = (
    (place, _one_to_one),
    (_moving, _moved),
    (lambda row: bank_id(row) and (bank_id(row), text(row)), _alone),
    (lambda row: (row.booked_on, text(row), row.amount.minor < 0), _one_to_one),
)


def name_rows(
    identity: str, rows: Sequence[Transaction], taken: set[str]
) -> tuple[Transaction, ...]:
    """Give each row its id."""
    names = names_of(identity, rows, taken)
    return tuple(row.but(id=name) for row, name in zip(rows, names, strict=True))


def names_of(identity: str, rows: Sequence[Transaction], taken: set[str]) -> list[str]:
    """Return each row's id: that of the first occurrence that no row has yet."""
    names: dict[int, str] = {}
    for mark, group in _groups(rows, key).items():
        free = (
            name
            for n in range(1, len(group) + len(taken) + 1)
            if (name := _name(identity, group[0].status, mark, n)) not in taken
        )
        names.update(zip(map(id, _in_order(group)), free, strict=False))
    return [names[id(row)] for row in rows]


def _name(identity: str, status: Status, said: Hashable, n: int) -> str:
    assert isinstance(said, tuple)
    mark = () if status is Status.BOOKED else (status.value,)
    # Each part with its length, so that no text can run over into its neighbour.
    parts = "".join([f"{len(part)}:{part}" for part in (identity, *mark, *said, str(n))])
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _differs(old: Transaction, new: Transaction) -> bool:
    return old.but(account_key="", account_id=0) != new.but(account_key="", account_id=0)
