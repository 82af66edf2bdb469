"""MT940, statement by statement: the tags are told apart here, row by row, and read by the library."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import mt940

from bankview.domain.account import Account
from bankview.domain.transaction import Status, Transaction
from bankview.errors import FileCutError, FileDamagedError
from bankview.files import values
from bankview.files.encoding import encoding_of
from bankview.files.values import Closing, NotReadError, Unread
from bankview.language import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.files.source import Source
    from bankview.files.values import Item, Items

_TAG = re.compile(r":(\d\d[A-Z]?|NS):(.*)", re.DOTALL)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([0-9,]{1,16})")
#: Texts within :86: that some banks set between slashes: /IBAN/…/NAME/…/REMI/…/
_SLASHED = re.compile(
    r"/(IBAN|NAME|REMI|EREF|CNTP|BENM|ORDP|MARF|TRTP|TRCD|BIC|ISDT|CSID|PREF|RTRN|ID)/"
)
#: Lines of one tag at most; the standard allows six.
_LINES = 200
#: Characters of a row at most: ten times what the standard allows.
_LONGEST = 10_000
_NONE = {"", "NONREF", "NOTPROVIDED"}


class _Tag(NamedTuple):
    line: int
    name: str
    text: str


def read(source: Source) -> Items:
    """Yield the accounts, rows, unread rows and closing balances of a file.

    Raises:
        FileCutError: a statement has no closing balance.
        FileDamagedError: it is no text.
    """
    statement, row = _Statement(source.name), list[_Tag]()
    for tag in _tags(source):
        if row and tag.name not in {"86", "NS"}:
            yield statement.row(row)
            row = []
        if tag.name == "61" or (row and tag.name in {"86", "NS"}):
            row.append(tag)
        elif item := statement.take(tag):
            yield item
    if row or statement.is_open:
        raise FileCutError(source.name)


def _tags(source: Source) -> Iterator[_Tag]:
    """Yield each tag with all its lines; what stands around a message in the network is left out."""
    encoding = encoding_of(source)
    current: _Tag | None = None
    count = 0
    for number, line in enumerate(source.lines(encoding), 1):
        text = line.rstrip("\r\n ").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        if text.startswith("{") and "{4:" in text:
            text = text.partition("{4:")[2]
        found = _TAG.match(text)
        ends = text in {"-", "-}"} or text.startswith("-}")
        if current and (found or ends):
            yield current
            current = None
        if found:
            current, count = _Tag(number, found[1], found[2]), 0
        elif current and not ends:
            count += 1
            if count > _LINES:
                raise FileDamagedError(source.name, number, tr("the line has no end"))
            current = current._replace(text=f"{current.text}\n{text}")
    if current:
        yield current


class _Statement:
    """What the tags before the rows say."""

    def __init__(self, file: str) -> None:
        self._file, self._number, self._key, self._currency = file, "", "", ""
        #: Rows have begun, and no closing balance came yet.
        self.is_open = False

    def take(self, tag: _Tag) -> Item | None:
        """Take a tag that is of no row, and return what it says."""
        if tag.name == "25":
            self._number = "".join(tag.text.split())
        elif tag.name in {"60F", "60M"}:
            self.is_open = True
            return self._account(tag)
        elif tag.name in {"62F", "62M"}:
            self.is_open = False
            return self._closing(tag) if tag.name == "62F" else None
        return None

    def _account(self, tag: _Tag) -> Account | None:
        found = _BALANCE.match(tag.text)
        self._currency = found[3] if found else ""
        number = self._number.removesuffix(self._currency) if self._currency else self._number
        iban = number if _IBAN.fullmatch(number) else ""
        self._key = f"{number}|{self._currency}"
        return Account(self._key, "", self._currency, "" if iban else number, iban)

    def _closing(self, tag: _Tag) -> Closing | None:
        if not (found := _BALANCE.match(tag.text)):
            return None
        side, day, currency, amount = found.groups()
        try:
            money = values.money_of(amount, ",", currency)
            return Closing(
                self._key, -money if side == "D" else money, values.day_of(f"20{day}", "ymd")
            )
        except NotReadError:
            return None

    def row(self, tags: list[_Tag]) -> Item:
        """Return the row of a :61: and what follows it."""
        try:
            return self._row(tags)
        except NotReadError as error:
            return Unread(tags[0].line, str(error))

    def _row(self, tags: list[_Tag]) -> Transaction:
        said = self._parsed(tags)
        day = said.get("entry_date") or said["date"]
        amount = values.money_of(str(said["amount"].amount), ".", self._currency)
        free = _free(next((one.text for one in tags if one.name == "86"), ""))
        own = str(said.get("bank_reference") or "").strip()
        texts = {
            "description": _line(said, "purpose", "additional_purpose")
            or free.get("REMI", "")
            or free.get("", ""),
            "payee": _line(said, "applicant_name", "recipient_name") or free.get("NAME", ""),
            "counterparty_account": _line(said, "gvc_applicant_iban")
            or _line(said, "applicant_iban")
            or free.get("IBAN", ""),
            "reference": next(
                (
                    r
                    for r in (
                        free.get("EREF", ""),
                        _line(said, "end_to_end_reference"),
                        _line(said, "customer_reference"),
                    )
                    if r not in _NONE
                ),
                "",
            ),
        }
        texts["description"] = (
            texts["description"] or _line(said, "posting_text", "extra_details") or texts["payee"]
        )
        return Transaction(
            account_key=self._key,
            status=Status.BOOKED,
            booked_on=_plain(day),
            amount=amount,
            description="",
            value_on=_plain(said["date"]),
            bank_id="" if own in _NONE else own,
            raw=values.raw(self._file, tags[0].line, {f":{one.name}:": one.text for one in tags}),
        ).but(**texts)

    def _parsed(self, tags: list[_Tag]) -> dict[str, Any]:
        """Return what the library reads of a row, whatever it thinks of a broken one."""
        reader = mt940.models.Transactions(options=mt940.Options.all())
        text = "\n".join(f":{one.name}:{one.text}" for one in tags)
        if len(text) > _LONGEST:
            raise NotReadError(tr("its line cannot be read"))
        try:
            reader.parse(f":60F:C000101{self._currency}0,00\n{text}\n")
            said = dict(reader.transactions[0].data)
        except (
            ValueError,
            RuntimeError,
            LookupError,
            ArithmeticError,
            AttributeError,
            TypeError,
            AssertionError,
        ):
            raise NotReadError(tr("its line cannot be read")) from None
        if not said.get("date") or not said.get("amount"):
            raise NotReadError(tr("its line cannot be read"))
        return said


def _plain(day: date) -> date:
    return date(day.year, day.month, day.day)


def _line(said: dict[str, Any], *names: str) -> str:
    return " ".join(" ".join(str(said.get(name) or "").split()) for name in names).strip()


def _free(text: str) -> dict[str, str]:
    """Return the parts of a text between slashes by their names; without such, the text itself under no name."""
    flat = "".join(text.split("\n"))
    if not _SLASHED.search(flat):
        return {"": " ".join(text.split())}
    _, *parts = _SLASHED.split(flat)
    return {
        name: " ".join(said.strip("/").split())
        for name, said in zip(parts[::2], parts[1::2], strict=True)
    }
