"""OFX 1 (SGML) and OFX 2 (XML), piece by piece.

The specification lets anybody add elements and tells readers to skip what they do not know (OFX 1.6 §2.3.1), and banks
leave out closing tags, so that neither an XML parser nor one that validates reads all files; the known libraries also
build the whole tree, fifty bytes for each byte of the file.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bankview.domain.account import Account, AccountType
from bankview.domain.transaction import Status, Transaction
from bankview.errors import FileCutError, FileDamagedError, FileUnclearError
from bankview.files import values
from bankview.files.encoding import encoding_of
from bankview.files.values import Closing, NotReadError, Unread
from bankview.language import tr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bankview.domain.money import Money
    from bankview.files.source import Source
    from bankview.files.values import Currency, Item, Items

#: Elements that hold others. All other elements hold text, which may be empty and need not be closed.
_GROUPS = frozenset(
    [
        "OFX",
        "BANKMSGSRSV1",
        "CREDITCARDMSGSRSV1",
        "STMTTRNRS",
        "CCSTMTTRNRS",
        "STMTRS",
        "CCSTMTRS",
        "BANKACCTFROM",
        "CCACCTFROM",
        "BANKTRANLIST",
        "STMTTRN",
        "PAYEE",
        "BANKACCTTO",
        "CCACCTTO",
        "CURRENCY",
        "ORIGCURRENCY",
        "LEDGERBAL",
        "AVAILBAL",
        "SONRS",
        "STATUS",
        "FI",
    ]
)
_CHARSET = re.compile(rb"CHARSET:\s*([\w-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w-]+)")
_TYPES = {
    "CHECKING": AccountType.CURRENT,
    "SAVINGS": AccountType.SAVINGS,
    "CREDITLINE": AccountType.LOAN,
}
#: Characters of an element at most.
_LONGEST = 1 << 20


def read(source: Source, currency: Currency = values.unknown) -> Items:
    """Yield the accounts, rows, unread rows and closing balances of a file.

    `currency` says that of an account for a file that names none.

    Raises:
        FileCutError: its end is missing.
        FileDamagedError: it cannot be read.
    """
    statement = _Statement(source.name, currency)
    ended = False
    for line, name, text in _elements(source):
        ended = ended or name == "/OFX"
        item = statement.take(line, name, text)
        if item:
            yield item
    if not ended:
        raise FileCutError(source.name)


def _encoding(source: Source) -> str:
    """Return the encoding; many a file in UTF-8 says that it is Windows-1252, and none the other way round."""
    found = encoding_of(source)
    if found.startswith("utf"):
        return found
    said = _DECLARED.search(source.head) or _CHARSET.search(source.head)
    name = said[1].decode().lower() if said else ""
    named = {
        "1252": "cp1252",
        "1250": "cp1250",
        "1251": "cp1251",
        "iso-8859-1": "cp1252",
        "windows-1252": "cp1252",
    }
    return named.get(name, found)


def _elements(source: Source) -> Iterator[tuple[int, str, str]]:
    """Yield each tag with its line and the text behind it."""
    open_, size, start = list[str](), 0, 1
    for number, piece in enumerate(source.lines(_encoding(source)), 1):
        *whole, rest = piece.split("<")
        if whole:
            yield from _element(start, "".join([*open_, whole[0]]))
            for part in whole[1:]:
                yield from _element(number, part)
            open_, size, start = [], 0, number
        open_.append(rest)
        size += len(rest)
        if size > _LONGEST:
            raise FileDamagedError(source.name, number, tr("the line has no end"))
    yield from _element(start, "".join(open_))


def _element(line: int, part: str) -> Iterator[tuple[int, str, str]]:
    name, closed, text = part.partition(">")
    if closed:
        yield (
            line,
            name.split(maxsplit=1)[0].upper() if name.strip() else "",
            html.unescape(text).strip(),
        )


class _Statement:
    """What is known so far, element by element."""

    def __init__(self, file: str, currency: Currency) -> None:
        self._file, self._given = file, currency
        self._currency, self._key = "", ""
        self._open: list[str] = []
        self._said: dict[str, str] = {}
        self._line = 0

    def take(self, line: int, name: str, text: str) -> Item | None:
        """Take the next element, and return what is complete with it."""
        if name.startswith("/"):
            return self._close(name[1:])
        if name in _GROUPS:
            self._open.append(name)
            if name in {"STMTTRN", "BANKACCTFROM", "CCACCTFROM", "LEDGERBAL"}:
                self._said, self._line = {}, line
            if name in {"STMTRS", "CCSTMTRS"}:
                self._currency, self._key = "", ""
        elif name == "CURDEF":
            self._currency = text.upper()
        elif text and self._open:
            inner = self._open[-1]
            own = (
                name
                if inner in {"STMTTRN", "BANKACCTFROM", "CCACCTFROM", "LEDGERBAL"}
                else f"{inner}.{name}"
            )
            self._said.setdefault(own, text)
        return None

    def _close(self, name: str) -> Item | None:
        if name not in self._open:
            return None
        while self._open.pop() != name:
            pass
        if name in {"BANKACCTFROM", "CCACCTFROM"}:
            return self._account(card=name == "CCACCTFROM")
        if name == "STMTTRN":
            return self._row_or_unread()
        return self._closing() if name == "LEDGERBAL" else None

    def _account(self, *, card: bool) -> Account:
        number = self._said.get("ACCTID", "")
        self._key = "|".join((self._said.get("BANKID", ""), number))
        kind = (
            AccountType.CARD
            if card
            else _TYPES.get(self._said.get("ACCTTYPE", ""), AccountType.OTHER)
        )
        is_iban = bool(re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", number))
        numbers = ("", number) if is_iban else (number, "")
        found = Account(self._key, "", self._currency, *numbers, kind)
        self._currency = self._currency or self._given(found)
        if not self._currency:
            raise FileUnclearError(self._file, "currency")
        return replace(found, currency=self._currency)

    def _row_or_unread(self) -> Item:
        try:
            return self._row()
        except NotReadError as error:
            return Unread(self._line, str(error))

    def _row(self) -> Transaction:
        said = self._said
        payee = said.get("NAME") or said.get("PAYEE.NAME", "")
        currency = said.get("CURRENCY.CURSYM", self._currency).upper()
        if currency != self._currency:
            raise NotReadError(tr("it is in another currency"))
        return Transaction(
            account_key=self._key,
            status=Status.BOOKED,
            booked_on=_day(said.get("DTPOSTED", "")),
            amount=_money(said.get("TRNAMT", ""), currency),
            description=said.get("MEMO") or payee,
            transacted_on=_day(said["DTUSER"]) if said.get("DTUSER") else None,
            payee=payee,
            counterparty_account=said.get("BANKACCTTO.ACCTID", ""),
            reference=said.get("CHECKNUM") or said.get("REFNUM", ""),
            bank_id=said.get("FITID", ""),
            raw=values.raw(self._file, self._line, said),
        )

    def _closing(self) -> Closing | None:
        try:
            balance = _money(self._said.get("BALAMT", ""), self._currency)
            return Closing(self._key, balance, _day(self._said.get("DTASOF", "")))
        except NotReadError:
            return None


def _day(text: str) -> date:
    """Return the day of YYYYMMDD[HHMMSS[.XXX][zone]]: that of the bank's own clock, as it is written."""
    return values.day_of(text[:8], "ymd")


def _money(text: str, currency: str) -> Money:
    """Return an amount; the specification allows a comma or a point, and no mark between thousands."""
    return values.money_of(text, "," if text.rfind(",") > text.rfind(".") else ".", currency)
