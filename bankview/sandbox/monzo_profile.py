"""The profiles of Monzo's customers, each with the secret of their own client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.files import write
from bankview.sandbox.monzo import AUTHORIZE, ROOT, TOKEN
from bankview.sandbox.monzo_authorization import CLIENT_ID, secret_of

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


def write_profiles(folder: Path, state: Path, addresses: Addresses) -> None:
    """Write monzo-household.toml, and its .env file."""
    write(folder / "monzo-household.env", f"BANKVIEW_CLIENT_SECRET={secret_of(state)}\n".encode())
    write(folder / "monzo-household.toml", _toml(addresses).encode(), 0o644)


def _toml(addresses: Addresses) -> str:
    return f"""\
id = "monzo-household"
name = "Monzo (demo), household"
country = "GB"
dialect = "monzo"
api = "{addresses.issuer}{ROOT}"
history_days = 3650
consent_days = 0
unattended_per_day = 12
calls_per_hour = 0

[oauth]
authorization_endpoint = "{addresses.pages}{AUTHORIZE}"
token_endpoint = "{addresses.issuer}{TOKEN}"
client_id = "{CLIENT_ID}"
client_authentication = "client_secret_post"
redirect_uri = "http://127.0.0.1/callback"
pkce = false
insecure_http = true

[tls]
ca = "../ca.pem"
"""
