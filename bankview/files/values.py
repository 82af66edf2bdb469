"""What all kinds of files say: rows, what could not be read, closing balances; and exact numbers and days of texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from bankview.domain.money import Money
from bankview.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction

    #: What a file is read as. An account comes before its rows; rows and balances name it by their `account_key`.
    Item: TypeAlias = "Account | Transaction | Unread | Closing"
    Items: TypeAlias = Iterator[Item]
    #: Says in which currency an account is of which the file says all but that; nothing where nobody knows.
    Currency: TypeAlias = Callable[[Account], str]


@dataclass(frozen=True, slots=True)
class Unread:
    """A piece of the file that should be a row and cannot be read; `why` is a translated reason."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What the file says an account holds at the end of a day."""

    account_key: str
    balance: Money
    day: date


def unknown(_: Account) -> str:
    """Say that nobody knows an account's currency."""
    return ""


class NotReadError(ValueError):
    """A text is not what it should be; the message is a translated reason."""


#: Days before or after which no bank keeps accounts.
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)
_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20}")
#: Most numbers of a file: of ASCII digits, with two decimals or so.
_PLAIN = {mark: re.compile(rf"-?[0-9]{{1,12}}([{mark}][0-9]{{1,4}})?") for mark in ",."}
#: What stands between thousands, besides the mark that is not the decimal one.
_GAPS = re.compile("[\\s'’_\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")
_MINUS = "-\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}"
#: Days that are remembered: a file says each of them many times.
_DAYS = 1000
#: Characters of a number or a day at most, blanks around it included.
_LONGEST = 80
#: A currency's sign or letters before or behind a number.
_CURRENCY = re.compile(r"^([A-Z]{3}|[€$£¥₴]|kr\.?|Kč|zł)\s*|\s*([A-Z]{3}|[€$£¥₴]|kr\.?|Kč|zł|,-)$")
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)")
_PARTS = re.compile(r"(\d{1,4})\s?[-/.' ]\s?(\d{1,2}|[A-Za-z]{3,9})\.?\s?[-/.' ]\s?(\d{1,4})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def decimal(text: str, mark: str) -> Decimal:
    """Return an exact number as people write it, with `mark` before its decimals.

    A minus may stand before, behind, or as brackets around it; a currency may stand beside it.

    Raises:
        ValueError: it is none.
    """
    if _PLAIN[mark].fullmatch(text):
        return Decimal(text.replace(mark, "."))
    if len(text) > _LONGEST:
        raise ValueError("no number is as long")
    bare = _CURRENCY.sub("", _CURRENCY.sub("", text.strip())).strip()
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1] if negative else bare
    if (bare[:1] and bare[0] in _MINUS) or (bare[-1:] and bare[-1] in _MINUS):
        negative, bare = not negative, bare.strip(_MINUS + " ")
    bare = _CURRENCY.sub("", bare.lstrip("+")).strip()
    other = "," if mark == "." else "."
    if other in bare and not _in_thousands(bare.split(mark)[0], other):
        raise ValueError("a mark stands where none should")
    bare = _GAPS.sub("", bare).replace(other, "").replace(mark, ".")
    if not _NUMBER.fullmatch(bare):
        raise ValueError("no number")
    number = Decimal(bare)
    return -number if negative else number


def _in_thousands(whole: str, mark: str) -> bool:
    """Say whether groups of digits are thousands, or lakhs."""
    first, *groups = whole.split(mark)
    return (
        bool(groups)
        and 1 <= len(first.strip()) <= 3
        and all(len(one) in {2, 3} for one in groups)
        and len(groups[-1]) == 3
    )


@lru_cache(_DAYS)
def day(text: str, order: str) -> date:
    """Return the day that a text names in the order of its parts: "dmy", "mdy" or "ymd"; a time behind it is left out.

    Raises:
        ValueError: it is none, or one on which no bank was open.
    """
    bare = text.strip()[:_LONGEST]
    if whole := _DIGITS.match(bare):
        year, month, number = map(int, whole.groups())
    elif parts := _PARTS.match(bare):
        year, month, number = _in_order(parts, order)
    else:
        raise ValueError("no day")
    found = date(year, month, number)
    if not _FIRST <= found < _LAST:
        raise ValueError("a day on which no bank was open")
    return found


def _in_order(parts: re.Match[str], order: str) -> tuple[int, int, int]:
    one, two, three = parts.groups()
    if len(one) == 4:
        return int(one), _month(two), int(three)
    year = int(three)
    if len(three) < 4:
        year += 2000 if len(three) == 2 and year < 80 else 1900
    if not two.isdigit() or order != "mdy":
        return year, _month(two), int(one)
    return year, int(one), int(two)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def raw(name: str, line: int, said: Mapping[str, str]) -> bytes:
    """Return what a file said of a row as a JSON object, as a bank's own answer is kept."""
    return msgspec.json.encode(
        {"file": name, "line": line, "row": {k: v for k, v in said.items() if v}}
    )


#: How the raw answer of a row begins that came of a file.
RAW = b'{"file":'


def line_of(said: bytes) -> int:
    """Return the line of which `raw` was told."""
    return int(msgspec.json.decode(said)["line"])


def day_of(text: str, order: str) -> date:
    """Return the day that a row's text names.

    Raises:
        NotReadError: it names none.
    """
    try:
        return day(text, order)
    except ValueError:
        said = tr("{said} is no day", said=text[:40])
        raise NotReadError(said if text else tr("no date")) from None


def money_of(text: str, mark: str, currency: str) -> Money:
    """Return the amount that a row's text names.

    Raises:
        NotReadError: it names none.
    """
    try:
        return Money.of(decimal(text, mark), currency)
    except ValueError:
        said = tr("{said} is no amount", said=text[:40])
        raise NotReadError(said if text else tr("no amount")) from None
