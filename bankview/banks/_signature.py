"""Signing requests for banks that want it (draft-cavage-http-signatures-12, with the Digest of RFC 3230)."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bankview.banks._private_key import load_private_key
from bankview.errors import KeyFileError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.domain.secret import Secret

#: Seconds after which a signature with `(expires)` no longer counts.
LIFETIME = 60
TARGET, CREATED, EXPIRES = "(request-target)", "(created)", "(expires)"


class Request(Protocol):
    """A request about to be sent (`requests.PreparedRequest`)."""

    method: str | None
    url: str | None
    body: bytes | str | None
    headers: Any


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class HttpSignature:
    """How one bank wants requests signed.

    `key_id` tells the bank whose key it is; `private_key` is an RSA key as PEM without passphrase; `headers` are the
    signed items in order, of which those that a request does not carry are left out; `spaced` puts a space after each
    comma of the Signature header, which some banks want and Société Générale refuses.

    Raises:
        KeyFileError: the key is none, or no RSA key.
    """

    key_id: str
    private_key: Secret
    headers: tuple[str, ...]
    algorithm: str = "rsa-sha256"
    spaced: bool = False
    _key: RSAPrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        key = load_private_key(self.private_key.reveal().encode(), None)
        if not isinstance(key, RSAPrivateKey):
            raise KeyFileError("key", tr("requests are signed with an RSA key; it is another kind"))
        if any(letter in '"\\' or not letter.isprintable() for letter in self.key_id):
            raise KeyFileError("key_id", tr("it holds a character that no header may"))
        object.__setattr__(self, "_key", key)

    def sign(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | str | None,
        *,
        now: datetime,
        request_id: str,
    ) -> dict[str, str]:
        """Return the headers to add to a request: Digest, Date, X-Request-ID and Signature.

        Args:
            method: the HTTP method.
            url: the whole URL as it is sent, with its query.
            headers: what the request carries; values of the four are replaced.
            body: as it is sent; None and empty have a digest too.
            now: the instant of signing, with a zone.
            request_id: a new id for each request, a replay included.
        """
        content = body.encode() if isinstance(body, str) else body or b""
        ours = {
            "Digest": f"SHA-256={_base64(hashlib.sha256(content).digest())}",
            # RFC 9110 §5.6.7: whole seconds, always GMT.
            "Date": format_datetime(now.astimezone(UTC), usegmt=True),
            "X-Request-ID": request_id,
        }
        created = int(now.timestamp())
        items = {name.lower(): value.strip() for name, value in {**headers, **ours}.items()}
        items.setdefault("host", urlsplit(url).netloc)
        items |= {
            TARGET: f"{method.lower()} {_target(url)}",
            CREATED: str(created),
            EXPIRES: str(created + LIFETIME),
        }
        signed = [name for item in self.headers if (name := item.lower()) in items]
        text = "\n".join(f"{name}: {items[name]}" for name in signed)
        return {**ours, "Signature": self._header(signed, text, items)}

    def _header(self, signed: list[str], text: str, items: Mapping[str, str]) -> str:
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        parts = [
            f'keyId="{self.key_id}"',
            f'algorithm="{self.algorithm}"',
            *(f"{name[1:-1]}={items[name]}" for name in (CREATED, EXPIRES) if name in signed),
            f'headers="{" ".join(signed)}"',
            f'signature="{_base64(signature)}"',
        ]
        return (", " if self.spaced else ",").join(parts)

    def finisher(
        self,
        now: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> Callable[[Request], None]:
        """Return a function that signs a prepared request in place, as the last thing before it is sent.

        A request that is sent again is signed again, with a new date and id.
        """

        def finish(request: Request) -> None:
            added = self.sign(
                request.method or "",
                request.url or "",
                request.headers,
                request.body,
                now=now(),
                request_id=new_id(),
            )
            request.headers.update(added)

        return finish


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
