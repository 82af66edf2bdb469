"""A key to sign with as JWK or as PEM on any curve, read once, and refused with a sentence where it is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from bankview.banks import adopt_profile, opened, pem_text, profile_keys
from bankview.banks._jwk import check_jwk, is_jwk
from bankview.domain.secret import Secret
from bankview.errors import KeyFileError
from bankview.oauth.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROFILE = """\
id = "mine"
name = "Mine"
dialect = "sparebank1"
api = "https://bank.example/api"

[oauth]
issuer = "https://bank.example"
client_id = "me"
client_authentication = "private_key_jwt"
signing_key = "my.key"
"""
EC = ECKey.generate_key("P-256", private=True).as_dict(private=True)
KEYS: dict[str, dict[str, Any]] = {
    "RSA": RSAKey.generate_key(2048, private=True).as_dict(private=True),
    "EC": EC,
    "OKP": OKPKey.generate_key("Ed25519", private=True).as_dict(private=True),
}


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(PROFILE)
    return path


def adopted(profile: Path, key: str) -> str:
    """Return what the keychain is given of a key that lies beside the profile."""
    (profile.parent / "my.key").write_bytes(key.encode())
    kept: dict[str, Mapping[str, str]] = {}
    adopt_profile(profile, profile.parent / "home", keep=kept.__setitem__)
    written = b"".join(path.read_bytes() for path in (profile.parent / "home").iterdir())
    assert key.encode() not in written
    assert b"PRIVATE KEY" not in written
    return kept["mine"]["oauth.signing_key"]


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("before", ["", "\ufeff", "\n  "])
def test_a_private_jwk_is_taken_in_and_signs(profile: Path, kind: str, before: str) -> None:
    text = opened(adopted(profile, before + json.dumps(KEYS[kind], indent=1)), "").decode()
    assert Signer(Secret(text)).sign({"iss": "me"}).count(".") == 2


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("passphrase", ["", "open"])
def test_a_pem_on_ed25519_is_taken_in_and_signs(profile: Path, passphrase: str) -> None:
    shut = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    key = ed25519.Ed25519PrivateKey.generate()
    text = adopted(profile, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, shut).decode())
    signer = Signer(Secret(opened(text, passphrase).decode()))
    assert signer.algorithm_used() == "EdDSA"
    assert signer.sign({"iss": "me"}).count(".") == 2


WRONG: dict[str, tuple[Any, str]] = {
    "public": ({name: value for name, value in EC.items() if name != "d"}, "a public key"),
    "shared": (OctKey.import_key("x" * 32).as_dict(), "a shared secret"),
    "set": ({"keys": [EC]}, "a set of keys"),
    "another kind": ({**EC, "kty": "AKP"}, "no RSA, EC or OKP key"),
    "no kind": ({"d": "abc"}, "no RSA, EC or OKP key"),
    "a kind that is a list": ({**EC, "kty": ["EC"]}, "no RSA, EC or OKP key"),
    "a curve that cannot sign": ({**KEYS["OKP"], "crv": "X25519"}, "its curve cannot sign"),
    "half of it": ({**EC, "y": ""}, "its member y is missing or broken"),
    "a number": ({**EC, "d": 7}, "its member d is missing or broken"),
    "another alphabet": ({**EC, "x": "a+b/"}, "its member x is missing or broken"),
}


@pytest.mark.parametrize(("jwk", "said"), WRONG.values(), ids=WRONG)
def test_what_is_no_private_key_is_refused_by_name(profile: Path, jwk: Any, said: str) -> None:
    (profile.parent / "my.key").write_text(json.dumps(jwk))
    with pytest.raises(KeyFileError, match=said) as caught:
        profile_keys(profile)
    assert caught.value.name == "my.key"
    assert str(EC["d"]) not in str(caught.value)


def test_what_is_no_json_is_refused_without_showing_it() -> None:
    with pytest.raises(KeyFileError, match="cannot be read as JSON") as caught:
        check_jwk('{"kty": "EC", "d": "c2VjcmV0"', "my.key")
    assert "c2Vj" not in str(caught.value)


def test_a_certificates_key_is_no_jwk(tmp_path: Path) -> None:
    tls = '\n[tls]\ncertificate = "my.pem"\nprivate_key = "other.key"\n'
    path = tmp_path / "mine.toml"
    path.write_text(PROFILE + tls)
    pem = ec.generate_private_key(ec.SECP256R1())
    text = pem.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "my.key").write_bytes(text)
    (tmp_path / "my.pem").write_text("certificate")
    (tmp_path / "other.key").write_text(json.dumps(EC))
    with pytest.raises(KeyFileError, match=r"other\.key: it holds no private key in PEM form"):
        profile_keys(path)


def test_a_file_that_a_person_picks_may_be_a_jwk() -> None:
    assert json.loads(pem_text(json.dumps(EC).encode(), "mine.jwk")) == EC
    with pytest.raises(KeyFileError, match=r"mine\.jwk: it is a public key"):
        pem_text(json.dumps(WRONG["public"][0]).encode(), "mine.jwk")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
)
ODD = st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d", "keys"]), JSON)


@given(st.one_of(st.text(max_size=60).map(lambda text: "{" + text), ODD.map(json.dumps)))
def test_any_text_is_a_key_or_refused_with_a_sentence(text: str) -> None:
    assert is_jwk(text)
    with pytest.raises(KeyFileError):
        check_jwk(text, "my.key")
