"""A requests session with our certificate: verified, in time, tried again where that is safe, and never led astray."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from bankview.web import TIMEOUT

if TYPE_CHECKING:
    import ssl

    from requests.auth import AuthBase

LOG = logging.getLogger(__name__)

#: What is tried again, and the longest that a server may ask to wait for it, in seconds.
RETRIED, METHODS, LONGEST_WAIT = (429, 502, 503, 504), ("HEAD", "GET", "OPTIONS"), 60
#: The header that names one interaction in the logs of both sides (FAPI 1.0 part 1, §6.2.2).
INTERACTION = "x-fapi-interaction-id"


def name_interaction(request: requests.PreparedRequest) -> None:
    """Give a request an id of its own."""
    request.headers[INTERACTION] = str(uuid.uuid4())


def new_session(
    context: ssl.SSLContext, pair: tuple[str, str], retries: int, auth: AuthBase
) -> requests.Session:
    """Return a session that presents the certificate `pair`, which `context` holds, and logs requests in with `auth`."""
    session = _Session()
    session.cert, session.auth = pair, auth
    session.mount("https://", _Adapter(context, retries))
    session.mount("http://", _Adapter(context, retries))
    return session


class _Session(requests.Session):
    """Follows redirects within one origin alone."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is None or _origin(urljoin(resp.url, target)) == _origin(resp.url):
            return target
        LOG.warning("%s redirects to another origin; that is not followed", _origin(resp.url)[1])
        return None

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        base: Any = super()
        base.rebuild_auth(prepared_request, response)
        if INTERACTION in prepared_request.headers:
            name_interaction(prepared_request)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


class _Adapter(HTTPAdapter):
    """Connections with our certificate that are always verified, end in time, and are tried again where that is safe."""

    def __init__(self, context: ssl.SSLContext, retries: int) -> None:
        self._context = context
        super().__init__(max_retries=_Retry.of(retries))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        verify = options.get("verify")
        options["verify"] = verify if isinstance(verify, str) else True
        # The context has the certificate.
        options["cert"] = None
        options["timeout"] = options.get("timeout") or TIMEOUT
        return super().send(request, **options)


class _Retry(Retry):
    """Waits as long as a server asks, unless that is too long to wait: then its answer is the answer."""

    @classmethod
    def of(cls, retries: int) -> Self:
        return cls(
            total=retries,
            connect=0,
            read=0,
            other=0,
            status_forcelist=RETRIED,
            allowed_methods=METHODS,
            backoff_factor=1,
            raise_on_status=False,
        )

    def increment(
        self, method: Any = None, url: Any = None, response: Any = None, *args: Any, **kwargs: Any
    ) -> Self:
        asked = self.get_retry_after(response) if response is not None else None
        if asked is not None and asked > LONGEST_WAIT:
            raise MaxRetryError(args[1] if len(args) > 1 else None, url or "")  # type: ignore[arg-type]
        return super().increment(method, url, response, *args, **kwargs)
