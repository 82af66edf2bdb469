"""The profiles of a licensed third party at a bank after UK Open Banking: one for each version and way to prove oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox import uk_keys
from bankview.sandbox.files import write
from bankview.sandbox.uk_authorization import BY_CERTIFICATE, BY_KEY, SIGNED, SIGNED_WITH
from bankview.sandbox.uk_open_banking import ROOT
from bankview.sandbox.uk_shapes import NEW, OLD

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


def write_profiles(folder: Path, addresses: Addresses, history_days: int) -> None:
    """Write uk-3-1-household.toml and uk-4-0-household.toml into a folder beside which certificates and keys lie."""
    by_key = f'client_id = "{BY_KEY}"\nclient_authentication = "private_key_jwt"\n'
    by_certificate = f'client_id = "{BY_CERTIFICATE}"\nclient_authentication = "tls_client_auth"\n'
    signed = f'response_mode = "{SIGNED}"\n'
    for version, own in ((OLD, by_key), (NEW, by_certificate + signed)):
        name = f"uk-{version.removeprefix('v').replace('.', '-')}-household"
        text = _toml(name, version, own, addresses, history_days)
        write(folder / f"{name}.toml", text.encode(), 0o644)


def _toml(name: str, version: str, own: str, addresses: Addresses, history_days: int) -> str:
    return f"""\
id = "{name}"
name = "Fjordbanken UK Open Banking {version} (demo), household"
country = "GB"
dialect = "uk_open_banking"
api = "{addresses.certificate}{ROOT}/{version}/aisp"
zone = "Europe/Oslo"
history_days = {history_days}
consent_days = 90
unattended_per_day = 4
calls_per_hour = 0
licensed = true

[oauth]
issuer = "{addresses.certificate}{ROOT}"
grant = "authorization_code"
{own}scope = "openid accounts"
redirect_uri = "http://127.0.0.1/callback"
jar = true
signing_key = "../{uk_keys.NAME}"
signing_algorithm = "{SIGNED_WITH}"
id_token_algorithms = ["PS256", "ES256"]
insecure_http = true

[tls]
certificate = "../client.pem"
private_key = "../client.key"
ca = "../ca.pem"
"""
