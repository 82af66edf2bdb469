"""What a home says of itself in two small JSON files: the person's settings, and which place holds its key."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from bankview.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger(__name__)


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every setting with its default. Unknown keys of a newer Bankview are ignored."""

    theme: Literal["system", "light", "dark"] = "system"
    #: A tag of `language.LANGUAGES`; empty for the system's.
    language: str = ""
    export_preset: str = "spreadsheet"
    export_folder: str = ""
    include_pending: bool = False
    hide_amounts: bool = False
    public_roots_only: bool = False
    pensions: bool = False
    start_page: Literal["all", "overview"] = "all"
    reduce_motion: bool = False
    #: Whether banks are asked by themselves while the window is open.
    background: bool = True
    #: Minutes without key or mouse after which a home with a passphrase is locked; 0 = never.
    lock_after: Literal[0, 5, 15, 30] = 15


def load(path: Path) -> Settings:
    """Return the settings in `path`; a missing or unreadable file gives the defaults and is left as it is."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        LOG.warning("settings could not be read, using the defaults: %s", error)
        return Settings()


def save(path: Path, settings: Settings) -> None:
    """Replace the file atomically, readable by the person alone.

    Raises:
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(path, msgspec.json.format(msgspec.json.encode(settings)))


def changed(settings: Settings, **values: Any) -> Settings:
    """Return the settings with some of them changed."""
    return msgspec.structs.replace(settings, **values)


@dataclass(frozen=True, slots=True)
class HomeFile:
    """What `home.json` says: which place holds secrets, and the key as wrapped by the recovery key. No secret."""

    namespace: str
    place: str
    recovery: str = ""
    recovery_kept: bool = False
    #: A place that is not used, in which copies of secrets may lie.
    leaving: str = ""


def read_home_file(path: Path) -> HomeFile | None:
    """Return what a home says about itself, or None for a new one.

    Raises:
        UsageError: the file is damaged or cannot be read; it says so and leaves it as it is.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=HomeFile)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} could not be read: {error.strerror}") from error
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is damaged. Restore it from a backup of this folder.") from None


def write_home_file(path: Path, content: HomeFile) -> None:
    """Replace the file atomically, readable by the person alone."""
    _write(path, msgspec.json.encode(content))


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
