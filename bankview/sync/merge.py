"""Which fetched row is which: identities that survive re-consent, twins that stay, nothing twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bankview.domain.transaction import Status, Transaction
from bankview.store.ledger import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from bankview.domain.account import Account

    Pair = tuple[Transaction, Transaction]

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
    marks = [(kind, flat, account.currency) for kind, text in said if (flat := _flat(text))]
    return marks or [("key", account.key, account.currency)]


def _flat(number: str) -> str:
    return "".join(letter for letter in number.upper() if letter.isalnum())


def account_identity(bank_id: str, account: Account) -> str:
    """Return what an account is called in ids, the same after a re-installation."""
    return "|".join((bank_id, *_marks(account)[0]))


def merge(identity: str, known: Sequence[Transaction], fetched: Sequence[Transaction]) -> Changes:
    """Return what changes in the ledger when a bank sends these rows for a window of days.

    The window begins at the start of a day, and both sides are complete from there: `known` holds all our booked rows
    of it and `fetched` all of the bank's, so that counting equal rows of a day means the same each time. What the bank
    no longer sends is kept. Rows to insert are in the order of days, and within a day as the bank lists them.

    Args:
        identity: the account's, from `account_identity`.
        known: our booked rows since the window's first day, with their ids.
        fetched: the bank's rows since the same day, in any order.
    """
    # Copies, because a bank's twins may be one and the same object here, and each is a row of its own.
    rows = [replace(row) for row in _oldest_first(fetched)]
    booked = [row for row in rows if row.status is Status.BOOKED]
    pairs, fresh = _pairs(known, booked)
    update = [replace(new, id=old.id) for old, new in pairs]
    changed = [row for row, (old, _) in zip(update, pairs, strict=True) if _differs(old, row)]
    pending = [row for row in rows if row.status is Status.PENDING]
    return Changes(
        _named(identity, fresh, {row.id for row in known}),
        tuple(changed),
        _named(identity, pending, set()),
    )


def _oldest_first(fetched: Sequence[Transaction]) -> list[Transaction]:
    """Return rows by day; banks list newest first or oldest first, and the days they span say which."""
    newest_first = bool(fetched) and fetched[0].booked_on > fetched[-1].booked_on
    rows = reversed(fetched) if newest_first else fetched
    return sorted(rows, key=lambda row: row.booked_on)


def _pairs(
    known: Sequence[Transaction], booked: Sequence[Transaction]
) -> tuple[list[Pair], list[Transaction]]:
    """Return (ours, the bank's) of what is the same row, and the bank's rows that are new.

    From the surest sign to the weakest, each among what the surer ones left over:
    the same key and text; the same key, where ours has fewer words than the bank's now; the same day, amount and text
    with another bank id; the same day and amount where one row alone remains on either side; the same bank id, amount
    and text some days apart.
    """
    left, strangers = list(known), list(booked)
    pairs: list[Pair] = []
    for sign, sure in _SIGNS:
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
    sign: Callable[[Transaction], Hashable],
    sure: Callable[[Sequence[Transaction], Sequence[Transaction]], bool],
) -> list[Pair]:
    ours, theirs = _groups(left, sign), _groups(strangers, sign)
    return [
        pair
        for mark, group in ours.items()
        if mark is not None and sure(group, theirs.get(mark, ()))
        for pair in zip(_in_order(group), _in_order(theirs.get(mark, ())), strict=False)
    ]


def _groups(
    rows: Iterable[Transaction], sign: Callable[[Transaction], Hashable]
) -> dict[Hashable, list[Transaction]]:
    groups: dict[Hashable, list[Transaction]] = defaultdict(list)
    for row in rows:
        groups[sign(row)].append(row)
    return groups


def _in_order(rows: Sequence[Transaction]) -> list[Transaction]:
    """Twins differ in nothing that counts; what little they differ in orders them, whatever the bank's order."""
    return sorted(rows, key=_everything)


def _everything(row: Transaction) -> tuple[str, ...]:
    said = (row.bank_id, row.description, row.payee, row.reference, row.counterparty_account)
    dates = (str(row.value_on), str(row.transacted_on))
    rest = (row.raw_text, row.category, str(row.balance_after), str(row.original))
    return (*said, *dates, *rest)


def _bank_id(row: Transaction) -> str:
    """Return the bank's id; blanks, zeros and dashes are none."""
    text = row.bank_id.strip()
    return text if text.strip("0- \t") else ""


def _text(row: Transaction) -> str:
    return " ".join(row.description.casefold().split())


def _place(row: Transaction) -> tuple[str, ...]:
    return (row.booked_on.isoformat(), str(row.amount.minor), row.amount.currency)


def _key(row: Transaction) -> tuple[str, ...]:
    bank_id = _bank_id(row)
    return (*_place(row), f"id:{bank_id}" if bank_id else f"text:{_text(row)}")


def _moving(row: Transaction) -> tuple[str, ...] | None:
    bank_id = _bank_id(row)
    if not bank_id:
        return None
    return (bank_id, str(row.amount.minor), row.amount.currency, _text(row))


def _always(_: Sequence[Transaction], __: Sequence[Transaction]) -> bool:
    return True


def _one_to_one(ours: Sequence[Transaction], theirs: Sequence[Transaction]) -> bool:
    """Alone on either side, and not told apart by two bank ids."""
    alone = len(ours) == 1 and len(theirs) == 1
    return alone and not (_bank_id(ours[0]) and _bank_id(theirs[0]))


def _moved(ours: Sequence[Transaction], theirs: Sequence[Transaction]) -> bool:
    alone = len(ours) == 1 and len(theirs) == 1
    return alone and abs(ours[0].booked_on - theirs[0].booked_on) <= MOVED


_SIGNS: tuple[
    tuple[
        Callable[[Transaction], Hashable],
        Callable[[Sequence[Transaction], Sequence[Transaction]], bool],
    ],
    ...,
] = (
    (lambda row: (*_key(row), *_everything(row)), _always),
    (lambda row: (*_key(row), _text(row)), _always),
    (_key, _always),
    (lambda row: (*_place(row), _text(row)), _always),
    (_place, _one_to_one),
    (_moving, _moved),
)


def _named(identity: str, rows: Sequence[Transaction], taken: set[str]) -> tuple[Transaction, ...]:
    """Give each row its id: that of the first occurrence that no row has yet."""
    names: dict[int, str] = {}
    for key, group in _groups(rows, _key).items():
        free = (
            name
            for n in range(1, len(group) + len(taken) + 1)
            if (name := _name(identity, group[0].status, key, n)) not in taken
        )
        names |= dict(zip(map(id, _in_order(group)), free, strict=False))
    return tuple(replace(row, id=names[id(row)]) for row in rows)


def _name(identity: str, status: Status, key: Hashable, n: int) -> str:
    assert isinstance(key, tuple)
    mark = () if status is Status.BOOKED else (status.value,)
    # Each part with its length, so that no text can run over into its neighbour.
    parts = "".join(f"{len(part)}:{part}" for part in (identity, *mark, *key, str(n)))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _differs(old: Transaction, new: Transaction) -> bool:
    return replace(old, account_key="", account_id=0) != replace(new, account_key="", account_id=0)
