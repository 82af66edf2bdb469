"""The profile of the household's own key at GoCardless, and its secret beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.files import write
from bankview.sandbox.gocardless import BANK, HISTORY, NAME, ROOT
from bankview.sandbox.gocardless_tokens import SECRET_ID, key_of

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


def write_profiles(folder: Path, state: Path, addresses: Addresses) -> None:
    """Write gocardless-household.toml with its .env file."""
    secret = f"BANKVIEW_CLIENT_SECRET={key_of(state)}\n"
    write(folder / "gocardless-household.env", secret.encode())
    text = f"""\
id = "gocardless-household"
name = "GoCardless (demo), household"
country = "NO"
dialect = "gocardless"
api = "{addresses.issuer}{ROOT}"
history_days = {HISTORY}
unattended_per_day = 3
calls_per_hour = 0

[oauth]
grant = "session"
client_id = "{SECRET_ID}"

[oauth.parameters.authorization]
institution = "{BANK}:{NAME}"

[tls]
ca = "../ca.pem"
"""
    write(folder / "gocardless-household.toml", text.encode(), 0o644)
