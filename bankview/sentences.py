"""Errors as people read them: a sentence or two that say what to do, with one button. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from bankview import errors
from bankview.language import later
from bankview.words import long_day_text, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Said:
    """An error as people read it: what is true, what happens or what to do, and one button."""

    title: str
    detail: str = ""
    button: str = ""
    #: What the button does: sign_in, retry, recover, unlock, details, or nothing.
    action: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.detail}".strip()


def say(error: BaseException, bank: str = "") -> Said:
    """Return what a person reads about an error; `bank` names the bank concerned, where there is one."""
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            return _SENTENCES[kind](error, bank or tr("The bank"))
    return _details(
        tr("Something in Bankview went wrong."),
        tr("Nothing was lost. The log file has the details."),
    )


def _retry(title: str, detail: str = "") -> Said:
    return Said(title, detail, tr("Try again"), "retry")


def _details(title: str, detail: str) -> Said:
    return Said(title, detail, tr("Details"), "details")


def _sign_in(title: str, detail: str) -> Said:
    return Said(title, detail, tr("Sign in…"), "sign_in")


def _sentence(text: str) -> str:
    """Return an error's own words as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def _minutes(seconds: int | None) -> str:
    if seconds is None:
        return tr("Bankview tries again in an hour.")
    if seconds > 7200:
        return tr("Bankview tries again in {hours} h.", hours=-(-seconds // 3600))
    return tr("Bankview tries again in {minutes} min.", minutes=max(1, -(-seconds // 60)))


#: What helps where a server says no with one of these codes (RFC 6749 §5.2, RFC 8693 §2.2.2, CIBA Core §13).
_REFUSED = {
    "unauthorized_client": later("This app is not registered for this way to sign in."),
    "unsupported_grant_type": later(
        "The bank does not know this way to sign in: check grant in the profile."
    ),
    "invalid_scope": later("The bank does not grant this: check scope in the profile."),
    "invalid_target": later("The bank issues no access for this: check audience in the profile."),
    "unknown_user_id": later(
        "The bank does not know whom to ask: check login_hint in the profile."
    ),
    "expired_login_hint_token": later(
        "What says whom to ask has ended: write a new login_hint_token into the profile."
    ),
    "missing_user_code": later(
        "The bank wants a code of the person's that Bankview does not ask for."
    ),
    "invalid_binding_message": later(
        "The bank does not show this text: use up to 20 plain letters as binding_message."
    ),
}


#: Class → sentence → button; the most specific class wins.
_SENTENCES: dict[type, Callable[..., Said]] = {
    errors.UsageError: lambda e, _: Said(str(e)),
    errors.KeyFileError: lambda e, _: Said(
        tr("A key or certificate cannot be used."),
        tr("The place: {name}.", name=e.name) + f" {_sentence(e.problem)}",
    ),
    errors.Interrupted: lambda _, __: Said(tr("Stopped."), tr("Nothing was lost.")),
    errors.UnsafeRequestError: lambda e, _: Said(
        tr("Bankview only reads, and only at the bank's own address."), _sentence(str(e))
    ),
    errors.SignInNeededError: lambda e, bank: _sign_in(
        tr(
            "{bank} needs you to sign in again.",
            bank=bank if bank != tr("The bank") else e.bank or bank,
        ),
        tr("Your data is still here."),
    ),
    errors.CertificateChangedError: lambda e, bank: _sign_in(
        tr(
            "The certificate for {bank} is a new one: sign in again with it.",
            bank=bank if bank != tr("The bank") else e.bank or bank,
        ),
        tr("Access is bound to the certificate of the last sign-in. Your data is still here."),
    ),
    errors.SignInError: lambda e, _: _retry(tr("The sign-in did not complete."), _sentence(str(e))),
    errors.SignInDeniedError: lambda _, bank: _retry(
        tr("{bank} did not give access.", bank=bank),
        tr("Access was declined there, or the bank does not accept this app. Nothing was changed."),
    ),
    errors.SignInTimedOutError: lambda e, _: _retry(
        tr_n(
            "The sign-in was not completed within {n} minute.",
            "The sign-in was not completed within {n} minutes.",
            e.minutes,
        ),
        tr("Start the sign-in again when you are ready."),
    ),
    errors.PortBusyError: lambda e, _: _retry(
        tr("Port {port} is in use by another program.", port=e.port),
        tr(
            "The bank sends you back to exactly this port: close the other program, or paste the address instead."
        ),
    ),
    errors.BadRedirectError: lambda e, _: _retry(
        tr("This is not the address that the bank sent you to."),
        tr("Copy the whole address from the browser's address bar: {reason}.", reason=e.reason),
    ),
    errors.BrowserError: lambda _, __: Said(
        tr("No browser could be opened."), tr("Copy the link and open it in a browser yourself.")
    ),
    errors.SetupTokenError: lambda e, bank: _retry(
        tr("This is no setup token of {bank}.", bank=bank),
        tr("Copy the whole of it from the page where you made it: {reason}.", reason=e.problem),
    ),
    errors.ClaimedTokenError: lambda _, bank: _retry(
        tr("{bank} does not take this setup token: it may have been used before.", bank=bank),
        tr(
            "If it was not you who used it, somebody else can read your accounts: disable the token there. Then make a new"
            " one and enter it here."
        ),
    ),
    errors.ServerError: lambda _, bank: _retry(
        tr("{bank}'s sign-in server gave an answer that Bankview cannot use.", bank=bank),
        tr("Your data is still here."),
    ),
    errors.OAuthError: lambda e, bank: _retry(
        tr("{bank} refused the sign-in ({code}).", bank=bank, code=e.code),
        (tr(_REFUSED[e.code]) if e.code in _REFUSED else "")
        or _sentence(e.description)
        or tr("Your data is still here."),
    ),
    errors.ClientRefusedError: lambda e, bank: _sign_in(
        tr("{bank} does not accept your key.", bank=bank)
        if e.advice
        else tr("{bank} does not accept the client ID or secret.", bank=bank),
        e.advice
        or tr(
            "It may have expired: make a new secret in the bank's developer portal and enter it here."
        ),
    ),
    errors.MetadataError: lambda e, _: Said(
        tr("The description of the sign-in server cannot be trusted."),
        tr("Check the profile: {why}.", why=e.problem),
    ),
    errors.BankError: lambda e, bank: _retry(
        tr("{bank} could not be read.", bank=bank), _sentence(e.problem)
    ),
    errors.OfflineError: lambda _, __: _retry(tr("Offline."), tr("Showing saved data.")),
    errors.TooMuchError: lambda _, bank: _retry(
        tr("{bank} did not send everything in time.", bank=bank),
        tr("What is here stays. A later update asks for less at a time."),
    ),
    errors.BankUnavailableError: lambda e, bank: Said(
        tr("{bank} did not answer.", bank=bank), _minutes(e.retry_after), tr("Try now"), "retry"
    ),
    errors.RateLimitedError: lambda e, bank: _details(
        tr("{bank} allows no more updates for now.", bank=bank), _minutes(e.retry_after)
    ),
    errors.AccountLimitedError: lambda e, bank: _details(
        tr("{bank} allows no more updates of this account for now.", bank=bank),
        _minutes(e.retry_after),
    ),
    errors.BankRefusedError: lambda e, bank: _refused(bank, e),
    errors.BadBankDataError: lambda e, bank: _details(
        tr("{bank} sent something that Bankview cannot read.", bank=bank),
        tr("Nothing was changed. The place: {field}.", field=e.field),
    ),
    errors.KeychainError: lambda e, _: _retry(
        tr("The keychain could not be used."), _sentence(str(e))
    ),
    errors.KeychainMissingError: lambda _, __: Said(
        tr("No keychain was found on this computer."),
        tr("Bankview has nowhere safe to keep access keys."),
        tr("Set up…"),
        "unlock",
    ),
    errors.KeychainLockedError: lambda _, __: _retry(
        tr("The keychain is locked."), tr("Unlock it, then try again. Your data is still here.")
    ),
    errors.KeychainSilentError: lambda _, __: _retry(
        tr("The keychain does not answer."),
        tr("It may be waiting for you to unlock it in another window."),
    ),
    errors.KeychainLossError: lambda e, _: _lost(e),
    errors.HomeLockedError: lambda _, __: Said(
        tr("Bankview is locked."), tr("Enter your passphrase to go on.")
    ),
    errors.WrongPassphraseError: lambda e, _: _retry(
        _sentence(str(e)) or tr("The passphrase does not fit."), tr("Nothing was changed.")
    ),
    errors.StoreError: lambda _, __: _retry(
        tr("The ledger could not be read or written."), tr("Nothing was changed.")
    ),
    errors.LedgerKeyError: lambda _, __: Said(
        tr("The ledger is here, but its key is not."),
        tr("Nothing was changed. Open the keychain that has the key, or enter the recovery key."),
        tr("Enter recovery key…"),
        "recover",
    ),
    errors.LedgerDamagedError: lambda e, _: _damaged(e),
    errors.LedgerNewerError: lambda _, __: Said(
        tr("This ledger was written by a newer Bankview."),
        tr("Update Bankview to open it. Nothing was changed."),
    ),
    errors.LedgerBusyError: lambda _, __: _retry(
        tr("Another Bankview keeps the ledger busy."), tr("Nothing was changed.")
    ),
    errors.LedgerReadOnlyError: lambda _, __: _retry(
        tr("Bankview may not write to its ledger."),
        tr("Its file or folder is write-protected. Nothing was changed."),
    ),
    errors.DiskFullError: lambda _, __: _retry(
        tr("The disk is full."), tr("Nothing was lost. Make room, then try again.")
    ),
    errors.ExportError: lambda e, _: _retry(
        tr("{path} could not be written.", path=e.path), _sentence(e.problem)
    ),
    errors.TargetBusyError: lambda e, _: _retry(
        tr("{path} is open in another program.", path=e.path), tr("Close it there, then try again.")
    ),
    errors.FileError: lambda e, _: Said(tr("{file} could not be imported.", file=e.name)),
    errors.FileUnreadableError: lambda e, _: Said(
        tr("{file} cannot be read.", file=e.name), _sentence(e.problem)
    ),
    errors.NotStatementError: lambda e, _: Said(
        tr("{file} is no statement that can be imported.", file=e.name), _instead(e.kind)
    ),
    errors.FileDamagedError: lambda e, _: Said(
        tr("{file} cannot be read at line {line}: {why}.", file=e.name, line=e.line, why=e.why),
        tr("Download it from the bank again. Nothing was imported."),
    ),
    errors.FileCutError: lambda e, _: Said(
        tr("{file} ends in the middle of a statement.", file=e.name),
        tr("Download it from the bank again. Nothing was imported."),
    ),
    errors.FileUnclearError: lambda e, _: _unclear(e),
    errors.OtherAccountError: lambda e, _: Said(
        tr(
            "{file} is of {number}, and not of {chosen}.",
            file=e.name,
            number=e.number,
            chosen=e.chosen,
        ),
        tr("Nothing was imported. Choose the account that it is of."),
    ),
    errors.OtherCurrencyError: lambda e, _: Said(
        tr(
            "{file} is in {currency}, and {account} is not.",
            file=e.name,
            currency=e.currency,
            account=e.chosen,
        ),
        tr("Nothing was imported. Choose an account in {currency}.", currency=e.currency),
    ),
}


def _instead(kind: str) -> str:
    """Return what to do with a file that is none."""
    return {
        "empty": tr("It is empty. Download it from the bank again."),
        "zip": tr("It is an archive: unpack it, and import the files in it."),
        "pdf": tr(
            "It is a PDF, made to be looked at. Download CSV, OFX, QIF, camt.053 or MT940 at the bank."
        ),
        "picture": tr("It is a picture. Download CSV, OFX, QIF, camt.053 or MT940 at the bank."),
        "spreadsheet": tr("It is a spreadsheet: save it as CSV there, and import that."),
        "page": tr(
            "It is a web page, as banks send it to who is signed out. Sign in there and download the statement again."
        ),
    }.get(kind, tr("Download CSV, OFX, QIF, camt.053 or MT940 at the bank."))


def _unclear(error: errors.FileUnclearError) -> Said:
    """Return what the person has to say before a file can be imported."""
    title = {
        "order": tr(
            "It is not clear whether {example} begins with the day or the month.",
            example=error.example,
        ),
        "decimal": tr(
            "It is not clear whether {example} has thousands or decimals.", example=error.example
        ),
        "currency": tr("{file} does not say its currency.", file=error.name),
        "date": tr("It is not clear which column of {file} is the date.", file=error.name),
        "amount": tr("It is not clear which column of {file} is the amount.", file=error.name),
    }.get(error.what)
    if title:
        return Said(title, tr("Nothing was imported yet."))
    if error.example:
        title = tr(
            "{file} is of {number}, an account that is not here.",
            file=error.name,
            number=error.example,
        )
    else:
        title = tr("{file} does not say which account it is of.", file=error.name)
    return Said(
        title, tr("Nothing was imported yet. Choose one of your accounts, or make a new one.")
    )


def _refused(bank: str, error: errors.BankRefusedError) -> Said:
    if error.status == HTTPStatus.PAYMENT_REQUIRED:
        return _retry(
            tr("{bank} wants to be paid before it goes on.", bank=bank),
            tr("Renew your subscription there. Your data is still here."),
        )
    return _details(
        tr("{bank} refused the request ({status}).", bank=bank, status=error.status),
        tr("Other accounts are not affected."),
    )


def _lost(error: errors.KeychainLossError) -> Said:
    if error.name.startswith("ledger"):
        return Said(
            tr("The keychain no longer holds Bankview's key."),
            tr("Your data is still here: the recovery key opens it."),
            tr("Enter recovery key…"),
            "recover",
        )
    return _sign_in(
        tr("The keychain did not keep what Bankview gave it."),
        tr("Your data is still here; the bank needs you to sign in again."),
    )


def _damaged(error: errors.LedgerDamagedError) -> Said:
    if error.aside:
        title = tr("The ledger was damaged.")
        detail = tr("It was moved aside to {aside}, never deleted.", aside=error.aside)
        return _details(title, f"{detail} {_restored(error)}")
    if error.restored:
        return _details(tr("The ledger was gone."), _restored(error))
    return _details(
        tr("The ledger is damaged."),
        tr("Quit Bankview and open it again: it then puts its newest backup in place."),
    )


def _restored(error: errors.LedgerDamagedError) -> str:
    if error.restored is None:
        return tr(
            "There was no backup to restore; the next update fetches what the banks still have."
        )
    return tr("The backup of {day} was restored.", day=long_day_text(error.restored.date()))
