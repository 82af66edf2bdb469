"""Every error that Bankview raises on purpose, as one tree on one page.

BankviewError
├── UsageError                 a flag or argument is wrong
│   ├── ProfileError           a bank's profile file is wrong
│   └── KeyFileError           a certificate or a private key cannot be used
├── Interrupted                the person or the quitting app asked to stop
├── UnsafeRequestError         our own code asked for what a read-only app may not send
├── SignInNeededError          the person must sign in at the bank again
│   └── CertificateChangedError … because the certificate is another one than at the sign-in
├── SignInError                a sign-in did not complete
│   ├── SignInDeniedError      … consent was refused
│   ├── SignInTimedOutError    … nobody came back in time
│   ├── PortBusyError          … the redirect's port is taken
│   ├── BadRedirectError       … the answer is not the one we wait for
│   ├── BrowserError           … no browser could be started
│   └── SetupTokenError        … what was entered is no setup token
│       └── ClaimedTokenError  … or one that was used before
├── ServerError                the authorization server misbehaves
│   ├── ClientRefusedError     … it does not accept our client id or secret
│   ├── MetadataError          … its metadata is missing, wrong or unsafe
│   ├── TokenReplyError        … its token reply cannot be read
│   └── OAuthError             … it answered with an error code
├── BankError                  the bank's API misbehaves
│   ├── OfflineError           … this computer has no connection
│   ├── BankUnavailableError   … it does not answer, or with 5xx
│   │   └── TooMuchError       … what was asked is too much for one answer
│   ├── RateLimitedError       … too many calls
│   │   └── AccountLimitedError … for one account: the others can still be read
│   ├── BankRefusedError       … a 4xx that is none of the others
│   └── BadBankDataError       … an answer cannot be read
│       └── EmptyAnswerError   … there is nothing in it
├── KeychainError              the keychain cannot do what was asked
│   ├── KeychainMissingError   … there is no usable keychain
│   ├── KeychainLockedError    … it is locked, or the unlock prompt was dismissed
│   ├── KeychainSilentError    … it does not answer
│   ├── KeychainLossError      … an entry that should be there is gone
│   ├── HomeLockedError        … the person has locked Bankview
│   └── WrongPassphraseError   … passphrase or recovery key do not fit
├── StoreError                 the ledger cannot do what was asked
│   ├── LedgerKeyError         … the file is there, its key is missing or does not fit
│   ├── LedgerDamagedError     … the file is damaged and no backup could replace it
│   ├── LedgerNewerError       … it was written by a newer Bankview
│   ├── LedgerBusyError        … another process keeps it busy
│   ├── LedgerReadOnlyError    … its file or folder may not be written
│   └── DiskFullError          … there is no room left
├── ExportError                a file could not be written
│   ├── TargetBusyError        … another program has it open
│   └── TargetError            … it cannot be written there
└── FileError                  a statement file could not be imported
    ├── FileUnreadableError    … the system does not let us read it
    ├── NotStatementError      … it is something else
    ├── FileDamagedError       … it cannot be read at a place
    ├── FileCutError           … it ends in the middle
    ├── FileUnclearError       … the person has to say what it means
    ├── OtherAccountError      … it is of another account
    └── OtherCurrencyError     … it is in another currency

Each builds its own sentence from typed arguments. What the person reads, and which button goes with it, stands in
`sentences.py`. An error never carries a token, a secret, an account number or a bank's row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class BankviewError(Exception):
    """Bankview could not do what was asked."""


class UsageError(BankviewError):
    """A flag or argument is wrong; the text says what to write instead."""


class ProfileError(UsageError):
    """A bank's profile file is wrong at `line` (0 where no line can be named)."""

    def __init__(self, path: Path | str, line: int, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        super().__init__(f"{path}{f', line {line}' if line else ''}: {problem}")


class KeyFileError(UsageError):
    """A private key or certificate cannot be used; `name` says which file or field it came from."""

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(f"{name}: {problem}")


class Interrupted(BankviewError):  # noqa: N818 - it is no failure
    """Somebody asked to stop."""

    def __init__(self) -> None:
        super().__init__("stopped on request")


class UnsafeRequestError(BankviewError):
    """A request would leave the bank's root URL or is not a permitted read."""


class SignInNeededError(BankviewError):
    """The person must sign in at the bank again; `reason` is for the log."""

    def __init__(self, bank: str = "", reason: str = "") -> None:
        self.bank, self.reason = bank, reason
        super().__init__(
            f"{bank or 'the bank'} needs a new sign-in{f' ({reason})' if reason else ''}"
        )


class CertificateChangedError(SignInNeededError):
    """The bank refuses a renewal, and our certificate is not the one that was shown at the sign-in."""

    def __init__(self, bank: str = "") -> None:
        super().__init__(bank, "the certificate is another one than at the sign-in")


class SignInError(BankviewError):
    """A sign-in did not complete."""


class SignInDeniedError(SignInError):
    """Consent was refused, at the bank or by the person; `code` is the server's error code."""

    def __init__(self, code: str = "access_denied", description: str = "") -> None:
        self.code, self.description = code, description[:200]
        super().__init__(f"the sign-in was refused ({code})")


class SignInTimedOutError(SignInError):
    """Nobody came back from the browser, or approved elsewhere, in time; `minutes` is how long we waited."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(f"no answer within {minutes} minutes")


class PortBusyError(SignInError):
    """The port of the redirect address is taken by another program."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(f"port {port} on {host} is in use by another program")


class BadRedirectError(SignInError):
    """An answer came that is not the one we wait for; `reason` says what is wrong with it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the address is not the bank's answer: {reason}")


class BrowserError(SignInError):
    """No browser could be started."""


class SetupTokenError(SignInError):
    """What was entered is no setup token; `problem` says why without a word of it."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"this is no setup token: {problem}")


class ClaimedTokenError(SetupTokenError):
    """The service does not take a setup token: it is none of its, or somebody used it before."""

    def __init__(self) -> None:
        super().__init__("it was used before, or is none of the service's")


class ServerError(BankviewError):
    """The authorization server at `host` misbehaves."""

    def __init__(self, host: str, problem: str) -> None:
        self.host, self.problem = host, problem
        super().__init__(f"{host}: {problem}")


class ClientRefusedError(ServerError):
    """The authorization server does not accept our client id or secret (`invalid_client`), or a bank the person's key.

    `advice` says what helps where it is not the usual.
    """

    def __init__(self, host: str, problem: str, advice: str = "") -> None:
        self.advice = advice
        super().__init__(host, problem)


class MetadataError(ServerError):
    """The server's metadata is missing, does not match its issuer, or is unsafe."""


class TokenReplyError(ServerError):
    """The token endpoint's reply cannot be read."""


class OAuthError(ServerError):
    """The server answered with an error `code` of RFC 6749 §5.2 or one of its extensions."""

    def __init__(self, host: str, code: str, description: str = "") -> None:
        self.code, self.description = code, description[:200]
        super().__init__(host, f"answered {code}")


class BankError(BankviewError):
    """The bank's API at `host` misbehaves."""

    def __init__(self, host: str, problem: str) -> None:
        self.host, self.problem = host, problem
        super().__init__(f"{host}: {problem}")


class OfflineError(BankError):
    """This computer has no connection: the host's name could not be resolved or reached."""


class BankUnavailableError(BankError):
    """The bank does not answer, or answers 5xx; `retry_after` in seconds where it says so.

    `unanswered` says that the request went out and no whole answer came: it may have been carried out.
    """

    def __init__(
        self,
        host: str,
        problem: str,
        retry_after: int | None = None,
        *,
        unanswered: bool = False,
    ) -> None:
        self.retry_after, self.unanswered = retry_after, unanswered
        super().__init__(host, problem)


class TooMuchError(BankUnavailableError):
    """An answer is longer than we read, or takes longer than we wait: a smaller question may do."""


class RateLimitedError(BankError):
    """Too many calls; the next may be made after `retry_after` seconds (None: the bank did not say)."""

    def __init__(self, host: str, retry_after: int | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(host, "too many calls")


class AccountLimitedError(RateLimitedError):
    """Too many calls for one account; the others can still be read."""


class BankRefusedError(BankError):
    """The bank refused with a 4xx `status` and perhaps a `code` of its own.

    `empty` says that the body was no error but an answer whose lists are empty, as some banks say "nothing".
    """

    def __init__(self, host: str, status: int, code: str = "", *, empty: bool = False) -> None:
        self.status, self.code, self.empty = status, code[:80], empty
        super().__init__(host, f"refused with {status}{f' ({self.code})' if code else ''}")


class BadBankDataError(BankError):
    """A bank's answer cannot be read: `field` and `problem` name the place and never the value."""

    def __init__(self, field: str, problem: str, host: str = "") -> None:
        self.field = field
        super().__init__(host or "the bank", f"{field}: {problem}")


class EmptyAnswerError(BadBankDataError):
    """A bank's answer has no body, which some banks send for an empty list."""

    def __init__(self, host: str = "") -> None:
        super().__init__("body", "is empty", host)


class KeychainError(BankviewError):
    """The keychain cannot do what was asked."""


class KeychainMissingError(KeychainError):
    """No keychain that keeps secrets safe was found; `why` says what was found instead."""

    def __init__(self, why: str = "") -> None:
        self.why = why
        super().__init__(f"no usable keychain{f': {why}' if why else ''}")


class KeychainLockedError(KeychainError):
    """The keychain is locked, or the prompt to unlock it was dismissed."""


class KeychainSilentError(KeychainError):
    """The keychain did not answer within `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the keychain did not answer within {seconds:g} s")


class KeychainLossError(KeychainError):
    """An entry that should be in the keychain is gone or was not kept; `name` names it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the keychain does not hold {name}")


class WrongPassphraseError(KeychainError):
    """The passphrase or recovery key does not fit, or none was given."""


class HomeLockedError(KeychainError):
    """The person has locked Bankview: its keys are not in memory."""


class StoreError(BankviewError):
    """The ledger cannot do what was asked."""


class LedgerKeyError(StoreError):
    """The ledger is there, its key is missing or does not fit; nothing was created or moved."""


class LedgerDamagedError(StoreError):
    """The ledger is damaged, or gone while its copies are here.

    `aside` names where the damaged file lies now, `restored` is of when the copy in its place is. Neither: the damage
    was found while the ledger is in use, and is repaired when it is opened next.
    """

    def __init__(self, aside: Path | None = None, restored: datetime | None = None) -> None:
        self.aside, self.restored = aside, restored
        super().__init__("the ledger is damaged")


class LedgerNewerError(StoreError):
    """The ledger has schema `version`, newer than this Bankview knows."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(
            f"the ledger has schema version {version}, which this Bankview does not know"
        )


class LedgerBusyError(StoreError):
    """Another process keeps the ledger busy."""


class LedgerReadOnlyError(StoreError):
    """The ledger's file or folder may not be written."""


class DiskFullError(StoreError):
    """There is no room left on the disk."""


class ExportError(BankviewError):
    """The file at `path` could not be written; what was there before is untouched."""

    def __init__(self, path: Path | str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


class TargetBusyError(ExportError):
    """Another program has the file open."""


class TargetError(ExportError):
    """The file cannot be written there (no such folder, no permission, disk full)."""


class FileError(BankviewError):
    """A statement file called `name` could not be imported; the ledger is as it was."""

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(f"a file could not be imported: {problem}")


class FileUnreadableError(FileError):
    """The system does not let us read the file."""


class NotStatementError(FileError):
    """The file is something else: `kind` is empty, zip, pdf, picture, spreadsheet, page, binary or unknown."""

    def __init__(self, name: str, kind: str) -> None:
        self.kind = kind
        super().__init__(name, f"it is no statement ({kind})")


class FileDamagedError(FileError):
    """The file cannot be read at a `line`, 0 where no line can be named; `why` is translated."""

    def __init__(self, name: str, line: int, why: str) -> None:
        self.line, self.why = line, why
        super().__init__(name, f"line {line} cannot be read")


class FileCutError(FileError):
    """The file ends in the middle of a statement."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "it ends in the middle")


class FileUnclearError(FileError):
    """The person has to say what something means: `what` is order, decimal, currency, account, date or amount.

    `example` is a text of the file.
    """

    def __init__(self, name: str, what: str, example: str = "") -> None:
        self.what, self.example = what, example
        super().__init__(name, f"it is not clear ({what})")


class OtherAccountError(FileError):
    """The file is of an account `number`, and not of the one that was chosen, called `chosen`."""

    def __init__(self, name: str, number: str, chosen: str) -> None:
        self.number, self.chosen = number, chosen
        super().__init__(name, "it is of another account")


class OtherCurrencyError(FileError):
    """The file is in a `currency` that the account, called `chosen`, is not in."""

    def __init__(self, name: str, currency: str, chosen: str) -> None:
        self.currency, self.chosen = currency, chosen
        super().__init__(name, "it is in another currency")
