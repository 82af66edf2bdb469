"""The profiles of STET's bank, one for each customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.files import write
from bankview.sandbox.stet_authorization import OAUTH
from bankview.sandbox.stet_certificates import THIRD_PARTY
from bankview.sandbox.stet_shapes import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses

CUSTOMERS = ("household", "student")


def write_profiles(folder: Path, addresses: Addresses, history_days: int) -> None:
    """Write stet-<customer>.toml for each customer into a folder beside which the certificates lie."""
    for customer in CUSTOMERS:
        text = _toml(customer, addresses, history_days)
        write(folder / f"stet-{customer}.toml", text.encode(), 0o644)


def _toml(customer: str, addresses: Addresses, history_days: int) -> str:
    return f"""\
id = "stet-{customer}"
name = "Fjordbanken STET (demo), {customer}"
country = "NO"
dialect = "stet"
api = "{addresses.certificate}{ROOT}"
zone = "Europe/Oslo"
history_days = {history_days}
consent_days = 180
unattended_per_day = 4
calls_per_hour = 0

[oauth]
authorization_endpoint = "{addresses.pages}{OAUTH}/authorize"
token_endpoint = "{addresses.certificate}{OAUTH}/token"
revocation_endpoint = "{addresses.certificate}{OAUTH}/revoke"
grant = "authorization_code"
client_id = "{THIRD_PARTY}"
client_authentication = "tls_client_auth"
scope = "aisp extended_transaction_history"
redirect_uri = "http://127.0.0.1/callback"
pkce = true
insecure_http = true

[oauth.parameters.authorization]
login_hint = "{customer}"

[tls]
certificate = "../qwac.pem"
private_key = "../qwac.key"
ca = "../ca.pem"

[signature]
key_id = "{THIRD_PARTY}"
private_key = "../qseal.key"
headers = ["(request-target)", "date", "digest", "x-request-id"]
"""
