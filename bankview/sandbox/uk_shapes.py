"""The JSON of UK Open Banking's answers: one set of names, words in version 3.1 and codes in 4.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Row

OLD, NEW = "v3.1", "v4.0"
#: Words of the older version and the newer one's codes.
_CODES = {
    "Booked": "BOOK",
    "Pending": "PDNG",
    "Rejected": "RJCT",
    "InterimBooked": "ITBD",
    "InterimAvailable": "ITAV",
}
#: One row in so many is followed by one that was refused.
NOISE = 10


def account(books: Books, of: Account, name: str, version: str) -> dict[str, Any]:
    """Return an account (OBAccount6)."""
    if version == NEW:
        kind = {"AccountCategory": "Personal", "AccountTypeCode": "CARD" if of.is_card else "CACC"}
    else:
        sub = "CreditCard" if of.is_card else "CurrentAccount"
        kind = {"AccountType": "Personal", "AccountSubType": sub}
    scheme, number = ("PAN", of.number) if of.is_card else ("IBAN", of.iban)
    known = {"SchemeName": f"UK.OBIE.{scheme}", "Identification": number}
    return {
        "AccountId": name,
        "Status": "Enabled",
        "Currency": of.currency,
        **kind,
        "Nickname": of.name,
        "Account": [{**known, "Name": books.customer.name}],
    }


def balances(books: Books, of: Account, name: str, version: str) -> list[dict[str, Any]]:
    """Return an account's balances (OBReadBalance1); a card's credit is part of both."""
    line = {"Included": True, "Type": "Credit", "Amount": _money(of.credit, of.currency)}
    found = {
        "InterimBooked": books.balance(of.id) + of.credit,
        "InterimAvailable": books.available(of.id),
    }
    return [
        {
            "AccountId": name,
            "Type": _word(kind, version),
            "DateTime": "2026-11-20T12:00:00+00:00",
            **_amount(minor, of.currency),
            **({"CreditLine": [line]} if of.credit else {}),
        }
        for kind, minor in found.items()
    ]


def rows(found: Sequence[Row], of: Account, name: str, version: str) -> Iterator[dict[str, Any]]:
    """Yield an account's rows (OBTransaction6), and between them what was refused."""
    for row in found:
        yield {"AccountId": name, **_row(row, of, version)}
        if row.number % NOISE == 0 and not row.pending:
            refused = {**_row(row, of, version), "Status": _word("Rejected", version)}
            yield {"AccountId": name, **refused, "TransactionId": f"R{row.number}"}


def _row(of: Row, account: Account, version: str) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "Status": _word("Pending" if of.pending else "Booked", version),
        "BookingDateTime": f"{of.day}T00:00:00+00:00",
        "TransactionInformation": of.text,
        **_amount(of.minor, account.currency),
    }
    # Cards' issuers have no names for their rows.
    if not account.is_card:
        shape["TransactionId"] = f"{of.number:016d}"
    if not of.pending:
        shape |= {"TransactionMutability": "Immutable"} if version == NEW else {}
        shape["ValueDateTime"] = f"{of.value_day}T00:00:00+00:00"
    if of.kind.mcc:
        merchant = {"MerchantName": of.payee, "MerchantCategoryCode": of.kind.mcc}
        shape["MerchantDetails"] = {key: value for key, value in merchant.items() if value}
    elif of.payee:
        other = "CreditorAccount" if of.minor < 0 else "DebtorAccount"
        known = {"SchemeName": "UK.OBIE.BBAN", "Identification": of.counterparty}
        shape[other] = {"Name": of.payee, **(known if of.counterparty else {})}
    if of.original and of.original.minor:
        abroad = of.original
        shape["CurrencyExchange"] = {
            "SourceCurrency": abroad.currency,
            "TargetCurrency": account.currency,
            "ExchangeRate": round(of.minor / abroad.minor, 4),
            "InstructedAmount": _money(abs(abroad.minor), abroad.currency),
        }
    return shape


def _word(word: str, version: str) -> str:
    return _CODES[word] if version == NEW else word


def _amount(minor: int, currency: str) -> dict[str, Any]:
    indicator = "Credit" if minor >= 0 else "Debit"
    return {"CreditDebitIndicator": indicator, "Amount": _money(abs(minor), currency)}


def _money(minor: int, currency: str) -> dict[str, str]:
    return {"Amount": str(Money(minor, currency)), "Currency": currency}
