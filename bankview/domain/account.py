"""An account as a bank describes it, and as the ledger keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from bankview.domain.money import Money


def flat(number: str) -> str:
    """Return an account number as it is compared: capitals and digits alone."""
    return "".join(letter for letter in number.upper() if letter.isalnum())


class AccountType(StrEnum):
    """What kind of account it is (ISO 20022 cash account types, in words)."""

    CURRENT = "current"
    SAVINGS = "savings"
    CARD = "card"
    LOAN = "loan"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Account:
    """One account. A dialect fills what the bank says; the ledger adds the rest.

    `key` is what the bank's API calls it: it may change with every session and is no identity. Identity is IBAN, else
    number, with the currency, at one bank.
    """

    key: str
    name: str
    currency: str
    number: str = ""
    iban: str = ""
    type: AccountType = AccountType.OTHER
    balance: Money | None = None
    available: Money | None = None
    owner: str = ""
    #: Filled by the ledger.
    id: int = 0
    connection_id: str = ""
    own_name: str = ""
    hidden: bool = False
    position: int = 0
    last_success: datetime | None = None
    problem: str = ""
    unread: int = 0
    #: The first day of what the bank was asked for when it left something out, until an answer is whole.
    lacking: date | None = None
    #: The day at whose beginning an account that is kept by hand held what the person said; None for all others.
    opened: date | None = None

    @property
    def label(self) -> str:
        """The person's own name for the account, else the bank's, else its number."""
        return self.own_name or self.name or self.number or self.iban
