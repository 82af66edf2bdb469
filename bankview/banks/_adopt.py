"""Takes a profile into a home, with the files it names, so that later commands need no file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bankview.banks._keys import is_taken, read_keys, without_keys
from bankview.banks._lines import line_of
from bankview.banks._profile import bank_of, load, read_profile
from bankview.banks._schema import toml
from bankview.errors import ProfileError
from bankview.words import tr

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.banks._bank import Bank

#: Files that a profile may name: table, key, and how the copy's name ends.
_FILES = (
    ("tls", "ca", "-ca.pem"),
    ("tls", "certificate", "-certificate.pem"),
    ("oauth", "metadata", "-metadata.json"),
)


Keep = Callable[[str, Mapping[str, str]], None]


def adopt_profile(
    path: Path,
    folder: Path,
    *,
    in_use: Callable[[str], bool] = lambda _: True,
    keep: Keep = lambda _id, _keys: None,
) -> Bank:
    """Copy a profile and the files it names into `folder`, readable by the person alone, and return its bank.

    Private keys are not copied: `keep` is given them.

    Args:
        path: the person's file.
        folder: the home's folder for banks.
        in_use: whether a bank id is connected; one that is cannot be moved to another server.
        keep: takes a bank's id and its private keys, PEM texts by "table.key", where the profile names any.

    Raises:
        ProfileError: the profile is wrong, its id belongs to another server, or it cannot be copied.
        KeyFileError: a file that should hold a private key holds none.
    """
    bank = read_profile(path)
    target = folder / f"{bank.id}.toml"
    text, profile = load(path)
    old = _readable(target)
    if old and _place(old) != _place(bank) and in_use(bank.id):
        problem = tr(
            "{id} is already connected to {host}. Choose another id, or remove {file}",
            id=bank.id,
            host=old.server.host,
            file=target,
        )
        raise ProfileError(path, line_of(text, ("id",)), problem)
    keys = read_keys(profile, path.parent)
    if keys:
        keep(bank.id, keys)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(target, to_toml(_with_own_files(without_keys(profile, keys), path.parent, folder)))
    except OSError as error:
        problem = tr("It cannot be copied to {file}: {why}", file=target, why=error.strerror)
        raise ProfileError(path, 0, problem) from error
    return read_profile(target)


def profile_keys(path: Path) -> dict[str, str]:
    """Return the private keys that a profile file names, PEM texts by "table.key".

    Raises:
        ProfileError, KeyFileError: see `adopt_profile`.
    """
    return read_keys(load(path)[1], path.parent)


def _place(bank: Bank) -> tuple[str, ...]:
    """Return what makes two profiles speak of the same bank."""
    server = bank.server
    return (bank.api, server.issuer, server.authorization_endpoint, server.token_endpoint)


def _readable(path: Path) -> Bank | None:
    """Return the bank of an earlier copy; one that can no longer be read binds nobody."""
    if not path.exists():
        return None
    try:
        return bank_of(load(path)[1], path)
    except ProfileError:
        return None


def _with_own_files(profile: dict[str, Any], here: Path, folder: Path) -> dict[str, Any]:
    """Copy the files that a profile names, and return the profile that names the copies."""
    for table, key, ending in _FILES:
        name = profile.get(table, {}).get(key, "")
        if name and "://" not in name and not is_taken(name):
            own = f"{profile['id']}{ending}"
            if (here / name).resolve() != (folder / own).resolve():
                shutil.copyfile(here / name, folder / own)
            profile = {**profile, table: {**profile[table], key: own}}
    return profile


def to_toml(profile: Mapping[str, Any]) -> str:
    lines = [f"{key} = {toml(value)}" for key, value in profile.items() if not _is_table(value)]
    for name, table in profile.items():
        if _is_table(table):
            lines += [
                "",
                f"[{name}]",
                *(f"{toml(key)} = {toml(item)}" for key, item in table.items()),
            ]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
