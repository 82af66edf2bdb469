"""What a home says of itself in two small JSON files: the person's settings, and which place holds its key."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from bankview.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger(__name__)

Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. Unknown keys of a newer Bankview are ignored."""

    theme: Theme = "system"
    export_preset: str = "spreadsheet"
    export_folder: str = ""
    include_pending: bool = False
    hide_amounts: bool = False
    public_roots_only: bool = False
    pensions: bool = False


@dataclass(frozen=True, slots=True)
class HomeFile:
    """What `home.json` says: which place holds the key, and the key as wrapped by the recovery key. No secret."""

    namespace: str
    place: str
    recovery: str = ""
    recovery_kept: bool = False


T = TypeVar("T", Settings, HomeFile)


def load(path: Path) -> Settings:
    """Return the settings in `path`; a missing or unreadable file gives the defaults and is left as it is."""
    try:
        return _read(path, Settings)
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
    defaults = asdict(Settings())
    said = {name: value for name, value in asdict(settings).items() if value != defaults[name]}
    _write(path, json.dumps(said, indent=2).encode())


def changed(settings: Settings, **values: Any) -> Settings:
    """Return the settings with some of them changed."""
    return replace(settings, **values)


def read_home_file(path: Path) -> HomeFile | None:
    """Return what a home says about itself, or None for a new one.

    Raises:
        UsageError: the file is damaged or cannot be read; it says so and leaves it as it is.
    """
    try:
        return _read(path, HomeFile)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} could not be read: {error.strerror}") from error
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is damaged. Restore it from a backup of this folder.") from None


def write_home_file(path: Path, content: HomeFile) -> None:
    """Replace the file atomically, readable by the person alone."""
    said = {name: value for name, value in asdict(content).items() if value}
    _write(path, json.dumps(said).encode())


def _read(path: Path, kind: type[T]) -> T:
    """Return a file's object; values of names that are not known are passed over.

    Raises:
        OSError: it cannot be read.
        ValueError, RecursionError: it holds something else.
    """
    said = json.loads(path.read_bytes())
    if not isinstance(said, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - what is in a file is no programmer's mistake
    known = {one.name: said[one.name] for one in fields(kind) if one.name in said}
    for one in fields(kind):
        if one.name in known and not _fits(known[one.name], str(one.type)):
            raise ValueError(f"{one.name} is none")
    try:
        return kind(**known)
    except TypeError:
        raise ValueError("something is missing") from None


def _fits(value: object, kind: str) -> bool:
    """Return whether a value is of a field's kind, by the name in its annotation."""
    if kind == "Theme":
        return value in get_args(Theme)
    return isinstance(value, bool if kind == "bool" else str)


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
