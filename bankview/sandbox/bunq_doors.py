"""How bunq lets an app in: installations, devices and sessions, each held against the key that was installed."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import threading
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bankview.sandbox.bunq_refusal import RefusedError
from bankview.sandbox.files import write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.messages import Request

TOKEN, SIGNATURE = "x-bunq-client-authentication", "x-bunq-client-signature"
#: The files of the person's API key and of the bank's own key.
API_KEY, OWN_KEY = "bunq-key", "bunq-server.pem"
#: Seconds that a session lasts without a call: the person's choice in the app.
LIFE = 604_800


@dataclass(frozen=True, slots=True)
class Installation:
    """A public key of an app's, by the token that it was given; whether a device of it has shown the API key."""

    token: str
    key: str
    device: bool = False
    #: When it opened a session last.
    opened: float = 0


def key_of(state: Path) -> str:
    """Return the person's API key, the same at each start."""
    place = state / API_KEY
    if not place.exists():
        write(place, secrets.token_hex(32).encode())
    return place.read_text("ascii")


def own_key(state: Path) -> rsa.RSAPrivateKey:
    """Return the bank's key, the same at each start."""
    place = state / OWN_KEY
    if not place.exists():
        made = rsa.generate_private_key(65537, 2048)
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        write(place, made.private_bytes(serialization.Encoding.PEM, form, plain))
    key = serialization.load_pem_private_key(place.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


class Doors:
    """All of them, kept in a file."""

    def __init__(
        self, path: Path, key: str, public: str, pause: float, now: Callable[[], float]
    ) -> None:
        self._path, self._key, self._public, self._pause, self._now = path, key, public, pause, now
        self._lock = threading.Lock()
        kept = json.loads(path.read_bytes()) if path.exists() else {}
        self._all = {one["token"]: Installation(**one) for one in kept.get("installations", ())}
        self._sessions: dict[str, float] = kept.get("sessions", {})

    def install(self, request: Request, body: Mapping[str, Any]) -> list[Any]:
        """Take an app's public key.

        Raises:
            RefusedError: it is none of 2048 bits, or the call says more than it may.
        """
        if TOKEN in request.headers or SIGNATURE in request.headers:
            raise RefusedError(400, "An installation is neither logged in nor signed.")
        key = str(body.get("client_public_key", ""))
        try:
            public = serialization.load_pem_public_key(key.encode())
        except ValueError:
            public = None
        if not isinstance(public, rsa.RSAPublicKey) or public.key_size != 2048:
            raise RefusedError(400, "client_public_key is no RSA key of 2048 bits.")
        made = Installation(secrets.token_hex(32), key)
        self._put(made)
        return [
            _id(1),
            {"Token": {"id": 1, "token": made.token}},
            {"ServerPublicKey": {"server_public_key": self._public}},
        ]

    def register(self, request: Request, body: Mapping[str, Any]) -> list[Any]:
        """Take a device that knows the API key.

        Raises:
            RefusedError: it does not, or did not sign.
        """
        installation = self._signed(request, body)
        if not isinstance(body.get("description"), str):
            raise RefusedError(400, "description is missing.")
        self._put(replace(installation, device=True))
        return [_id(2)]

    def open(self, request: Request, body: Mapping[str, Any], user: Mapping[str, Any]) -> list[Any]:
        """Open a session of a registered device.

        Raises:
            RefusedError: it did not sign, or came too soon after the last.
        """
        installation = self._signed(request, body)
        if not installation.device:
            raise RefusedError(403, "Insufficient authorisation.")
        now = self._now()
        if self._pause and now - installation.opened < self._pause:
            raise RefusedError(429, "Too many requests. 1 call per 30 seconds.")
        token = secrets.token_hex(32)
        self._sessions[token] = now + LIFE
        self._put(replace(installation, opened=now))
        return [_id(3), {"Token": {"id": 3, "token": token}}, {"UserPerson": dict(user)}]

    def check(self, request: Request) -> None:
        """Refuse a call outside of a session.

        Raises:
            RefusedError: there is none, or it has ended.
        """
        token = request.headers.get(TOKEN, "")
        if self._sessions.get(token, 0) <= self._now():
            raise RefusedError(401, "Insufficient authentication.")
        self._sessions[token] = self._now() + LIFE

    def expire_access(self) -> int:
        """End every session now; return how many there were."""
        with self._lock:
            live = len(self._sessions)
            self._sessions.clear()
            self._save()
        return live

    def forget(self) -> None:
        """Lose every installation, as a bank does that the person told to."""
        self.expire_access()
        with self._lock:
            self._all.clear()
            self._save()

    def _signed(self, request: Request, body: Mapping[str, Any]) -> Installation:
        installation = self._all.get(request.headers.get(TOKEN, ""))
        if installation is None:
            raise RefusedError(401, "Insufficient authentication.")
        if SIGNATURE not in request.headers:
            raise RefusedError(466, "The request has to be signed.")
        key = serialization.load_pem_public_key(installation.key.encode())
        assert isinstance(key, rsa.RSAPublicKey)
        try:
            signature = base64.b64decode(request.headers[SIGNATURE], validate=True)
            key.verify(signature, request.body, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error):
            raise RefusedError(401, "The request signature is invalid.") from None
        if not hmac.compare_digest(str(body.get("secret", "")).encode(), self._key.encode()):
            why = "User credentials are incorrect. Incorrect API key or IP address."
            raise RefusedError(400, why)
        return installation

    def _put(self, one: Installation) -> None:
        with self._lock:
            self._all[one.token] = one
            self._save()

    def _save(self) -> None:
        kept = {
            "installations": [asdict(one) for one in self._all.values()],
            "sessions": self._sessions,
        }
        write(self._path, json.dumps(kept).encode())


def _id(number: int) -> dict[str, Any]:
    return {"Id": {"id": number}}
