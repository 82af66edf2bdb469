"""The log: no secret and no account number gets in, and harmless text stays as it is."""

from __future__ import annotations

import json
import logging
import os
import stat
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from bankview import log
from bankview.domain.secret import Secret
from bankview.log import shapes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANARY = "kanari-3f9A_x7"
IBAN = "NO93 8601 1117 947"


@pytest.fixture
def redaction() -> log.Redaction:
    return log.Redaction()


@pytest.fixture
def logged(tmp_path: Path) -> Callable[[Callable[[logging.Logger], None]], str]:
    """Return a function that lets somebody log, and returns what the file then holds."""

    def logged(write: Callable[[logging.Logger], None]) -> str:
        log.install(tmp_path / "bankview.log")
        write(logging.getLogger("bankview.test"))
        return (tmp_path / "bankview.log").read_text("utf-8")

    return logged


BY_KEY = [
    "access_token=kanari-3f9A_x7",
    "refresh_token: kanari-3f9A_x7",
    '{"access_token": "kanari-3f9A_x7", "expires_in": 600}',
    '{"access_token":"kanari-3f9A_x7\\" more"}',
    "{'id_token': 'kanari-3f9A_x7'}",
    "{'access_token': b'kanari-3f9A_x7'}",
    r'{"body": "{\"refresh_token\": \"kanari-3f9A_x7\"}"}',
    '{"accessToken": "kanari-3f9A_x7"}',
    '{"clientSecret":"kanari-3f9A_x7"}',
    "grant_type=authorization_code&code=kanari-3f9A_x7&code_verifier=kanari-3f9A_x7",
    "code%3Dkanari-3f9A_x7",
    "{'code': ['kanari-3f9A_x7'], 'state': ['kanari-3f9A_x7']}",
    "[('code', 'kanari-3f9A_x7'), ('state', 'kanari-3f9A_x7')]",
    "Authorization: Bearer kanari-3f9A_x7",
    "{'Authorization': 'Bearer kanari-3f9A_x7'}",
    "Authorization: Basic a2FuYXJpLTNmOUFfeDc=",
    "authorization: DPoP kanari-3f9A_x7",
    "DPoP: kanari-3f9A_x7",
    "Set-Cookie: session=kanari-3f9A_x7; Path=/",
    "GET / with Cookie: a=1; b=kanari-3f9A_x7; c=kanari-3f9A_x7",
    "sent bearer kanari-3f9A_x7",
    "passphrase=kanari-3f9A_x7",
    "BANKVIEW_PASSPHRASE=kanari-3f9A_x7",
    "password : 'kanari-3f9A_x7'",
    "client_secret='kanari-3f9A_x7'",
    "X-Api-Key: kanari-3f9A_x7",
    "device_code=kanari-3f9A_x7",
    "state=kanari-3f9A_x7",
    "nonce: kanari-3f9A_x7",
    "ssnKey: kanari-3f9A_x7",
    "accountKey=kanari-3f9A_x7",
    "account_number=kanari-3f9A_x7",
    "https://bank.example/cb?code=kanari-3f9A_x7&scope=a",
    "https://bank.example/cb#access_token=kanari-3f9A_x7",
    "bankview://callback?anything=kanari-3f9A_x7",
    "https://user:kanari-3f9A_x7@bank.example/",
    "HTTPConnectionPool(host='127.0.0.1', port=1): Max retries exceeded with url: /a?b=kanari-3f9A_x7 (Caused by",
    '"GET /callback?session=kanari-3f9A_x7 HTTP/1.1" 200',
    "eyJhbGciOiJub25lIn0.kanari-3f9A_x7.kanari-3f9A_x7",
]


@pytest.mark.parametrize("text", BY_KEY)
def test_a_secret_is_hidden_by_its_key(redaction: log.Redaction, text: str) -> None:
    clean = redaction.clean(text)
    assert "kanari" not in clean
    assert "a2FuYXJp" not in clean
    assert shapes.HIDDEN in clean


FULL = [
    "NO9386011117947",
    IBAN,
    "NO93-8601-1117-947",
    "no9386011117947",
    "DE89 3704 0044 0532 0130 00",
    "FR1420041010050500013M02606",
    "86011117947",
    "8601.11.17947",
    "8601 11 17947",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111111111111111",
    "3782 822463 10005",
    "30-94-57 12345678901",
    "123456789012345678901234",
    "konto86011117947",
    "konto_86011117947",
    "konto-86011117947",
    "86011117947kr",
    "86011117947-kr",
    "/accounts/86011117947/transactions",
    "accounts.86011117947",
    "from 2026-11-21 86011117947",
    "86011117947 2026-11-21",
    "127.0.0.1 86011117947",
    "12.50 86011117947",
]


@pytest.mark.parametrize("text", FULL)
def test_an_account_number_is_cut_to_its_last_four(redaction: log.Redaction, text: str) -> None:
    digits = "".join(letter for letter in redaction.clean(text) if letter.isdecimal())
    whole = "".join(letter for letter in text if letter.isdecimal())
    assert "…" in redaction.clean(text)
    assert len(digits) <= len(whole) - 7


@pytest.mark.parametrize("key", ["iban", "accountNumber", "account_number", "bban", "owner_ssn"])
@pytest.mark.parametrize("value", ['"NO9386011117947"', "86011117947", '"8601"'])
def test_an_account_number_is_hidden_by_its_key(
    redaction: log.Redaction, key: str, value: str
) -> None:
    clean = redaction.clean(f'{{"{key}": {value}, "name": "Current"}}')
    assert clean == f'{{"{key}": {shapes.HIDDEN}, "name": "Current"}}'


HARMLESS = [
    "GET https://api.bank.example/v1/accounts 200 1234 ms 99999 bytes",
    "answered with code 404",
    "exit code: 1",
    "error code: invalid_grant",
    "status_code=503",
    "state: ok",
    "state=sign_in",
    "token: expired",
    "the token endpoint: not found",
    "token_type: Bearer",
    "request: GET",
    "basic authentication is used",
    "a bearer token was refused",
    "2026-11-21 03:44:12,123 INFO",
    "2026-11-21T03:44:12.123456+01:00",
    "2026-11-21T03:44:12Z",
    "from 2026-01-01 2026-02-01 to 2026-03-01",
    "21.11.2026 22.11.2026",
    "took 12345.678901 s",
    "took 1234567.891 ms",
    "0.1234567890123",
    "3.14159265358979",
    "192.168.100.200 8080",
    "127.0.0.1:8443",
    "[2001:db8::1]:443",
    "100.00 200.00 300.00 400.00",
    "connection 3: 12 new, 0 changed, 4000 rows",
    "123e4567-e89b-12d3-a456-426614174000",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "1234567890123abc45678901234567de",
    "Python 3.11.2, SQLite 3.50.4, 6.11.0",
    "secrets: keychain",
    "is it and/or? yes",
    "the keychain's passphrase vault",
    '{"pages": 12, "rows": 4096}',
    'File "/home/me/bankview/web.py", line 210, in send',
    "KeychainSilentError: the keychain did not answer within 10 s",
    "ab12 some words that are no number",
    "abcdef123456789",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays_as_it_is(redaction: log.Redaction, text: str) -> None:
    assert redaction.clean(text) == text


@pytest.mark.parametrize(
    "form",
    [str, quote_plus, lambda v: quote(v, ""), json.dumps, repr],
    ids=["plain", "form", "path", "json", "repr"],
)
def test_a_known_value_is_hidden_however_it_is_quoted(
    redaction: log.Redaction, form: Callable[[str], str]
) -> None:
    value = 'p+q/r= s"ø&t'
    redaction.hide(value)
    assert "q/r" not in redaction.clean(f"something {form(value)} else")
    assert "q%2Fr" not in redaction.clean(f"something {form(value)} else")


def test_of_two_known_values_the_longer_one_goes_first(redaction: log.Redaction) -> None:
    redaction.hide("abcdef", "abcdef-ghijkl")
    assert redaction.clean("x abcdef-ghijkl y") == f"x {shapes.HIDDEN} y"


def test_a_short_value_is_left_alone(redaction: log.Redaction) -> None:
    redaction.hide("", "ok", "five5")
    assert redaction.clean("ok five5") == "ok five5"


def test_a_value_with_lone_surrogates_can_be_hidden(redaction: log.Redaction) -> None:
    redaction.hide("abc\udce9def")
    assert redaction.clean("x abc\udce9def y") == f"x {shapes.HIDDEN} y"


def test_a_known_value_does_not_reach_the_file(logged: Any) -> None:
    log.REDACTION.hide(CANARY)
    assert CANARY not in logged(lambda to: to.info("it is %s here", CANARY))


def test_arguments_in_a_dict_are_cleaned(logged: Any) -> None:
    text = logged(
        lambda to: to.info("code=%(code)s for %(bank)s", {"code": CANARY, "bank": "My bank"})
    )
    assert "My bank" in text
    assert CANARY not in text


def test_a_json_body_is_cleaned(logged: Any) -> None:
    body = json.dumps({"access_token": CANARY, "iban": IBAN, "rows": [{"accountKey": CANARY}]})
    text = logged(lambda to: to.info("answer: %s", body))
    assert CANARY not in text
    assert "8601" not in text


def test_a_traceback_is_cleaned(logged: Any) -> None:
    text = logged(lambda to: to.info("it failed", exc_info=_raised(ValueError(f"code={CANARY}"))))
    assert "ValueError" in text
    assert CANARY not in text


def test_a_chained_traceback_is_cleaned(logged: Any) -> None:
    error = OSError(5, f"account {IBAN}")
    error.__cause__ = _raised(KeyError(f"client_secret={CANARY}"))
    text = logged(lambda to: to.info("it failed", exc_info=_raised(error)))
    assert "direct cause" in text
    assert CANARY not in text
    assert "8601" not in text


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error):
        return error


def test_a_stack_is_cleaned(redaction: log.Redaction) -> None:
    record = logging.makeLogRecord({"msg": "here", "stack_info": f"password={CANARY}"})
    redaction.filter(record)
    assert CANARY not in str(record.stack_info)


def test_a_wrong_format_hides_its_arguments_and_ends_nothing(redaction: log.Redaction) -> None:
    record = logging.makeLogRecord({"msg": "%s and %s", "args": (CANARY,)})
    assert redaction.filter(record)
    assert record.getMessage() == "%s and %s (could not be formatted)"


def test_a_secret_value_does_not_show_itself(logged: Any) -> None:
    assert CANARY not in logged(lambda to: to.info("%s %r", Secret(CANARY), [Secret(CANARY)]))


def test_text_that_utf8_cannot_hold_is_written_all_the_same(tmp_path: Path) -> None:
    log.install(tmp_path / "bankview.log")
    # Straight to the handler: what the runner itself keeps of the log goes between processes as UTF-8.
    record = logging.makeLogRecord({"msg": "lone \udce9", "levelno": logging.INFO})
    logging.getLogger().handlers[-1].handle(record)
    assert r"\udce9" in (tmp_path / "bankview.log").read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="Windows closes the profile's folder instead")
def test_only_the_owner_may_read_the_files_also_after_they_were_begun_anew(
    tmp_path: Path,
) -> None:
    before = os.umask(0)
    try:
        log.install(tmp_path / "bankview.log", http_log=tmp_path / "http.log")
        handler = logging.getLogger().handlers[-1]
        assert isinstance(handler, RotatingFileHandler)
        handler.maxBytes = 500
        for _ in range(12):
            logging.getLogger("bankview.web").info("a line that is long enough to fill a file")
    finally:
        os.umask(before)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == dict.fromkeys(["bankview.log", "bankview.log.1", "http.log"], 0o600)


def test_the_http_log_holds_the_lines_of_web_alone(tmp_path: Path) -> None:
    log.install(tmp_path / "bankview.log", http_log=tmp_path / "http.log")
    logging.getLogger("bankview.web").info("GET https://bank.example/a?code=%s 200", CANARY)
    logging.getLogger("bankview.sync").info("something else")
    text = (tmp_path / "http.log").read_text()
    assert "bank.example/a?[hidden]" in text
    assert "something else" not in text
    assert CANARY not in text


def test_the_libraries_below_do_not_log_their_exchanges(logged: Any) -> None:
    def write(_: logging.Logger) -> None:
        for name in ("oauthlib", "requests_oauthlib", "urllib3.connectionpool", "keyring.backend"):
            logging.getLogger(name).debug("canary")
            logging.getLogger(name).info("canary")

    assert "canary" not in logged(write)


@pytest.mark.parametrize("text", ["1 " * 9_000, "-1" * 9_000, "a" * 40_000, '"code' * 9_000])
def test_long_text_is_cleaned_in_the_end(redaction: log.Redaction, text: str) -> None:
    assert redaction.clean(text)
