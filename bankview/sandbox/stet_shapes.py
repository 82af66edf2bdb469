"""Accounts and balances as BPCE writes them in STET PSD2 1.4.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money
from bankview.sandbox.books import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Customer

ROOT = "/stet/psd2/v1.4.2"
BIC, BANK_CODE = "FJBKNO22", "17515"
#: What an account without an overdraft may be overdrawn by, in minor units.
NO_OVERDRAFT = 0


def link(path: str, *, templated: bool = False) -> dict[str, Any]:
    """Return a link of HAL to a path below `ROOT`."""
    return {"href": f"{ROOT}{path}", "templated": templated}


def amount(minor: int, currency: str) -> dict[str, str]:
    """Return an amount: a text, as 1.4.2 has it, and signed where `minor` is."""
    return {"currency": currency, "amount": str(Money(minor, currency))}


def account_id(of: Account) -> dict[str, Any]:
    """Return what names an account: an IBAN, or a card's number with most of it hidden."""
    if not of.is_card:
        return {"iban": of.iban}
    masked = f"49{of.number[1:3]}00XXXXXX{of.number[-4:]}"
    return {"other": {"identification": masked, "schemeName": "MPAN", "issuer": BANK_CODE}}


def account(of: Account) -> dict[str, Any]:
    """Return an account as the list has it before anything was consented to."""
    kind = "CARD" if of.is_card else "CACC"
    shape: dict[str, Any] = {
        "accountId": account_id(of),
        "name": of.name,
        "usage": "PRIV",
        "cashAccountType": kind,
        "product": of.product,
        "currency": of.currency,
        "psuStatus": "Account Holder",
        "_links": {},
    }
    return shape if of.is_card else {"bicFi": BIC, **shape}


def balances(books: Books, of: Account, today: date) -> list[dict[str, Any]]:
    """Return an account's balances: three of a cash account, three of a card that is paid once a month."""
    rows = _card(books, of, today) if of.is_card else _cash(books, of)
    return [
        {
            "name": name,
            "balanceAmount": amount(minor, of.currency),
            "balanceType": code,
            "referenceDate": today.isoformat(),
        }
        for code, name, minor in rows
    ]


def _cash(books: Books, of: Account) -> Iterator[tuple[str, str, int]]:
    booked = books.balance(of.id)
    yield "VALU", "Solde en valeur", booked
    yield "CLBD", "Solde comptable", booked
    yield "OTHR", "Solde instantané", books.available(of.id) - of.credit


def _card(books: Books, of: Account, today: date) -> Iterator[tuple[str, str, int]]:
    """Split what is owed by month; the first two add up to the booked balance."""
    month = [row for row in books.rows(of.id, today.replace(day=1), today) if not row.pending]
    current = sum(row.minor for row in month if row.kind != kinds.CARD_BILL)
    paid = sum(row.minor for row in month if row.kind == kinds.CARD_BILL)
    yield "OTHR", "Encours en cours", current
    yield "OTHR", "Encours arrêté non prélevé", books.balance(of.id) - current
    yield "OTHR", "Encours prélevé", -paid


def person(customer: Customer) -> str:
    """Return a name as French banks write it: LIEN NORA."""
    return f"{customer.last_name} {customer.first_name}".upper()


def owners(customer: Customer) -> list[dict[str, str]]:
    """Return an account's owners."""
    return [
        {
            "fullName": person(customer),
            "firstName": customer.first_name.upper(),
            "lastName": customer.last_name.upper(),
        }
    ]


#: The one that a customer trusts; the same for everyone.
BENEFICIARY = {
    "id": "B1",
    "isTrusted": True,
    "creditorAgent": {"bicFi": BIC},
    "creditor": {"name": "Solsiden borettslag"},
    "creditorAccount": {"iban": "NO9897139900018"},
}
