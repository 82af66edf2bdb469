"""How controls are drawn: Fusion with our edges, corners, focus ring and default button, from the palette alone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionMenuItem,
    QStyleOptionSlider,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from bankview.ui import painting
from bankview.ui.icons import icon
from bankview.ui.measures import S1, S2, S3, S4, measures

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.ui.measures import Measures

State = QStyle.StateFlag
Primitive = QStyle.PrimitiveElement
Control = QStyle.ControlElement
Contents = QStyle.ContentsType


class Look(QProxyStyle):
    """Fusion, drawn as Bankview draws: give it to the application once."""

    #: Whether nothing may move, whatever the system says.
    still = False

    def __init__(self) -> None:
        super().__init__("Fusion")
        field = painting.field
        self._primitives: dict[Any, Callable[[QStyleOption, QPainter], None]] = {
            Primitive.PE_PanelButtonCommand: painting.button,
            Primitive.PE_PanelButtonTool: painting.tool,
            Primitive.PE_PanelLineEdit: field,
            Primitive.PE_IndicatorCheckBox: painting.check,
            Primitive.PE_IndicatorItemViewItemCheck: painting.check,
            Primitive.PE_IndicatorRadioButton: painting.radio,
            Primitive.PE_FrameFocusRect: painting.focus,
            # Where two scroll bars meet there is nothing.
            Primitive.PE_PanelScrollAreaCorner: lambda *_: None,
        }

    def polish(self, what: Any) -> Any:
        """Show texts as they are: Qt takes what looks like markup for markup, unless a label says otherwise."""
        if isinstance(what, QLabel) and what.textFormat() == Qt.TextFormat.AutoText:
            what.setTextFormat(Qt.TextFormat.PlainText)
        return super().polish(what)

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw ours, and what is not ours as Fusion does."""
        paint = self._primitives.get(element)
        bare = isinstance(widget, QLineEdit) and not widget.hasFrame()
        if isinstance(widget, QPushButton) and element == Primitive.PE_FrameFocusRect:
            return  # its panel shows the focus
        if paint is None or bare:
            super().drawPrimitive(element, option, painter, widget)
        else:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(option, painter)
            painter.restore()

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw a button's words and tabs ourselves."""
        if element == Control.CE_TabBarTabShape:
            painting.tab(option, painter)
            return
        if element == Control.CE_PushButtonLabel and isinstance(option, QStyleOptionButton):
            painting.label(option, painter)
            if isinstance(widget, QPushButton) and widget.isFlat():
                painting.flat_focus(widget, painter)
            return
        super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: Any,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw combo boxes as fields with a chevron."""
        if control == QStyle.ComplexControl.CC_ComboBox and isinstance(
            option, QStyleOptionComboBox
        ):
            painting.combo(option, painter)
        elif (
            control == QStyle.ComplexControl.CC_ToolButton
            and isinstance(option, QStyleOptionToolButton)
            and isinstance(widget, QToolButton)
        ):
            painting.tool_button(option, painter)
        elif control == QStyle.ComplexControl.CC_ScrollBar and isinstance(
            option, QStyleOptionSlider
        ):
            handle = QStyle.SubControl.SC_ScrollBarSlider
            place = self.subControlRect(control, option, handle, widget)
            painting.scroll_bar(option, painter, place, _ground(widget, option))
        else:
            super().drawComplexControl(control, option, painter, widget)

    def sizeFromContents(
        self,
        kind: QStyle.ContentsType,
        option: QStyleOption,
        size: QSize,
        widget: QWidget | None = None,
    ) -> QSize:
        """Give buttons and fields their heights; in a dialog, fields are a little taller."""
        made = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]
        if widget is None:
            return made
        measure = measures(QApplication.font())
        if isinstance(option, QStyleOptionMenuItem) and option.text:
            made = QSize(made.width() + S4, max(made.height(), measure.control))
        if kind == Contents.CT_PushButton:
            return QSize(max(size.width() + 2 * S4, 64), max(made.height(), measure.control))
        if kind in {Contents.CT_ComboBox, Contents.CT_LineEdit, Contents.CT_SpinBox}:
            tall = kind != Contents.CT_ComboBox and isinstance(widget.window(), QDialog)
            if isinstance(widget.parent(), QAbstractItemView):
                return made
            height = measure.dialog_control if tall else measure.control
            wider = 2 * S2 if kind == Contents.CT_ComboBox else 0
            within = 0 if kind == Contents.CT_SpinBox else size.height()
            return QSize(made.width() + wider, max(within, height))
        if kind == Contents.CT_ToolButton and isinstance(option, QStyleOptionToolButton):
            return _tool_size(option, measure)
        return made

    def subElementRect(
        self, element: QStyle.SubElement, option: QStyleOption, widget: QWidget | None = None
    ) -> QRect:
        """Leave room between a field's edge and its words."""
        made = super().subElementRect(element, option, widget)  # type: ignore[arg-type]
        if element == QStyle.SubElement.SE_LineEditContents and _is_field(widget):
            return made.adjusted(S2 - 3, 0, 3 - S2, 0)
        return made

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: Any,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        """Leave room between a combo box's edge and its words, and nothing of a scroll bar but its handle."""
        if control == QStyle.ComplexControl.CC_ScrollBar:
            return _of_scroll_bar(option, part)
        made = super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]
        if control == QStyle.ComplexControl.CC_ToolButton and painting.is_split(option):
            whole, menu = QRect(option.rect), QRect(option.rect)
            menu.setLeft(whole.right() - painting.MENU)
            whole.setRight(menu.left())
            place = menu if part == QStyle.SubControl.SC_ToolButtonMenu else whole
            return QStyle.visualRect(option.direction, option.rect, place)
        if part == QStyle.SubControl.SC_ComboBoxEditField and control == (
            QStyle.ComplexControl.CC_ComboBox
        ):
            return made.adjusted(S2 - 3 if option.editable else S2, 0, 0, 0)
        return made

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        """Give check boxes the size of the letters beside them, and pressed buttons no shift."""
        if metric in {
            QStyle.PixelMetric.PM_IndicatorWidth,
            QStyle.PixelMetric.PM_IndicatorHeight,
        }:
            return measures(widget).icon if widget else 16
        if metric == QStyle.PixelMetric.PM_MenuVMargin:
            return S1
        if metric == QStyle.PixelMetric.PM_ScrollBarExtent:
            return painting.SCROLL
        if metric == QStyle.PixelMetric.PM_ScrollBarSliderMin:
            return painting.HANDLE
        return super().pixelMetric(metric, option, widget)

    def standardIcon(
        self,
        picture: QStyle.StandardPixmap,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> QIcon:
        """Give a field's clear button our cross."""
        if picture == QStyle.StandardPixmap.SP_LineEditClearButton:
            return icon("close", QApplication.palette())
        return super().standardIcon(picture, option, widget)

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: Any = None,  # noqa: N803 - Qt's name
    ) -> int:
        """Leave icons out of dialog buttons, and put the one that goes on last where the desktop does."""
        if hint == QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 0
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration and self.still:
            return 0
        if hint == QStyle.StyleHint.SH_DialogButtonLayout and _is_gnome_like():
            return QDialogButtonBox.ButtonLayout.GnomeLayout.value
        return super().styleHint(hint, option, widget, returnData)


def _ground(widget: QWidget | None, option: Any) -> QColor:
    """Return the colour beside a scroll bar: what it scrolls stands on it."""
    holder = widget.parentWidget() if widget else None
    while holder and not isinstance(holder, QAbstractScrollArea):
        holder = holder.parentWidget()
    if not isinstance(holder, QAbstractScrollArea):
        return QColor(option.palette.color(QPalette.ColorRole.Base))
    inside = holder.viewport()
    return inside.palette().color(inside.backgroundRole())


def _of_scroll_bar(option: Any, part: QStyle.SubControl) -> QRect:
    """Return where a part of a scroll bar is: the handle, what lies before and behind it, and no buttons."""
    whole = QRect(option.rect)
    across = option.orientation == Qt.Orientation.Horizontal
    length = whole.width() if across else whole.height()
    span = option.maximum - option.minimum
    handle = length
    if span > 0:
        handle = length * option.pageStep // (span + option.pageStep)
        handle = min(length, max(painting.HANDLE, handle))
    start = QStyle.sliderPositionFromValue(
        option.minimum,
        option.maximum,
        option.sliderPosition,
        length - handle,
        option.upsideDown,
    )
    begin, end = {
        QStyle.SubControl.SC_ScrollBarSlider: (start, start + handle),
        QStyle.SubControl.SC_ScrollBarGroove: (0, length),
        QStyle.SubControl.SC_ScrollBarSubPage: (0, start),
        QStyle.SubControl.SC_ScrollBarAddPage: (start + handle, length),
    }.get(part, (0, 0))
    made = (
        whole.adjusted(begin, 0, end - length, 0)
        if across
        else whole.adjusted(0, begin, 0, end - length)
    )
    return QStyle.visualRect(option.direction, whole, made) if across else made


def _is_gnome_like() -> bool:
    """Say whether this is a Linux desktop other than Plasma; bare X has no order of its own."""
    plasma = "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "")
    return sys.platform.startswith("linux") and not plasma


def _is_field(widget: QWidget | None) -> bool:
    return (
        isinstance(widget, QLineEdit)
        and widget.hasFrame()
        and not isinstance(widget.parent(), (QComboBox, QAbstractItemView))
    )


def _tool_size(option: Any, measure: Measures) -> QSize:
    """Return a square for an icon; words get the room that `painting.tool_button` gives them."""
    high = measure.dialog_control if option.state & State.State_AutoRaise else measure.control
    if option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonIconOnly or not option.text:
        return QSize(high, high)
    words = option.fontMetrics.size(Qt.TextFlag.TextShowMnemonic, option.text).width()
    menu = painting.MENU if painting.is_split(option) else 0
    return QSize(2 * (S3 - 2) + option.iconSize.width() + S2 + words + menu, high)
