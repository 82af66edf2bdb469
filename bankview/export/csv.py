"""Comma-separated values (RFC 4180), as machines want them and as spreadsheets want them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from babel.numbers import get_decimal_symbol

from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from babel import Locale

    from bankview.domain.account import Account
    from bankview.domain.money import Money
    from bankview.domain.transaction import Transaction

#: Rows that are encoded and written at a time.
CHUNK = 2000
BOM = b"\xef\xbb\xbf"
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: What a spreadsheet reads as the beginning of a formula, also behind blanks and quotes (OWASP, CWE-1236).
_FORMULA = re.compile("[ '\"]*[=+\\-@\t\r\n\0＝＋－＠]")
_NUMBER = re.compile(r"[ '\"]*[-+]?\d+([.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Place:
    """What a row of the file says of its account: the account itself and its bank's name."""

    account: Account
    bank: str


def standard(
    rows: Iterable[Transaction],
    accounts: Mapping[int, Account],
    banks: Mapping[int, str],
    out: BinaryIO,
    locale: Locale,  # noqa: ARG001 - the same file everywhere
) -> int:
    """Write rows for programs: exact values, the same columns and the same dialect everywhere. Return their number.

    The header is English and never translated, dates are ISO, amounts have a point; newlines in texts become blanks.
    """
    places = {id_: Place(account, banks.get(id_, "")) for id_, account in accounts.items()}
    header = [name for name, _ in _STANDARD]
    cells = [cell for _, cell in _STANDARD]
    lines = ([cell(row, places[row.account_id]) for cell in cells] for row in rows)
    return _write(out, header, lines, _Quote(","))


def spreadsheet(
    rows: Iterable[Transaction],
    accounts: Mapping[int, Account],
    banks: Mapping[int, str],
    out: BinaryIO,
    locale: Locale,
) -> int:
    """Write rows for Excel, LibreOffice and Numbers, so that a double click just works. Return their number.

    A byte order mark, `;` and a decimal comma where the locale has one, and no text that a spreadsheet would run as a
    formula: such a text gets a leading apostrophe. Numbers, negative ones too, stay as they are.
    """
    places = {id_: Place(account, banks.get(id_, "")) for id_, account in accounts.items()}
    comma = get_decimal_symbol(locale) == ","
    columns = _columns()
    header = [tr(name) for name, _, _ in columns]
    out.write(BOM)
    lines = (
        [_in_sheet(kind, cell(row, places[row.account_id]), comma) for _, kind, cell in columns]
        for row in rows
    )
    return _write(out, header, lines, _Quote(";" if comma else ","))


def on_one_line(text: str) -> str:
    """Return a text with each of its line breaks as a blank."""
    return _BREAK.sub(" ", text)


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `unguarded` gives it back."""
    return f"'{text}" if _is_formula(text) else text


def unguarded(text: str) -> str:
    """Return what `guarded` was given."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def _in_sheet(kind: str, text: str, comma: bool) -> str:
    if kind == "amount":
        return text.replace(".", ",") if comma else text
    return text if kind == "day" else guarded(on_one_line(text))


class _Quote:
    """Quotes a field where RFC 4180 or an edge blank asks for it."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self._needed = re.compile(f'["{delimiter}\r\n]|^[ \t]|[ \t]$')

    def line(self, fields: Sequence[str]) -> str:
        """Return one line of the file with its end."""
        return self.delimiter.join(map(self._field, fields)) + "\r\n"

    def _field(self, text: str) -> str:
        text = on_one_line(text)
        if self._needed.search(text):
            return '"' + text.replace('"', '""') + '"'
        return text


def _write(
    out: BinaryIO, header: Sequence[str], lines: Iterator[Sequence[str]], quote: _Quote
) -> int:
    """Write header and lines in chunks, so that a million rows need no more memory than a thousand."""
    out.write(quote.line(header).encode())
    count = 0
    while chunk := list(islice(lines, CHUNK)):
        out.write("".join(map(quote.line, chunk)).encode())
        count += len(chunk)
    return count


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _amount(money: Money | None) -> str:
    return str(money) if money else ""


def _nothing(_: Transaction, __: Place) -> str:
    return ""


#: The columns of the Standard file: a contract, in this order. Those not known yet stay empty.
_STANDARD: tuple[tuple[str, Callable[[Transaction, Place], str]], ...] = (
    ("account_name", lambda _, place: place.account.label),
    ("account_iban", lambda _, place: place.account.iban),
    ("account_bban", lambda _, place: place.account.number),
    ("bank", lambda _, place: place.bank),
    ("currency", lambda row, _: row.amount.currency),
    ("booking_date", lambda row, _: _day(row.booked_on)),
    ("value_date", lambda row, _: _day(row.value_on)),
    ("transaction_date", lambda row, _: _day(row.transacted_on)),
    ("amount", lambda row, _: _amount(row.amount)),
    ("status", lambda row, _: row.status.value),
    ("payee", lambda row, _: row.payee),
    ("counterparty_account", lambda row, _: row.counterparty_account),
    ("description", lambda row, _: row.description),
    ("raw_text", lambda row, _: row.raw_text or row.description),
    ("reference", lambda row, _: row.reference),
    ("category", lambda row, _: row.own_category),
    ("tags", lambda row, _: ", ".join(row.words.tags)),
    ("notes", lambda row, _: row.words.note),
    ("balance_after", lambda row, _: _amount(row.balance_after)),
    ("original_amount", lambda row, _: _amount(row.original)),
    ("original_currency", lambda row, _: row.original.currency if row.original else ""),
    ("exchange_rate", lambda row, _: f"{row.rate:f}" if row.rate else ""),
    ("bank_transaction_id", lambda row, _: row.bank_id),
    ("bankview_id", lambda row, _: row.id),
)


def _columns() -> tuple[tuple[str, str, Callable[[Transaction, Place], str]], ...]:
    """Return the spreadsheet's columns: heading, kind, cell."""
    cell = dict(_STANDARD)
    return (
        (tr("Date"), "day", cell["booking_date"]),
        (tr("Value date"), "day", cell["value_date"]),
        (tr("Bank"), "text", cell["bank"]),
        (tr("Account"), "text", cell["account_name"]),
        (tr("Account number"), "text", lambda _, place: place.account.number or place.account.iban),
        (tr("Payee"), "text", cell["payee"]),
        (tr("Description"), "text", cell["description"]),
        (tr("Category"), "text", cell["category"]),
        (tr("Amount"), "amount", cell["amount"]),
        (tr("Currency"), "text", cell["currency"]),
        (tr("Balance"), "amount", cell["balance_after"]),
        (tr("Status"), "text", lambda row, _: tr(row.status.value.capitalize())),
        (tr("Reference"), "text", cell["reference"]),
        (tr("Counterparty account"), "text", cell["counterparty_account"]),
        (tr("Original amount"), "amount", cell["original_amount"]),
        (tr("Original currency"), "text", cell["original_currency"]),
        (tr("ID"), "text", cell["bankview_id"]),
    )
