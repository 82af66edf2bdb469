"""Brings one account's rows of a file into the ledger, with the questions about them and what the account holds now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from bankview.store import imports, links, placing, proofs
from bankview.sync.decisions import decided
from bankview.sync.pairing import Candidate, pair
from bankview.sync.targets import FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.imports import Row
    from bankview.store.links import Pair
    from bankview.sync.decisions import Part
    from bankview.sync.home import Home


def minor(account: Account) -> int | None:
    """Return an account's balance in minor units, None where it is not known."""
    return account.balance.minor if account.balance else None


@dataclass(slots=True)
class Bringing:
    """Brings them in, within a transaction."""

    db: Database
    own: int
    part: Part
    home: Home
    stop: Callable[[], bool]
    _asked: list[Pair] = field(default_factory=list)
    _came: int = 0
    _older: int = 0
    _last: Transaction | None = None

    def bring(self) -> Part:
        """Bring them in, and return how many there were of each kind."""
        db, account = self.db, self.part.account
        states = Counter[str]()
        begins, before = imports.first_day(db, account.id), imports.last_day(db, account.id)
        if account.opened:
            before = account.opened.toordinal() - 1
        lowest, first = placing.NONE, date.max
        for rows in decided(db, self.own, self.part, self.stop):
            states.update(one.state for one in rows)
            fresh = [one for one in rows if one.state in {imports.NEW, imports.UNCERTAIN}]
            likely = [one for one in rows if one.state == imports.LIKELY]
            imports.take_for_same(db, self.own, account.id, likely, self.home.now())
            if fresh:
                lowest = min(lowest, imports.admit(db, self.own, account.id, fresh))
                first = min(first, fresh[0].row.booked_on)
                self._note(fresh, begins, before)
            self._last = rows[-1].row if rows else self._last
        if first < date.max:
            account = self._balanced()
            proofs.shift(db, account.id, self._older)
            imports.settle(db, account, first, lowest, self._asked, self.home.now())
        return replace(self.part, account=account).counted(states)

    def _note(self, fresh: Sequence[Row], begins: int, before: int) -> None:
        """Remember what to ask of rows that came, and what they add to a balance of earlier."""
        self._asked += [(one.text_id, one.other) for one in fresh if one.state == imports.UNCERTAIN]
        self._came += sum(
            one.row.amount.minor for one in fresh if one.row.booked_on.toordinal() > before
        )
        self._older += sum(
            one.row.amount.minor for one in fresh if one.row.booked_on.toordinal() < begins
        )
        memory = links.memory(self.db, self.part.account.id, fresh[0].row.booked_on)
        waiting = [
            Candidate(one.row, left=False, now=False) for one in memory.held if one.gone is None
        ]
        booked = [one.row.but(id=one.text_id) for one in fresh] if waiting else []
        self._asked += pair(waiting, booked, (), memory.suggested, memory.declined).questions

    def _balanced(self) -> Account:
        """Return the account with what it holds now: for one that files alone feed, as the newest of them says."""
        account, last = self.part.account, imports.last_day(self.db, self.part.account.id)
        if account.connection_id != FILES:
            return account
        closing_, row = self.part.closing, self._last
        if closing_ and closing_.day.toordinal() >= last:
            held: int | None = closing_.balance.minor
        elif row and row.balance_after and row.booked_on.toordinal() >= last:
            held = row.balance_after.minor
        else:
            held = None if account.balance is None else account.balance.minor + self._came
        return imports.set_balance(self.db, account.id, held)
