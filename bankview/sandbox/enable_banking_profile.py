"""The profile of the household's own application at Enable Banking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.clients import CAUGHT, PASTED
from bankview.sandbox.enable_banking import BANK, COUNTRY, ROOT
from bankview.sandbox.enable_banking_caller import APPLICATION, NAME
from bankview.sandbox.files import write

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


#: What the profiles are called more, and where answers go: to a listener of the app's, to a page that nobody serves, or
#: to one that the app may serve.
_WAYS = (
    ("", "", "http://127.0.0.1/callback"),
    ("-paste", ", pasted", PASTED),
    ("-caught", ", caught", CAUGHT),
)


def write_profiles(folder: Path, addresses: Addresses) -> None:
    """Write enable-household.toml, and its siblings whose answers are pasted or caught."""
    for way, words, redirect in _WAYS:
        text = _toml(way, words, redirect, f"{addresses.issuer}{ROOT}")
        write(folder / f"enable-household{way}.toml", text.encode(), 0o644)


def _toml(way: str, words: str, redirect: str, api: str) -> str:
    return f"""\
id = "enable-household{way}"
name = "Enable Banking (demo), household{words}"
country = "{COUNTRY}"
dialect = "enable_banking"
api = "{api}"
history_days = 1100
unattended_per_day = 4
calls_per_hour = 0

[oauth]
grant = "session"
client_id = "{APPLICATION}"
signing_key = "../{NAME}"
redirect_uri = "{redirect}"

[oauth.parameters.authorization]
aspsp = "{COUNTRY}:{BANK}"

[tls]
ca = "../ca.pem"
"""
