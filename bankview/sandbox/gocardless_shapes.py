"""The JSON of GoCardless's answers: the Berlin Group's names, and ids of the service's own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Row
    from bankview.sandbox.gocardless_requisitions import Agreement, Requisition


def institution(id_: str, name: str, countries: list[str], history: int, days: int) -> Any:
    """Return a bank of the list; its numbers are texts."""
    return {
        "id": id_,
        "name": name,
        "bic": id_.partition("_")[2],
        "transaction_total_days": str(history),
        "max_access_valid_for_days": str(days),
        "countries": countries,
        "logo": "",
    }


def agreement(of: Agreement) -> dict[str, Any]:
    """Return an agreement."""
    return {
        "id": of.id,
        "institution_id": of.institution,
        "max_historical_days": of.history,
        "access_valid_for_days": of.days,
        "access_scope": ["balances", "details", "transactions"],
        "accepted": datetime.fromtimestamp(of.accepted, UTC).isoformat() if of.accepted else None,
    }


def requisition(of: Requisition, link: str) -> dict[str, Any]:
    """Return a requisition."""
    return {
        "id": of.id,
        "status": of.status,
        "redirect": of.redirect,
        "institution_id": of.institution,
        "agreement": of.agreement,
        "reference": of.reference,
        "accounts": [*of.accounts.values()],
        "link": link,
    }


def state(books: Books, of: Account, name: str, *, ended: bool) -> dict[str, Any]:
    """Return what the service itself knows of an account."""
    return {
        "id": name,
        "iban": of.iban,
        "status": "EXPIRED" if ended else "READY",
        "owner_name": books.customer.name,
    }


def details(books: Books, of: Account) -> dict[str, Any]:
    """Return an account's details; a card has no IBAN."""
    number = {"maskedPan": of.number} if of.is_card else {"iban": of.iban, "bban": of.number}
    return {
        **number,
        "currency": of.currency,
        "ownerName": books.customer.name,
        "name": of.name,
        "product": of.product.capitalize(),
        "cashAccountType": "CARD" if of.is_card else "CACC",
    }


def balances(books: Books, of: Account) -> list[dict[str, Any]]:
    """Return what may be spent, and what is there."""
    found = (("interimAvailable", books.available(of.id)), ("interimBooked", books.balance(of.id)))
    return [
        {"balanceAmount": _amount(minor, of.currency), "balanceType": kind} for kind, minor in found
    ]


def transactions(rows: Iterable[Row], of: Account) -> dict[str, list[dict[str, Any]]]:
    """Return what is booked and what is pending, in a list each."""
    lists: dict[str, list[dict[str, Any]]] = {"booked": [], "pending": []}
    for row in rows:
        lists["pending" if row.pending else "booked"].append(_row(row, of))
    return lists


def _amount(minor: int, currency: str) -> dict[str, str]:
    return {"currency": currency, "amount": str(Money(minor, currency))}


def _row(of: Row, account: Account) -> dict[str, Any]:
    other = "creditor" if of.minor < 0 else "debtor"
    shape: dict[str, Any] = {
        "transactionAmount": _amount(of.minor, account.currency),
        "remittanceInformationUnstructuredArray": [of.text],
    }
    if of.payee:
        shape[f"{other}Name"] = of.payee
    if of.counterparty:
        shape[f"{other}Account"] = {"bban": of.counterparty}
    if of.kind.mcc:
        shape["merchantCategoryCode"] = of.kind.mcc
    if of.value_day is None:
        return {**shape, "valueDate": of.day.isoformat()}
    return {
        **shape,
        # The bank's own is the same for many; the service's is one row's alone.
        "transactionId": of.reference or "NOTPROVIDED",
        "internalTransactionId": hashlib.sha256(str(of.number).encode()).hexdigest()[:32],
        "bookingDate": of.day.isoformat(),
        "valueDate": of.value_day.isoformat(),
    }
