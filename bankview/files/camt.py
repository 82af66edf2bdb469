"""ISO 20022 camt.053 (statements) and camt.052 (reports), all versions, entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import FileCutError, FileDamagedError
from bankview.files import values
from bankview.files.values import Closing, NotReadError, Unread
from bankview.language import tr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bankview.files.source import Source
    from bankview.files.values import Item, Items

#: Expat's codes for a document that ends too soon.
_ENDED = {3, 5}
#: What banks write where a reference has to stand and there is none.
_NONE = {"", "NOTPROVIDED", "NONREF", "NOT PROVIDED"}


def read(source: Source) -> Items:
    """Yield the accounts, rows, unread rows and closing balances of a file.

    Raises:
        FileCutError: its end is missing.
        FileDamagedError: it is no sound XML, or one that could harm.
    """
    with source.open() as file:
        try:
            yield from _items(source.name, iterparse(file, ("start", "end"), forbid_dtd=True))
        except ParseError as error:
            if error.code in _ENDED:
                raise FileCutError(source.name) from None
            raise FileDamagedError(
                source.name, error.position[0], tr("it is no sound XML")
            ) from None
        except DefusedXmlException:
            raise FileDamagedError(
                source.name, 1, tr("it carries what a statement never does")
            ) from None


def _items(file: str, events: Iterator[tuple[str, Element]]) -> Iterator[Item]:
    """Yield what each statement says; an element is let go of when it was read, so that none gathers."""
    path: list[Element] = []
    account, count = Account("", "", ""), 0
    for event, element in events:
        if event == "start":
            path.append(element)
            continue
        path.pop()
        name = _name(element)
        inside = _name(path[-1]) if path else ""
        if inside in {"Stmt", "Rpt"}:
            if name == "Acct":
                account = _account(element)
                yield account
            elif name == "Bal" and (closing := _closing(element, account)):
                yield closing
            elif name == "Ntry":
                count += 1
                yield from _rows_or_unread(file, count, element, account)
            path[-1].clear()
        elif inside in {"BkToCstmrStmt", "BkToCstmrAcctRpt", "Document"}:
            path[-1].clear()


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _find(element: Element | None, path: str) -> Element | None:
    """Return what lies at a path of plain names, whatever their version's namespace."""
    for name in path.split("/"):
        if element is None:
            return None
        element = next((one for one in element if _name(one) == name), None)
    return element


def _text(element: Element | None, *paths: str) -> str:
    """Return the first text that lies at one of these paths and says something."""
    for path in paths:
        found = _find(element, path)
        text = (found.text or "").strip() if found is not None else ""
        if text.upper() not in _NONE:
            return text
    return ""


def _account(element: Element) -> Account:
    iban, number = _text(element, "Id/IBAN"), _text(element, "Id/Othr/Id")
    currency = _text(element, "Ccy").upper()
    return Account(
        key="|".join((iban or number, currency)),
        name=_text(element, "Nm"),
        currency=currency,
        number=number,
        iban=iban,
        owner=_text(element, "Ownr/Nm"),
    )


def _closing(element: Element, account: Account) -> Closing | None:
    """Return a balance at the end of a statement, booked rows alone."""
    if _text(element, "Tp/CdOrPrtry/Cd") != "CLBD":
        return None
    try:
        return Closing(account.key, _amount(element, account.currency), _day(element, "Dt"))
    except NotReadError:
        return None


def _rows_or_unread(file: str, count: int, entry: Element, account: Account) -> list[Item]:
    try:
        return list(_rows(file, count, entry, account))
    except NotReadError as error:
        return [Unread(count, str(error))]


def _rows(file: str, count: int, entry: Element, account: Account) -> Iterator[Transaction]:
    """Yield an entry's rows: those of its payments where their amounts make up what was booked, else one.

    A bank books many payments as one entry (batch booking) and details them in TxDtls; each carries its amount in Amt
    (versions 04 on) or AmtDtls/TxAmt (02), and its own direction or the entry's. Charges, or payments in another
    currency, leave a rest that is nobody's: then what was booked is the row.
    """
    booked = _amount(entry, account.currency)
    details = [
        one for part in entry if _name(part) == "NtryDtls" for one in part if _name(one) == "TxDtls"
    ]
    parts = [_part(one, booked) for one in details]
    if len(parts) > 1 and all(parts) and sum(parts) == booked.minor:
        for one, minor in zip(details, parts, strict=True):
            own = _text(one, "Refs/AcctSvcrRef")
            amount = Money(minor, booked.currency)
            yield _row(file, count, entry, one, account, amount).but(bank_id=own)
    else:
        only = details[0] if len(details) == 1 else None
        yield _row(file, count, entry, only, account, booked)


def _part(details: Element, booked: Money) -> int:
    """Return what a payment is of an entry, in minor units; 0 where it does not say it in the entry's currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        found = _find(details, path)
        if found is not None and found.get("Ccy", "").upper() == booked.currency:
            money = values.money_of((found.text or "").strip(), ".", booked.currency)
            side = _text(details, "CdtDbtInd")
            out = side == "DBIT" if side else booked.minor < 0
            return -money.minor if out else money.minor
    return 0


def _row(
    file: str, count: int, entry: Element, details: Element | None, account: Account, amount: Money
) -> Transaction:
    """Return the row of an entry, or of the one of its payments that `details` are of."""
    side = "Cdtr" if amount.minor < 0 else "Dbtr"
    payee = _text(
        details, f"RltdPties/{side}/Nm", f"RltdPties/{side}/Pty/Nm", f"RltdPties/Ultmt{side}/Nm"
    )
    said = {
        "description": _words(details)
        or _text(entry, "AddtlNtryInf")
        or _text(details, "AddtlTxInf")
        or payee,
        "payee": payee,
        "counterparty_account": _text(
            details, f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id"
        ),
        "reference": _text(details, "RmtInf/Strd/CdtrRefInf/Ref", "Refs/EndToEndId"),
        "bank_id": _text(entry, "AcctSvcrRef") or _text(details, "Refs/AcctSvcrRef"),
    }
    booked = _day(entry, "BookgDt")
    status = _text(entry, "Sts/Cd", "Sts") or "BOOK"
    return Transaction(
        account_key=account.key,
        status=Status.BOOKED if status == "BOOK" else Status.PENDING,
        booked_on=booked,
        amount=amount,
        value_on=_day(entry, "ValDt") if _find(entry, "ValDt") is not None else None,
        description="",
        original=_original(details, account.currency, negative=amount.minor < 0),
        raw=values.raw(file, count, said | {"amount": str(amount), "booked": booked.isoformat()}),
    ).but(**said)


def _words(details: Element | None) -> str:
    remittance = _find(details, "RmtInf")
    lines = (
        []
        if remittance is None
        else [one.text or "" for one in remittance if _name(one) == "Ustrd"]
    )
    return " ".join(" ".join(lines).split())


def _amount(element: Element, currency: str) -> Money:
    found = _find(element, "Amt")
    text = (found.text or "").strip() if found is not None else ""
    if found is None or not text:
        raise NotReadError(tr("no amount"))
    if currency and found.get("Ccy", currency).upper() != currency:
        raise NotReadError(tr("it is in another currency"))
    money = values.money_of(text, ".", found.get("Ccy", currency).upper())
    side = _text(element, "CdtDbtInd")
    if side not in {"CRDT", "DBIT"}:
        raise NotReadError(tr("it says neither in nor out"))
    return -money if side == "DBIT" else money


def _original(details: Element | None, currency: str, *, negative: bool) -> Money | None:
    found = _find(details, "AmtDtls/InstdAmt/Amt")
    if found is None or found.get("Ccy", currency) == currency:
        return None
    money = values.money_of((found.text or "").strip(), ".", found.get("Ccy", "").upper())
    return -money if negative else money


def _day(element: Element, name: str) -> date:
    return values.day_of(_text(element, f"{name}/Dt", f"{name}/DtTm")[:10], "ymd")
