"""The dialog that makes a private key and the request for its certificate."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QFormLayout, QVBoxLayout, QWidget

from bankview.banks import KEY_KINDS, Subject, new_request
from bankview.errors import KeyFileError
from bankview.ui.measures import S2, S3, S5, Type, measures
from bankview.ui.widgets.field import Field
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.ui.sign_in import Runs


class CertificateRequest(QDialog):
    """`made` carries the paths of the key and of the request."""

    made = Signal(Path, Path)

    def __init__(self, worker: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("certificate-request")
        self.setWindowTitle(tr("Create key and certificate request"))
        self._worker = worker
        self.fields = {
            "common_name": Field("csr-name", free=True),
            "organisation": Field("csr-organisation", free=True),
            "organisation_id": Field("csr-id", hint="PSDNO-FSA-12345"),
            "country": Field("csr-country", hint="NO"),
        }
        labels = (tr("Name"), tr("Organisation"), tr("Licence number"), tr("Country"))
        form = QFormLayout()
        form.setHorizontalSpacing(S3)
        form.setVerticalSpacing(S2)
        for (name, field), words in zip(self.fields.items(), labels, strict=True):
            field.setAccessibleName(words)
            field.textChanged.connect(self._check)
            form.addRow(Text(words, role="second"), field)
            if name == "country":
                field.setMaxLength(2)
        self.kind = QComboBox()
        self.kind.setObjectName("csr-kind")
        self.kind.addItems(list(KEY_KINDS))
        form.addRow(Text(tr("Key"), role="second"), self.kind)
        self.problem = Problem()
        self._said = Text("", Type.SMALL, "second", wrap=True)
        self._footer = Footer()
        self._close = self._footer.add(tr("Close"), "csr-close", Where.RejectRole)
        self._make = self._footer.add(tr("Create…"), "csr-make", Where.AcceptRole, default=True)
        self._close.clicked.connect(self.reject)
        self._make.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, S5, 0, 0)
        inner = QVBoxLayout()
        inner.setContentsMargins(S5, 0, S5, S3)
        inner.setSpacing(S3)
        about = tr(
            "The key stays on this computer, readable by you alone. Upload the request where your certificates are "
            "issued: the directory of your scheme, or a qualified trust service provider."
        )
        inner.addWidget(Text(about, wrap=True))
        inner.addLayout(form)
        inner.addWidget(self.problem)
        inner.addWidget(self._said)
        inner.addStretch(1)
        column.addLayout(inner, 1)
        column.addWidget(self._footer)
        self.setMinimumWidth(measures(self).scaled(480))
        self._check()

    def _check(self) -> None:
        self._make.setEnabled(bool(self.fields["common_name"].value))

    def _ask(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Where to put the key"), "bank.key")
        if path:
            self.make(Path(path))

    def make(self, key: Path) -> None:
        """Write the key to a path and the request beside it."""
        subject = Subject(**{name: field.value for name, field in self.fields.items()})
        request = key.with_suffix(".csr")
        job = partial(_write, subject, self.kind.currentText(), key, request)
        self._worker.run(job, lambda _: self._on_made(key, request), self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self.problem.show_error(error)

    def _on_made(self, key: Path, request: Path) -> None:
        self.problem.hide()
        self._said.setText(
            tr("Made {key} and {request}. Upload the request.", key=key.name, request=request)
        )
        self.made.emit(key, request)


def _write(subject: Subject, kind: str, key: Path, request: Path) -> None:
    """Write both; nothing that is there already is overwritten, because a lost key cannot be made again.

    Raises:
        KeyFileError: one of them is there, or cannot be written.
    """
    pem, csr = new_request(subject, kind)
    for path, content, mode in ((key, pem, 0o600), (request, csr, 0o644)):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "wb") as out:
                out.write(content)
        except FileExistsError as error:
            raise KeyFileError(
                path.name, tr("it is there already; choose another name, so that no key is lost")
            ) from error
        except OSError as error:
            raise KeyFileError(path.name, error.strerror or str(error)) from error
