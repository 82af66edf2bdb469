"""What goes over the wire, in a log: line by line, with the time and without secrets."""

from __future__ import annotations

import ast
import http.client
import logging

from bankview.log import REDACTION


def httpclient_logging_patch(level: int = logging.DEBUG) -> None:
    """Log what http.client sends and receives, line by line and without secrets, to stderr and with the time.

    The records are those of the logger `http.client`, of this level.
    """
    logger = logging.getLogger("http.client")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-8s %(message)s"))
        logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(level)

    def log(*parts: object) -> None:
        for line in _lines(parts):
            logger.log(level, "%s", REDACTION.clean(line))

    http.client.print = log  # type: ignore[attr-defined]
    http.client.HTTPConnection.debuglevel = 1


def _lines(parts: tuple[object, ...]) -> list[str]:
    """Return what http.client prints as lines; it writes a whole request as one bytes literal."""
    first, *rest = (str(part) for part in parts)
    text = " ".join(rest)
    if text.startswith(("b'", 'b"', "'", '"')):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            value = text
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return [f"{first} {line}" for line in text.splitlines() if line] or [first]
