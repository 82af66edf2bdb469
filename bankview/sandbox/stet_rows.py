"""An account's transactions in STET PSD2 1.4.2: which ones a call asks for, page by page, and how each is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.sandbox.books import kinds
from bankview.sandbox.books.row import Row
from bankview.sandbox.stet_refusal import RefusedError
from bankview.sandbox.stet_shapes import amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account
    from bankview.sandbox.session import RowIds

OSLO = ZoneInfo("Europe/Oslo")
#: Rows of a page, and days of history without `extended_transaction_history`.
PAGE, DAYS = 100, 90
PARAMETERS = ("dateFrom", "dateTo", "page", "index")
#: Rows that tell something and move no money: their status, text and minor units.
NOTICES = (
    ("INFO", "Varsel: avtale om AvtaleGiro endret", -11_820),
    ("RJCT", "Avvist: STRØM AS", -93_400),
)
_INDEX = re.compile(r"(\d{8})-(\d{1,20})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows a call asks for: both days included; `after` is the last row of the page before, `page` counts from 1."""

    since: date
    until: date
    page: int = 1
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with their status, and the index that the next page begins after; empty where there is none."""

    rows: tuple[tuple[Row, str], ...]
    index: str


def read_wanted(arguments: Sequence[tuple[str, str]], floor: date) -> Wanted:
    """Return which rows a query asks for; `floor` is the first day that may be seen.

    Raises:
        RefusedError: a parameter is unknown, comes twice, or cannot be read.
    """
    given = dict(arguments)
    if len(given) != len(arguments) or not {*given} <= {*PARAMETERS}:
        raise RefusedError(400, f"Send {', '.join(PARAMETERS[:2])}, each once")
    since = _day(given["dateFrom"]) if "dateFrom" in given else date.min
    end = _day(given["dateTo"]) if "dateTo" in given else date.max
    if since > end:
        raise RefusedError(400, "dateFrom is after dateTo")
    until = end if end == date.max else end - timedelta(days=1)
    since = max(since, floor)
    if "page" not in given and "index" not in given:
        return Wanted(since, until)
    index = _INDEX.fullmatch(given.get("index", ""))
    page = given.get("page", "")
    if index is None or not re.fullmatch(r"[1-9]\d{0,5}", page):
        raise RefusedError(400, "page and index are taken from links")
    return Wanted(since, min(until, _day(_dashed(index[1]))), int(page), int(index[2]))


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def _day(text: str) -> date:
    """Return the bank's day of a date or date-time; the day of an instant is the one in Oslo."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", text):
            instant = datetime.fromisoformat(text)
            return (instant.astimezone(OSLO) if instant.tzinfo else instant).date()
    except (ValueError, OverflowError):
        pass
    raise RefusedError(400, "A date is neither a date nor a date-time")


def read_page(books: Books, of: Account, wanted: Wanted, began: date) -> Page:
    """Return a page: what is not booked comes first, then the newest; `began` dates the notices."""
    if wanted.since > wanted.until:
        return Page((), "")
    rows = books.rows(of.id, wanted.since, wanted.until)
    if wanted.after is not None:
        head: list[tuple[Row, str]] = []
        booked = _rest(rows, wanted.after)
    else:
        waiting, booked = _parted(rows)
        head = [(row, _waits(row)) for row in waiting]
        head += [each for each in _notices(books, of, began) if _falls(each[0], wanted)]
    found = list(islice(booked, max(1, PAGE - len(head)) + 1))
    more = len(found) > max(1, PAGE - len(head))
    kept = found[:-1] if more else found
    index = f"{kept[-1].day:%Y%m%d}-{kept[-1].number}" if more else ""
    return Page((*head, *((row, "BOOK") for row in kept)), index)


def _parted(rows: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """Return the rows that wait, which come first, and the others as they come."""
    waiting: list[Row] = []
    for row in rows:
        if not row.pending:
            return waiting, _with(row, rows)
        waiting.append(row)
    return waiting, iter(())


def _with(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _rest(rows: Iterator[Row], after: int) -> Iterator[Row]:
    for row in rows:
        if row.number == after:
            return rows
    raise RefusedError(400, "The index is not known")


def _falls(row: Row, wanted: Wanted) -> bool:
    return wanted.since <= row.day <= wanted.until


def _waits(row: Row) -> str:
    # Which of the two a row is does not matter, only that both are met and neither is counted.
    return "FUTR" if row.number % 3 == 0 else "PDNG"


def _notices(books: Books, of: Account, began: date) -> Iterator[tuple[Row, str]]:
    if of is not books.accounts[0]:
        return
    for number, (status, text, minor) in enumerate(NOTICES, 1):
        day = began - timedelta(days=number)
        yield Row(number, of.id, day, day, minor, text, kinds.BILL), status


def shape(row: Row, status: str, of: Account, ids: RowIds) -> dict[str, Any]:
    """Return a transaction; its amount has no sign, and rows that wait have no lasting reference yet."""
    day_member = "expectedBookingDate" if row.pending else "bookingDate"
    written: dict[str, Any] = {
        "resourceId": ids.seal(row.number),
        "transactionAmount": amount(abs(row.minor), of.currency),
        "creditDebitIndicator": "DBIT" if row.minor < 0 else "CRDT",
        "status": status,
        day_member: _written_day(row),
        "bankTransactionCode": _code(row),
        "remittanceInformation": _remittance(row),
    }
    if row.value_day:
        written["entryReference"] = f"{row.day:%Y%m%d}{row.number:020d}"
        written["valueDate"] = written["transactionDate"] = row.value_day.isoformat()
    if row.payee:
        written["relatedParties"] = {"creditor" if row.minor < 0 else "debtor": {"name": row.payee}}
    return written


def _written_day(row: Row) -> str:
    """Return the day, on some rows as the instant of its midnight with a zone that has no colon."""
    if row.number % 3:
        return row.day.isoformat()
    midnight = datetime(row.day.year, row.day.month, row.day.day, tzinfo=OSLO)
    return midnight.strftime("%Y-%m-%dT%H:%M:%S%z")


def _code(row: Row) -> dict[str, str]:
    family = ("CCRD", "POSD") if row.kind.mcc else ("ICDT" if row.minor < 0 else "RCDT", "ESCT")
    return {"domain": "PMNT", "family": family[0], "subFamily": family[1], "code": row.kind.code}


def _remittance(row: Row) -> Any:
    """Return the texts in an object, as 1.4.2 has them, or on every seventh row in a list, as banks still do."""
    lines = [line[:140] for line in (row.text, row.message) if line]
    return {"unstructured": lines} if row.number % 7 else lines
