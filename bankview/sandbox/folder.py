"""What lies under the sandbox's folder: certificates, profiles, books, and what it goes on from."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bankview.errors import UsageError
from bankview.sandbox import (
    berlin_profile,
    bunq_profile,
    enable_banking_profile,
    financefeast_profile,
    gocardless_profile,
    json_api_profile,
    monzo_profile,
    open_energy_profile,
    sparebank1_profile,
    stet_profile,
    uk_profile,
)
from bankview.sandbox.clients import WITH_SECRET
from bankview.sandbox.files import write

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses

#: Characters that are another thing in a URL: a client that forgets to encode its secret fails here.
AWKWARD = "+/%="


@dataclass(frozen=True, slots=True)
class Kept:
    """What the next run goes on from: when the books were begun, how many rows were asked for, the clients' secrets."""

    created: str
    rows: int | None
    secrets: dict[str, str]

    @property
    def began(self) -> date:
        """The day on which the books were begun."""
        return date.fromisoformat(self.created)


@dataclass(frozen=True, slots=True)
class Layout:
    """The places under the folder."""

    root: Path

    @property
    def profiles(self) -> Path:
        """Profiles and .env files."""
        return self.root / "profiles"

    @property
    def books(self) -> Path:
        """The customers' books."""
        return self.root / "books"

    @property
    def state(self) -> Path:
        """What the next run goes on from."""
        return self.root / "state"

    @property
    def grants(self) -> Path:
        """The grants in force."""
        return self.state / "grants.json"

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            UsageError: they cannot be made.
        """
        try:
            for folder in (self.root, self.profiles, self.books, self.state):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{self.root} cannot be used: {error.strerror}") from error

    def recall(self, rows: int | None, today: date) -> Kept:
        """Return what an earlier run left, or begin anew; other `rows` than before begin new books."""
        place = self.state / "bank.json"
        kept = Kept(**json.loads(place.read_bytes())) if place.exists() else None
        known = kept.secrets if kept else {}
        known = {way: known.get(way) or _secret() for way in WITH_SECRET}
        if kept is None or kept.rows != rows:
            kept = Kept(today.isoformat(), rows, known)
            for path in self.state.glob("recent-*.json"):
                path.unlink()
        kept = replace(kept, secrets=known)
        write(place, json.dumps(asdict(kept)).encode())
        return kept


def _secret() -> str:
    return f"{secrets.token_urlsafe(18)}{AWKWARD}{secrets.token_urlsafe(6)}"


def write_profiles(layout: Layout, addresses: Addresses, kept: Kept) -> None:
    """Write every profile, with an .env file beside it where it needs a secret."""
    history_days = 1100 if kept.rows is None else 3700
    sparebank1_profile.write_profiles(layout.profiles, addresses, kept.secrets, history_days)
    stet_profile.write_profiles(layout.profiles, addresses, history_days)
    open_energy_profile.write_profiles(layout.profiles, addresses)
    financefeast_profile.write_profiles(layout.profiles, layout.state, addresses)
    json_api_profile.write_profiles(layout.profiles, addresses)
    enable_banking_profile.write_profiles(layout.profiles, addresses)
    gocardless_profile.write_profiles(layout.profiles, layout.state, addresses)
    berlin_profile.write_profiles(layout.profiles, addresses)
    bunq_profile.write_profiles(layout.profiles, layout.state, addresses)
    monzo_profile.write_profiles(layout.profiles, layout.state, addresses)
    uk_profile.write_profiles(layout.profiles, addresses, history_days)
