"""What a CSV file's columns are, from its headings and what stands below them; what is left open is not guessed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from bankview.errors import FileDamagedError, NotStatementError
from bankview.files import values
from bankview.files.columns import Columns
from bankview.files.direction import direction
from bankview.files.encoding import encoding_of
from bankview.files.headings import currency_in, fields, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bankview.files.source import Source

    Table = list[list[str]]
    Places = dict[str, tuple[int, ...]]

#: Lines by which columns are told, and among which a header is looked for.
SAMPLE, PREAMBLE = 400, 60
_DELIMITERS = ";,\t|"
ORDERS = ("ymd", "dmy", "mdy")
#: Characters of a number at most that tells how numbers are written.
LONGEST = 60
#: A number with one mark or several, and what follows the last.
_MARKED = re.compile(
    r"^\D*?(\d[\d\s'’\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}.,]*?)([.,])(\d+)\D*$"
)
_IBAN = re.compile(r"\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8})\b")
_AMOUNTS = ("amount", "out", "in")
_CODE = re.compile("[A-Za-z]{3}")
_OWN = re.compile("[0-9a-f]{32}")
#: Headings under which either side's account may stand.
_EITHER = {"iban", "kontonummer", "accountnumber", "konto"}


def columns_of(source: Source) -> Columns:
    """Return how a CSV file is to be read; order of days and decimal mark are empty where both are possible.

    Raises:
        NotStatementError: it has no columns, or neither days nor amounts in any.
    """
    encoding = encoding_of(source)
    try:
        text = list(islice(source.lines(encoding), SAMPLE))
    except FileDamagedError:
        raise NotStatementError(source.name, "binary") from None
    delimiter, table = _table(text)
    if not table:
        raise NotStatementError(source.name, "unknown")
    first, header = _header(table)
    below = [cells for cells in table[first:] if any(cells)]
    named = _checked(fields(header), below)
    whole = "date" in named and named.keys() & {"amount", "in", "out"}
    places = named if whole else _unnamed(below) | named
    number = _number(table[: max(0, first - 1)])
    places = _others(places, header, below, number) if header else places
    found = Columns(
        encoding=encoding,
        delimiter=delimiter,
        first=first,
        header=tuple(header),
        places=places,
        order="",
        decimal=decimal_mark(_column(below, places, _AMOUNTS), ours="own_id" in places),
        currency=_currency(header, places),
        number=number,
        guarded="own_id" in places and "raw_text" not in places,
    )
    if not places.keys() & {"date", "amount", "in", "out"}:
        raise NotStatementError(source.name, "unknown")
    return ordered(source, found)


def ordered(source: Source, columns: Columns) -> Columns:
    """Return the columns with the order of days where the whole file leaves only one, or all come to the same."""
    if columns.order or "date" not in columns.places:
        return columns
    left, same = set(ORDERS), True
    for cells in islice(lines(source, columns), columns.first, None):
        for place in columns.places["date"]:
            if place < len(cells) and (fit := orders(cells[place])):
                left, same = left & set(fit), same and len(set(fit.values())) == 1
    if len(left) > 1 and not same:
        return columns
    order = min(left, key=ORDERS.index) if left else ""
    return _replaced(columns, order=order)


def _replaced(columns: Columns, **said: str) -> Columns:
    from msgspec.structs import replace  # noqa: PLC0415

    return replace(columns, **said)


@lru_cache(1000)
def orders(text: str) -> dict[str, object]:
    """Return what a day would be in each order in which it is one; nothing where it is none at all."""
    found: dict[str, object] = {}
    for order in ORDERS if "." not in text.strip()[:6] else ("dmy",):
        try:
            found[order] = values.day(text, order)
        except ValueError:
            continue
    if found.get("ymd") == found.get("dmy") == found.get("mdy"):
        return found
    return {order: one for order, one in found.items() if order != "ymd" or one != found.get("dmy")}


def lines(source: Source, columns: Columns) -> Iterator[list[str]]:
    """Yield the cells of every line, empty lines as no cells.

    Raises:
        FileDamagedError: a field that is longer than any text.
    """
    reader = csv.reader(source.lines(columns.encoding), delimiter=columns.delimiter)
    try:
        yield from reader
    except csv.Error:
        raise FileDamagedError(source.name, reader.line_num, "") from None


def _table(text: Sequence[str]) -> tuple[str, Table]:
    """Return the delimiter that makes columns of most lines, and the lines' cells."""
    best: tuple[tuple[int, int], str, Table] = ((0, 0), "", [])
    for delimiter in _DELIMITERS:
        try:
            table = list(csv.reader(text, delimiter=delimiter))
        except csv.Error:
            continue
        widths = Counter(len(cells) for cells in table if len(cells) > 1)
        if widths:
            width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
            best = max(
                best, ((count if width > 1 else 0, width), delimiter, table), key=lambda one: one[0]
            )
    return best[1], best[2]


def _header(table: Table) -> tuple[int, list[str]]:
    """Return the index of the first line below the header, and the header; 0 and nothing where there is none."""
    best, place = 0, -1
    for number, cells in enumerate(table[:PREAMBLE]):
        named = fields(cells)
        known = sum(len(one) for one in named.values())
        if known > best and "date" in named and not any(_is_day(cell) for cell in cells):
            best, place = known, number
    if place >= 0 and best >= 2:
        return place + 1, [cell.strip() for cell in table[place]]
    first = next((number for number, cells in enumerate(table) if _is_row(cells)), 0)
    above = table[first - 1] if first else []
    if len(above) == len(table[first]) and all(map(str.strip, above)):
        return first, [cell.strip() for cell in above]
    return first, []


def _is_row(cells: Sequence[str]) -> bool:
    """Say whether a line holds a day and an amount."""
    days = [place for place, cell in enumerate(cells) if _is_day(cell)]
    return bool(days) and any(_is_amount(cell) for n, cell in enumerate(cells) if n not in days)


def _is_day(text: str) -> bool:
    return len(text) < 30 and bool(orders(text))


def _is_amount(text: str) -> bool:
    for mark in ",.":
        try:
            values.decimal(text, mark)
        except ValueError:
            continue
        return True
    return False


def _column(below: Iterable[Sequence[str]], places: Places, names: Sequence[str]) -> list[str]:
    """Return what stands in the columns of these fields."""
    wanted = [place for name in names for place in places.get(name, ())]
    found = (cells[place].strip() for cells in below for place in wanted if place < len(cells))
    return [text for text in found if text]


def _mostly(texts: Sequence[str], fits: Callable[[str], object]) -> bool:
    return not texts or sum(bool(fits(text)) for text in texts) * 2 > len(texts)


#: What most cells of a column are, where it is what its heading says.
_FITS: dict[str, Callable[[str], object]] = {
    "currency": _CODE.fullmatch,
    "out": _is_amount,
    "in": _is_amount,
    "balance": _is_amount,
}


def _checked(named: Places, below: Table) -> Places:
    """Return what a header names, without what the cells below belie."""
    found = dict(named)

    def said(name: str) -> list[str]:
        return _column(below, found, (name,)) if name in found else []

    if not _mostly(said("value_date"), _is_day):
        found.setdefault("currency", found.pop("value_date"))
    for name, fits in _FITS.items():
        if not _mostly(said(name), fits):
            del found[name]
    if said("direction") and not all(map(direction, said("direction"))):
        del found["direction"]
    if said("bank_id") and _mostly(said("bank_id"), _OWN.fullmatch):
        found["own_id"] = found.pop("bank_id")
    return found


def _others(places: Places, header: Sequence[str], below: Table, number: str) -> Places:
    """Return the places where a column of account numbers is of the other side: beside names, and never the same."""
    for name in ("iban", "account"):
        place = places.get(name, (0,))[0]
        if name not in places or folded(header[place]) not in _EITHER or "counterparty" in places:
            continue
        seen = {cells[place] for cells in below if place < len(cells)}
        if "payee" in places and (number or len(seen) > 1):
            return {one: at for one, at in places.items() if one != name} | {
                "counterparty": (place,)
            }
    return places


def _unnamed(below: Table) -> Places:
    """Return what columns without headings are by what stands in them; the amounts before the balance."""
    width = max(map(len, below), default=0)
    cells = [
        [line[place].strip() if place < len(line) else "" for line in below]
        for place in range(width)
    ]
    filled = [[text for text in column if text] for column in cells]
    days = [place for place, texts in enumerate(filled) if texts and _mostly(texts, _is_day)]
    sums = [
        place
        for place, texts in enumerate(filled)
        if place not in days
        and texts
        and _mostly(texts, _is_amount)
        and any(not one.isdecimal() for one in texts)
    ]
    texts = [
        place
        for place in range(width)
        if place not in days + sums and any(map(str.isalpha, "".join(filled[place])))
    ]
    found: Places = {}
    for name, places in (
        ("date", days),
        ("value_date", days[1:]),
        ("amount", sums),
        ("balance", sums[1:]),
    ):
        if places:
            found[name] = (places[0],)
    longest = sorted(texts, key=lambda place: -sum(map(len, filled[place])))
    return found | ({"description": (longest[0],)} if longest else {})


def decimal_mark(texts: Iterable[str], *, ours: bool = False) -> str:
    """Return the mark before decimals; a point where no number has any mark, nothing where it could be either.

    In files of our own no mark stands between thousands.
    """
    open_, told = False, Counter[str]()
    for text in texts:
        if len(text) < LONGEST and (found := _MARKED.match(text)):
            whole, mark, rest = found.groups()
            other = "." if mark == "," else ","
            if ours or other in whole or (len(rest) != 3 and mark not in whole):
                told[mark] += 1
            elif mark in whole:
                told[other] += 1
            else:
                open_ = True
    if told:
        return told.most_common(1)[0][0]
    return "" if open_ else "."


def _currency(header: Sequence[str], places: Places) -> str:
    if "currency" in places:
        return ""
    named = (
        currency_in(header[place]) for name in _AMOUNTS for place in places.get(name, ()) if header
    )
    return next((one for one in named if one), "")


def _number(preamble: Iterable[Sequence[str]]) -> str:
    """Return the IBAN that stands above the header, if one alone does."""
    found = {
        one.replace(" ", "") for cells in preamble for cell in cells for one in _IBAN.findall(cell)
    }
    return found.pop() if len(found) == 1 else ""
