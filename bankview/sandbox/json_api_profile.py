"""The profiles of the bank with nothing but JSON: with a sign-in for each customer, and with none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.files import write
from bankview.sandbox.json_api import OPEN, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


def write_profiles(folder: Path, addresses: Addresses) -> None:
    """Write json-<customer>.toml and json-household-none.toml."""
    for customer in ("household", "student"):
        text = _toml(customer, "", f"{addresses.issuer}{ROOT}", _signing_in(customer, addresses))
        write(folder / f"json-{customer}.toml", text.encode(), 0o644)
    text = _toml("household", "none", f"{addresses.issuer}{OPEN}", 'grant = "none"\n')
    write(folder / "json-household-none.toml", text.encode(), 0o644)


def _signing_in(customer: str, addresses: Addresses) -> str:
    return f"""\
issuer = "{addresses.issuer}"
grant = "authorization_code"
client_id = "bankview"
client_authentication = "none"
redirect_uri = "http://127.0.0.1/callback"
pkce = true
insecure_http = true

[oauth.parameters.authorization]
login_hint = "{customer}"
"""


def _toml(customer: str, way: str, api: str, oauth: str) -> str:
    return f"""\
id = "json-{customer}{way and "-"}{way}"
name = "JSON (demo), {customer}{way and ", "}{way}"
country = "NO"
dialect = "json"
api = "{api}"
unattended_per_day = 10000
calls_per_hour = 100000

[oauth]
{oauth}
[tls]
ca = "../ca.pem"
"""
