"""Typed, tolerant readers of a bank's JSON: what is absent is empty, what is wrong names its field and not its value."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from bankview.domain.money import Money, exponent
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

_AMOUNT = re.compile(r"[-+]?[0-9]{1,20}(\.[0-9]{1,20})?")
_WHOLE = re.compile(r"-?[0-9]{9,16}")
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")
_HALF = re.compile("[\ud800-\udfff]")
_CARD_NUMBER = re.compile(r"(\d{4})\d{4,11}(\d{4})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Days before or after which no bank keeps accounts: a wrong unit or a wrong field.
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)


def money(value: Any, currency: str, field: str) -> Money:
    """Return an amount given as Decimal, int or numeric text, in major units.

    Raises:
        BadBankDataError: anything else, floats and booleans included, or more decimals than the currency has.
    """
    if isinstance(value, str):
        if not _AMOUNT.fullmatch(value.strip()):
            raise BadBankDataError(field, "is no amount")
        value = Decimal(value.strip())
    try:
        return Money.of(value, currency)
    except TypeError:
        raise BadBankDataError(field, f"is {_kind(value)}, not an exact amount") from None
    except ValueError as error:
        raise BadBankDataError(field, str(error)) from None


def day(value: Any, zone: ZoneInfo, field: str) -> date:
    """Return the bank's day of an ISO date, an ISO instant, or an instant in epoch milliseconds (number or text).

    An instant becomes a day in the bank's own zone; a date stays what it is.

    Raises:
        BadBankDataError: anything else, or a day before 1900 or after 2199.
    """
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    try:
        found = (
            _day_of_text(value.strip(), zone) if isinstance(value, str) else _day_of(value, zone)
        )
    except (ValueError, OverflowError):
        raise BadBankDataError(field, "is no date") from None
    except TypeError:
        raise BadBankDataError(field, f"is {_kind(value)}, not a date") from None
    if not _FIRST <= found < _LAST:
        raise BadBankDataError(field, "is a day that no bank was open")
    return found


def _day_of_text(text: str, zone: ZoneInfo) -> date:
    if len(text) == 10:
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text))
    return (instant.astimezone(zone) if instant.tzinfo else instant).date()


@lru_cache(maxsize=4096, typed=True)
def _day_of(value: Any, zone: ZoneInfo) -> date:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError
    whole = int(value)
    if whole != value:
        raise ValueError
    return (_EPOCH + timedelta(milliseconds=whole)).astimezone(zone).date()


def today_in(zone: str) -> date:
    """Return a bank's day."""
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


def page_address(said: Row, name: str) -> str:
    """Return the address of a page that a browser is sent to; a demo bank's pages are served on this computer."""
    url = said.needed(name, said.text(name))
    if not url.startswith(("https://", "http://127.0.0.1:")):
        raise BadBankDataError(said.field(name), "is no https address")
    return url


def masked_card(number: str) -> str:
    """Return a number with a payment card's own digits hidden: CPAN may be the whole of it, and nobody needs it."""
    whole = _CARD_NUMBER.fullmatch(number)
    return f"{whole[1]}{'X' * (len(number) - 8)}{whole[2]}" if whole else number


def _kind(value: Any) -> str:
    """Return the JSON type of a value in words."""
    names = {bool: "a truth value", float: "a float", str: "a text", dict: "an object"}
    return names.get(type(value), "null" if value is None else f"a {type(value).__name__}")


class Row(msgspec.Struct, frozen=True):
    """An object of a bank's answer. Names are tried in order; null and blank text count as absent.

    `place` says where it stands, for the errors, such as `transactions[3]`.
    """

    value: Mapping[str, Any]
    place: str = ""

    def field(self, name: str) -> str:
        """Return how errors name a member."""
        return f"{self.place}.{name}" if self.place else name

    def first(self, *names: str) -> tuple[str, Any]:
        """Return the first member that is there, with its name; None where there is none."""
        get = self.value.get
        for name in names:
            value = get(name)
            if value is not None and not (type(value) is str and not value.strip()):
                return name, value
        return names[0], None

    def text(self, *names: str) -> str:
        """Return a text, stripped; a whole number counts as its digits, an absent one as nothing."""
        get = self.value.get
        for name in names:
            value = get(name)
            if value is None:
                continue
            text = value.strip() if type(value) is str else self._digits(name, value)
            if not text:
                continue
            if not text.isascii() and _HALF.search(text):
                raise BadBankDataError(self.field(name), "holds half a character")
            return text
        return ""

    def _digits(self, name: str, value: Any) -> str:
        if type(value) is not int:
            raise BadBankDataError(self.field(name), f"is {_kind(value)}, not a text")
        return str(value) if abs(value) < 10**40 else ""

    def needed(self, name: str, value: T | None) -> T:
        """Return what was read from a member that has to be there."""
        if value is None or value == "":
            raise BadBankDataError(self.field(name), "is missing")
        return value

    def money(self, name: str, currency: str) -> Money | None:
        """Return an amount, or None where it is absent."""
        _, value = self.first(name)
        return None if value is None else money(value, currency, self.field(name))

    def minor(self, name: str, currency: str) -> Money | None:
        """Return an amount given as whole minor units, or None where it is absent."""
        _, value = self.first(name)
        if value is None:
            return None
        if type(value) is not int:
            raise BadBankDataError(self.field(name), f"is {_kind(value)}, not whole minor units")
        return money(Decimal(value).scaleb(-exponent(currency)), currency, self.field(name))

    def rate(self, name: str) -> Decimal | None:
        """Return an exchange rate as the bank writes it; None where there is none above zero, or it is no number."""
        _, value = self.first(name)
        if isinstance(value, str) and _AMOUNT.fullmatch(value.strip()):
            value = Decimal(value.strip())
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            return None
        rate = Decimal(value)
        return rate if rate.is_finite() and rate > 0 and abs(rate.adjusted()) < 10 else None

    def currency(self, name: str, otherwise: str) -> str:
        """Return a currency's three letters, in upper case; `otherwise` where it is absent."""
        text = self.text(name).upper() or otherwise
        if not (len(text) == 3 and text.isascii() and text.isalpha()):
            raise BadBankDataError(self.field(name), "is no currency")
        return text

    def day(self, name: str, zone: ZoneInfo) -> date | None:
        """Return a day in the bank's zone, or None where it is absent."""
        _, value = self.first(name)
        return None if value is None else day(value, zone, self.field(name))

    def flag(self, name: str) -> bool:
        """Return whether a truth value is there and true."""
        _, value = self.first(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        if isinstance(value, str) and value in {"true", "false"}:
            return value == "true"
        raise BadBankDataError(self.field(name), f"is {_kind(value)}, not true or false")

    def inner(self, name: str) -> Row:
        """Return an object within; an absent one is empty."""
        _, value = self.first(name)
        if value is None:
            return Row({}, self.field(name))
        return read_object(value, self.field(name))

    def rows(self, name: str, *, needed: bool = True) -> Iterator[Row]:
        """Yield the objects of a list within; one that is not `needed` may be absent."""
        for index, value in enumerate(self.items(name, needed=needed)):
            yield read_object(value, f"{self.field(name)}[{index}]")

    def items(self, name: str, *, needed: bool = True) -> list[Any]:
        """Return a list within as it is."""
        value = self.value.get(name)
        if value is None:
            return self.needed(name, None) if needed else []
        if not isinstance(value, list):
            raise BadBankDataError(self.field(name), f"is {_kind(value)}, not a list")
        return value


def read_object(value: Any, place: str) -> Row:
    """Return an object of an answer as a Row.

    Raises:
        BadBankDataError: it is none.
    """
    if not isinstance(value, dict):
        raise BadBankDataError(place or "answer", f"is {_kind(value)}, not an object")
    return Row(value, place)
