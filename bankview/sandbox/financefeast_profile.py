"""The profiles of Financefeast: by signing in, for each customer, and by the key that never ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.files import write
from bankview.sandbox.financefeast import KEY, ROOT
from bankview.sandbox.financefeast_authorization import SCOPES
from bankview.sandbox.financefeast_front import CLIENT_ID, secret_of

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


def write_profiles(folder: Path, state: Path, addresses: Addresses) -> None:
    """Write financefeast-<customer>.toml and financefeast-household-token.toml, each with its .env file."""
    secret = f"BANKVIEW_CLIENT_SECRET={secret_of(state)}\n"
    for customer in ("household", "student"):
        oauth = _signing_in(customer, addresses)
        _write(folder, customer, "", _toml(customer, "", addresses, oauth), secret)
    held = 'grant = "token"\n'
    text = _toml("household", "token", addresses, held)
    _write(folder, "household", "-token", text, f"BANKVIEW_ACCESS_TOKEN={KEY}\n")


def _write(folder: Path, customer: str, way: str, text: str, secret: str) -> None:
    name = f"financefeast-{customer}{way}"
    write(folder / f"{name}.env", secret.encode())
    write(folder / f"{name}.toml", text.encode(), 0o644)


def _signing_in(customer: str, addresses: Addresses) -> str:
    return f"""\
issuer = "{addresses.issuer}{ROOT}"
authorization_endpoint = "{addresses.pages}{ROOT}/oauth/authorize"
token_endpoint = "{addresses.issuer}{ROOT}/oauth/token"
userinfo_endpoint = "{addresses.issuer}{ROOT}/userinfo"
jwks_uri = "{addresses.issuer}{ROOT}/jwks"
grant = "authorization_code"
client_id = "{CLIENT_ID}"
client_authentication = "client_secret_post"
scope = "{" ".join(SCOPES)}"
redirect_uri = "http://127.0.0.1/callback"
pkce = true
id_token_algorithms = ["RS256"]
expires_at = "server"
insecure_http = true

[oauth.parameters.authorization]
login_hint = "{customer}"
"""


def _toml(customer: str, way: str, addresses: Addresses, oauth: str) -> str:
    return f"""\
id = "financefeast-{customer}{way and "-"}{way}"
name = "Financefeast (demo), {customer}{way and ", "}{way}"
country = "NZ"
dialect = "financefeast"
api = "{addresses.issuer}{ROOT}"
zone = "Pacific/Auckland"
unattended_per_day = 10000
calls_per_hour = 100000

[oauth]
{oauth}
[tls]
ca = "../ca.pem"
"""
