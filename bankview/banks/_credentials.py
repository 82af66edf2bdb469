"""Whether a person's certificate and keys will do for a bank, said before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.banks._certificate import Role, ends_soon, problems, read_certificate
from bankview.banks._private_key import load_private_key
from bankview.errors import KeyFileError
from bankview.language import later
from bankview.words import long_day_text, tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bankview.banks._bank import Bank
    from bankview.banks._certificate import Certificate

_ROLES = {
    Role.ACCOUNT_INFORMATION: later("account information"),
    Role.CARD_ISSUING: later("funds"),
    Role.PAYMENT_INITIATION: later("payments"),
    Role.ACCOUNTS_HELD: later("account servicing"),
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is said of a certificate and its key: `facts` to read, `problems` that speak against it, `soon` its near end."""

    facts: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    soon: str = ""


def credentials(
    bank: Bank, answers: Mapping[str, str], keys: Mapping[str, str], now: datetime
) -> Credentials:
    """Return what is said of what a bank will be shown; nothing where it wants no certificate.

    Args:
        bank: the bank.
        answers: what the person gave: PEM texts under "tls.certificate" and "tls.private_key", client_id, key_passphrase.
        keys: PEM texts that the keychain holds, by "table.key".
        now: an instant with a zone.
    """
    text = answers.get("tls.certificate", "").encode()
    if not text and bank.certificate:
        text = bank.certificate.read_bytes()
    if not text:
        return Credentials()
    pem = answers.get("tls.private_key") or keys.get("tls.private_key", "")
    try:
        certificate = read_certificate(text)
        key = load_private_key(pem.encode(), answers.get("key_passphrase")) if pem else None
    except KeyFileError as error:
        return Credentials(problems=(str(error),))
    client_id = answers.get("client_id") or bank.client.client_id
    needed = (Role.ACCOUNT_INFORMATION,) if bank.dialect.name == "stet" else ()
    # Only who is licensed is known to a bank by the number of the licence; who registers there gets another one.
    known_by = client_id if certificate.organisation_id and not bank.dialect.intent else ""
    found = problems(certificate, key, known_by, needed, now)
    return Credentials(_facts(certificate), tuple(found), ends_soon(certificate, now))


def _facts(certificate: Certificate) -> tuple[str, ...]:
    roles = ", ".join(
        tr(_ROLES[role]) if role in _ROLES else str(role) for role in certificate.roles
    )
    facts = (
        certificate.subject,
        certificate.organisation_id,
        roles,
        tr("ends {day}", day=long_day_text(certificate.not_after.date())),
    )
    return tuple(filter(None, facts))
