"""Comma-separated values (RFC 4180), as machines want them and as spreadsheets want them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from babel.numbers import get_decimal_symbol

from bankview.domain.formula import guarded
from bankview.domain.money import decimal_text
from bankview.domain.transaction import Status
from bankview.words import CATEGORIES, category_texts, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from babel import Locale

    from bankview.domain.account import Account
    from bankview.domain.entry import Entry

#: Rows that are encoded and written at a time.
CHUNK = 2000
BOM = b"\xef\xbb\xbf"
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_END = "\r\n"
#: What no plain line holds, with the ends of lines and the delimiter, which are counted.
_ODD = tuple('"\t\v\f\x1c\x1d\x1e\x85\u2028\u2029')


#: The columns of the Standard file: a contract, in this order.
STANDARD = (
    *("account_name", "account_iban", "account_bban", "bank", "currency"),
    *("booking_date", "value_date", "transaction_date", "amount", "status", "payee"),
    *("counterparty_account", "description", "raw_text", "reference", "category", "tags", "notes"),
    *("balance_after", "original_amount", "original_currency", "exchange_rate"),
    *("bank_transaction_id", "bankview_id"),
)


def standard(
    rows: Iterable[Entry],
    accounts: Mapping[int, Account],
    banks: Mapping[int, str],
    out: BinaryIO,
    locale: Locale,  # noqa: ARG001 - the same file everywhere
) -> int:
    """Write rows for programs: exact values, the same columns and the same dialect everywhere. Return their number.

    Header and the tree's categories are English and never translated, dates are ISO, amounts have a point; newlines in
    texts become blanks.
    """
    return _write(out, STANDARD, _cells(rows, accounts, banks, CATEGORIES), Quote(","))


def spreadsheet(
    rows: Iterable[Entry],
    accounts: Mapping[int, Account],
    banks: Mapping[int, str],
    out: BinaryIO,
    locale: Locale,
) -> int:
    """Write rows for Excel, LibreOffice and Numbers, so that a double click just works. Return their number.

    A byte order mark, `;` and a decimal comma where the locale has one, and no text that a spreadsheet would run as a
    formula: such a text gets a leading apostrophe. Numbers, negative ones too, stay as they are.
    """
    comma = get_decimal_symbol(locale) == ","
    columns = _columns(comma)
    header = [tr(name) for name, _, _ in columns]
    shown = [(STANDARD.index(name), write) for _, name, write in columns]
    out.write(BOM)
    number, iban = STANDARD.index("account_bban"), STANDARD.index("account_iban")
    lines = (
        [write(cells[place] or (cells[iban] if place == number else "")) for place, write in shown]
        for cells in _cells(rows, accounts, banks, category_texts())
    )
    return _write(out, header, lines, Quote(";" if comma else ","))


def on_one_line(text: str) -> str:
    """Return a text with each of its line breaks as a blank."""
    return _BREAK.sub(" ", text)


class Quote:
    """Quotes a field where RFC 4180 or an edge blank asks for it."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self._needed = re.compile(f'["{delimiter}\r\n]|^[ \t]|[ \t]$')
        self._odd = (*_ODD, f" {delimiter}", f"{delimiter} ", " \r", "\n ")

    def lines(self, rows: Sequence[Sequence[str]]) -> str:
        """Return lines with their ends; most need no quotes, which is seen at once and not field by field."""
        text = _END.join(map(self.delimiter.join, rows)) + _END
        if self._is_plain(text, len(rows), len(rows[0])):
            return text
        return "".join(map(self.line, rows))

    def line(self, fields: Sequence[str]) -> str:
        """Return one line with its end."""
        text = self.delimiter.join(fields) + _END
        if self._is_plain(text, 1, len(fields)):
            return text
        return self.delimiter.join(map(self.field, fields)) + _END

    def _is_plain(self, text: str, lines: int, fields: int) -> bool:
        return (
            text.count(self.delimiter) == lines * (fields - 1)
            and text.count("\n") == text.count("\r") == lines
            and not text.startswith(" ")
            and not any(odd in text for odd in self._odd)
        )

    def field(self, text: str) -> str:
        """Return one field."""
        text = on_one_line(text)
        if self._needed.search(text):
            return '"' + text.replace('"', '""') + '"'
        return text


def _write(
    out: BinaryIO, header: Sequence[str], lines: Iterator[Sequence[str]], quote: Quote
) -> int:
    """Write header and lines in chunks, so that a million rows need no more memory than a thousand."""
    out.write(quote.line(header).encode())
    count = 0
    while chunk := list(islice(lines, CHUNK)):
        out.write(quote.lines(chunk).encode())
        count += len(chunk)
    return count


class _Days(dict[int | None, str]):
    """ISO dates by ordinal, each made once; nothing for no date."""

    def __missing__(self, ordinal: int | None) -> str:
        self[ordinal] = date.fromordinal(ordinal).isoformat() if ordinal else ""
        return self[ordinal]


def _cells(
    rows: Iterable[Entry],
    accounts: Mapping[int, Account],
    banks: Mapping[int, str],
    names: Mapping[str, str],
) -> Iterator[tuple[str, ...]]:
    """Yield the cells of the Standard file; `names` are those of the tree's categories."""
    heads = {
        id_: (one.label, one.iban, one.number, banks.get(id_, ""), one.currency)
        for id_, one in accounts.items()
    }
    days, money, statuses = _Days(), decimal_text, (Status.BOOKED.value, Status.PENDING.value)
    # An entry is taken apart at once: looking up a name costs as much as making a cell.
    for (
        day,
        own,
        account,
        pending,
        amount,
        payee,
        text,
        category,
        value,
        bought,
        other,
        raw,
        reference,
        after,
        original,
        abroad,
        rate,
        bank_id,
        tags,
        note,
    ) in rows:
        head = heads[account]
        yield (
            *head,
            days[day],
            days[value],
            days[bought],
            money(amount, head[4]),
            statuses[pending],
            payee,
            other,
            text,
            raw or text,
            reference,
            names.get(category, category),
            tags.replace(",", ", ") if tags else "",
            note or "",
            "" if after is None else money(after, head[4]),
            "" if original is None or abroad is None else money(original, abroad),
            abroad or "",
            _rate(rate) if rate else "",
            bank_id,
            own,
        )


def _rate(text: str) -> str:
    number = Decimal(text)
    return f"{number:f}" if number else ""


def _columns(comma: bool) -> tuple[tuple[str, str, Callable[[str], str]], ...]:
    """Return the spreadsheet's columns: heading, the Standard file's column, and how its cells are written."""

    def amount(text: str) -> str:
        return text.replace(".", ",") if comma else text

    def words(text: str) -> str:
        return guarded(on_one_line(text))

    return (
        (tr("Date"), "booking_date", str),
        (tr("Value date"), "value_date", str),
        (tr("Bank"), "bank", words),
        (tr("Account"), "account_name", words),
        (tr("Account number"), "account_bban", words),
        (tr("Payee"), "payee", words),
        (tr("Description"), "description", words),
        (tr("Category"), "category", words),
        (tr("Amount"), "amount", amount),
        (tr("Currency"), "currency", words),
        (tr("Balance"), "balance_after", amount),
        (tr("Status"), "status", lambda text: tr(text.capitalize())),
        (tr("Reference"), "reference", words),
        (tr("Counterparty account"), "counterparty_account", words),
        (tr("Original amount"), "original_amount", amount),
        (tr("Original currency"), "original_currency", words),
        (tr("ID"), "bankview_id", words),
    )
