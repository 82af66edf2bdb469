"""Confirms that an account covers an amount: STET's service for issuers of card-based instruments (PSD2 art. 65)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money
from bankview.sandbox.stet_consents import find
from bankview.sandbox.stet_refusal import RefusedError
from bankview.sandbox.stet_shapes import link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.sandbox.books.ledger import Books

MEMBERS = {"paymentCoverageRequestId", "accountId", "instructedAmount", "payee"}


def confirm(body: Any, shelf: Iterable[Books]) -> dict[str, Any]:
    """Return whether one of these books' accounts has what a decoded body asks about.

    Raises:
        RefusedError: the body is not a request, or the account is nobody's.
    """
    if not isinstance(body, dict) or not MEMBERS - {"payee"} <= {*body} <= MEMBERS:
        raise RefusedError(400, "Send paymentCoverageRequestId, accountId and instructedAmount")
    _check_text(body["paymentCoverageRequestId"], 35)
    _check_text(body.get("payee", "-"), 70)
    wanted, currency = _instructed(body["instructedAmount"])
    owned = [(books, account) for books in shelf for account in books.accounts]
    found = find(body["accountId"], [account for _, account in owned])
    books = next(books for books, account in owned if account is found)
    available = Money(books.available(found.id), found.currency)
    result = currency == found.currency and wanted <= available.amount
    return {
        "request": body,
        "result": result,
        "_links": {"self": link("/funds-confirmations")},
    }


def _check_text(text: Any, most: int) -> None:
    if not isinstance(text, str) or not 0 < len(text) <= most:
        raise RefusedError(400, f"A text is missing or longer than {most}")


def _instructed(given: Any) -> tuple[Decimal, str]:
    if not isinstance(given, dict) or {*given} != {"currency", "amount"}:
        raise RefusedError(400, "An amount has currency and amount")
    amount, currency = given["amount"], given["currency"]
    if not isinstance(amount, str) or not re.fullmatch(r"\d{1,13}(\.\d{1,5})?", amount):
        raise RefusedError(400, "An amount is a text of digits")
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise RefusedError(400, "A currency is three letters")
    return Decimal(amount), currency
