"""The profile of the household's own key at bunq, and the key beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.bunq import ROOT
from bankview.sandbox.bunq_doors import key_of
from bankview.sandbox.files import write

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


def write_profiles(folder: Path, state: Path, addresses: Addresses) -> None:
    """Write bunq-household.toml with its .env file."""
    write(folder / "bunq-household.env", f"BANKVIEW_CLIENT_SECRET={key_of(state)}\n".encode())
    text = f"""\
id = "bunq-household"
name = "bunq (demo), household"
country = "NL"
dialect = "bunq"
api = "{addresses.issuer}{ROOT}"
history_days = 1100
consent_days = 0
unattended_per_day = 12
calls_per_hour = 0

[oauth]
grant = "session"

[tls]
ca = "../ca.pem"
"""
    write(folder / "bunq-household.toml", text.encode(), 0o644)
