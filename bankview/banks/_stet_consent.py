"""What a STET PSD2 bank is told: which accounts are to be read, and whether an amount is there (version 1.4)."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bankview.banks._bank import Get, Partial, Put
from bankview.banks._pages import href, pages
from bankview.banks._read import read_object
from bankview.errors import BankRefusedError, UsageError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bankview.banks._read import Row
    from bankview.domain.account import Account
    from bankview.domain.money import Money

#: Members of accountId that name an account. Crédit Agricole wants its currency and area back, BPCE has neither.
_NAMES = ("iban", "other", "currency", "area")


def consent(get: Get, put: Put) -> None:
    """Tell a bank of the mixed model, once after a sign-in, that all its accounts are to be read.

    Before that it lists accounts without links (BPCE, Crédit Agricole). Where a link is there, the person chose on
    the bank's own page, and each PUT would replace the choice.

    Raises:
        BankRefusedError: the bank has the request and refuses it.
    """
    rows = [row for page in _lists(get) for row in page.rows("accounts")]
    if not rows or any(href(row, name) for row in rows for name in ("transactions", "balances")):
        return
    try:
        put("consents", consents(rows))
    except BankRefusedError as error:
        # A bank of the full model that leaves out all links has no such request.
        if error.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
            raise


def _lists(get: Get) -> list[Row]:
    try:
        return [page for page in pages(get, ["accounts"]) if not isinstance(page, Partial)]
    except BankRefusedError as error:
        # No account to be read; the same with the first fetch, which says it better.
        if error.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            return []
        raise


def consents(rows: Iterable[Row]) -> dict[str, Any]:
    """Return the body of `PUT /consents` for the rows of an account list: balances, transactions, and the name."""
    ids = [
        {
            name: row.inner("accountId").value[name]
            for name in _NAMES
            if row.inner("accountId").first(name)[1]
        }
        for row in rows
    ]
    ids = [id_ for id_ in ids if "iban" in id_ or "other" in id_]
    return {
        "balances": ids,
        "transactions": ids,
        "trustedBeneficiaries": False,
        "psuIdentity": True,
    }


def funds_confirmation(
    post: Put,
    account: Account,
    money: Money,
    *,
    payee: str = "",
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> bool:
    """Return whether an amount is available on an account now; nothing is set aside (`POST /funds-confirmations`).

    Raises:
        UsageError: the account has no IBAN, or the amount is not above zero.
        BadBankDataError: the answer has no result.
    """
    if not account.iban:
        raise UsageError(tr("Funds can be confirmed for accounts with an IBAN only."))
    if money.minor <= 0:
        raise UsageError(tr("The amount to confirm has to be above zero."))
    body = {
        "paymentCoverageRequestId": new_id()[:35],
        "instructedAmount": {"currency": money.currency, "amount": str(money)},
        "accountId": {"iban": account.iban},
        **({"payee": payee[:70]} if payee else {}),
    }
    answer = read_object(post("funds-confirmations", body), "")
    answer.needed("result", answer.first("result")[1])
    return answer.flag("result")
