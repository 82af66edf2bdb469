"""A sentence for every error: it says what to do, and no more than the person may see."""

from __future__ import annotations

import datetime as dt
import inspect
from pathlib import Path

import pytest

from bankview import errors
from bankview.sentences import say

SAMPLES: dict[type[BaseException], BaseException] = {
    type(error): error
    for error in [
        errors.UsageError("--from wants a date such as 2026-01-31."),
        errors.ProfileError(Path("my-bank.toml"), 3, "zone is missing"),
        errors.KeyFileError("qseal.key", "it holds no private key"),
        errors.Interrupted(),
        errors.UnsafeRequestError("the path would leave the bank's root address"),
        errors.SignInNeededError("My bank", "401"),
        errors.CertificateChangedError("My bank"),
        errors.SignInError("the answer had no code"),
        errors.SignInDeniedError("access_denied", "no"),
        errors.SignInTimedOutError(5),
        errors.PortBusyError("127.0.0.1", 8080),
        errors.BadRedirectError("its state is another one"),
        errors.BrowserError("none"),
        errors.SetupTokenError("there is no address in it"),
        errors.ClaimedTokenError(),
        errors.ServerError("bank.example", "answered HTML"),
        errors.ClientRefusedError("bank.example", "invalid_client"),
        errors.MetadataError("bank.example", "the issuer is another one"),
        errors.TokenReplyError("bank.example", "is no JSON"),
        errors.OAuthError("bank.example", "invalid_scope"),
        errors.BankError("bank.example", "something odd"),
        errors.OfflineError("bank.example", "its name could not be resolved"),
        errors.BankUnavailableError("bank.example", "answered 503", 90),
        errors.TooMuchError("bank.example", "it did not answer in time"),
        errors.RateLimitedError("bank.example", 3600),
        errors.AccountLimitedError("bank.example", 85_092),
        errors.BankRefusedError("bank.example", 403, "FORBIDDEN"),
        errors.BadBankDataError("amount", "is missing"),
        errors.EmptyAnswerError("bank.example"),
        errors.KeychainError("it could not be opened"),
        errors.KeychainMissingError("no bus"),
        errors.KeychainLockedError("it stays locked"),
        errors.HomeLockedError(),
        errors.KeychainSilentError(10),
        errors.KeychainLossError("ledger-key"),
        errors.WrongPassphraseError("the passphrase does not fit"),
        errors.StoreError("x"),
        errors.LedgerKeyError(),
        errors.LedgerDamagedError(Path("ledger.damaged"), dt.datetime(2026, 11, 20, tzinfo=dt.UTC)),
        errors.LedgerNewerError(9),
        errors.LedgerBusyError(),
        errors.LedgerReadOnlyError(),
        errors.DiskFullError(),
        errors.ExportError("out.csv", "the folder is gone"),
        errors.TargetBusyError("out.csv", "in use"),
        errors.TargetError("out.csv", "no permission"),
        errors.FileError("rows.csv", "something odd"),
        errors.FileUnreadableError("rows.csv", "no permission"),
        errors.NotStatementError("rows.csv", "pdf"),
        errors.FileDamagedError("rows.csv", 7, "it is not text"),
        errors.FileCutError("rows.csv"),
        errors.FileUnclearError("rows.csv", "order", "03/04/2026"),
        errors.OtherAccountError("rows.csv", "12345678903", "Daily"),
        errors.OtherCurrencyError("rows.csv", "EUR", "Daily"),
    ]
}
KINDS = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind)
    and issubclass(kind, errors.BankviewError)
    and kind is not errors.BankviewError
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_of_its_own(kind: type[BaseException]) -> None:
    said = say(SAMPLES[kind], "My bank")
    assert said.title
    assert said.title != say(ValueError()).title
    for text in (said.title, said.detail):
        assert not text or text[-1] in ".!?…" or kind is errors.ProfileError
        assert (
            not text
            or text[0].isupper()
            or text.startswith(("--", "out.csv", "rows.csv", "my-bank"))
        )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_button_and_what_it_does_go_together(kind: type[BaseException]) -> None:
    said = say(SAMPLES[kind])
    assert bool(said.button) == bool(said.action)
    assert said.action in {"", "sign_in", "retry", "recover", "unlock", "details"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_tree_on_the_page_shows_every_error(kind: type[BaseException]) -> None:
    assert f" {kind.__name__} " in str(errors.__doc__)


def test_a_bug_is_said_without_its_text() -> None:
    said = say(ValueError("secret"))
    assert "secret" not in str(said)
    assert said.action == "details"


def test_the_banks_name_stands_in_its_sentence() -> None:
    assert say(errors.RateLimitedError("h"), "My bank").title.startswith("My bank")
    assert say(errors.RateLimitedError("h")).title.startswith("The bank")


def test_a_name_with_braces_is_a_name() -> None:
    assert say(errors.RateLimitedError("h"), "{x} bank").title.startswith("{x} bank")


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [
        (0, "1 min"),
        (60, "1 min"),
        (61, "2 min"),
        (7200, "120 min"),
        (7201, "3 h"),
        (85_092, "24 h"),
        (None, "an hour"),
    ],
)
def test_waiting_is_said_in_whole_minutes_or_hours(seconds: int | None, wait: str) -> None:
    assert wait in say(errors.RateLimitedError("h", seconds)).detail


def test_a_key_that_a_bank_refuses_is_said_with_the_bank_s_own_advice() -> None:
    said = say(errors.ClientRefusedError("h", "x", "Make a new key in the app."), "My bank")
    assert said.title == "My bank does not accept your key."
    assert said.detail == "Make a new key in the app."


def test_a_lost_key_asks_for_the_recovery_key_and_a_lost_token_for_a_sign_in() -> None:
    assert say(errors.KeychainLossError("ledger-key")).action == "recover"
    assert say(errors.KeychainLossError("token/my-bank")).action == "sign_in"


def test_a_recovery_key_with_a_typing_error_is_called_one() -> None:
    said = say(errors.WrongPassphraseError("the recovery key holds a typing error"))
    assert said.title == "The recovery key holds a typing error."
    assert say(errors.WrongPassphraseError()).title == "The passphrase does not fit."


def test_damage_says_where_the_file_went_and_whether_a_backup_helped() -> None:
    at = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    restored = say(errors.LedgerDamagedError(Path("aside.db"), at)).detail
    assert "aside.db" in restored
    assert "20 November 2026" in restored
    assert "no backup" in say(errors.LedgerDamagedError(Path("aside.db"))).detail
