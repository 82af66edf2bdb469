"""What a person has in each currency, from accounts as the banks said them; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.domain.connection import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection


@dataclass(frozen=True, slots=True)
class Behind:
    """A bank that has not been heard of: its name, and the day of its last news."""

    name: str
    day: date


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
        found.append(_holding(currency, mine, _behind(banks, today)))
    return tuple(sorted(found, key=lambda one: (-one.accounts, one.currency)))


def _holding(currency: str, mine: Sequence[Account], behind: tuple[Behind, ...]) -> Holding:
    known = [account.balance.minor for account in mine if account.balance]
    free = [account.available.minor for account in mine if account.available]
    return Holding(
        currency,
        sum(known),
        sum(free) if len(free) == len(mine) else None,
        len(mine),
        sum(account.hidden for account in mine),
        len(mine) - len(known),
        behind,
    )


def _behind(banks: Iterable[Connection], today: date) -> tuple[Behind, ...]:
    """Return the banks that are not fetched any more and have not been today."""
    told = [(one, one.last_success.astimezone().date()) for one in banks if one.last_success]
    return tuple(
        Behind(one.name, day) for one, day in told if one.state is not State.OK and day < today
    )
