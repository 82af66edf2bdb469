"""Signatures of requests: the text that is signed, the header, and what goes through a real request."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from bankview.banks._signature import HttpSignature
from bankview.domain.secret import Secret
from bankview.errors import KeyFileError

if TYPE_CHECKING:
    from bankview.banks._private_key import PrivateKey

KEY = rsa.generate_private_key(65537, 2048)
NOW = datetime(2026, 3, 2, 9, 0, 0, 987654, tzinfo=UTC)
ID = "6d0b4d0e-5d2a-4a6b-9d53-1b0b3c2f1a77"
URL = "https://www.17515.live.api.89c3.com/stet/psd2/v1.4.2/accounts"
EMPTY = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
BPCE = ("(request-target)", "date", "digest", "x-request-id")


def pem(key: PrivateKey) -> Secret:
    coded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Secret(coded.decode())


PEM = pem(KEY)


def signature(*headers: str, **more: Any) -> HttpSignature:
    return HttpSignature("key-1", PEM, headers, **more)


def sign(how: HttpSignature, method: str = "GET", url: str = URL, **more: Any) -> dict[str, str]:
    headers, body = more.get("headers", {}), more.get("body")
    return how.sign(method, url, headers, body, now=NOW, request_id=ID)


def signed_text(added: dict[str, str], text: str) -> bool:
    """Return whether this is the text that was signed."""
    coded = re.search(r'signature="([^"]+)"', added["Signature"])
    assert coded
    try:
        KEY.public_key().verify(
            base64.b64decode(coded[1]), text.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except InvalidSignature:
        return False
    return True


EXAMPLE = f"""\
(request-target): get /stet/psd2/v1.4.2/accounts
date: Mon, 02 Mar 2026 09:00:00 GMT
digest: {EMPTY}
x-request-id: {ID}"""


def test_the_text_is_one_line_for_each_item_in_order() -> None:
    added = sign(signature(*BPCE))
    assert added.keys() == {"Digest", "Date", "X-Request-ID", "Signature"}
    assert (added["Digest"], added["X-Request-ID"]) == (EMPTY, ID)
    assert added["Date"] == "Mon, 02 Mar 2026 09:00:00 GMT"
    assert signed_text(added, EXAMPLE)
    assert not signed_text(added, f"{EXAMPLE}\n")


@pytest.mark.parametrize(("spaced", "comma"), [(False, ","), (True, ", ")])
def test_the_header_names_key_algorithm_and_items(spaced: bool, comma: str) -> None:
    added = sign(signature(*BPCE, spaced=spaced))
    begins = comma.join(
        [
            'keyId="key-1"',
            'algorithm="rsa-sha256"',
            'headers="(request-target) date digest x-request-id"',
            'signature="',
        ]
    )
    assert added["Signature"].startswith(begins)
    assert re.fullmatch(r'[A-Za-z0-9+/]+=*"', added["Signature"].removeprefix(begins))


def test_a_query_and_the_real_method_are_signed() -> None:
    added = sign(signature("(request-target)"), "PUT", f"{URL}/A%20B?dateFrom=1%3A2&x=")
    target = "put /stet/psd2/v1.4.2/accounts/A%20B?dateFrom=1%3A2&x="
    assert signed_text(added, f"(request-target): {target}")


def test_a_url_without_a_path_has_the_root_as_its_target() -> None:
    added = sign(signature("(request-target)"), url="https://bank.example")
    assert signed_text(added, "(request-target): get /")


@pytest.mark.parametrize("body", [b'{"a": 1}', '{"a": 1}'])
def test_a_body_has_its_own_digest(body: bytes | str) -> None:
    added = sign(signature("digest"), "PUT", body=body)
    digest = base64.b64encode(hashlib.sha256(b'{"a": 1}').digest()).decode()
    assert added["Digest"] == f"SHA-256={digest}"
    assert signed_text(added, f"digest: SHA-256={digest}")


@pytest.mark.parametrize("body", [None, b"", ""])
def test_no_body_has_a_digest_too(body: bytes | str | None) -> None:
    assert sign(signature("digest"), body=body)["Digest"] == EMPTY


def test_what_is_not_sent_is_left_out_of_text_and_list() -> None:
    how = signature("digest", "psu-ip-address", "x-request-id")
    absent = sign(how)
    assert 'headers="digest x-request-id"' in absent["Signature"]
    assert signed_text(absent, f"digest: {EMPTY}\nx-request-id: {ID}")
    present = sign(how, headers={"PSU-IP-Address": " 192.0.2.7"})
    assert 'headers="digest psu-ip-address x-request-id"' in present["Signature"]
    assert signed_text(present, f"digest: {EMPTY}\npsu-ip-address: 192.0.2.7\nx-request-id: {ID}")


def test_names_are_signed_in_lower_case() -> None:
    added = sign(signature("Client-Id", "DIGEST"), headers={"CLIENT-ID": "me"})
    assert 'headers="client-id digest"' in added["Signature"]
    assert signed_text(added, f"client-id: me\ndigest: {EMPTY}")


def test_the_host_is_signed_with_its_port() -> None:
    added = sign(signature("host"), url="https://127.0.0.1:8443/x")
    assert signed_text(added, "host: 127.0.0.1:8443")


def test_a_lifetime_is_signed_and_said() -> None:
    added = sign(signature("(created)", "(expires)", "digest"))
    created = int(NOW.timestamp())
    assert f',created={created},expires={created + 60},headers="' in added["Signature"]
    assert signed_text(added, f"(created): {created}\n(expires): {created + 60}\ndigest: {EMPTY}")


def test_old_values_of_our_headers_are_not_signed() -> None:
    old = {"x-request-id": "old", "DATE": "old", "digest": "old"}
    assert signed_text(sign(signature(*BPCE), headers=old), EXAMPLE)


def test_a_prepared_request_is_signed_as_it_is_sent_and_anew_each_time() -> None:
    ids = map(str, itertools.count(1))
    finish = signature("(request-target)", "x-request-id", "authorization").finisher(
        lambda: NOW, lambda: next(ids)
    )
    request = requests.Request(
        "POST", f"{URL}/é", params={"a": "b c"}, json={"x": 1}, headers={"Authorization": "B t1"}
    ).prepare()
    finish(request)
    first = dict(request.headers)
    target = f"(request-target): post {request.path_url}"
    assert signed_text(first, f"{target}\nx-request-id: 1\nauthorization: B t1")
    assert isinstance(request.body, bytes)
    digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    assert first["Digest"] == f"SHA-256={digest}"
    again = request.copy()
    again.headers["Authorization"] = "B t2"
    finish(again)
    assert signed_text(dict(again.headers), f"{target}\nx-request-id: 2\nauthorization: B t2")
    assert len([name for name in again.headers if name.lower() == "x-request-id"]) == 1


def test_without_a_clock_the_date_is_now_and_the_id_is_new() -> None:
    finish = signature("date").finisher()
    sent = [requests.Request("GET", URL).prepare() for _ in range(2)]
    for request in sent:
        finish(request)
    assert len({request.headers["X-Request-ID"] for request in sent}) == 2
    assert abs(_date(sent[0].headers["Date"]) - datetime.now(UTC)).total_seconds() < 60


def _date(text: str) -> datetime:
    return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(KeyFileError, match="RSA"):
        HttpSignature("key-1", pem(ec.generate_private_key(ec.SECP256R1())), BPCE)


@pytest.mark.parametrize("key_id", ['a"b', "a\nb", "a\\b"])
def test_a_key_id_cannot_break_the_header(key_id: str) -> None:
    with pytest.raises(KeyFileError, match="key_id"):
        replace(signature(*BPCE), key_id=key_id)


def test_the_key_does_not_show_itself() -> None:
    shown = repr(signature(*BPCE))
    assert "PRIVATE" not in shown
    assert "RSAPrivateKey" not in shown
