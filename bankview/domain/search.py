"""The search language: words, quoted phrases, and terms such as `payee:rema` and `amount:>500`; text in, terms out.

It knows no ledger and no language of people: names of accounts and categories are looked up by who asks.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Characters of a value, and terms, that count; who writes more has found it already.
LONGEST, TERMS = 400, 12


class Key(StrEnum):
    """What a term is about, as it stands before the colon; `WORD` stands alone."""

    WORD = ""
    PAYEE = "payee"
    TEXT = "text"
    NOTE = "note"
    TAG = "tag"
    CATEGORY = "category"
    ACCOUNT = "account"
    BANK = "bank"
    AMOUNT = "amount"
    DATE = "date"
    CURRENCY = "currency"
    IS = "is"


#: What a row can be.
STATES = ("in", "out", "pending", "booked", "checked", "new", "transfer")
#: Terms whose value says itself whether it is a range or a comparison.
MEASURED = frozenset({Key.AMOUNT, Key.DATE})
_KEYS = "|".join(key for key in Key if key)
_TERM = re.compile(
    rf'(?P<no>-?)(?:(?P<key>{_KEYS}):(?P<exact>=?))?(?:"(?P<quoted>(?:[^"]|"")*)(?:"|$)|(?P<plain>\S*))',
    re.IGNORECASE,
)
_NAMED = re.compile(rf"(?:{_KEYS}):", re.IGNORECASE)
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.*)", re.DOTALL)
_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_AMOUNT = re.compile(r"([+-]?)([0-9]{1,15}|[0-9]{1,3}(?:[.,][0-9]{3})+)(?:[.,]([0-9]{1,4}))?")
_MARKS = str.maketrans(dict.fromkeys(" \u00a0\u202f'\u2019", "") | {"\u2212": "-"})


class Term(NamedTuple):
    """One condition: `value` as it was typed, `exact` where the whole text must be it, `negated` where it must not hold.

    A term without a value is one that is being typed; it asks for nothing.
    """

    key: Key
    value: str
    negated: bool = False
    exact: bool = False

    @property
    def is_understood(self) -> bool:
        """Whether the value is one of its kind."""
        if not self.value:
            return True
        if self.key is Key.AMOUNT:
            return amounts(self.value) is not None
        if self.key is Key.DATE:
            return days(self.value) is not None
        return self.key is not Key.IS or self.value.lower() in STATES

    def as_word(self) -> Term:
        """Return the term as a word that is searched for."""
        return Term(Key.WORD, f"{self.key}:{self.value}", self.negated)

    def __str__(self) -> str:
        """Return the term as it is typed."""
        value = self.value
        if self.key is Key.WORD:
            quoted = not value or value.startswith("-") or bool(_NAMED.match(value))
        else:
            quoted = not self.exact and self.key not in MEASURED and value.startswith("=")
        if quoted or value.startswith('"') or any(letter.isspace() for letter in value):
            value = '"' + value.replace('"', '""') + '"'
        name = f"{self.key}:" if self.key else ""
        return f"{'-' * self.negated}{name}{'=' * self.exact}{value}"


class Query(NamedTuple):
    """All terms must hold."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        """Return the text that is parsed to this."""
        return " ".join(map(str, self.terms))

    def of(self, key: Key) -> tuple[Term, ...]:
        """Return the terms of a kind that say something; what is not understood is a word."""
        understood = (term if term.is_understood else term.as_word() for term in self.terms)
        return tuple(term for term in understood if term.key is key and term.value)

    @property
    def unknown(self) -> tuple[Term, ...]:
        """The terms whose value is not understood."""
        return tuple(term for term in self.terms if not term.is_understood)


#: Asks for everything.
NOTHING = Query()


def parse(text: str) -> Query:
    """Return what a text asks for; any text asks for something."""
    read = filter(None, map(_read, _TERM.finditer(text)))
    return Query(tuple(islice(_unique(read), TERMS)))


def _unique(terms: Iterable[Term]) -> Iterator[Term]:
    """Yield each term once."""
    seen = set()
    for term in terms:
        if term not in seen:
            seen.add(term)
            yield term


def _read(found: re.Match[str]) -> Term | None:
    quoted = found["quoted"]
    value = found["plain"] if quoted is None else quoted.replace('""', '"')
    value = " ".join(value[:LONGEST].split())
    key, negated, exact = Key((found["key"] or "").lower()), bool(found["no"]), bool(found["exact"])
    if key is Key.WORD and not value:
        return Term(Key.WORD, "-") if negated and quoted is None else None
    if key in MEASURED and exact:
        return Term(key, f"={value}", negated)
    return Term(key, value, negated, exact and bool(value))


class Days(NamedTuple):
    """A period with both its days; None where it has no beginning or end."""

    since: date | None
    until: date | None


def days(value: str) -> Days | None:
    """Return the period of `2026`, `2026-03`, `2026-03-01`, `>2026-03`, `2026-03..2026-04-15`; None for anything else."""
    low, dots, high = value.partition("..")
    if dots:
        first, last = _days(low), _days(high)
        if not (low or high) or (low and not first) or (high and not last):
            return None
        return Days(first and first.since, last and last.until)
    way, period = _parted(value)
    found = _days(period)
    if found is None or found.since is None or found.until is None:
        return None
    before = Days(None, _following(found.since, -1))
    after = Days(_following(found.until, 1), None)
    return {
        ">": after,
        "<": before,
        ">=": Days(found.since, None),
        "<=": Days(None, found.until),
    }.get(way, found)


def _following(day: date, by: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + by, 1), date.max.toordinal()))


def _days(text: str) -> Days | None:
    found = _DAY.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    first, last = (month, month) if month else (1, 12)
    try:
        end = date(year, last, day) if day else _last_of(year, last)
        return Days(date(year, first, day or 1), end)
    except ValueError:
        return None


def _last_of(year: int, month: int) -> date:
    return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(1)


class Between(NamedTuple):
    """Amounts in major units from `low` to `high`, which count themselves unless they are `open`.

    Sizes whatever their sign, unless `signed`. None is no bound.
    """

    low: Decimal | None
    high: Decimal | None
    open: bool = False
    signed: bool = False

    def minor(self, places: int) -> tuple[int | None, int | None]:
        """Return the lowest and the highest amount in minor units of a currency with so many decimal places."""
        low, high = self.low, self.high
        step = int(self.open)
        return (
            None
            if low is None
            else _whole(low, places, ROUND_FLOOR if step else ROUND_CEILING) + step,
            None
            if high is None
            else _whole(high, places, ROUND_CEILING if step else ROUND_FLOOR) - step,
        )


def _whole(amount: Decimal, places: int, rounding: str) -> int:
    return int(amount.scaleb(places).to_integral_value(rounding))


def amounts(value: str) -> Between | None:
    """Return the amounts of `500`, `>500`, `100..200`, `-50,25`; None for anything else."""
    low, dots, high = value.partition("..")
    if dots:
        first, last = _amount(low), _amount(high)
        if not (low or high) or (low and first is None) or (high and last is None):
            return None
        return Between(first, last, signed=_is_signed(low) or _is_signed(high))
    way, size = _parted(value)
    found, signed = _amount(size), _is_signed(size)
    if found is None:
        return None
    return Between(
        None if "<" in way else found,
        None if ">" in way else found,
        open=way in {"<", ">"},
        signed=signed,
    )


def _parted(value: str) -> tuple[str, str]:
    found = _COMPARED.fullmatch(value)
    assert found, "every text has this form"
    return found[1] or "", found[2].strip()


def _is_signed(text: str) -> bool:
    return text.strip()[:1] in {"-", "+", "\u2212"}


def _amount(text: str) -> Decimal | None:
    """Return an amount with a comma or a dot; a mark before three digits that end it parts thousands."""
    found = _AMOUNT.fullmatch(text.translate(_MARKS))
    if not found:
        return None
    sign, whole, rest = found.groups()
    if rest and len(rest) == 3 and len(whole) <= 3 and whole.strip("0"):
        whole, rest = whole + rest, None
    digits = re.sub(r"[.,]", "", whole)
    return Decimal(f"{sign}{digits}.{rest or '0'}") if len(digits) <= 15 else None
