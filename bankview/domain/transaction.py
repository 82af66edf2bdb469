"""A transaction: one row of an account, as frozen facts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct
from msgspec.structs import astuple, replace

from bankview.domain.category import Source
from bankview.domain.rule import Ruled
from bankview.domain.words import Words

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from bankview.domain.money import Money


class Status(StrEnum):
    """Whether the bank counts the row."""

    BOOKED = "booked"
    PENDING = "pending"


class Transaction(Struct, frozen=True, gc=False):
    """One row. Dates are the bank's days, never instants; a negative amount is money out.

    `id` is ours and stable over re-consent and re-install; a dialect leaves it empty and `sync.merge` gives it.
    `account_key` is the bank's name of the account in this session; `account_id` the ledger's, 0 until stored.
    `rate` is what the bank says that a unit of the `original` currency cost, in that of the account or the other way
    round, as it says it. `bank_id` is the bank's own id where it keeps it stable, else empty. `raw` is the bank's own
    JSON object. `kind` is the category of the tree that the bank's classification means, empty where it means none.
    `words` are the person's own, `ruled` is what their rules say: no bank says them, so that they count for nothing
    where rows are compared.
    """

    account_key: str
    status: Status
    booked_on: date
    amount: Money
    description: str
    value_on: date | None = None
    transacted_on: date | None = None
    payee: str = ""
    counterparty_account: str = ""
    raw_text: str = ""
    reference: str = ""
    category: str = ""
    balance_after: Money | None = None
    original: Money | None = None
    rate: Decimal | None = None
    bank_id: str = ""
    id: str = ""
    account_id: int = 0
    # These four count for nothing where rows are compared.
    raw: bytes = b""
    kind: str = ""
    words: Words = Words()
    ruled: Ruled = Ruled()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Transaction) and self._compared == other._compared

    def __hash__(self) -> int:
        return hash(self._compared)

    @property
    def _compared(self) -> tuple[Any, ...]:
        """What the bank says of the row itself."""
        return astuple(self)[:-4]

    def but(self, **changes: Any) -> Self:
        """Return the row with other facts."""
        return replace(self, **changes)

    @property
    def own_category(self) -> str:
        """The person's category, else a rule's, else the bank's."""
        return self.words.category or self.ruled.category or self.category

    @property
    def category_source(self) -> Source:
        """Who says the category."""
        if self.words.category:
            return Source.PERSON
        if self.ruled.category:
            return Source.RULE
        return Source.BANK if self.category or self.kind else Source.NONE
