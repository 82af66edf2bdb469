"""The sandbox bank as a process of its own, and what a test can do with it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import ssl
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import requests

from bankview.sandbox.visitor import Step, Visitor, answer
from tests.processes import Process

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
#: Seconds after which a process counts as hung; never a time that a test waits for.
DEADLINE = 90
MEDIA_TYPE = "application/vnd.sparebank1.v1+json; charset=utf-8"


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: its folder, its issuer and its process."""

    folder: Path
    issuer: str
    process: Process = field(repr=False)

    @property
    def port(self) -> int:
        """N of the three ports."""
        return int(self.issuer.rpartition(":")[2])

    @property
    def ca(self) -> Path:
        """The certificate authority to trust."""
        return self.folder / "ca.pem"

    @property
    def context(self) -> ssl.SSLContext:
        """A TLS context that trusts the sandbox and nobody else."""
        return ssl.create_default_context(cafile=str(self.ca))

    def profile(self, name: str = "sparebank1-household") -> Path:
        """Return a profile file."""
        return self.folder / "profiles" / f"{name}.toml"

    def secret(self, way: str) -> str:
        """Return the client secret of `post` or `basic`, from the .env file beside its profile."""
        text = self.profile(f"sparebank1-household-{way}").with_suffix(".env").read_text("utf-8")
        return text.strip().removeprefix("BANKVIEW_CLIENT_SECRET=")

    def books(self, customer: str = "household") -> dict[str, Any]:
        """Return a customer's books as they stand."""
        text = (self.folder / "books" / f"{customer}.json").read_text("utf-8")
        books: dict[str, Any] = json.loads(text)
        return books

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Return the answer to a request to port N; redirects are answers."""
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                f"{self.issuer}{path}",
                verify=str(self.ca),
                allow_redirects=False,
                timeout=DEADLINE,
                **options,
            )

    @contextmanager
    def streamed(
        self, path: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Yield an answer's body piece by piece, decompressed, and hang up when the block ends."""
        with requests.Session() as session:
            session.trust_env = False
            method = "POST" if fields else "GET"
            with session.request(
                method,
                f"{self.issuer}{path}",
                data=fields,
                headers=headers,
                verify=str(self.ca),
                stream=True,
                timeout=DEADLINE,
            ) as reply:
                yield reply.iter_content(None)

    def fault(self, name: str, times: int | None = None) -> None:
        """Switch a fault on."""
        reply = self.send("POST", "/_sandbox/faults", json={"name": name, "times": times})
        assert reply.status_code == 200, reply.text

    def calls(self, path: str = "") -> list[dict[str, Any]]:
        """Return the calls that came in, to one path or to all."""
        reply = self.send("GET", "/_sandbox/calls", params={"path": path})
        calls: list[dict[str, Any]] = reply.json()["calls"]
        return calls

    def live(self, steps: int = 1) -> None:
        """Let life go on."""
        assert self.send("POST", "/_sandbox/life", json={"steps": steps}).status_code == 200

    def expire(self) -> None:
        """End every access token."""
        assert self.send("POST", "/_sandbox/expire").status_code == 200

    def reset(self) -> None:
        """Switch all faults off and forget the calls."""
        for switch in ("faults", "calls"):
            assert self.send("DELETE", f"/_sandbox/{switch}").status_code == 200


@contextmanager
def running(folder: Path, *flags: str) -> Iterator[Sandbox]:
    """Run a sandbox in its own process until the block ends; `--port 0` unless `flags` say otherwise."""
    command = [sys.executable, "-m", "bankview", "sandbox", "--dir", str(folder), *flags]
    with Process(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("ready "), process.stderr.read()
            yield Sandbox(folder, line.split()[1], process)
        finally:
            process.terminate()
            process.communicate(timeout=DEADLINE)


@dataclass(frozen=True)
class Person:
    """A client of the test's own, written by hand, so that what it sends can be wrong."""

    sandbox: Sandbox
    client_id: str = "bankview"
    redirect_uri: str = "http://127.0.0.1:1/callback"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def challenge(self) -> str:
        """The S256 challenge of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def url(self, **changes: str | None) -> str:
        """Return an authorization request; a change to None leaves the parameter out."""
        fields = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": "a-state-of-the-test",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        query = urlencode({name: value for name, value in fields.items() if value is not None})
        return f"http://127.0.0.1:{self.sandbox.port + 1}/oauth/authorize?{query}"

    def ask(self, **changes: str | None) -> dict[str, list[str]]:
        """Return what the bank answers to the app after the household's login and consent."""
        return _fields(answer(self.url(**changes)))

    def page(self, query: str) -> tuple[int, str]:
        """Return status and text of the page that a browser gets for an authorization request's query."""
        url = f"http://127.0.0.1:{self.sandbox.port + 1}/oauth/authorize?{query}"
        page = Visitor(url).take(Step("GET", url))
        return page.status, page.text

    def decline(self) -> dict[str, list[str]]:
        """Return what the bank answers to the app when consent is declined."""
        return _fields(answer(self.url(), deny=True))

    def code(self, customer: str = "household") -> str:
        """Return a fresh code."""
        return _fields(answer(self.url(), customer))["code"][0]

    def post(
        self, fields: dict[str, str], path: str = "/oauth/token", **options: Any
    ) -> requests.Response:
        """Post a form."""
        return self.sandbox.send("POST", path, data=fields, **options)

    def redeem(self, code: str, **changes: str) -> requests.Response:
        """Redeem a code as a public client; `changes` make it wrong."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "code_verifier": self.verifier,
            **changes,
        }
        return self.post(fields)

    def sign_in(self, customer: str = "household") -> dict[str, Any]:
        """Return a token reply."""
        reply = self.redeem(self.code(customer))
        assert reply.status_code == 200, reply.text
        token: dict[str, Any] = reply.json()
        return token

    def refresh(self, token: dict[str, Any], **changes: str) -> requests.Response:
        """Renew a token as a public client."""
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": token["refresh_token"],
            "client_id": self.client_id,
            **changes,
        }
        return self.post(fields)

    def get(
        self, token: dict[str, Any], path: str, parameters: Any = None, accept: str = MEDIA_TYPE
    ) -> requests.Response:
        """Call the API."""
        headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": accept}
        return self.sandbox.send(
            "GET", f"/personal/banking{path}", params=parameters, headers=headers
        )


def _fields(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query, strict_parsing=True)


def basic(client_id: str, secret: str, *, encoded: bool = True) -> dict[str, str]:
    """Return a Basic header, form-encoded as RFC 6749 §2.3.1 wants it, or not."""
    pair = (quote_plus(client_id), quote_plus(secret)) if encoded else (client_id, secret)
    return {"Authorization": "Basic " + base64.b64encode(":".join(pair).encode()).decode()}
