"""The key with which the bank signs what it says, kept over runs, and the key set that it publishes (RFC 7517)."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from bankview.sandbox.files import write
from bankview.sandbox.messages import Answer, json_answer, text_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bankview.sandbox.faults import Faults

ALGORITHM = "ES256"


class IssuerKeys:
    """Signs, and publishes the public half; `path` keeps the private one."""

    def __init__(self, path: Path, faults: Faults) -> None:
        self._path, self._faults = path, faults
        self._lock = threading.Lock()
        self._key = self._kept() or self._new()

    def sign(self, claims: Mapping[str, Any], typ: str = "JWT") -> str:
        """Return claims as a signed JWT; the fault `rotate` signs with a new key from then on."""
        with self._lock:
            if self._faults.take("rotate"):
                self._key = self._new()
            key = self._key
        head = {"alg": ALGORITHM, "kid": key.kid, "typ": typ}
        if self._faults.take("no-kid"):
            del head["kid"]
        return jwt.encode(head, dict(claims), key, algorithms=[ALGORITHM])

    def read(self, text: str) -> Mapping[str, Any]:
        """Return the claims of what was signed here; nothing where it was not."""
        try:
            return jwt.decode(text, self._key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError, TypeError):
            return {}

    def published(self) -> Answer:
        """Answer the key set's address, spoilt by what is switched on."""
        if self._faults.take("jwks-500"):
            return text_answer(500, "Something went wrong")
        keys: list[dict[str, Any]] = []
        public = {**self._key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}
        if self._faults.take("decoy-kid"):
            decoy = RSAKey.generate_key(2048)
            named = {"use": "sig", "kid": self._key.kid}
            keys.append({**decoy.as_dict(private=False), **named})
        keys.append(public)
        answer = json_answer({"keys": keys})
        return Answer(200, {**answer.headers, "Cache-Control": "public, max-age=3600"}, answer.body)

    def _kept(self) -> ECKey | None:
        if not self._path.exists():
            return None
        name, _, pem = self._path.read_text("ascii").partition("\n")
        return ECKey.import_key(pem, {"kid": name})

    def _new(self) -> ECKey:
        name = secrets.token_hex(4)
        key = ECKey.generate_key("P-256", {"kid": name})
        pem = key.as_pem(private=True).decode("ascii")
        write(self._path, f"{name}\n{pem}".encode())
        return key
