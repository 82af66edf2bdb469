"""The key with which the third party signs what it says of itself: a JWK with a name, as the directory publishes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from joserfc.jwk import RSAKey

from bankview.sandbox.files import write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "uk-signing.jwk"


def prepare(folder: Path) -> None:
    """See to it that `folder` holds the private key, for the owner alone."""
    if (folder / NAME).exists():
        return
    key = RSAKey.generate_key(2048, auto_kid=True)
    write(folder / NAME, json.dumps(key.as_dict(private=True)).encode())


def public(folder: Path) -> Mapping[str, str]:
    """Return the public half."""
    key = RSAKey.import_key(json.loads((folder / NAME).read_bytes()))
    return {name: str(value) for name, value in key.as_dict(private=False).items()}
