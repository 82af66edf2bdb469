"""The profile of a licensed third party at a bank that speaks as the Berlin Group has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.berlin import HISTORY, ROOT
from bankview.sandbox.files import write

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


def write_profiles(folder: Path, addresses: Addresses) -> None:
    """Write berlin-household.toml into a folder beside which the certificates lie."""
    text = f"""\
id = "berlin-household"
name = "Fjordbanken NextGenPSD2 (demo), household"
country = "NO"
dialect = "berlin_group"
api = "{addresses.certificate}{ROOT}/v1"
zone = "Europe/Oslo"
history_days = {HISTORY}
consent_days = 90
unattended_per_day = 4
calls_per_hour = 0
licensed = true

[oauth]
grant = "session"

[tls]
certificate = "../qwac.pem"
private_key = "../qwac.key"
ca = "../ca.pem"
"""
    write(folder / "berlin-household.toml", text.encode(), 0o644)
