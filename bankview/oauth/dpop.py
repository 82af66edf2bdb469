"""Proofs that we hold the key that a token is bound to (DPoP, RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bankview.domain.secret import Secret
from bankview.errors import BadBankDataError
from bankview.log import REDACTION
from bankview.oauth.challenge import read_challenges
from bankview.oauth.signing import Signer
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from requests import PreparedRequest

#: What our proofs are signed with.
ALGORITHM = "ES256"
#: The members of a public key on a curve; they alone leave this computer (RFC 7518 §6.2.1).
_PUBLIC = ("kty", "crv", "x", "y")
#: What a nonce consists of (§8.1), and its most characters.
_NONCE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,1024}")
CHALLENGE = "use_dpop_nonce"


def new_key() -> Secret:
    """Return a new private key for one sign-in, as a JWK."""
    # Loading what makes keys takes a tenth of a second, and few banks need it.
    from joserfc.jwk import ECKey  # noqa: PLC0415

    made = ECKey.generate_key("P-256", private=True).as_dict(private=True)
    key = Secret(json.dumps(made))
    hide(key)
    return key


def hide(key: Secret) -> None:
    """Keep a key out of the logs, as a whole and its private number alone."""
    private = re.search(r'"d": ?"([^"]+)"', key.reveal())
    REDACTION.hide(key.reveal(), private[1] if private else "")


def thumbprint(key: Secret) -> str:
    """Return how servers name a key: the `jkt` of RFC 9449 §6 and `dpop_jkt` of §10 (RFC 7638)."""
    ordered = json.dumps(dict(sorted(_public(key).items())), separators=(",", ":"))
    return _hash(ordered)


class Nonces:
    """The newest nonce that each server gave, by the origin that gave it (§8.2); safe to use from several threads."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], str] = {}

    def learn(self, url: str, headers: Mapping[str, str]) -> bool:
        """Keep the nonce of an answer, whatever its status; tell whether there was one."""
        nonce = headers.get("DPoP-Nonce", "")
        if not _NONCE.fullmatch(nonce):
            return False
        self._newest[_origin(url)] = nonce
        return True

    def newest(self, url: str) -> str:
        """Return the nonce for a request to a URL; nothing where its server gave none."""
        return self._newest.get(_origin(url), "")


def is_challenge(headers: Mapping[str, str]) -> bool:
    """Tell whether an API's 401 asks for the nonce that comes with it (§9); one without a nonce means a dead token."""
    return bool(_NONCE.fullmatch(headers.get("DPoP-Nonce", ""))) and any(
        challenge.scheme == "dpop" and challenge.parameters.get("error") == CHALLENGE
        for challenge in read_challenges(headers.get("WWW-Authenticate", ""))
    )


def is_token_challenge(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether a token endpoint's refusal asks for the nonce that comes with it (§8)."""
    if status not in {400, 401} or not _NONCE.fullmatch(headers.get("DPoP-Nonce", "")):
        return False
    try:
        members = decode(body)
    except BadBankDataError:
        return False
    return isinstance(members, dict) and members.get("error") == CHALLENGE


@dataclass(frozen=True, slots=True)
class Dpop:
    """Makes proofs by one key. `nonces` are those of the servers that it talks to, `now` is their time, in UTC."""

    key: Secret
    nonces: Nonces
    now: Callable[[], datetime]
    access_token: Secret = field(default_factory=Secret)

    def __call__(self, request: PreparedRequest) -> None:
        """Put a proof on a request as the last thing before it is sent: each is for one sending (§4.2)."""
        request.headers["DPoP"] = self.proof(request.method or "", request.url or "")

    def proof(self, method: str, url: str) -> str:
        """Return a new proof for one request; it names the access token where there is one.

        Raises:
            KeyFileError: the key is none.
        """
        claims = {
            "jti": secrets.token_urlsafe(24),
            "htm": method,
            "htu": _target(url),
            "iat": int(self.now().timestamp()),
        }
        if self.access_token:
            claims["ath"] = _hash(self.access_token.reveal())
        if nonce := self.nonces.newest(url):
            claims["nonce"] = nonce
        signer = Signer(self.key, ALGORITHM)
        return signer.sign(claims, typ="dpop+jwt", jwk=_public(self.key))


def _public(key: Secret) -> dict[str, str]:
    whole = json.loads(key.reveal())
    return {name: whole[name] for name in _PUBLIC}


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _target(url: str) -> str:
    """Return a URL without query, fragment and who logs in (§4.2)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
