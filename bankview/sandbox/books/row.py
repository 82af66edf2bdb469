"""What stands in the books: customers, accounts, rows, and what kind of business a row is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from bankview.domain.money import Money


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of business, as the bank labels it: type code and text, merchant category code, category."""

    code: str
    text: str
    mcc: str = ""
    category: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `number` is eleven digits, or K and six where it is a card. `credit` is in minor units."""

    id: str
    name: str
    number: str
    currency: str = "NOK"
    product: str = "BRUKSKONTO"
    credit: int = 0

    @property
    def is_card(self) -> bool:
        """Whether it is a credit card's account."""
        return self.number.startswith("K")

    @property
    def iban(self) -> str:
        """The IBAN of a Norwegian account (ISO 13616); a card has none."""
        if self.is_card:
            return ""
        # N and O count as 23 and 24; the two zeros stand where the check digits will.
        return f"NO{98 - int(self.number + '232400') % 97:02d}{self.number}"

    @property
    def printed(self) -> str:
        """The number as people write it: 1234.56.78903."""
        number = self.number
        return number if self.is_card else f"{number[:4]}.{number[4:6]}.{number[6:]}"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, invented."""

    id: str
    first_name: str
    last_name: str
    born: str
    number: str
    about: str

    @property
    def name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"


class Row(NamedTuple):
    """One row of an account; `minor` units are negative where money leaves. A pending row has no value day.

    `number` is the bank's own and unique; `reference` is what it shows as nonUniqueId: the two sides of a transfer
    share one, and a standing order carries the same every month.
    """

    number: int
    account: str
    day: date
    value_day: date | None
    minor: int
    text: str
    kind: Kind
    reference: str = ""
    payee: str = ""
    counterparty: str = ""
    message: str = ""
    original: Money | None = None

    @property
    def pending(self) -> bool:
        """Whether the bank does not count it yet."""
        return self.value_day is None


def account_number(stem: str) -> str:
    """Return a Norwegian account number: ten digits and their check digit (modulus 11).

    Raises:
        ValueError: the ten digits have no check digit.
    """
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True)) % 11
    if rest == 1:
        raise ValueError(f"{stem} has no check digit")
    return f"{stem}{(11 - rest) % 11}"
