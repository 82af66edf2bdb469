"""A third party written by hand for STET's bank: its own signer, so that what it sends can be wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bankview.sandbox.visitor import answer
from tests.sandbox_process import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox_process import Sandbox

ROOT = "/stet/psd2/v1.4.2"
OAUTH = "/stet/psd2/oauth"
CLIENT_ID = "PSDNO-FSA-12345"
REDIRECT = "http://127.0.0.1:1/callback"
#: What of a signature a test makes wrong: method, target, key_id, algorithm, items (or what is claimed of
#: them), separator, date or digest.
Wrong = dict[str, str] | None
#: What the bank wants signed.
ITEMS = ("(request-target)", "date", "digest", "x-request-id")


@cache
def _key(pem: bytes) -> rsa.RSAPrivateKey:
    """Return a key; to check it takes longer than the call that it signs."""
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@dataclass
class ThirdParty:
    """Somebody with certificates: `tls` and `seal` name the files, `address` is the person's where one is there."""

    sandbox: Sandbox
    tls: str = "qwac"
    seal: str = "qseal"
    address: str = "192.0.2.7"
    token: dict[str, Any] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The port that asks for a certificate."""
        return f"https://127.0.0.1:{self.sandbox.port + 2}"

    def send(
        self, method: str, url: str, headers: dict[str, str] | None = None, **options: Any
    ) -> requests.Response:
        """Return the answer to a request by TLS with the certificate; nothing is signed."""
        beside = str(self.sandbox.folder / self.tls)
        pair = f"{beside}.pem", f"{beside}.key"
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                urljoin(self.base, url),
                headers=headers,
                cert=pair if self.tls else None,
                verify=str(self.sandbox.ca),
                allow_redirects=False,
                timeout=DEADLINE,
                **options,
            )

    def code(
        self, scope: str | None = "aisp", customer: str = "household", **more: str | None
    ) -> dict[str, list[str]]:
        """Return what comes back to the redirect address after the person's visit."""
        fields = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT,
            "scope": scope,
            "state": secrets.token_urlsafe(8),
            **more,
        }
        query = urlencode({name: value for name, value in fields.items() if value is not None})
        page = f"http://127.0.0.1:{self.sandbox.port + 1}{OAUTH}/authorize?{query}"
        return parse_qs(urlsplit(answer(page, customer)).query, strict_parsing=True)

    def form(self, path: str = "token", **fields: str) -> requests.Response:
        """Return the answer to a form sent to an endpoint of the authorization server."""
        return self.send("POST", f"{OAUTH}/{path}", data={"client_id": CLIENT_ID, **fields})

    def redeem(self, code: str, **more: str) -> requests.Response:
        """Return the answer to a code."""
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
        return self.form(**{**fields, **more})

    def refresh(self, **more: str) -> requests.Response:
        """Return the answer to the refresh token."""
        fields = {"grant_type": "refresh_token", "refresh_token": self.token["refresh_token"]}
        return self.form(**{**fields, **more})

    def sign_in(self, scope: str = "aisp", customer: str = "household") -> ThirdParty:
        """Sign in, and keep the token."""
        reply = self.redeem(self.code(scope, customer)["code"][0])
        assert reply.status_code == 200, reply.text
        self.token = reply.json()
        return self

    def signed(
        self, method: str, target: str, body: bytes = b"", wrong: Wrong = None
    ) -> dict[str, str]:
        """Return the headers of a call; `wrong` replaces a part."""
        wrong = wrong or {}
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        values = {
            "(request-target)": f"{wrong.get('method', method).lower()} {wrong.get('target', target)}",
            "date": wrong.get("date", formatdate(usegmt=True)),
            "digest": wrong.get("digest", f"SHA-256={digest}"),
            "x-request-id": str(uuid.uuid4()),
        }
        items = wrong.get("items", " ".join(ITEMS)).split()
        text = "\n".join(f"{name}: {values[name]}" for name in items)
        key = _key((self.sandbox.folder / f"{self.seal}.key").read_bytes())
        signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        parameters = {
            "keyId": wrong.get("key_id", CLIENT_ID),
            "algorithm": wrong.get("algorithm", "rsa-sha256"),
            "headers": wrong.get("claimed", " ".join(items)),
            "signature": base64.b64encode(signature).decode(),
        }
        joined = wrong.get("separator", ",").join(f'{n}="{v}"' for n, v in parameters.items())
        return {
            "Date": values["date"],
            "Digest": values["digest"],
            "X-Request-ID": values["x-request-id"],
            "Signature": joined,
        }

    def call(
        self, target: str, method: str = "GET", body: bytes = b"", wrong: Wrong = None
    ) -> requests.Response:
        """Return the answer to a signed call; a target without a slash in front stands below `ROOT`."""
        target = target if target.startswith("/") else f"{ROOT}/{target}"
        headers = self.signed(method, target, body, wrong)
        headers["Accept"] = "application/hal+json; charset=utf-8"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token['access_token']}"
        if self.address:
            headers["PSU-IP-Address"] = self.address
        if body:
            headers["Content-Type"] = "application/json"
        return self.send(method, target, headers, data=body or None)

    def get(self, target: str) -> Any:
        """Return the content of an answer that must be good."""
        reply = self.call(target)
        assert reply.status_code == 200, reply.text
        return reply.json() if reply.content else {}

    def accounts(self) -> list[dict[str, Any]]:
        """Return the account list."""
        listed: list[dict[str, Any]] = self.get("accounts")["accounts"]
        return listed

    def consent(self, ids: list[Any] | None = None, **more: Any) -> list[dict[str, Any]]:
        """Consent to these accounts or all, and return the list after that."""
        ids = [account["accountId"] for account in self.accounts()] if ids is None else ids
        wanted = {"balances": ids, "transactions": ids, **more}
        body = json.dumps(wanted).encode()
        reply = self.call("consents", "PUT", body)
        assert (reply.status_code, reply.content) == (200, b""), reply.text
        return self.accounts()

    def pages(self, target: str) -> Iterator[dict[str, Any]]:
        """Yield page after page, as the links say."""
        while target:
            page = self.get(target)
            yield page
            href = page.get("_links", {}).get("next", {}).get("href", "")
            address = urlsplit(urljoin(self.base, href)) if href else None
            target = f"{address.path}?{address.query}" if address else ""
