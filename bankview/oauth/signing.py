"""Signs what we say of ourselves: client assertions, request objects and grants (RFC 7515, RFC 7523, RFC 9101)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bankview.errors import KeyFileError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.domain.secret import Secret

#: What a key signs with where the profile does not say: the type, and the curve where there is one.
_USUAL = {
    "RSA": "PS256",
    "P-256": "ES256",
    "P-384": "ES384",
    "P-521": "ES512",
    "Ed25519": "EdDSA",
}


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key of ours, as PEM without a passphrase or as a JWK, and the algorithm; empty: what fits the key."""

    key: Secret
    algorithm: str = ""

    def sign(self, claims: Mapping[str, Any], typ: str = "JWT", **header: Any) -> str:
        """Return claims as a signed JWT; a JWK that has a `kid` is named by it.

        Raises:
            KeyFileError: it is no private key, or the algorithm does not fit it.
        """
        # Loading what signs takes a tenth of a second, and few banks need it.
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415

        key = self._loaded()
        said = key.as_dict(private=False)
        algorithm = self.algorithm or _usual(said)
        named = {"kid": said["kid"]} if said.get("kid") else {}
        try:
            signed = jwt.encode(
                {"alg": algorithm, "typ": typ, **named, **header},
                dict(claims),
                key,
                algorithms=[algorithm],
            )
        except (JoseError, TypeError, ValueError) as error:
            raise KeyFileError(
                "signing_key", tr("it cannot sign with {algorithm}", algorithm=algorithm)
            ) from error
        return str(signed)

    def algorithm_used(self) -> str:
        """Return what it signs with.

        Raises:
            KeyFileError: it is no private key.
        """
        return self.algorithm or _usual(self._loaded().as_dict(private=False))

    def _loaded(self) -> Any:
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key  # noqa: PLC0415

        text = self.key.reveal()
        try:
            if text.lstrip().startswith("{"):
                key: Any = import_key(_asymmetric(json.loads(text)))
            else:
                key = _from_pem(text)
        except (JoseError, KeyError, TypeError, ValueError):
            raise KeyFileError("signing_key", tr("it cannot be read as a key")) from None
        if not isinstance(key, (RSAKey, ECKey, OKPKey)) or not key.is_private:
            raise KeyFileError("signing_key", tr("it is no private key"))
        return key


def _usual(said: Mapping[str, Any]) -> str:
    return _USUAL.get(said.get("crv", said["kty"]), "")


def _asymmetric(jwk: dict[str, Any]) -> dict[str, Any]:
    if jwk["kty"] not in {"RSA", "EC", "OKP"}:
        raise ValueError
    return jwk


def _from_pem(text: str) -> Any:
    from joserfc.errors import InvalidKeyTypeError  # noqa: PLC0415
    from joserfc.jwk import ECKey, OKPKey, RSAKey  # noqa: PLC0415

    for kind in (RSAKey, ECKey):
        try:
            return kind.import_key(text)
        except InvalidKeyTypeError:
            continue
    return OKPKey.import_key(text)
