"""Consents of UK Open Banking (OBReadConsent1): asked for in the client's own name, named in the sign-in, read and withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bankview.banks._bank import Get, Intent, Post
from bankview.banks._read import Row, read_object
from bankview.errors import BadBankDataError, SignInDeniedError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Days for which a consent is asked: then the person confirms it anew (FCA, SCA-RTS Art. 36(6)).
DAYS = 90
#: As little as shows accounts, balances and rows.
PERMISSIONS = (
    "ReadAccountsDetail",
    "ReadBalances",
    "ReadTransactionsCredits",
    "ReadTransactionsDebits",
    "ReadTransactionsDetail",
)
#: How sure the bank has to be of the person.
_ACR = ("urn:openbanking:psd2:sca", "urn:openbanking:psd2:ca")
_AGREED = {"Authorised", "AUTH"}


def ask(post: Post, now: datetime) -> str:
    """Ask for a consent to read the accounts that the person will choose, and return its id."""
    ends = (now + timedelta(days=DAYS)).astimezone(UTC)
    body = {
        "Data": {
            "Permissions": [*PERMISSIONS],
            "ExpirationDateTime": ends.isoformat(timespec="seconds"),
        },
        "Risk": {},
    }
    data = read_object(post("account-access-consents", body), "").inner("Data")
    return data.needed("ConsentId", data.text("ConsentId"))


def claims(consent: str) -> Mapping[str, Any]:
    """Return what the ID token has to say: that the sign-in was for this consent, and by what it was proven."""
    return {
        "openbanking_intent_id": {"value": consent, "essential": True},
        "acr": {"values": [*_ACR], "essential": True},
    }


def agreed(get: Get, consent: str, said: Mapping[str, Any]) -> datetime | None:
    """Return when a consent ends, or what renews the access to it does (`said` are the ID token's claims): the earlier.

    Raises:
        SignInDeniedError: the person did not agree.
    """
    data = read_object(get(["account-access-consents", consent]), "").inner("Data")
    status = data.text("Status")
    if status not in _AGREED:
        raise SignInDeniedError(status, tr("the bank did not finish the sign-in"))
    ends = [_instant(data, "ExpirationDateTime")]
    renewable = said.get("http://openbanking.org.uk/refresh_token_expires_at")
    # Zero stands for one that has no end.
    if isinstance(renewable, int) and 0 < renewable < 10**10:
        ends.append(datetime.fromtimestamp(renewable, UTC))
    return min(filter(None, ends), default=None)


def _instant(row: Row, name: str) -> datetime | None:
    text = row.text(name)
    try:
        found = datetime.fromisoformat(text) if text else None
        return found and (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadBankDataError(row.field(name), "is no date") from None


def end(delete: Callable[[str], object], consent: str) -> None:
    """Withdraw a consent."""
    delete(f"account-access-consents/{quote(consent, '')}")


INTENT = Intent("accounts", ask, claims, agreed, end)
