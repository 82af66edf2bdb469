"""The JSON of bunq's answers: objects in a list, each under the name of its kind, with the way to older ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Row


def listed(
    found: Sequence[Mapping[str, Any]], path: str, count: int, older: int | None
) -> dict[str, Any]:
    """Return a page; `older` is the id that the next one begins after."""
    url = None if older is None else f"{path}?count={count}&older_id={older}"
    pages = {"future_url": None, "newer_url": None, "older_url": url}
    return {"Response": [*found], "Pagination": pages}


def refused(why: str) -> dict[str, Any]:
    """Return an error."""
    return {"Error": [{"error_description": why, "error_description_translated": why}]}


def account(books: Books, of: Account, number: int) -> dict[str, Any]:
    """Return an account under the name of its kind; the last one of a card has no IBAN."""
    kind = "Card" if of.is_card else "Savings" if "SPARE" in of.product else "Bank"
    alias = {"type": "IBAN", "value": of.iban, "name": books.customer.name}
    return {
        f"MonetaryAccount{kind}": {
            "id": number,
            "created": "2020-01-01 10:00:00.000000",
            "description": of.name,
            "display_name": books.customer.name,
            "currency": of.currency,
            "status": "ACTIVE",
            "balance": _amount(books.balance(of.id), of.currency),
            "alias": [alias] if of.iban else [],
        }
    }


def payment(of: Row, account: Account) -> dict[str, Any]:
    """Return a payment."""
    return {
        "Payment": {
            "id": of.number,
            "created": _noon(of),
            "amount": _amount(of.minor, account.currency),
            "type": "MASTERCARD" if of.kind.mcc else "BUNQ",
            "sub_type": "PAYMENT",
            **_other(of),
        }
    }


def action(of: Row, account: Account) -> dict[str, Any]:
    """Return what a card holds."""
    amount = _amount(abs(of.minor), account.currency)
    return {
        "MasterCardAction": {
            "id": of.number,
            "created": _noon(of),
            "amount_local": amount,
            "amount_billing": amount,
            "decision": "ALLOWED",
            "authorisation_status": "AUTHORISED",
            "payment_status": "PAYMENT_PENDING",
            "clearing_status": "PENDING",
            **_other(of),
        }
    }


def declined(number: int, of: Account) -> dict[str, Any]:
    """Return what stands among a card's actions and held nothing."""
    amount = _amount(93_400, of.currency)
    return {
        "MasterCardAction": {
            "id": number,
            "created": "2026-01-01 12:00:00.000000",
            "amount_local": amount,
            "amount_billing": amount,
            "decision": "INSUFFICIENT_BALANCE",
            "authorisation_status": "BLOCKED",
            "payment_status": "NO_PAYMENT",
            "counterparty_alias": {"display_name": "STRØM AS"},
        }
    }


def _noon(of: Row) -> str:
    """Return when a row was made, in UTC: nothing says so."""
    return f"{of.day.isoformat()} 11:00:00.000000"


def _amount(minor: int, currency: str) -> dict[str, str]:
    return {"value": str(Money(minor, currency)), "currency": currency}


def _other(of: Row) -> dict[str, Any]:
    alias = {"iban": of.counterparty or None, "display_name": of.payee or of.text}
    return {
        "description": of.text,
        "counterparty_alias": {**alias, "merchant_category_code": of.kind.mcc or None},
    }
