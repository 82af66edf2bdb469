"""The JSON of Enable Banking's answers: unsigned amounts with an indicator, and everything that may be missing."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bankview.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Row
    from bankview.sandbox.enable_banking_sessions import Session


class Notice(NamedTuple):
    """What stands among the rows and moved no money."""

    status: str
    day: date
    text: str
    minor: int


def bank(name: str, country: str, validity: int, headers: Sequence[str]) -> dict[str, Any]:
    """Return a bank of the list."""
    return {
        "name": name,
        "country": country,
        "logo": "",
        "psu_types": ["personal", "business"],
        "auth_methods": [{"name": None, "psu_type": "personal", "approach": "REDIRECT"}],
        "maximum_consent_validity": validity,
        "beta": False,
        "required_psu_headers": list(headers),
    }


def session(of: Session, name: str, country: str) -> dict[str, Any]:
    """Return what a session is, without its accounts."""
    until = datetime.fromtimestamp(of.until, UTC).isoformat()
    return {
        "session_id": of.name,
        "status": "AUTHORIZED",
        "aspsp": {"name": name, "country": country},
        "psu_type": "personal",
        "access": {"valid_until": until, "balances": True, "transactions": True},
    }


def data(of: Account, uid: str) -> dict[str, Any]:
    """Return how a session names an account; the hash stays over sessions."""
    digest = hashlib.sha256(of.number.encode()).hexdigest()
    return {"uid": uid, "identification_hash": digest, "identification_hashes": [digest]}


def account(books: Books, of: Account, uid: str) -> dict[str, Any]:
    """Return an account's details."""
    scheme = {"identification": of.number, "scheme_name": "CPAN" if of.is_card else "BBAN"}
    return {
        **data(of, uid),
        "account_id": {"other": scheme} if of.is_card else {"iban": of.iban},
        "name": books.customer.name,
        "details": of.name,
        "usage": "PRIV",
        "cash_account_type": "CARD" if of.is_card else "CACC",
        "product": of.product.capitalize(),
        "currency": of.currency,
    }


def balances(books: Books, of: Account) -> list[dict[str, Any]]:
    """Return what is there, and what may be spent; their signs are in the amounts."""
    found = (("CLBD", books.balance(of.id)), ("ITAV", books.available(of.id)))
    return [
        {
            "name": kind,
            "balance_amount": _amount(minor, of.currency),
            "balance_type": kind,
        }
        for kind, minor in found
    ]


def _amount(minor: int, currency: str) -> dict[str, str]:
    return {"currency": currency, "amount": str(Money(minor, currency))}


def no_rows(of: Account, since: date) -> Iterator[Notice]:
    """Yield what a bank lists beside its rows: one that was refused, and one that is planned."""
    day = since + timedelta(days=1)
    yield Notice("RJCT", day, "Avvist: STRØM AS", -93_400)
    if not of.is_card:
        yield Notice("SCHD", day, "Varsel: AvtaleGiro", -11_820)


def row(of: Row | Notice, account: Account) -> dict[str, Any]:
    """Return a transaction; what is pending has a reference that means nothing, and no day of booking."""
    shape: dict[str, Any] = {
        "transaction_amount": _amount(abs(of.minor), account.currency),
        "credit_debit_indicator": "DBIT" if of.minor < 0 else "CRDT",
        "remittance_information": [of.text],
    }
    if isinstance(of, Notice):
        return {**shape, "status": of.status, "booking_date": of.day.isoformat()}
    if of.payee:
        other = "creditor" if of.minor < 0 else "debtor"
        shape[other] = {"name": of.payee}
        if of.counterparty:
            scheme = {"identification": of.counterparty, "scheme_name": "BBAN"}
            shape[f"{other}_account"] = {"other": scheme}
    if of.kind.mcc:
        shape["merchant_category_code"] = of.kind.mcc
    if of.value_day is None:
        pending = {"status": "PDNG", "entry_reference": "0"}
        return {**shape, **pending, "transaction_date": of.day.isoformat()}
    return {
        **shape,
        "status": "BOOK",
        "entry_reference": f"{of.number:016d}",
        "booking_date": of.day.isoformat(),
        "value_date": of.value_day.isoformat(),
    }


def sealed(text: str) -> str:
    """Return a continuation key."""
    return base64.urlsafe_b64encode(text.encode()).decode()


def opened(key: str) -> str:
    """Return what a continuation key holds; nothing where it is none."""
    try:
        return base64.urlsafe_b64decode(key).decode()
    except ValueError:
        return ""
