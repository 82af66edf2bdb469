"""A person's rule: rows that meet its conditions get a category, a name for the payee, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Self

from msgspec import Struct


class Ruled(Struct, frozen=True, gc=False):
    """What rules say of a row; empty where they say nothing."""

    category: str = ""
    payee: str = ""

    def __bool__(self) -> bool:
        return bool(self.category or self.payee)


@dataclass(frozen=True, slots=True)
class Rule:
    """All conditions must be met. Of several rules the first that gives a category gives it, and so with the payee.

    `text` is looked for in payee and description without case and accents; with `whole` the payee is it and nothing
    else. `low` and `high` are absolute minor units, both included. `id` is the ledger's, 0 until it is kept.
    """

    text: str = ""
    whole: bool = False
    direction: Literal["both", "in", "out"] = "both"
    low: int | None = None
    high: int | None = None
    account_id: int | None = None
    category: str = ""
    payee: str = ""
    id: int = 0

    def tidy(self) -> Self:
        """Return the rule as it is kept: one blank between words.

        Raises:
            ValueError: it has no condition, or gives nothing.
        """
        text, category, payee = (
            " ".join(said.split()) for said in (self.text, self.category, self.payee)
        )
        numbers = (self.low, self.high, self.account_id)
        if not text and self.direction == "both" and all(one is None for one in numbers):
            raise ValueError("a rule has a condition")
        if not (category or payee):
            raise ValueError("a rule gives a category or a payee")
        return replace(self, text=text, category=category, payee=payee)

    def fits(self, minor: int, account_id: int) -> bool:
        """Say whether a row of this amount and account meets all conditions but the text."""
        if self.account_id not in {None, account_id}:
            return False
        if (minor <= 0 and self.direction == "in") or (minor >= 0 and self.direction == "out"):
            return False
        size = abs(minor)
        return (self.low is None or self.low <= size) and (self.high is None or size <= self.high)
