"""Private keys that a profile names go to whoever keeps them, and are never written readable again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from bankview.banks import adopt_profile, profile_keys, read_profile
from bankview.banks._keys import for_a_moment, opened, tidy
from bankview.errors import KeyFileError, ProfileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY = ec.generate_private_key(ec.SECP256R1())
PKCS8 = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
LOCKED = KEY.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open")
).decode()
PROFILE = """\
id = "mine"
name = "Mine"
dialect = "sparebank1"
api = "https://bank.example/api"

[oauth]
issuer = "https://bank.example"
client_id = "me"
client_authentication = "tls_client_auth"

[tls]
certificate = "my.pem"
private_key = "my.key"
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(PROFILE)
    (tmp_path / "my.pem").write_text("certificate")
    (tmp_path / "my.key").write_text(PKCS8)
    return path


def load(pem: bytes) -> Any:
    return load_pem_private_key(pem, None)


def numbers(key: Any) -> Any:
    return key.private_numbers()


def test_a_key_is_handed_over_and_the_copy_speaks_of_the_keychain(
    profile: Path, tmp_path: Path
) -> None:
    kept: dict[str, Mapping[str, str]] = {}
    bank = adopt_profile(profile, tmp_path / "home", keep=kept.__setitem__)
    assert numbers(load(opened(kept["mine"]["tls.private_key"], ""))) == numbers(KEY)
    assert bank.keys == ("tls.private_key",)
    assert bank.asks == ()
    written = b"".join(path.read_bytes() for path in (tmp_path / "home").iterdir())
    assert b"PRIVATE KEY" not in written
    assert bank.certificate
    assert bank.certificate.read_text() == "certificate"


def test_the_copy_can_be_adopted_again_without_the_key(profile: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    adopt_profile(profile, home)

    def nothing(_id: str, _keys: Mapping[str, str]) -> None:
        raise AssertionError

    assert adopt_profile(home / "mine.toml", home, keep=nothing).keys == ("tls.private_key",)


def test_a_locked_key_stays_locked_and_its_passphrase_is_asked_for(
    profile: Path, tmp_path: Path
) -> None:
    (tmp_path / "my.key").write_text(LOCKED)
    kept: dict[str, Mapping[str, str]] = {}
    assert [ask.name for ask in read_profile(profile).asks] == ["key_passphrase"]
    bank = adopt_profile(profile, tmp_path / "home", keep=kept.__setitem__)
    assert [ask.name for ask in bank.asks] == ["key_passphrase"]
    assert all(ask.secret for ask in bank.asks)
    pem = kept["mine"]["tls.private_key"]
    assert numbers(load(opened(pem, "open"))) == numbers(KEY)
    with pytest.raises(KeyFileError, match="passphrase"):
        opened(pem, "wrong")
    with pytest.raises(KeyFileError, match="passphrase"):
        opened(pem, "")


@pytest.mark.parametrize("ends", ["\r\n", "\n\n", "\\n", " "])
def test_line_ends_of_any_kind_are_read(ends: str) -> None:
    assert numbers(load(opened(tidy(PKCS8.replace("\n", ends)), ""))) == numbers(KEY)


def test_the_older_form_is_read_too() -> None:
    made = rsa.generate_private_key(65537, 2048)
    old = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    assert numbers(load(opened(tidy(old.decode()), ""))) == numbers(made)
    shut = made.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"open")
    )
    assert numbers(load(opened(tidy(shut.decode()), "open"))) == numbers(made)


def test_a_file_without_a_key_is_refused_by_name(profile: Path, tmp_path: Path) -> None:
    (tmp_path / "my.key").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")
    with pytest.raises(KeyFileError, match=r"my\.key: it holds no private key"):
        profile_keys(profile)


def test_a_key_for_a_moment_opens_with_its_lock_alone() -> None:
    made = for_a_moment(PKCS8, "", "lock")
    assert b"ENCRYPTED" in made
    assert numbers(load_pem_private_key(made, b"lock")) == numbers(KEY)


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ('private_key = "my.key"', "", "write private_key too"),
        ('certificate = "my.pem"', "", "write certificate too"),
        ('[tls]\ncertificate = "my.pem"\nprivate_key = "my.key"', "", "needs a certificate"),
        ('private_key = "my.key"', 'private_key = "other.key"', "no such file"),
    ],
)
def test_half_a_pair_is_refused(profile: Path, line: str, instead: str, problem: str) -> None:
    profile.write_text(PROFILE.replace(line, instead))
    with pytest.raises(ProfileError, match=problem):
        read_profile(profile)
