"""Whether an account's rows add up to what the bank says its balance is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.domain.money import Money

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """The last comparison of an account, in minor units of its currency.

    `openings` is what the account may have held before its first row: the bank's balance less the rows, one for each
    moment at which the bank may have added up. Each comparison leaves those that fit it, until one remains.
    `proven_on` is the last day on which all agreed. `difference` is the bank's balance less ours, 0 where they agree,
    `noticed` since when it is known. It is only a suspicion until `first_day` is there, the first day on which it
    appears.
    """

    openings: tuple[int, ...]
    proven_on: date
    difference: int = 0
    noticed: datetime | None = None
    first_day: date | None = None

    @property
    def confirmed(self) -> bool:
        """Whether it is known what the account held before its first row."""
        return len(self.openings) == 1

    def missing(self, currency: str) -> Money:
        """Return by how much they differ, without a sign."""
        return Money(abs(self.difference), currency)

    @property
    def differs(self) -> bool:
        """Whether there is a difference to be told of."""
        return self.difference != 0 and self.first_day is not None
