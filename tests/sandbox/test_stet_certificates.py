"""The certificates of STET's third party say who it is and what it may do, and are read strictly."""

from __future__ import annotations

import subprocess
import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from bankview.sandbox import certificates, stet_certificates, stet_statements
from bankview.sandbox.stet_certificates import NOBODY, Party, read_party
from bankview.sandbox.stet_statements import Statements

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox_process import Sandbox

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    certificates.prepare(made, NOW)
    stet_certificates.prepare(made, NOW)
    return made


def loaded(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("qwac", Party("PSDNO-FSA-12345", ("PSP_AI", "PSP_IC"))),
        ("qwac-ai", Party("PSDNO-FSA-12345", ("PSP_AI",))),
        ("qseal", NOBODY),
        ("client", NOBODY),
    ],
)
def test_who_a_certificate_speaks_for(folder: Path, name: str, party: Party) -> None:
    assert read_party(loaded(folder, name).public_bytes(Encoding.DER)) == party


def test_nobody_is_read_out_of_rubbish() -> None:
    assert read_party(b"") == read_party(b"0\x03abc") == NOBODY
    assert not NOBODY.may("", "PSP_AI")


@pytest.mark.parametrize("name", ["qwac", "qwac-ai", "qseal"])
def test_an_outsider_reads_the_same(folder: Path, name: str) -> None:
    """OpenSSL checks the chain, and its own parser finds the numbers of ETSI's standards."""
    certificate = loaded(folder, name)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048
    chain = [str(folder / "ca.pem"), str(folder / f"{name}.pem")]
    command = ["openssl", "verify", "-CAfile", *chain]
    subprocess.run(command, check=True, capture_output=True)
    value = certificate.extensions.get_extension_for_oid(stet_statements.EXTENSION).value
    assert isinstance(value, x509.UnrecognizedExtension)
    parsed = subprocess.run(
        ["openssl", "asn1parse", "-inform", "DER"],
        input=value.value,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for text in ("0.4.0.19495.2", "0.4.0.19495.1.3", "PSP_AI", "NO-FSA", "Finanstilsynet"):
        assert text in parsed
    assert ("0.4.0.19495.1.4" in parsed) == (name != "qwac-ai")


def test_a_role_whose_name_is_not_its_number_is_refused(folder: Path) -> None:
    certificate = loaded(folder, "qwac-ai")
    forged = certificate.public_bytes(Encoding.DER).replace(b"PSP_AI", b"PSP_IC")
    assert read_party(forged) == NOBODY


def test_every_cut_of_the_statements_is_refused(folder: Path) -> None:
    whole = Statements(stet_statements.WEB, ("PSP_AI",), "Æ" * 100, "NO-FSA").encode()
    for end in range(len(whole)):
        with pytest.raises(ValueError, match=r".*"):
            stet_statements.parse(whole[:end])
    assert stet_statements.parse(whole).authority == "Æ" * 100


def test_certificates_stay_until_the_authority_changes(folder: Path, tmp_path: Path) -> None:
    for name in ("ca", "qwac", "qwac-ai", "qseal"):
        for end in ("pem", "key"):
            (tmp_path / f"{name}.{end}").write_bytes((folder / f"{name}.{end}").read_bytes())
    before = loaded(folder, "qwac")
    stet_certificates.prepare(tmp_path, NOW)
    assert loaded(tmp_path, "qwac") == before
    (tmp_path / "ca.pem").unlink()
    certificates.prepare(tmp_path, NOW)
    stet_certificates.prepare(tmp_path, NOW)
    assert loaded(tmp_path, "qwac") != before
    loaded(tmp_path, "qwac").verify_directly_issued_by(loaded(tmp_path, "ca"))


@pytest.mark.parametrize("customer", ["household", "student"])
def test_the_profile_leads_to_the_ports_and_files(sandbox: Sandbox, customer: str) -> None:
    path = sandbox.profile(f"stet-{customer}")
    written = tomllib.loads(path.read_text("utf-8"))
    port = sandbox.port
    assert (written["id"], written["dialect"]) == (path.stem, "stet")
    assert written["api"] == f"https://127.0.0.1:{port + 2}/stet/psd2/v1.4.2"
    oauth = written["oauth"]
    assert (
        oauth["authorization_endpoint"] == f"http://127.0.0.1:{port + 1}/stet/psd2/oauth/authorize"
    )
    assert oauth["token_endpoint"] == f"https://127.0.0.1:{port + 2}/stet/psd2/oauth/token"
    assert oauth["revocation_endpoint"] == f"https://127.0.0.1:{port + 2}/stet/psd2/oauth/revoke"
    assert oauth["parameters"]["authorization"]["login_hint"] == customer
    named = [*written["tls"].values(), written["signature"]["private_key"]]
    assert all((path.parent / name).is_file() for name in named)
