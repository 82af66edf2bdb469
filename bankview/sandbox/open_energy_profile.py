"""The profiles of Open Energy's provider, one for each customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.files import write
from bankview.sandbox.open_energy import ROOT
from bankview.sandbox.open_energy_tokens import CLIENTS, SCOPES

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


def write_profiles(folder: Path, addresses: Addresses) -> None:
    """Write open-energy-<customer>.toml into a folder beside which the certificates lie."""
    for customer, certificate in (("household", "client"), ("student", "client-b")):
        text = _toml(customer, certificate, f"{addresses.certificate}{ROOT}")
        write(folder / f"open-energy-{customer}.toml", text.encode(), 0o644)


def _toml(customer: str, certificate: str, root: str) -> str:
    return f"""\
id = "open-energy-{customer}"
name = "Fjordkraft Open Energy (demo), {customer}"
country = "NO"
dialect = "open-energy"
api = "{root}"
unattended_per_day = 10000
calls_per_hour = 100000

[oauth]
issuer = "{root}"
grant = "client_credentials"
client_id = "{CLIENTS[certificate]}"
client_authentication = "tls_client_auth"
scope = "{" ".join(SCOPES)}"

[tls]
certificate = "../{certificate}.pem"
private_key = "../{certificate}.key"
ca = "../ca.pem"
"""
