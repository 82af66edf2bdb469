"""Consents of UK Open Banking: asked for by a client, allowed or declined by a person, read and withdrawn by the client."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bankview.sandbox.shelf import Shelf
from bankview.sandbox.uk_refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

#: What each version calls where a consent stands; what has ended has no word of its own in 3.1.
WAITING, AUTHORISED, REJECTED, EXPIRED = "AWAU", "AUTH", "RJCT", "EXPD"
_OLD = {
    WAITING: "AwaitingAuthorisation",
    AUTHORISED: "Authorised",
    REJECTED: "Rejected",
    EXPIRED: "Authorised",
}
#: What may be asked for here; more than a viewer of accounts needs is refused.
PERMISSIONS = {
    "ReadAccountsBasic",
    "ReadAccountsDetail",
    "ReadBalances",
    "ReadTransactionsBasic",
    "ReadTransactionsCredits",
    "ReadTransactionsDebits",
    "ReadTransactionsDetail",
}


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent; instants are epoch seconds, `ends` is 0 where it has no end, `names` are its names of the accounts."""

    id: str
    client_id: str
    permissions: list[str]
    began: float
    ends: float
    status: str
    changed: float
    names: dict[str, str]
    customer: str = ""

    def shape(self, version: str, address: str) -> dict[str, Any]:
        """Return it as a version has it (OBReadConsentResponse1)."""
        data = {
            "ConsentId": self.id,
            "CreationDateTime": instant(self.began),
            "Status": self.status if version == "v4.0" else _OLD[self.status],
            "StatusUpdateDateTime": instant(self.changed),
            "Permissions": self.permissions,
        }
        if self.ends:
            data["ExpirationDateTime"] = instant(self.ends)
        return {"Data": data, "Risk": {}, "Links": {"Self": address}, "Meta": {"TotalPages": 1}}


class Consents:
    """All of them, kept in a file."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self.now = now
        self._all = Shelf(path, Consent)

    def ask(self, body: Mapping[str, Any], client_id: str) -> Consent:
        """Take a client's wish (OBReadConsent1).

        Raises:
            RefusedError: it is no such wish, or for more than there is.
        """
        data, risk = body.get("Data"), body.get("Risk")
        if not isinstance(data, dict) or risk != {} or {*body} != {"Data", "Risk"}:
            raise RefusedError(400, "Field.Missing", "Data, and a Risk that is empty")
        if not {*data} <= {"Permissions", "ExpirationDateTime"}:
            raise RefusedError(400, "Field.Unexpected", "Permissions and ExpirationDateTime")
        permissions = data.get("Permissions")
        if not isinstance(permissions, list) or not _is_sound({*permissions}):
            raise RefusedError(400, "Field.Invalid", "The permissions make no sense together")
        now = self.now()
        ends = _end(data["ExpirationDateTime"], now) if "ExpirationDateTime" in data else 0.0
        made = Consent(str(uuid.uuid4()), client_id, permissions, now, ends, WAITING, now, names={})
        self._all.put(made)
        return made

    def find(self, id_: str, client_id: str) -> Consent:
        """Return a client's consent as it is now.

        Raises:
            RefusedError: it has none of that id.
        """
        found = self._all.get(id_)
        if found is None or found.client_id != client_id:
            raise RefusedError(400, "Resource.NotFound", "There is no such consent")
        over = found.status == AUTHORISED and 0 < found.ends <= self.now()
        return replace(found, status=EXPIRED) if over else found

    def authorised(self, id_: str, client_id: str) -> Consent:
        """Return a consent in force.

        Raises:
            RefusedError: it is not.
        """
        try:
            found = self.find(id_, client_id)
        except RefusedError:
            found = None
        if found is None or found.status != AUTHORISED:
            raise RefusedError(403, "Resource.InvalidConsentStatus", "The consent is not in force")
        return found

    def decide(self, consent: Consent, status: str, customer: str, names: dict[str, str]) -> None:
        """Keep what a person decided."""
        changed = replace(consent, status=status, customer=customer, names=names)
        self._all.put(replace(changed, changed=self.now()))

    def withdraw(self, consent: Consent) -> None:
        """Forget a consent."""
        self._all.remove(consent)

    def expire_access(self) -> int:
        """End every consent now; return how many there were."""
        live = [one for one in self._all if one.status == AUTHORISED]
        for one in live:
            self._all.put(replace(one, status=EXPIRED, changed=self.now()))
        return len(live)


def _is_sound(wanted: set[Any]) -> bool:
    """Tell whether permissions go together: accounts always, and rows with what they are about and how much of it."""
    accounts = wanted & {"ReadAccountsBasic", "ReadAccountsDetail"}
    much = wanted & {"ReadTransactionsBasic", "ReadTransactionsDetail"}
    about = wanted & {"ReadTransactionsCredits", "ReadTransactionsDebits"}
    return bool(accounts) and bool(much) == bool(about) and wanted <= PERMISSIONS


def _end(text: Any, now: float) -> float:
    try:
        ends = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise RefusedError(400, "Field.InvalidDate", "ExpirationDateTime is an instant") from None
    if ends.tzinfo is None or ends.timestamp() <= now:
        raise RefusedError(
            400, "Field.InvalidDate", "ExpirationDateTime has a zone, and is to come"
        )
    return ends.timestamp()


def instant(seconds: float) -> str:
    """Return epoch seconds as the standard writes instants."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
