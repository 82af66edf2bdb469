"""What people read: amounts, dates, categories and counts in their own language and locale. No Qt."""

from __future__ import annotations

import locale
import os
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from bankview import language
from bankview.domain.money import Money, exponent
from bankview.domain.recurring import Interval
from bankview.domain.search import STATES, Key
from bankview.language import later
from bankview.language import seen as seen  # noqa: PLC0414 - what others wrote passes there
from bankview.language import seen_lines as seen_lines  # noqa: PLC0414
from bankview.language import tr as tr  # noqa: PLC0414 - most of what is said is put together here
from bankview.language import tr_n as tr_n  # noqa: PLC0414

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from babel import Locale

    from bankview.domain.rule import Rule
    from bankview.domain.search import Term

MINUS = "\N{MINUS SIGN}"
_NBSP = "\N{NO-BREAK SPACE}"

#: Names of days and months are in the app's language; amounts follow the person's locale.
_DAYS = (
    later("Mon"),
    later("Tue"),
    later("Wed"),
    later("Thu"),
    later("Fri"),
    later("Sat"),
    later("Sun"),
)
_WEEKDAYS = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)
_SHORT_MONTHS = (
    later("Jan", context="short"),
    later("Feb", context="short"),
    later("Mar", context="short"),
    later("Apr", context="short"),
    later("May", context="short"),
    later("Jun", context="short"),
    later("Jul", context="short"),
    later("Aug", context="short"),
    later("Sep", context="short"),
    later("Oct", context="short"),
    later("Nov", context="short"),
    later("Dec", context="short"),
)
_MONTHS = [
    later("January"),
    later("February"),
    later("March"),
    later("April"),
    later("May"),
    later("June"),
    later("July"),
    later("August"),
    later("September"),
    later("October"),
    later("November"),
    later("December"),
]

#: The names of categories in English, as files for programs have them; `category_text` says them in the app's language.
CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "income": "Income",
        "income.salary": "Salary",
        "income.benefits": "Pension and benefits",
        "income.interest": "Interest and dividends",
        "housing": "Housing",
        "housing.rent": "Rent and mortgage",
        "housing.bills": "Power, water and network",
        "housing.home": "Home and garden",
        "food": "Food and drink",
        "food.groceries": "Groceries",
        "food.restaurants": "Restaurants and cafés",
        "transport": "Transport",
        "transport.public": "Public transport and taxi",
        "transport.car": "Car",
        "travel": "Travel",
        "shopping": "Shopping",
        "shopping.clothes": "Clothes and shoes",
        "shopping.electronics": "Electronics",
        "health": "Health and care",
        "leisure": "Leisure",
        "leisure.sport": "Sport",
        "leisure.media": "Media and subscriptions",
        "children": "Children and school",
        "insurance": "Insurance",
        "loans": "Loans",
        "savings": "Savings and investments",
        "taxes": "Taxes",
        "fees": "Fees",
        "gifts": "Gifts and donations",
        "cash": "Cash",
        "transfers": "Between own accounts",
    }
)

#: What systems still call Norwegian; Babel knows its two forms alone.
_OLD_NAMES = {"no": "nb_NO", "no_NO": "nb_NO"}

#: Decimal mark and mark between groups of digits, of locales whose people need not wait until Babel is loaded.
_MARKS = {
    **dict.fromkeys(("en_GB", "en_IE", "en_US"), (".", ",")),
    **dict.fromkeys(("da_DK", "de_DE", "es_ES", "it_IT", "nl_NL"), (",", ".")),
    **dict.fromkeys(("fi_FI", "fr_FR", "nb_NO", "nn_NO", "pl_PL", "pt_PT", "sv_SE"), (",", _NBSP)),
}


@cache
def person_code() -> str:
    """Return the person's locale, such as nb_NO, from LC_ALL, LC_MONETARY or LANG; English where none can be told."""
    said = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MONETARY", "LANG")]
    codes = [text.partition(".")[0].partition("@")[0] for text in said]
    codes = [code for code in codes if code not in {"", "C", "POSIX"}]
    for code in (*codes, locale.getlocale()[0] or ""):
        known = _OLD_NAMES.get(code, code)
        if known in _MARKS or _is_known(known):
            return known
    return "en_GB"


def _is_known(code: str) -> bool:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - most people need it late or never

    try:
        Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return False
    return True


def person_locale() -> Locale:
    """Return the person's locale with all that Babel knows of it."""
    from babel import Locale  # noqa: PLC0415 - the window is painted first

    return Locale.parse(person_code())


@cache
def _marks(code: str) -> tuple[str, str]:
    """Return a locale's decimal mark and what stands between groups of three digits, which never breaks a line."""
    if code in _MARKS:
        return _MARKS[code]
    from babel.numbers import (  # noqa: PLC0415 - most people need it late or never
        get_decimal_symbol,
        get_group_symbol,
    )

    group = get_group_symbol(code)
    return get_decimal_symbol(code), _NBSP if group in {" ", "\N{NARROW NO-BREAK SPACE}"} else group


def amount_text(money: Money, *, sign: bool = False) -> str:
    """Return an amount without its currency: '−1 234,50'. With `sign`, money in carries '+'."""
    # A table writes a hundred of them for a frame, and Babel's own formatting takes a frame for that.
    decimal, group = _marks(person_code())
    places = exponent(money.currency)
    whole, rest = divmod(abs(money.minor), 10**places)
    text = f"{whole:,}".replace(",", group)
    if places:
        text += f"{decimal}{rest:0{places}}"
    mark = MINUS if money.minor < 0 else "+" if sign and money.minor > 0 else ""
    # Among words that run from right to left, a minus would else go behind its digits (UAX 9).
    begin = "\N{LEFT-TO-RIGHT MARK}" if language.is_right_to_left() else ""
    return begin + mark + text


def typed_text(money: Money) -> str:
    """Return an amount as it is typed: in the person's decimal mark, without marks between groups of digits."""
    return str(money).replace(".", _marks(person_code())[0])


def round_text(money: Money) -> str:
    """Return an amount for a chart's axis: without decimals where it is whole."""
    text, places = amount_text(money), exponent(money.currency)
    return text[: -places - 1] if places and money.minor % 10**places == 0 else text


def rate_text(rate: Decimal) -> str:
    """Return an exchange rate with all the digits that the bank gave, in the person's decimal mark."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - rarely needed

    return str(format_decimal(rate, "#,##0.##########", person_locale()))


def money_text(money: Money, *, sign: bool = False) -> str:
    """Return an amount with its currency code: '−1 234,50 NOK'."""
    return f"{amount_text(money, sign=sign)}\N{NO-BREAK SPACE}{money.currency}"


def category_text(category: str) -> str:
    """Return the name of a category of the tree; one of the person's own is its name itself."""
    return _category_names(language.spoken()).get(category) or seen(category)


def term_text(term: Term) -> str:
    """Return why a term of a search is not understood, and what to write instead."""
    return {
        Key.AMOUNT: tr(
            "`{term}` is not an amount; write amount:>500 or amount:100..200.", term=term
        ),
        Key.DATE: tr("`{term}` is not a date; write date:2026-03 or date:>2026-03-15.", term=term),
    }.get(
        term.key,
        tr("`{term}` is nothing that a row can be; write {all}.", term=term, all=", ".join(STATES)),
    )


def category_texts() -> dict[str, str]:
    """Return the categories of the tree with their names, in the order of the tree."""
    return dict(_category_names(language.spoken()))


@cache
def _category_names(_: str) -> dict[str, str]:
    """Return the names in the language that is spoken; each is put together once."""
    return {id_: tr(name) for id_, name in CATEGORIES.items()}


def rule_text(rule: Rule, account: str = "", currency: str = "NOK") -> str:
    """Return a rule's conditions: '“REMA 1000”, out, 100,00 to 500,00, Brukskonto'.

    Args:
        rule: the rule.
        account: what the account of its condition is called.
        currency: whose minor units its amounts are.
    """
    said = []
    if rule.text:
        said.append(
            tr("payee is “{payee}”", payee=rule.text) if rule.whole else f"“{seen(rule.text)}”"
        )
    said += {"in": [tr("money in")], "out": [tr("money out")]}.get(rule.direction, [])
    low, high = (None if n is None else Money(n, currency) for n in (rule.low, rule.high))
    if low and high:
        both = {"low": amount_text(low), "high": amount_text(high)}
        said.append(both["low"] if low == high else tr("{low} to {high}", **both))
    elif low:
        said.append(tr("from {amount}", amount=amount_text(low)))
    elif high:
        said.append(tr("up to {amount}", amount=amount_text(high)))
    if rule.account_id is not None:
        said.append(account or tr("one account"))
    return ", ".join(said)


def given_text(rule: Rule) -> str:
    """Return what a rule gives: 'Groceries, called Rema'."""
    name = tr("called {payee}", payee=rule.payee) if rule.payee else ""
    return ", ".join(filter(None, (category_text(rule.category), name)))


def suggestion_text(category: str, count: int, payee: str) -> str:
    """Return the question whether a payee's other rows are of a category too."""
    values = {"category": category_text(category), "payee": payee}
    return tr_n(
        "Use {category} for 1 other row from {payee}?",
        "Use {category} for {n} other rows from {payee}?",
        count,
        **values,
    )


def transfer_text(out: str, into: str, amount: str, days: tuple[date, date]) -> str:
    """Return the question whether what left one account came into another; `days` are those of both rows."""
    first, last = (long_day_text(day) for day in days)
    values = {"amount": amount, "out": out, "into": into, "day": first}
    if first == last:
        return tr("{amount} from {out} to {into}, {day}: is it a transfer?", **values)
    return tr(
        "{amount} from {out}, {day}, to {into}, {last}: is it a transfer?", **values, last=last
    )


def interval_text(interval: Interval) -> str:
    """Return how often a payment comes."""
    return {
        Interval.WEEKLY: tr("Every week"),
        Interval.TWO_WEEKLY: tr("Every two weeks"),
        Interval.MONTHLY: tr("Every month"),
        Interval.QUARTERLY: tr("Every quarter"),
        Interval.YEARLY: tr("Every year"),
    }[interval]


def day_text(day: date, *, today: date | None = None) -> str:
    """Return a day for the gutter of a table: 'Thu 19 Nov', with the year where it is not `today`'s."""
    weekday, month = tr(_DAYS[day.weekday()]), short_month_text(day)
    if today is None or day.year == today.year:
        return tr("{weekday} {day} {month}", weekday=weekday, day=day.day, month=month)
    return tr(
        "{weekday} {day} {month} {year}", weekday=weekday, day=day.day, month=month, year=day.year
    )


def long_day_text(day: date) -> str:
    """Return a day in full: '19 November 2026'."""
    return tr("{day} {month} {year}", day=day.day, month=_month(day), year=day.year)


def full_day_text(day: date) -> str:
    """Return a day with its weekday: 'Thursday 19 November 2026'."""
    weekday = tr(_WEEKDAYS[day.weekday()])
    return tr("{weekday} {date}", weekday=weekday, date=long_day_text(day))


def month_text(day: date) -> str:
    """Return a day's month: 'November 2026'."""
    return tr("{month} {year}", month=_month(day), year=day.year)


def short_month_text(day: date) -> str:
    """Return a day's month where there is little room: 'Nov'."""
    return tr(_SHORT_MONTHS[day.month - 1], context="short")


def short_day_text(day: date, *, today: date) -> str:
    """Return a day within a sentence: '3 May', with the year where it is not `today`'s."""
    if day.year != today.year:
        return long_day_text(day)
    return tr("{day} {month}", day=day.day, month=_month(day))


def _month(day: date) -> str:
    return tr(_MONTHS[day.month - 1])


def difference_text(amount: str, since: date, *, today: date, label: str = "") -> str:
    """Return that an account's rows do not add up to its balance; with the account's `label`, as a sentence."""
    day = short_day_text(since, today=today)
    if not label:
        return tr("Rows and balance differ by {amount} since {day}", amount=amount, day=day)
    return tr(
        "{account}: the rows and the bank’s balance differ by {amount} since {day}.",
        account=label,
        amount=amount,
        day=day,
    )


def time_text(instant: datetime, *, now: datetime) -> str:
    """Return an instant as its time of day, or as its day where that is not `now`'s; in the computer's zone."""
    local, here = instant.astimezone(), now.astimezone()
    if local.date() == here.date():
        return f"{local:%H:%M}"
    return short_day_text(local.date(), today=here.date())


def soon_text(instant: datetime, *, now: datetime) -> str:
    """Return an instant to come: 'now', '16:40', 'tomorrow 06:00', '3 May 06:00'; in the computer's zone."""
    local, here = instant.astimezone(), now.astimezone()
    if instant <= now:
        return tr("now")
    clock = f"{local:%H:%M}"
    days = (local.date() - here.date()).days
    if not days:
        return clock
    if days == 1:
        return tr("tomorrow {time}", time=clock)
    return f"{short_day_text(local.date(), today=here.date())} {clock}"


def next_run_text(why: str, at: datetime | None, *, now: datetime, a_day: int = 0) -> str:
    """Return when a bank is fetched next by itself, and why then; `why` is a `due.Why`, `a_day` the bank's limit."""
    if at is None:
        return {"sign_in": tr("Next update after you sign in")}.get(why, "")
    time = soon_text(at, now=now)
    reasons = {
        "quota": tr_n(
            "The bank allows {n} update a day. Next possible {time}",
            "The bank allows {n} updates a day. Next possible {time}",
            a_day,
            time=time,
        ),
        "bank_asked": tr(
            "The bank allows no more updates for now. Next possible {time}", time=time
        ),
        "failed": tr("The bank did not answer. Next try {time}", time=time),
        "offline": tr("Offline, showing saved data. Next try {time}", time=time),
    }
    return reasons.get(why) or tr("Next update {time}", time=time)


def granted_less(types: Sequence[str]) -> str:
    """Return what is said of details that were asked for and not granted (RFC 9396 §7)."""
    return tr(
        "The bank granted less than Bankview asked for: {what}. Some of your data may be missing.",
        what=", ".join(types),
    )


def brought_text(sent: int, new: int, changed: int, settled: int) -> str:
    """Return what an account's update brought: 'bank sent 37, 3 new, 1 pending became booked'."""
    said = [
        tr("bank sent {n}", n=sent),
        tr_n("{n} new", "{n} new", new) if new else tr("nothing new"),
    ]
    if changed:
        said.append(tr_n("{n} changed", "{n} changed", changed))
    if settled:
        said.append(tr_n("{n} pending became booked", "{n} pending became booked", settled))
    return ", ".join(said)


def order_text(order: str) -> str:
    """Return the order of a day's parts in words, empty where it is open."""
    return {"dmy": tr("day first"), "mdy": tr("month first"), "ymd": tr("year first")}.get(
        order, ""
    )


def decimal_mark_text(mark: str) -> str:
    """Return the mark before decimals in words, empty where it is open."""
    return {",": tr("decimal comma"), ".": tr("decimal point")}.get(mark, "")
