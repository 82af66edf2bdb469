"""Which fetched row is which: identities that survive re-consent, twins that stay, nothing twice."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from bankview.domain.transaction import Status, Transaction
from bankview.store.ledger import Changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.domain.account import Account


def match_accounts(known: Sequence[Account], found: Sequence[Account]) -> list[tuple[Account, int]]:
    """Return each found account with our id, 0 for a new one.

    An account is its IBAN, else its number, with its currency; one that has neither is its key. Where that does not
    name exactly one of ours, nothing is guessed.
    """
    ours = defaultdict(list)
    for account in known:
        for mark in _marks(account):
            ours[mark].append(account.id)
    matched = []
    for account in found:
        ids = next((ours[mark] for mark in _marks(account) if mark in ours), [])
        matched.append((account, ids[0] if len(ids) == 1 else 0))
    return matched


def _marks(account: Account) -> list[tuple[str, str, str]]:
    said = [("iban", account.iban), ("number", account.number)]
    marks = [
        (kind, "".join(text.split()).upper(), account.currency)
        for kind, text in said
        if text.strip()
    ]
    return marks or [("key", account.key, account.currency)]


def account_identity(bank_id: str, account: Account) -> str:
    """Return what an account is called in ids, the same after a re-installation."""
    return "|".join((bank_id, *_marks(account)[0]))


def _key(row: Transaction) -> tuple[str, ...]:
    bank_id = row.bank_id.strip()
    mark = (
        f"id:{bank_id}"
        if bank_id.strip("0")
        else "text:" + " ".join(row.description.casefold().split())
    )
    return (row.booked_on.isoformat(), str(row.amount.minor), row.amount.currency, mark)


def _named(identity: str, rows: Sequence[Transaction]) -> list[Transaction]:
    """Give each row its id; the n-th of equal rows is the n-th again next time."""
    seen: Counter[tuple[str, ...]] = Counter()
    named = []
    for row in rows:
        key = _key(row)
        seen[key] += 1
        text = "|".join((identity, row.status.value, *key, str(seen[key])))
        named.append(replace(row, id=hashlib.sha256(text.encode()).hexdigest()[:32]))
    return named


def merge(identity: str, known: Sequence[Transaction], fetched: Sequence[Transaction]) -> Changes:
    """Return what changes in the ledger when a bank sends these rows for a window.

    The window begins at the start of a day and both sides hold all of their rows of it, so that counting equal rows
    of a day means the same each time.
    """
    booked = _named(identity, [row for row in fetched if row.status is Status.BOOKED])
    pending = _named(identity, [row for row in fetched if row.status is Status.PENDING])
    ours = {row.id: row for row in known}
    same = [row for row in booked if row.id in ours]
    strangers = [row for row in booked if row.id not in ours]
    left = [row for row in known if row.id not in {row.id for row in same}]
    renamed, fresh = _renamed(left, strangers)
    update = [row for row in same if _differs(ours[row.id], row)] + renamed
    return Changes(tuple(fresh), tuple(update), tuple(pending))


def _renamed(
    left: Sequence[Transaction], strangers: Sequence[Transaction]
) -> tuple[list[Transaction], list[Transaction]]:
    """Match rows whose bank id or text changed since, where day and amount leave no doubt; they keep our id."""

    def place(row: Transaction) -> tuple[object, ...]:
        return (row.booked_on, row.amount.minor, row.amount.currency)

    old, new = defaultdict(list), Counter(map(place, strangers))
    for row in left:
        old[place(row)].append(row)
    renamed, fresh = [], []
    for row in strangers:
        candidates = old[place(row)]
        if len(candidates) == 1 and new[place(row)] == 1 and _may_be(candidates[0], row):
            renamed.append(replace(row, id=candidates[0].id))
        else:
            fresh.append(row)
    return renamed, fresh


def _may_be(old: Transaction, new: Transaction) -> bool:
    """Two rows that both have a bank id are told apart by it."""
    return not (old.bank_id.strip(" 0") and new.bank_id.strip(" 0"))


def _differs(old: Transaction, new: Transaction) -> bool:
    return replace(old, account_key="", account_id=0) != replace(new, account_key="", account_id=0)
