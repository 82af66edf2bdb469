"""Money: an exact amount of minor units in one currency."""

from __future__ import annotations

from decimal import MAX_PREC, Context, Decimal
from typing import Self

from msgspec import Struct

#: ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}

#: Beyond what any account holds, in minor units; sums of such amounts fit an SQLite integer still.
_LARGEST, _LARGEST_SUM = 10**16, 1 << 63
#: Decimal's own scaling rounds to 28 digits.
_EXACT = Context(prec=MAX_PREC)


def exponent(currency: str) -> int:
    """Return how many decimal places ISO 4217 gives a currency (2 for unknown ones)."""
    return _EXPONENTS.get(currency, 2)


def decimal_text(minor: int, currency: str) -> str:
    """Return minor units as the plain decimal number that files want: '-249.90'."""
    places = exponent(currency)
    if not places:
        return str(minor)
    digits = str(abs(minor)).zfill(places + 1)
    return f"{'-' if minor < 0 else ''}{digits[:-places]}.{digits[-places:]}"


class Money(Struct, frozen=True, gc=False):
    """`minor` minor units of `currency` (ISO 4217, upper case); negative is money out."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")
        letters = self.currency
        if not (
            len(letters) == 3 and letters.isascii() and letters.isalpha() and letters.isupper()
        ):
            raise ValueError("a currency is three upper-case letters")
        if abs(self.minor) >= _LARGEST_SUM:
            raise ValueError("the amount is larger than all accounts together")

    @classmethod
    def of(cls, amount: Decimal | int, currency: str) -> Self:
        """Return `amount` major units as money.

        Raises:
            TypeError: for floats and booleans.
            ValueError: for NaN, infinities, more than any account holds, and more decimals than the currency has.
        """
        if isinstance(amount, bool) or not isinstance(amount, (Decimal, int)):
            raise TypeError("an amount is a Decimal or an int, never a float")
        number = Decimal(amount)
        if not number.is_finite():
            raise ValueError("the amount is not a number")
        if not number:
            return cls(0, currency)
        if abs(number.adjusted()) > 16:
            raise ValueError("the amount is out of range")
        scaled = number.scaleb(exponent(currency), _EXACT)
        minor = int(scaled)
        if minor != scaled:
            raise ValueError("the amount has more decimals than its currency")
        if abs(minor) >= _LARGEST:
            raise ValueError("the amount is larger than any account")
        return cls(minor, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        """Return the plain decimal number, as files want it: '-249.90'."""
        return decimal_text(self.minor, self.currency)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise ValueError("amounts in different currencies cannot be combined")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)
