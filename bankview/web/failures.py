"""What went wrong below HTTP, as one of our errors."""

from __future__ import annotations

import ssl

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from bankview.errors import BankUnavailableError, OfflineError, TooMuchError
from bankview.web.limits import TooLongError


def ours(error: Exception, host: str) -> BankUnavailableError | OfflineError:
    """Return our error for one of the HTTP library or the operating system, of an exchange with `host`."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while isinstance(cause, BaseException) and len(causes) < 8:
        causes.append(cause)
        cause = getattr(cause, "reason", None) or cause.__cause__ or cause.__context__
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        return OfflineError(host, "its name could not be resolved")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return BankUnavailableError(host, "no secure connection could be made")
    slow = any(isinstance(cause, TooLongError) for cause in causes)
    if slow or isinstance(error, requests.Timeout):
        sent = not isinstance(error, requests.ConnectTimeout)
        problem = "the answer took too long" if slow else "it did not answer in time"
        return TooMuchError(host, problem, unanswered=sent)
    if any(
        isinstance(cause, OSError) and cause.errno in {101, 113, 10051, 10065} for cause in causes
    ):
        return OfflineError(host, "the network cannot be reached")
    if any(isinstance(cause, NewConnectionError) for cause in causes):
        return BankUnavailableError(host, "it could not be reached")
    return BankUnavailableError(host, "the connection broke", unanswered=True)
