"""The banks that can be connected: found in a folder of dialects and a folder of profiles, listed nowhere."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bankview.banks._adopt import adopt_profile, profile_keys
from bankview.banks._bank import (
    Ask,
    Bank,
    Cursor,
    Dialect,
    Get,
    Intent,
    Partial,
    Post,
    Put,
    Signing,
    Skipped,
    Tokens,
    Visit,
    Way,
)
from bankview.banks._certificate import read_certificate
from bankview.banks._credentials import Credentials, credentials
from bankview.banks._dialects import dialects
from bankview.banks._keys import for_a_moment, opened, pem_text
from bankview.banks._private_key import KINDS as KEY_KINDS
from bankview.banks._private_key import Subject, new_request
from bankview.banks._profile import bank_of, load, read_profile, shipped_ids
from bankview.banks._signature import HttpSignature
from bankview.errors import ProfileError
from bankview.language import spoken
from bankview.paths import resource
from bankview.words import tr

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "KEY_KINDS",
    "Ask",
    "Bank",
    "Credentials",
    "Cursor",
    "Dialect",
    "Get",
    "HttpSignature",
    "Intent",
    "Partial",
    "Post",
    "Put",
    "Signing",
    "Skipped",
    "Subject",
    "Tokens",
    "Visit",
    "Way",
    "adopt_profile",
    "all_banks",
    "broken_profiles",
    "credentials",
    "dialects",
    "find_bank",
    "for_a_moment",
    "new_request",
    "opened",
    "pem_text",
    "profile_keys",
    "read_certificate",
    "read_profile",
]


def all_banks(folder: Path | None = None) -> tuple[Bank, ...]:
    """Return the banks that ship with the app, and the person's own in `folder`; broken ones are left out."""
    return (*_shipped(), *_own(folder)[0])


def broken_profiles(folder: Path | None) -> tuple[ProfileError, ...]:
    """Return what is wrong with each of the person's profiles that cannot be used."""
    return _own(folder)[1]


def find_bank(bank_id: str, folder: Path | None = None) -> Bank | None:
    """Return one bank, of those that `all_banks` returns, without reading the profiles of the others."""
    if bank_id in shipped_ids():
        return _one(bank_id, spoken())
    return next((bank for bank in _own(folder)[0] if bank.id == bank_id), None)


@cache
def _one(bank_id: str, _: str) -> Bank:
    """Return a shipped bank with what it says of itself in a language, which may change while the app runs."""
    return bank_of(load(resource("banks") / f"{bank_id}.toml")[1], None)


def _shipped() -> tuple[Bank, ...]:
    banks = (_one(bank_id, spoken()) for bank_id in sorted(shipped_ids()))
    # Accounts of private people first.
    return tuple(sorted(banks, key=lambda bank: (bank.licensed, not bank.dialect.has_accounts)))


def _own(folder: Path | None) -> tuple[tuple[Bank, ...], tuple[ProfileError, ...]]:
    banks: dict[str, Bank] = {}
    errors: list[ProfileError] = []
    for path in sorted(folder.glob("*.toml")) if folder else ():
        try:
            bank = read_profile(path)
        except ProfileError as error:
            errors.append(error)
            continue
        first = banks.setdefault(bank.id, bank)
        if first is not bank:
            problem = tr("{id} is also the id of {file}", id=bank.id, file=first.source)
            errors.append(ProfileError(path, 0, problem))
    return tuple(banks.values()), tuple(errors)
