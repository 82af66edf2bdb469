"""What people read: errors as sentences with one button, amounts and dates in their locale. No Qt."""

from __future__ import annotations

import locale
import os
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from bankview import errors, language
from bankview.domain.money import Money, exponent
from bankview.domain.recurring import Interval
from bankview.domain.search import STATES, Key
from bankview.language import later
from bankview.language import seen as seen  # noqa: PLC0414 - what others wrote passes there
from bankview.language import seen_lines as seen_lines  # noqa: PLC0414
from bankview.language import tr as tr  # noqa: PLC0414 - most of what is said is put together here
from bankview.language import tr_n as tr_n  # noqa: PLC0414

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Said:
    """An error as people read it: what is true, what happens or what to do, and one button."""

    title: str
    detail: str = ""
    button: str = ""
    #: What the button does: sign_in, retry, recover, unlock, details, or nothing.
    action: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.detail}".strip()


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


def say(error: BaseException, bank: str = "") -> Said:
    """Return what a person reads about an error; `bank` names the bank concerned, where there is one."""
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            return _SENTENCES[kind](error, bank or tr("The bank"))
    return Said(
        tr("Something in Bankview went wrong."),
        tr("Nothing was lost. The log file has the details."),
        tr("Details"),
        "details",
    )


def _retry(title: str, detail: str = "") -> Said:
    return Said(title, detail, tr("Try again"), "retry")


def _sentence(text: str) -> str:
    """Return an error's own words as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def _minutes(seconds: int | None) -> str:
    if seconds is None:
        return tr("Bankview tries again in an hour.")
    if seconds > 7200:
        return tr("Bankview tries again in {hours} h.", hours=-(-seconds // 3600))
    return tr("Bankview tries again in {minutes} min.", minutes=max(1, -(-seconds // 60)))


#: What helps where a server says no with one of these codes (RFC 6749 §5.2, RFC 8693 §2.2.2, CIBA Core §13).
_REFUSED = {
    "unauthorized_client": later("This app is not registered for this way to sign in."),
    "unsupported_grant_type": later(
        "The bank does not know this way to sign in: check grant in the profile."
    ),
    "invalid_scope": later("The bank does not grant this: check scope in the profile."),
    "invalid_target": later("The bank issues no access for this: check audience in the profile."),
    "unknown_user_id": later(
        "The bank does not know whom to ask: check login_hint in the profile."
    ),
    "expired_login_hint_token": later(
        "What says whom to ask has ended: write a new login_hint_token into the profile."
    ),
    "missing_user_code": later(
        "The bank wants a code of the person's that Bankview does not ask for."
    ),
    "invalid_binding_message": later(
        "The bank does not show this text: use up to 20 plain letters as binding_message."
    ),
}

#: Class → sentence → button; the most specific class wins.
_SENTENCES: dict[type, Callable[..., Said]] = {
    errors.UsageError: lambda e, _: Said(str(e)),
    errors.KeyFileError: lambda e, _: Said(
        tr("A key or certificate cannot be used."),
        tr("The place: {name}.", name=e.name) + f" {_sentence(e.problem)}",
    ),
    errors.Interrupted: lambda _, __: Said(tr("Stopped."), tr("Nothing was lost.")),
    errors.UnsafeRequestError: lambda e, _: Said(
        tr("Bankview only reads, and only at the bank's own address."), _sentence(str(e))
    ),
    errors.SignInNeededError: lambda e, bank: Said(
        tr(
            "{bank} needs you to sign in again.",
            bank=bank if bank != tr("The bank") else e.bank or bank,
        ),
        tr("Your data is still here."),
        tr("Sign in…"),
        "sign_in",
    ),
    errors.CertificateChangedError: lambda e, bank: Said(
        tr(
            "The certificate for {bank} is a new one: sign in again with it.",
            bank=bank if bank != tr("The bank") else e.bank or bank,
        ),
        tr("Access is bound to the certificate of the last sign-in. Your data is still here."),
        tr("Sign in…"),
        "sign_in",
    ),
    errors.SignInError: lambda e, _: _retry(tr("The sign-in did not complete."), _sentence(str(e))),
    errors.SignInDeniedError: lambda _, bank: _retry(
        tr("{bank} did not give access.", bank=bank),
        tr("Access was declined there, or the bank does not accept this app. Nothing was changed."),
    ),
    errors.SignInTimedOutError: lambda e, _: _retry(
        tr_n(
            "The sign-in was not completed within {n} minute.",
            "The sign-in was not completed within {n} minutes.",
            e.minutes,
        ),
        tr("Start the sign-in again when you are ready."),
    ),
    errors.PortBusyError: lambda e, _: _retry(
        tr("Port {port} is in use by another program.", port=e.port),
        tr(
            "The bank sends you back to exactly this port: close the other program, or paste the address instead."
        ),
    ),
    errors.BadRedirectError: lambda e, _: _retry(
        tr("This is not the address that the bank sent you to."),
        tr("Copy the whole address from the browser's address bar: {reason}.", reason=e.reason),
    ),
    errors.BrowserError: lambda _, __: Said(
        tr("No browser could be opened."), tr("Copy the link and open it in a browser yourself.")
    ),
    errors.SetupTokenError: lambda e, bank: _retry(
        tr("This is no setup token of {bank}.", bank=bank),
        tr("Copy the whole of it from the page where you made it: {reason}.", reason=e.problem),
    ),
    errors.ClaimedTokenError: lambda _, bank: _retry(
        tr("{bank} does not take this setup token: it may have been used before.", bank=bank),
        tr(
            "If it was not you who used it, somebody else can read your accounts: disable the token there. Then make a new"
            " one and enter it here."
        ),
    ),
    errors.ServerError: lambda _, bank: _retry(
        tr("{bank}'s sign-in server gave an answer that Bankview cannot use.", bank=bank),
        tr("Your data is still here."),
    ),
    errors.OAuthError: lambda e, bank: _retry(
        tr("{bank} refused the sign-in ({code}).", bank=bank, code=e.code),
        (tr(_REFUSED[e.code]) if e.code in _REFUSED else "")
        or _sentence(e.description)
        or tr("Your data is still here."),
    ),
    errors.ClientRefusedError: lambda e, bank: Said(
        tr("{bank} does not accept your key.", bank=bank)
        if e.advice
        else tr("{bank} does not accept the client ID or secret.", bank=bank),
        e.advice
        or tr(
            "It may have expired: make a new secret in the bank's developer portal and enter it here."
        ),
        tr("Sign in…"),
        "sign_in",
    ),
    errors.MetadataError: lambda e, _: Said(
        tr("The description of the sign-in server cannot be trusted."),
        tr("Check the profile: {why}.", why=e.problem),
    ),
    errors.BankError: lambda e, bank: _retry(
        tr("{bank} could not be read.", bank=bank), _sentence(e.problem)
    ),
    errors.OfflineError: lambda _, __: _retry(tr("Offline."), tr("Showing saved data.")),
    errors.TooMuchError: lambda _, bank: _retry(
        tr("{bank} did not send everything in time.", bank=bank),
        tr("What is here stays. A later update asks for less at a time."),
    ),
    errors.BankUnavailableError: lambda e, bank: Said(
        tr("{bank} did not answer.", bank=bank), _minutes(e.retry_after), tr("Try now"), "retry"
    ),
    errors.RateLimitedError: lambda e, bank: Said(
        tr("{bank} allows no more updates for now.", bank=bank),
        _minutes(e.retry_after),
        tr("Details"),
        "details",
    ),
    errors.AccountLimitedError: lambda e, bank: Said(
        tr("{bank} allows no more updates of this account for now.", bank=bank),
        _minutes(e.retry_after),
        tr("Details"),
        "details",
    ),
    errors.BankRefusedError: lambda e, bank: _refused(bank, e),
    errors.BadBankDataError: lambda e, bank: Said(
        tr("{bank} sent something that Bankview cannot read.", bank=bank),
        tr("Nothing was changed. The place: {field}.", field=e.field),
        tr("Details"),
        "details",
    ),
    errors.KeychainError: lambda e, _: _retry(
        tr("The keychain could not be used."), _sentence(str(e))
    ),
    errors.KeychainMissingError: lambda _, __: Said(
        tr("No keychain was found on this computer."),
        tr("Bankview has nowhere safe to keep access keys."),
        tr("Set up…"),
        "unlock",
    ),
    errors.KeychainLockedError: lambda _, __: _retry(
        tr("The keychain is locked."), tr("Unlock it, then try again. Your data is still here.")
    ),
    errors.KeychainSilentError: lambda _, __: _retry(
        tr("The keychain does not answer."),
        tr("It may be waiting for you to unlock it in another window."),
    ),
    errors.KeychainLossError: lambda e, _: _lost(e),
    errors.HomeLockedError: lambda _, __: Said(
        tr("Bankview is locked."), tr("Enter your passphrase to go on.")
    ),
    errors.WrongPassphraseError: lambda e, _: _retry(
        _sentence(str(e)) or tr("The passphrase does not fit."), tr("Nothing was changed.")
    ),
    errors.StoreError: lambda _, __: _retry(
        tr("The ledger could not be read or written."), tr("Nothing was changed.")
    ),
    errors.LedgerKeyError: lambda _, __: Said(
        tr("The ledger is here, but its key is not."),
        tr("Nothing was changed. Open the keychain that has the key, or enter the recovery key."),
        tr("Enter recovery key…"),
        "recover",
    ),
    errors.LedgerDamagedError: lambda e, _: _damaged(e),
    errors.LedgerNewerError: lambda _, __: Said(
        tr("This ledger was written by a newer Bankview."),
        tr("Update Bankview to open it. Nothing was changed."),
    ),
    errors.LedgerBusyError: lambda _, __: _retry(
        tr("Another Bankview keeps the ledger busy."), tr("Nothing was changed.")
    ),
    errors.LedgerReadOnlyError: lambda _, __: _retry(
        tr("Bankview may not write to its ledger."),
        tr("Its file or folder is write-protected. Nothing was changed."),
    ),
    errors.DiskFullError: lambda _, __: _retry(
        tr("The disk is full."), tr("Nothing was lost. Make room, then try again.")
    ),
    errors.ExportError: lambda e, _: _retry(
        tr("{path} could not be written.", path=e.path), _sentence(e.problem)
    ),
    errors.TargetBusyError: lambda e, _: _retry(
        tr("{path} is open in another program.", path=e.path), tr("Close it there, then try again.")
    ),
    errors.FileError: lambda e, _: Said(tr("{file} could not be imported.", file=e.name)),
    errors.FileUnreadableError: lambda e, _: Said(
        tr("{file} cannot be read.", file=e.name), _sentence(e.problem)
    ),
    errors.NotStatementError: lambda e, _: Said(
        tr("{file} is no statement that can be imported.", file=e.name), _instead(e.kind)
    ),
    errors.FileDamagedError: lambda e, _: Said(
        tr("{file} cannot be read at line {line}: {why}.", file=e.name, line=e.line, why=e.why),
        tr("Download it from the bank again. Nothing was imported."),
    ),
    errors.FileCutError: lambda e, _: Said(
        tr("{file} ends in the middle of a statement.", file=e.name),
        tr("Download it from the bank again. Nothing was imported."),
    ),
    errors.FileUnclearError: lambda e, _: _unclear(e),
    errors.OtherAccountError: lambda e, _: Said(
        tr(
            "{file} is of {number}, and not of {chosen}.",
            file=e.name,
            number=e.number,
            chosen=e.chosen,
        ),
        tr("Nothing was imported. Choose the account that it is of."),
    ),
    errors.OtherCurrencyError: lambda e, _: Said(
        tr(
            "{file} is in {currency}, and {account} is not.",
            file=e.name,
            currency=e.currency,
            account=e.chosen,
        ),
        tr("Nothing was imported. Choose an account in {currency}.", currency=e.currency),
    ),
}


def order_text(order: str) -> str:
    """Return the order of a day's parts in words, empty where it is open."""
    return {"dmy": tr("day first"), "mdy": tr("month first"), "ymd": tr("year first")}.get(
        order, ""
    )


def decimal_mark_text(mark: str) -> str:
    """Return the mark before decimals in words, empty where it is open."""
    return {",": tr("decimal comma"), ".": tr("decimal point")}.get(mark, "")


def _instead(kind: str) -> str:
    """Return what to do with a file that is none."""
    return {
        "empty": tr("It is empty. Download it from the bank again."),
        "zip": tr("It is an archive: unpack it, and import the files in it."),
        "pdf": tr(
            "It is a PDF, made to be looked at. Download CSV, OFX, QIF, camt.053 or MT940 at the bank."
        ),
        "picture": tr("It is a picture. Download CSV, OFX, QIF, camt.053 or MT940 at the bank."),
        "spreadsheet": tr("It is a spreadsheet: save it as CSV there, and import that."),
        "page": tr(
            "It is a web page, as banks send it to who is signed out. Sign in there and download the statement again."
        ),
    }.get(kind, tr("Download CSV, OFX, QIF, camt.053 or MT940 at the bank."))


def _unclear(error: errors.FileUnclearError) -> Said:
    """Return what the person has to say before a file can be imported."""
    title = {
        "order": tr(
            "It is not clear whether {example} begins with the day or the month.",
            example=error.example,
        ),
        "decimal": tr(
            "It is not clear whether {example} has thousands or decimals.", example=error.example
        ),
        "currency": tr("{file} does not say its currency.", file=error.name),
        "date": tr("It is not clear which column of {file} is the date.", file=error.name),
        "amount": tr("It is not clear which column of {file} is the amount.", file=error.name),
    }.get(error.what)
    if title:
        return Said(title, tr("Nothing was imported yet."))
    if error.example:
        title = tr(
            "{file} is of {number}, an account that is not here.",
            file=error.name,
            number=error.example,
        )
    else:
        title = tr("{file} does not say which account it is of.", file=error.name)
    return Said(
        title, tr("Nothing was imported yet. Choose one of your accounts, or make a new one.")
    )


def _refused(bank: str, error: errors.BankRefusedError) -> Said:
    if error.status == HTTPStatus.PAYMENT_REQUIRED:
        return _retry(
            tr("{bank} wants to be paid before it goes on.", bank=bank),
            tr("Renew your subscription there. Your data is still here."),
        )
    return Said(
        tr("{bank} refused the request ({status}).", bank=bank, status=error.status),
        tr("Other accounts are not affected."),
        tr("Details"),
        "details",
    )


def _lost(error: errors.KeychainLossError) -> Said:
    if error.name.startswith("ledger"):
        return Said(
            tr("The keychain no longer holds Bankview's key."),
            tr("Your data is still here: the recovery key opens it."),
            tr("Enter recovery key…"),
            "recover",
        )
    return Said(
        tr("The keychain did not keep what Bankview gave it."),
        tr("Your data is still here; the bank needs you to sign in again."),
        tr("Sign in…"),
        "sign_in",
    )


def _damaged(error: errors.LedgerDamagedError) -> Said:
    if error.aside:
        title = tr("The ledger was damaged.")
        detail = tr("It was moved aside to {aside}, never deleted.", aside=error.aside)
        return Said(title, f"{detail} {_restored(error)}", tr("Details"), "details")
    if error.restored:
        return Said(tr("The ledger was gone."), _restored(error), tr("Details"), "details")
    return Said(
        tr("The ledger is damaged."),
        tr("Quit Bankview and open it again: it then puts its newest backup in place."),
        tr("Details"),
        "details",
    )


def _restored(error: errors.LedgerDamagedError) -> str:
    if error.restored is None:
        return tr(
            "There was no backup to restore; the next update fetches what the banks still have."
        )
    return tr("The backup of {day} was restored.", day=long_day_text(error.restored.date()))
