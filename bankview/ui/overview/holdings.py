"""What a person has in each currency, from accounts as the banks said them; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.domain.connection import behind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bankview.domain.account import Account
    from bankview.domain.connection import Behind, Connection


@dataclass(frozen=True, slots=True)
class Holding:
    """What accounts of one currency come to, in minor units; no currency is ever added to another.

    `available` is None where not all of them say it. Of `accounts`, some are `hidden` from the list and count all the same;
    `unknown` ones have no balance and do not. `behind` names banks whose balances are old.
    """

    currency: str
    balance: int
    available: int | None
    accounts: int
    hidden: int
    unknown: int
    behind: tuple[Behind, ...]

    @property
    def news(self) -> date | None:
        """The last day that all banks have news of; None where that is today."""
        return min((one.day for one in self.behind), default=None)


def holdings(
    accounts: Sequence[Account], connections: Iterable[Connection], today: date
) -> tuple[Holding, ...]:
    """Return what there is in each currency; the one of most accounts first."""
    by_id = {one.id: one for one in connections}
    found = []
    for currency in {account.currency for account in accounts}:
        mine = [account for account in accounts if account.currency == currency]
        banks = [by_id[own] for own in dict.fromkeys(a.connection_id for a in mine) if own in by_id]
        found.append(_holding(currency, mine, behind(banks, today)))
    return tuple(sorted(found, key=lambda one: (-one.accounts, one.currency)))


def _holding(currency: str, mine: Sequence[Account], old: tuple[Behind, ...]) -> Holding:
    known = [account.balance.minor for account in mine if account.balance]
    free = [account.available.minor for account in mine if account.available]
    return Holding(
        currency,
        sum(known),
        sum(free) if len(free) == len(mine) else None,
        len(mine),
        sum(account.hidden for account in mine),
        len(mine) - len(known),
        old,
    )
