"""What was read of the ledger, as the values that charts are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.domain import category as tree
from bankview.ui.charts.asking import COUNTED, Asking, in_month, of_category, term, within
from bankview.ui.charts.values import Bars, Group, Kind, Line, Rank, Ranks
from bankview.words import category_text, month_text, short_month_text, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from bankview.store.charts import Asked, Balances, Two
    from bankview.store.flows import Flow

#: Rows of a list, and groups of two months, that a chart has.
MOST = 10
#: Above so many months years are named alone.
MANY = 36
GROUPS = 7


def line(asked: Asked, found: Balances, news: date | None, asking: Asking) -> Line:
    """Return the balance of each day; `news` is the last day that all accounts have news of."""
    return Line(asked.currency, found.first, found.balances, found.ahead, news, asking.whose())


def cash_flow(asked: Asked, found: Mapping[date, Flow], asking: Asking) -> Bars:
    """Return what came in and went out by month; none where nothing did."""
    groups, year, no = [], None, f"-{of_category(tree.TRANSFERS)}"
    for month, flow in found.items():
        groups.append(
            Group(
                _month_name(month, begins=year not in {None, month.year}, many=len(found) > MANY),
                month_text(month),
                (flow.into, -flow.out),
                (
                    asking.of(in_month(month), "is:in", COUNTED, no),
                    asking.of(in_month(month), "is:out", COUNTED, no),
                ),
            )
        )
        year = month.year
    kinds = (Kind(tr("In"), "credit"), Kind(tr("Out"), "quiet", out=True))
    return Bars(asked.currency, kinds, tuple(groups))


def _month_name(month: date, *, begins: bool, many: bool) -> str:
    if many:
        return str(month.year) if month.month == 1 else ""
    name = short_month_text(month)
    return tr("{month} {year}", month=name, year=month.year) if begins else name


def compared(asked: Asked, found: Iterable[Two], month: date, other: date, asking: Asking) -> Bars:
    """Return what the largest categories cost in two months."""
    costly = [one for one in found if one.now.out or one.before.out]
    costly.sort(key=lambda one: min(one.now.out, one.before.out))
    groups = tuple(
        Group(
            _name(one.name),
            _name(one.name),
            (-one.now.out, -one.before.out),
            (
                asking.of(of_category(one.name), "is:out", in_month(month), COUNTED),
                asking.of(of_category(one.name), "is:out", in_month(other), COUNTED),
            ),
        )
        for one in costly[:GROUPS]
    )
    kinds = (
        Kind(month_text(month), "bar", out=True),
        Kind(month_text(other), "quiet", out=True),
    )
    return Bars(asked.currency, kinds, groups)


def spending(asked: Asked, found: Iterable[Two], asking: Asking, above: str = "") -> Ranks:
    """Return what categories cost, at the top of the tree, or those below one; each opens."""
    costly = sorted((one for one in found if one.now.out), key=lambda one: one.now.out)
    before = tr("Period before") if any(one.before.out for one in costly) else ""
    period = within(asked.since, asked.until)
    rows = [
        Rank(
            one.name,
            _name(one.name, above),
            -one.now.out,
            -one.before.out if before else None,
            one.name or "other",
            asking.of(_only(one.name, above), "is:out", period, COUNTED),
            opens=not above or one.name != above,
        )
        for one in costly
    ]
    total = -sum(one.now.out for one in costly)
    return Ranks(asked.currency, tuple(rows), total, before)


def payees(
    asked: Asked, found: Iterable[Two], asking: Asking, *, out: bool, category: str | None = None
) -> Ranks:
    """Return the payees that most went out to, or came in from; of a category where one is given."""
    chosen = [(one, _size(one.now, out), _size(one.before, out)) for one in found]
    chosen = sorted((one for one in chosen if one[1]), key=lambda one: -one[1])
    before = tr("Period before") if any(earlier for _, _, earlier in chosen) else ""
    period = within(asked.since, asked.until)
    narrow = () if category is None else (of_category(category),)
    rows = [
        Rank(
            one.name,
            one.name or tr("No name"),
            size,
            earlier if before else None,
            asks=asking.of(
                *((term("payee", one.name, exact=True),) if one.name else ()),
                *narrow,
                "is:out" if out else "is:in",
                period,
                COUNTED,
            ),
        )
        for one, size, earlier in chosen[:MOST]
    ]
    total = sum(size for _, size, _ in chosen)
    return Ranks(asked.currency, tuple(rows), total, before, out)


def _only(name: str, above: str) -> str:
    """Return the condition on a category; on itself alone where it stands among those below it."""
    if not above or name != above:
        return of_category(name)
    below = (one for one in tree.TREE if one.startswith(f"{name}."))
    return " ".join((of_category(name), *(f"-{of_category(one)}" for one in below)))


def _name(category: str, above: str = "") -> str:
    name = category_text(category) or tr("No category")
    return tr("{category}, other", category=name) if above and category == above else name


def _size(flow: Flow, out: bool) -> int:
    return -flow.out if out else flow.into
