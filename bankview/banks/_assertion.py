"""A ready assertion that a profile names: as good as a key, so that it is read once and kept where keys are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bankview.errors import KeyFileError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Its name among a bank's keys, and what its place says once the keychain holds it.
NAME, TAKEN = "oauth.assertion.file", "keychain"
#: Characters; real ones have about a thousand.
LONGEST = 64_000


def named(profile: Mapping[str, Any]) -> str:
    """Return what a checked profile says of its assertion's file; nothing where it has none."""
    file: str = profile.get("oauth", {}).get("assertion", {}).get("file", "")
    return file


def read(profile: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Return the assertion of a checked profile by `NAME`; nothing where there is none, or it was taken.

    Raises:
        KeyFileError: the file holds no signed JWT.
    """
    file = named(profile)
    if not file or file == TAKEN:
        return {}
    text = (folder / file).read_text("ascii", "replace").strip()
    if len(text) > LONGEST or not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", text, re.ASCII):
        raise KeyFileError(file, tr("it holds no signed assertion (JWT)"))
    return {NAME: text}


def without(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile with the assertion's place saying that it was taken."""
    oauth = profile["oauth"]
    return {**profile, "oauth": {**oauth, "assertion": {**oauth["assertion"], "file": TAKEN}}}
