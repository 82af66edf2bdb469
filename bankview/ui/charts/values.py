"""What each chart is given, ready to be painted, and the same numbers as a table; amounts are minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bankview.domain.money import Money, decimal_text
from bankview.ui.models.transactions import MASK
from bankview.words import amount_text, seen, tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

#: Letters of a name that a chart looks at.
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Line:
    """Balances at the end of each day from `first` on; `forecast` has those of the days that follow.

    `news` is the last day that all accounts have news of, where that is not the last. `asks` is the question for the
    transactions of these accounts, to which the day is added.
    """

    currency: str
    first: date
    balances: Sequence[int]
    forecast: Sequence[int] = ()
    news: date | None = None
    asks: str = ""

    @property
    def count(self) -> int:
        """How many days there are, those of the forecast included."""
        return len(self.balances) + len(self.forecast)

    @property
    def values(self) -> list[int]:
        """All balances, those of the forecast last."""
        return [*self.balances, *self.forecast]

    def day(self, place: int) -> date:
        """Return the day at a place, from 0."""
        return self.first + timedelta(days=place)

    def value(self, place: int) -> int:
        """Return the balance at a place, from 0."""
        known = len(self.balances)
        return self.balances[place] if place < known else self.forecast[place - known]

    def is_ahead(self, place: int) -> bool:
        """Whether a place belongs to the forecast."""
        return place >= len(self.balances)


@dataclass(frozen=True, slots=True)
class Kind:
    """One bar of each group: its name, the colour's role, and whether its amounts are money out."""

    name: str
    role: str
    out: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A month or a category: `name` stands below it, `said` is said of it; a size and a question each bar."""

    name: str
    said: str
    sizes: tuple[int, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Groups of bars beside each other, a bar a kind; sizes below zero point down."""

    currency: str
    kinds: tuple[Kind, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Rank:
    """One bar of a list: `size` in this period, and `before` in the one before it, None where none is known.

    `dot` names the colour's category. Where it `opens`, a click asks for what is inside of `key`.
    """

    key: str
    name: str
    size: int
    before: int | None = None
    dot: str = ""
    asks: str = ""
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Ranks:
    """Bars below each other, the largest first; shares are of the `total`. `before` names the period of the ticks."""

    currency: str
    rows: tuple[Rank, ...]
    total: int
    before: str = ""
    out: bool = True


@dataclass(frozen=True, slots=True)
class Numbers:
    """A chart's numbers as a table: a heading a column, and in each row a text and amounts."""

    currency: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]

    def shown(self, *, masked: bool) -> list[tuple[str, ...]]:
        """Return the cells as people read them."""
        return [
            (name, *(said(minor, self.currency, masked=masked) for minor in minors))
            for name, minors in self.rows
        ]

    def copied(self, *, masked: bool) -> str:
        """Return lines of cells with tabs between them, and amounts as programs read them."""
        lines = [(*self.head[:1], *(f"{name} {self.currency}" for name in self.head[1:]))]
        for name, minors in self.rows:
            lines.append((one_line(name), *(_plain(n, self.currency, masked) for n in minors)))
        return "".join("\t".join(cells) + "\n" for cells in lines)


def _plain(minor: int | None, currency: str, masked: bool) -> str:
    if minor is None:
        return ""
    return MASK if masked else decimal_text(minor, currency)


def said(minor: int | None, currency: str, *, masked: bool, sign: bool = False) -> str:
    """Return an amount without its currency, the mask, or nothing."""
    if minor is None:
        return ""
    return MASK if masked else amount_text(Money(minor, currency), sign=sign)


def one_line(text: str) -> str:
    """Return a name on one line, as much of it as a chart may need."""
    return " ".join(seen(text[:_LONGEST]).split())


def line_numbers(line: Line) -> Numbers:
    """Return a line's days and balances."""
    rows = tuple((_day_words(line, place), (line.value(place),)) for place in range(line.count))
    return Numbers(line.currency, (tr("Date"), tr("Balance")), rows)


def _day_words(line: Line, place: int) -> str:
    day = line.day(place).isoformat()
    return tr("{day}, expected", day=day) if line.is_ahead(place) else day


def bars_numbers(bars: Bars, what: str) -> Numbers:
    """Return the groups with the amounts of their bars; `what` says what a group is."""
    rows = tuple(
        (
            group.said,
            tuple(signed(n, kind.out) for n, kind in zip(group.sizes, bars.kinds, strict=True)),
        )
        for group in bars.groups
    )
    return Numbers(bars.currency, (what, *(kind.name for kind in bars.kinds)), rows)


def ranks_numbers(ranks: Ranks, what: str) -> Numbers:
    """Return names with what they came to, and before; `what` says what a name is."""
    before = (ranks.before,) if ranks.before else ()
    rows = tuple(
        (
            row.name,
            (signed(row.size, ranks.out), *(signed(row.before, ranks.out) for _ in before)),
        )
        for row in ranks.rows
    )
    return Numbers(ranks.currency, (what, tr("Amount"), *before), rows)


def signed(size: int | None, out: bool) -> int | None:
    """Return a bar's size as an amount: money out is negative."""
    return -size if size is not None and out else size
