"""Certificates and private keys: what they say, what speaks against them, and every form in which people keep keys."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.x509.oid import NameOID, ObjectIdentifier

from bankview.banks._certificate import (
    KINDS,
    Certificate,
    PrivateKey,
    Role,
    Subject,
    ends_soon,
    key_fits,
    load_private_key,
    locked,
    new_request,
    problems,
    read_certificate,
    unlocked,
)
from bankview.errors import KeyFileError

KEY = rsa.generate_private_key(65537, 2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORGANISATION = "PSDFR-ACPR-12345"
READING = (Role.ACCOUNT_INFORMATION,)

#: The statement that EU certificates with two roles carry: written by hand from ETSI TS 119 495 annex A, not by our code.
STATEMENTS = bytes.fromhex(
    "3058"
    "3008" "0606" "04008e460101"  # QcCompliance, which is not about PSD2
    "304c" "0606" "040081982702"
    "3042"
    "3026"
    "3011" "0607" "04008198270103" "0c06" "5053505f4149"
    "3011" "0607" "04008198270104" "0c06" "5053505f4943"
    "0c10" "4261636b656e64206f66206120627573"
    "0c06" "46522d4e4341"
)  # fmt: skip


def made(
    key: PrivateKey = KEY,
    *,
    statements: bytes | None = STATEMENTS,
    days: tuple[int, int] = (-10, 300),
    organisation: str = ORGANISATION,
) -> bytes:
    """Return a certificate as PEM."""
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, "Léa Martin AISP")]
    if organisation:
        subject.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, organisation))
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Trust Exemple")]))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
    )
    if statements is not None:
        oid = ObjectIdentifier("1.3.6.1.5.5.7.1.3")
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, statements), False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def read(**more: Any) -> Certificate:
    return read_certificate(made(**more))


def test_a_certificate_says_whose_it_is_and_for_what() -> None:
    found = read()
    assert (found.subject, found.issuer) == ("Léa Martin AISP", "Trust Exemple")
    assert found.organisation_id == ORGANISATION
    assert found.not_after == NOW + timedelta(days=300)
    assert found.roles == (Role.ACCOUNT_INFORMATION, Role.CARD_ISSUING)


def test_the_thumbprint_is_that_of_the_der() -> None:
    pem = made()
    der = x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)
    hashed = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode()
    assert read_certificate(pem).thumbprint == hashed.rstrip("=")
    assert read_certificate(der) == read_certificate(pem)


def test_the_first_of_a_chain_is_read() -> None:
    assert read_certificate(made() + made(CURVE)) == read()


@pytest.mark.parametrize(
    "data", [b"", b"text", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(KeyFileError, match="no certificate"):
        read_certificate(data)


@pytest.mark.parametrize("statements", [None, b"", b"\x30\x00", b"\x05\x00", STATEMENTS[2:12]])
def test_without_a_statement_about_psd2_there_are_no_roles(statements: bytes | None) -> None:
    assert read(statements=statements).roles == ()


@pytest.mark.parametrize("cut", range(1, len(STATEMENTS), 7))
def test_a_statement_that_is_cut_off_is_no_certificate(cut: int) -> None:
    with pytest.raises(KeyFileError, match="no certificate"):
        read(statements=STATEMENTS[:cut])


def test_a_sound_certificate_has_no_problem() -> None:
    both = (*READING, Role.CARD_ISSUING)
    assert problems(read(), KEY, f"{ORGANISATION}-app", both, NOW) == []
    assert problems(read(), None, "", (), NOW) == []
    assert problems(read(), KEY, "psdfr-acpr-12345", READING, NOW) == []
    assert problems(read(), KEY, "app-12345", READING, NOW) == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((-10, -1), "The certificate ended on 2026-03-01."),
        ((5, 300), "The certificate is valid from 2026-03-07 on."),
        ((-10, 30), ""),
    ],
)
def test_its_time_is_looked_at(days: tuple[int, int], said: str) -> None:
    assert problems(read(days=days), KEY, "", READING, NOW) == [said][: bool(said)]


def test_another_key_does_not_fit() -> None:
    assert key_fits(read(), KEY)
    assert key_fits(read(key=CURVE), CURVE)
    assert not key_fits(read(), CURVE)
    assert problems(read(), CURVE, "", READING, NOW) == [
        "The private key is not the certificate's."
    ]


def test_the_client_id_has_to_hold_the_organisation_number() -> None:
    (said,) = problems(read(), KEY, "PSDFR-ACPR-99999", READING, NOW)
    assert said == "The client ID does not hold the certificate's organisation number 12345."
    assert problems(read(organisation=""), KEY, "any", READING, NOW) == []


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.ACCOUNT_INFORMATION, "account information (PSP_AI)"),
        (Role.CARD_ISSUING, "funds (PSP_IC)"),
        (Role.PAYMENT_INITIATION, "PSP_PI"),
    ],
)
def test_a_role_that_is_missing_is_named(role: Role, said: str) -> None:
    (found,) = problems(read(statements=None), KEY, "", (role,), NOW)
    assert said in found


# Private keys

PKCS8, SEC1 = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL


def coded(
    key: Any, form: serialization.PrivateFormat = PKCS8, *, der: bool = False, word: bytes = b""
) -> bytes:
    encoding = serialization.Encoding.DER if der else serialization.Encoding.PEM
    locking: Any = serialization.NoEncryption()
    if word:
        locking = serialization.BestAvailableEncryption(word)
    found: bytes = key.private_bytes(encoding, form, locking)
    return found


@pytest.mark.parametrize("key", [KEY, CURVE], ids=["rsa", "curve"])
@pytest.mark.parametrize("form", [PKCS8, SEC1], ids=["pkcs8", "older"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: text.replace(b"\n", b" "),
        lambda text: text.replace(b"\n", b""),
        lambda text: text.replace(b"\n", b"\\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: b"Bag Attributes\n  friendlyName: me\n" + text,
        lambda text: made() + text,
        lambda text: b"\n".join(text.strip().splitlines()[1:-1]),
        lambda text: text.replace(b"\n", b"\n  "),
    ],
    ids=[
        "plain",
        "crlf",
        "cr",
        "spaces",
        "line",
        "escaped",
        "bom",
        "bag",
        "chain",
        "bare",
        "indented",
    ],
)
def test_a_key_is_read_in_every_form(key: PrivateKey, form: Any, change: Any) -> None:
    found = load_private_key(change(coded(key, form)), None)
    assert found.public_key() == key.public_key()


@pytest.mark.parametrize("form", [PKCS8, SEC1], ids=["pkcs8", "older"])
def test_a_key_is_read_as_der(form: Any) -> None:
    found = load_private_key(coded(KEY, form, der=True), None)
    assert found.public_key() == KEY.public_key()


@pytest.mark.parametrize("form", [PKCS8, SEC1], ids=["pkcs8", "older"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_a_locked_key_wants_its_passphrase(form: Any, ends: bytes) -> None:
    data = coded(KEY, form, word="çhe".encode()).replace(b"\n", ends)
    assert load_private_key(data, "çhe").public_key() == KEY.public_key()
    with pytest.raises(KeyFileError, match="key: its passphrase is needed"):
        load_private_key(data, None)
    with pytest.raises(KeyFileError, match="does not fit"):
        load_private_key(data, "wrong")


def test_a_passphrase_too_many_is_no_error() -> None:
    assert load_private_key(coded(KEY), "word").public_key() == KEY.public_key()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no private key"),
        (b"hello there!", "no private key"),
        (b"AAAA", "cannot be read as a key"),
        (b"\xff\xfe\x00", "cannot be read as a key"),
        (
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "cannot be read as a key",
        ),
        (made(), "another file"),
        (coded(x25519.X25519PrivateKey.generate()), "neither"),
    ],
)
def test_what_is_no_key_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(KeyFileError, match=said) as caught:
        load_private_key(data, None)
    assert "AAAA" not in str(caught.value)


def test_a_key_is_locked_and_unlocked() -> None:
    closed = locked(coded(KEY, SEC1), "word")
    assert closed.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert unlocked(closed, "word") == coded(KEY)
    with pytest.raises(KeyFileError, match="empty"):
        locked(coded(KEY), "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_is_signed_by_its_new_key(kind: str) -> None:
    subject = Subject("Léa Martin", "Martin SAS", ORGANISATION, "fr")
    key_pem, csr_pem = new_request(subject, kind)
    request = x509.load_pem_x509_csr(csr_pem)
    assert request.is_signature_valid
    assert request.public_key() == load_private_key(key_pem, None).public_key()
    assert [(part.oid, part.value) for part in request.subject] == [
        (NameOID.COUNTRY_NAME, "FR"),
        (NameOID.ORGANIZATION_NAME, "Martin SAS"),
        (NameOID.ORGANIZATION_IDENTIFIER, ORGANISATION),
        (NameOID.COMMON_NAME, "Léa Martin"),
    ]


def test_each_request_has_a_key_of_its_own() -> None:
    kind = "EC P-256"
    assert new_request(Subject("me"), kind)[0] != new_request(Subject("me"), kind)[0]


@pytest.mark.parametrize(
    ("subject", "kind", "said"),
    [
        (Subject("me"), "DSA", "RSA-2048, EC P-256"),
        (Subject("me", country="FRA"), "EC P-256", "does not fit"),
        (Subject("m" * 65), "EC P-256", "does not fit"),
    ],
)
def test_a_request_that_cannot_be_made_says_why(subject: Subject, kind: str, said: str) -> None:
    with pytest.raises(KeyFileError, match=said):
        new_request(subject, kind)


@pytest.mark.parametrize(
    ("days", "said"), [(29, "The certificate ends in 29 days."), (31, ""), (-1, "")]
)
def test_a_near_end_is_said_apart(days: int, said: str) -> None:
    certificate = replace(read(), not_after=NOW + timedelta(days=days, hours=1))
    assert ends_soon(certificate, NOW) == said


def unlocked_pem(key: PrivateKey) -> str:
    """Return a key as PEM without a passphrase."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
