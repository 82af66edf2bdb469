"""What we sign ourselves, by a key as PEM or JWK, verified with its public half by the library's other side."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from bankview.domain.secret import Secret
from bankview.errors import KeyFileError
from bankview.oauth.signing import Signer

KEYS: dict[str, Any] = {
    "PS256": (RSAKey, rsa.generate_private_key(65537, 2048)),
    "ES256": (ECKey, ec.generate_private_key(ec.SECP256R1())),
    "ES384": (ECKey, ec.generate_private_key(ec.SECP384R1())),
    "ES512": (ECKey, ec.generate_private_key(ec.SECP521R1())),
    "EdDSA": (OKPKey, ed25519.Ed25519PrivateKey.generate()),
}


def pem(key: Any) -> str:
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode()


def header(token: str) -> Any:
    part = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", KEYS)
def test_each_kind_of_key_signs_with_what_fits_it(algorithm: str) -> None:
    kind, key = KEYS[algorithm]
    token = Signer(Secret(pem(key))).sign({"iss": "me"}, typ="at+jwt")
    assert header(token) == {"alg": algorithm, "typ": "at+jwt"}
    public = import_key(kind.import_key(pem(key)).as_dict(private=False))
    assert jwt.decode(token, public, algorithms=[algorithm]).claims == {"iss": "me"}


def test_a_profile_may_name_another_algorithm() -> None:
    token = Signer(Secret(pem(KEYS["PS256"][1])), "RS512").sign({})
    assert header(token)["alg"] == "RS512"


def test_ed25519_has_a_name_of_its_own() -> None:
    """RFC 9864 §2.2: EdDSA says less than Ed25519, and the same key signs by either name."""
    kind, key = KEYS["EdDSA"]
    token = Signer(Secret(pem(key)), "Ed25519").sign({"iss": "me"})
    assert header(token)["alg"] == "Ed25519"
    assert jwt.decode(token, kind.import_key(pem(key)), algorithms=["Ed25519"]).claims["iss"]


def test_a_jwk_is_named_by_its_kid() -> None:
    jwk = ECKey.generate_key("P-256", {"kid": "mine"}).as_dict(private=True)
    assert header(Signer(Secret(json.dumps(jwk))).sign({}))["kid"] == "mine"


PUBLIC = json.dumps(ECKey.generate_key("P-256").as_dict(private=False))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [("", ""), ("no key", ""), ("{}", ""), ('{"kty": "oct", "k": "c2VjcmV0"}', ""), (PUBLIC, "")],
)
def test_what_is_no_private_key_is_refused_without_showing_it(key: str, algorithm: str) -> None:
    with pytest.raises(KeyFileError) as caught:
        Signer(Secret(key), algorithm).sign({})
    assert "c2Vj" not in str(caught.value)


def test_an_algorithm_that_does_not_fit_the_key_is_said() -> None:
    with pytest.raises(KeyFileError, match="PS256"):
        Signer(Secret(pem(KEYS["ES256"][1])), "PS256").sign({})
