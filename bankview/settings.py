"""The person's settings: one frozen value, one small JSON file."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger(__name__)


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every setting with its default. Unknown keys of a newer Bankview are ignored."""

    theme: Literal["system", "light", "dark"] = "system"
    export_preset: str = "spreadsheet"
    export_folder: str = ""
    include_pending: bool = False
    hide_amounts: bool = False
    public_roots_only: bool = False


def load(path: Path) -> Settings:
    """Return the settings in `path`; a missing or unreadable file gives the defaults and is left as it is."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, msgspec.DecodeError) as error:
        LOG.warning("settings could not be read, using the defaults: %s", error)
        return Settings()


def save(path: Path, settings: Settings) -> None:
    """Replace the file atomically, readable by the person alone.

    Raises:
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))
    fresh.replace(path)
