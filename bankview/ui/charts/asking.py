"""Questions for the transactions behind a value, in the language of the search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

#: What sums over income and spending are made of.
COUNTED = "is:booked -is:transfer"


def term(key: str, value: str, *, exact: bool = False) -> str:
    """Return one condition; a value with spaces stands in quotes, and its own quotes are doubled."""
    flat = " ".join(value.split())
    if not flat or any(letter.isspace() for letter in flat) or flat[0] in '"=':
        flat = '"' + flat.replace('"', '""') + '"'
    return f"{key}:{'=' if exact else ''}{flat}"


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose transactions are asked for; `account` and `currency` are empty where there is no choice."""

    account: str = ""
    currency: str = ""

    def whose(self) -> str:
        """Return the condition on account and currency."""
        said = (("account", self.account), ("currency", self.currency))
        return " ".join(term(key, value) for key, value in said if value)

    def of(self, *terms: str) -> str:
        """Return the question of these terms, of these accounts."""
        return " ".join(filter(None, (*terms, self.whose())))


def within(since: date, until: date) -> str:
    """Return the condition on a period, both days included."""
    return f"date:{since.isoformat()}..{until.isoformat()}"


def in_month(day: date) -> str:
    """Return the condition on a day's month."""
    return f"date:{day.year:04}-{day.month:02}"


def of_category(name: str) -> str:
    """Return the condition on a category and those below it; nothing stands for what is in none."""
    return term("category", name or "none")
