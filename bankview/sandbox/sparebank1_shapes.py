"""The JSON of SpareBank 1's answers, with amounts exact: numbers are written from minor units, never from floats."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from bankview.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Customer, Row
    from bankview.sandbox.session import RowIds

OSLO = ZoneInfo("Europe/Oslo")
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_MARK = "\N{INFORMATION SEPARATOR ONE}"
_NUMBER = re.compile(rf'"{_MARK}(-?[0-9.]+)"')


class Names(Protocol):
    """What a session calls things."""

    @property
    def ids(self) -> RowIds:
        """The ids of rows."""

    def key(self, account: Account) -> str:
        """Return an account's key."""


def number(minor: int, currency: str) -> str:
    """Return an amount that `encode` writes as a JSON number, without needless zeros: -249.9."""
    text = str(Money(minor, currency))
    return _MARK + (text.rstrip("0").rstrip(".") if "." in text else text)


def encode(value: Any) -> str:
    """Return JSON."""
    # A control character comes out of the encoder as an escape, so that no text of the books can hold the mark.
    return _NUMBER.sub(r"\1", _dumps(value).replace("\\u001f", _MARK))


@lru_cache(maxsize=8192)
def midnight(day: date) -> int:
    """Return the instant of a day's midnight in Oslo, in milliseconds of the epoch."""
    return int(datetime(day.year, day.month, day.day, tzinfo=OSLO).timestamp()) * 1000


def person(customer: Customer) -> dict[str, Any]:
    """Return who is signed in."""
    return {
        "sub": f"sandbox-{customer.id}",
        "firstname": customer.first_name,
        "lastname": customer.last_name,
        "dateOfbirth": customer.born,
        "customerNumber": customer.number,
    }


def account(books: Books, of: Account, key: str) -> dict[str, Any]:
    """Return an account as the list has it."""
    owner = books.customer
    shape: dict[str, Any] = {
        "key": key,
        "accountNumber": of.number,
        "name": of.name,
        "description": of.product.capitalize(),
        "descriptionCode": of.product,
        "balance": number(books.balance(of.id), of.currency),
        "availableBalance": number(books.available(of.id), of.currency),
        "currencyCode": of.currency,
        "type": "CREDITCARD" if of.is_card else "USER",
        "productType": "CREDITCARD" if of.is_card else "CURRENT",
        "obsCodes": [],
        "disposalRole": True,
        "owner": {
            "name": owner.name,
            "firstName": owner.first_name,
            "lastName": owner.last_name,
        },
        "accountProperties": {
            "isOwned": True,
            "isHidden": False,
            "isBlocked": False,
            "isSavingsAccount": of.product == "HOYRENTEKONTO",
            "isDefaultPaymentAccount": of is books.accounts[0],
        },
    }
    if of.is_card:
        shape["creditCardCreditLimit"] = number(of.credit, of.currency)
        shape["creditCardAccountID"] = f"cc-{of.number[1:]}"
    else:
        shape["iban"] = of.iban
    return shape


def details(books: Books, of: Account) -> dict[str, Any]:
    """Return an account's details."""
    waiting = books.available(of.id) - books.balance(of.id) - of.credit
    return {
        "interestRate": number(315 if of.product == "HOYRENTEKONTO" else 5, "NOK"),
        "freeWithdrawalsLeft": 11,
        "blockedAmount": number(-waiting, of.currency),
        "creditLine": number(of.credit, of.currency),
        "totalCreditInterestLastYear": number(0, of.currency),
    }


def roles(of: Account) -> dict[str, Any]:
    """Return who may use an account."""
    role = {"roleType": "OWNER", "validFromDate": "2015-06-01", "validToDate": None}
    return {"roles": [role], "ownerHasRightOfDisposal": not of.is_card}


def account_number(of: Account) -> dict[str, str]:
    """Return an account's number as rows have it: an object, where the list of accounts has a text."""
    return {"value": of.number, "formatted": of.printed, "unformatted": of.number}


def row(row: Row, of: Account, names: Names, source: str) -> str:
    """Return a row of the list, as text."""
    shape: dict[str, Any] = {
        "id": names.ids.seal(row.number),
        "nonUniqueId": row.reference,
        "source": source,
        "bookingStatus": "PENDING" if row.pending else "BOOKED",
        "canShowDetails": not row.pending,
        "date": midnight(row.day),
        "amount": number(row.minor, of.currency),
        "currencyCode": of.currency,
        "accountCurrency": of.currency,
        "description": row.text,
        "cleanedDescription": _cleaned(row.text),
        "typeCode": row.kind.code,
        "typeText": row.kind.text,
        "accountKey": names.key(of),
        "accountName": of.name,
        "accountNumber": account_number(of),
        "confidential": False,
    }
    if row.value_day:
        shape["interestDate"] = midnight(row.value_day)
    _add_payee(shape, row)
    if row.original:
        shape["currencyAmount"] = number(row.original.minor, row.original.currency)
        shape["currencyCode"] = row.original.currency
    if row.message:
        shape["kidOrMessage"] = row.message
    return encode(shape)


def _add_payee(shape: dict[str, Any], row: Row) -> None:
    if row.kind.mcc:
        shape["mcc"] = row.kind.mcc
        if row.payee:
            shape["merchant"] = {"id": f"m-{row.payee.casefold()}", "name": row.payee}
    elif row.payee and not row.pending:
        shape["remoteAccountName"] = row.payee
        if row.counterparty:
            shape["remoteAccountNumber"] = row.counterparty


def _cleaned(text: str) -> str:
    return " ".join(re.sub(r"[\d.*]+", " ", text).split()).capitalize()


def classified(of_row: Row, of: Account, names: Names, source: str) -> str:
    """Return a row with the bank's categories, as text."""
    main, sub = of_row.kind.category
    category = {
        "main": main.upper(),
        "sub": sub.upper(),
        "mainI18n": main,
        "subI18n": sub,
        "confidence": 90,
    }
    steady = "true" if of_row.kind.code in {"R_230", "PAYHTGRA"} else "false"
    return (
        f'{{"transaction":{row(of_row, of, names, source)},"categories":[{_dumps(category)}],'
        f'"recurring":{steady},"subscription":false}}'
    )


def institutions(ids: Iterable[str]) -> dict[str, Any]:
    """Return the list of banks, which anybody may read."""
    return {
        "financialInstitutions": [
            {"id": id_, "shortName": id_.removeprefix("fid-"), "name": _named(id_), "type": "BANK"}
            for id_ in ids
        ]
    }


def _named(id_: str) -> str:
    return id_.removeprefix("fid-").replace("-", " ").title()


def row_details(row: Row, of: Account, names: Names) -> dict[str, Any]:
    """Return everything about a booked row; its dates are texts here."""
    value_day = row.value_day or row.day
    return {
        "id": names.ids.seal(row.number),
        "nonUniqueId": row.reference,
        "date": row.day.isoformat(),
        "bookedDate": row.day.isoformat(),
        "valueDate": value_day.isoformat(),
        "postingDate": row.day.isoformat(),
        "amount": number(row.minor, of.currency),
        "currencyCode": of.currency,
        "accountCurrency": of.currency,
        "accountNumber": account_number(of),
        "accountKey": names.key(of),
        "accountName": of.name,
        "numericalReference": f"{row.number % 10**10:010d}",
        "archiveReference": f"{row.number % 10**9:09d}",
        "description": row.text,
        "originalDescription": row.text,
        "cleanedDescription": _cleaned(row.text),
        "typeCode": row.kind.code,
        "typeText": row.kind.text,
        "remoteAccountName": row.payee,
        "remoteAccountNumber": row.counterparty,
        "kidOrMessage": row.message,
    }
