"""An authorization server: its endpoints, written by hand or found in its metadata (RFC 8414, OpenID Discovery)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bankview.errors import BadBankDataError, BankUnavailableError, MetadataError
from bankview.oauth.wording import code_of
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from urllib.parse import SplitResult

    from bankview.web import Reply

#: Bytes of a metadata document; the largest real ones have about 20 kB.
LARGEST_METADATA = 512 * 1024
#: The only hosts that plain http may reach, and only with `insecure_http`.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: The members of a metadata document that name an endpoint.
ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "userinfo_endpoint",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
    "backchannel_authentication_endpoint",
    "jwks_uri",
)
#: The members that list what it takes, of which a profile wants one.
LISTS = (
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "dpop_signing_alg_values_supported",
    "authorization_details_types_supported",
    "authorization_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "request_object_signing_alg_values_supported",
    "response_modes_supported",
    "response_types_supported",
)
#: The members that say yes or no.
FLAGS = (
    "request_parameter_supported",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "tls_client_certificate_bound_access_tokens",
)
#: Values of a list that are read, and characters of each.
MOST_VALUES, LONGEST_VALUE = 100, 100


@dataclass(frozen=True, slots=True)
class Server:
    """What is known of an authorization server; an empty text is not known (yet).

    `metadata` is the URL or the file of its metadata document where it does not lie at the usual place. `iss_supported`
    is `authorization_response_iss_parameter_supported` of RFC 9207 §3. What ends in `_supported` is as the metadata
    lists it, and each of `FLAGS` what it says; None where it does not say.
    """

    issuer: str = ""
    metadata: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    revocation_endpoint: str = ""
    introspection_endpoint: str = ""
    userinfo_endpoint: str = ""
    pushed_authorization_request_endpoint: str = ""
    device_authorization_endpoint: str = ""
    backchannel_authentication_endpoint: str = ""
    jwks_uri: str = ""
    insecure_http: bool = False
    iss_supported: bool = False
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    token_endpoint_auth_signing_alg_values_supported: tuple[str, ...] | None = None
    dpop_signing_alg_values_supported: tuple[str, ...] | None = None
    authorization_details_types_supported: tuple[str, ...] | None = None
    authorization_signing_alg_values_supported: tuple[str, ...] | None = None
    code_challenge_methods_supported: tuple[str, ...] | None = None
    request_object_signing_alg_values_supported: tuple[str, ...] | None = None
    response_modes_supported: tuple[str, ...] | None = None
    response_types_supported: tuple[str, ...] | None = None
    request_parameter_supported: bool | None = None
    require_pushed_authorization_requests: bool | None = None
    require_signed_request_object: bool | None = None
    tls_client_certificate_bound_access_tokens: bool | None = None

    @property
    def host(self) -> str:
        """The host that speaks for this server, as people and logs name it."""
        hosts = map(host_of, (self.token_endpoint, self.issuer, self.metadata))
        return next(filter(None, hosts), "the sign-in server")


def host_of(url: str) -> str:
    """Return the host that a URL names; nothing where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def discover(
    server: Server,
    send: Callable[..., Reply],
    *,
    mtls: bool = False,
    needed: Collection[str] = ("authorization_endpoint", "token_endpoint"),
    knows: Callable[[str], bool] = lambda _: False,
) -> Server:
    """Return `server` with what was empty filled from its metadata, every endpoint checked.

    Endpoints that were written by hand win. Where all needed ones are, a server without metadata will do.

    Args:
        server: what the bank's profile says.
        send: `web.Sender.send` or the like, with our certificate where the server wants one for its metadata too.
        mtls: whether our certificate proves us: then `mtls_endpoint_aliases` win over the rest (RFC 8705 §5).
        needed: the endpoints that must be known in the end.
        knows: whether `send` has a place's document at hand; such a place is looked at first.

    Raises:
        MetadataError: no metadata, another issuer's, an unsafe or missing endpoint, or PKCE without S256.
        BankUnavailableError, OfflineError: the metadata could not be fetched.
    """
    if server.issuer:
        _check_issuer(server)
    if server.issuer or server.metadata:
        document = _document(server, send, knows)
        if document is not None:
            server = _filled(server, document, mtls=mtls, needed=needed)
        elif not all(getattr(server, name) for name in needed):
            raise MetadataError(server.host, "it publishes no metadata")
    _check_endpoints(server, needed)
    return server


def well_known(issuer: str) -> tuple[str, str]:
    """Return where an issuer's metadata may lie: inserted (RFC 8414 §3.1), and appended (OpenID Discovery §4)."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    return (
        f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{path}",
        f"{issuer.rstrip('/')}/.well-known/openid-configuration",
    )


def check_url(server: Server, name: str, url: str) -> SplitResult:
    """Return the parts of a URL that a request may go to.

    Raises:
        MetadataError: not https (plain http only on loopback with `insecure_http`), or not plainly a URL.
    """
    if not url.isascii() or any(char <= " " or char == "\x7f" or char in '<>"\\' for char in url):
        raise MetadataError(server.host, f"{name} is not an address")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise MetadataError(server.host, f"{name} is not an address") from None
    if not host or parts.fragment or parts.username is not None or url.endswith("#"):
        raise MetadataError(server.host, f"{name} is not an address")
    plain = parts.scheme == "http" and server.insecure_http and host in LOOPBACK
    if parts.scheme != "https" and not plain:
        raise MetadataError(server.host, f"{name} is not an https address")
    return parts


def _check_issuer(server: Server) -> None:
    """Hold an issuer to RFC 8414 §2: https, no query, no fragment."""
    if check_url(server, "issuer", server.issuer).query or "?" in server.issuer:
        raise MetadataError(server.host, "issuer has a query")


def _check_endpoints(server: Server, needed: Collection[str]) -> None:
    for name in ENDPOINTS:
        url = getattr(server, name)
        if url:
            check_url(server, name, url)
        elif name in needed:
            raise MetadataError(server.host, f"{name} is not known")


def _document(
    server: Server, send: Callable[..., Reply], knows: Callable[[str], bool]
) -> Mapping[str, Any] | None:
    """Return the metadata of exactly this issuer, or None where it publishes none."""
    for place, body in _bodies(server, send, knows):
        document = _read(body)
        if document is None:
            continue
        issuer = document.get("issuer")
        if isinstance(issuer, str) and _speaks_for(server, place, issuer):
            return document
        raise MetadataError(server.host, "its metadata is another issuer's")
    if server.metadata:
        raise MetadataError(server.host, "its metadata cannot be read")
    return None


def _speaks_for(server: Server, place: str, issuer: str) -> bool:
    """Tell whether a document may speak for us: our issuer character for character (RFC 8414 §3.3).

    Without an issuer of ours, a document that we were pointed at must lie where its own issuer would publish it; a
    file is the person's own word.
    """
    if server.issuer:
        return issuer == server.issuer
    return "://" not in place or place in well_known(issuer)


def _bodies(
    server: Server, send: Callable[..., Reply], knows: Callable[[str], bool]
) -> Iterator[tuple[str, bytes]]:
    """Yield what may be the metadata: from the file or URL we were given, else from the well-known places."""
    if server.metadata and "://" not in server.metadata:
        yield server.metadata, _file(server)
        return
    places = (server.metadata,) if server.metadata else well_known(server.issuer)
    for place in sorted(places, key=lambda place: not knows(place)):
        check_url(server, "metadata", place)
        reply = send("GET", place, headers={"Accept": "application/json"})
        if reply.status >= 500 or reply.status == 429:
            raise BankUnavailableError(reply.host, f"answered {reply.status}", reply.retry_after)
        if reply.status == 200:
            yield place, reply.body


def _file(server: Server) -> bytes:
    try:
        return Path(server.metadata).read_bytes()
    except OSError as error:
        raise MetadataError(
            server.host, f"its metadata file cannot be read: {error.strerror}"
        ) from error


def _read(body: bytes) -> Mapping[str, Any] | None:
    """Return a metadata document, or None where this is none: many sites answer any path with a web page."""
    if len(body) > LARGEST_METADATA:
        return None
    try:
        document = decode(body)
    except BadBankDataError:
        return None
    return document if isinstance(document, dict) else None


def _filled(
    server: Server, document: Mapping[str, Any], *, mtls: bool, needed: Collection[str]
) -> Server:
    methods = document.get("code_challenge_methods_supported")
    signs_in = "authorization_endpoint" in needed
    if (
        signs_in
        and methods is not None
        and (not isinstance(methods, list) or "S256" not in methods)
    ):
        raise MetadataError(server.host, "it does not support PKCE with S256")
    known = {**document, **(_aliases(server, document) if mtls else {})}
    found: dict[str, Any] = {
        name: _endpoint(server, name, known[name])
        for name in ENDPOINTS
        if not getattr(server, name) and known.get(name) is not None
    }
    found |= {name: _list(document.get(name)) for name in LISTS}
    found |= {name: _flag(document.get(name)) for name in FLAGS}
    supported = document.get("authorization_response_iss_parameter_supported") is True
    return replace(
        server,
        **found,
        issuer=server.issuer or document["issuer"],
        iss_supported=server.iss_supported or supported,
    )


def _aliases(server: Server, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the endpoints for who has a certificate; the browser has none, so that its endpoint stays."""
    aliases = document.get("mtls_endpoint_aliases", {})
    if not isinstance(aliases, dict):
        raise MetadataError(server.host, "mtls_endpoint_aliases is not an object")
    return {name: url for name, url in aliases.items() if name != "authorization_endpoint"}


def _list(value: object) -> tuple[str, ...] | None:
    """Return the words of a list that may stand in a sentence; None where there is no list."""
    if not isinstance(value, list):
        return None
    words = (word for word in value[:MOST_VALUES] if isinstance(word, str))
    return tuple(cleaned for word in words if (cleaned := code_of(word)[:LONGEST_VALUE]))


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _endpoint(server: Server, name: str, value: object) -> str:
    if not isinstance(value, str):
        raise MetadataError(server.host, f"{name} is not an address")
    return value
