"""How controls are drawn: Fusion with our edges, corners, focus ring and default button, from the palette alone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QWidget,
)

from bankview.ui.colours import Colours, colours, mixed
from bankview.ui.icons import paint_icon
from bankview.ui.measures import RADIUS, S2, S4, measures

if TYPE_CHECKING:
    from collections.abc import Callable

State = QStyle.StateFlag
Primitive = QStyle.PrimitiveElement
Control = QStyle.ControlElement
Contents = QStyle.ContentsType

_RING = 0.28
_CHEVRON = 14


class Look(QProxyStyle):
    """Fusion, drawn as Bankview draws: give it to the application once."""

    def __init__(self) -> None:
        super().__init__("Fusion")
        field = _paint_field
        self._primitives: dict[Any, Callable[[QStyleOption, QPainter], None]] = {
            Primitive.PE_PanelButtonCommand: _paint_button,
            Primitive.PE_PanelButtonTool: _paint_tool,
            Primitive.PE_PanelLineEdit: field,
            Primitive.PE_IndicatorCheckBox: _paint_check,
            Primitive.PE_IndicatorItemViewItemCheck: _paint_check,
            Primitive.PE_FrameFocusRect: _paint_focus,
        }

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
        """Draw a button's words ourselves."""
        if element == Control.CE_PushButtonLabel and isinstance(option, QStyleOptionButton):
            _paint_label(option, painter)
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
        if (
            control == QStyle.ComplexControl.CC_ComboBox
            and isinstance(option, QStyleOptionComboBox)
            and not option.editable
        ):
            _paint_combo(option, painter)
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
        if kind == Contents.CT_PushButton:
            return QSize(max(size.width() + 2 * S4, 64), max(made.height(), measure.control))
        if kind in {Contents.CT_ComboBox, Contents.CT_LineEdit}:
            tall = kind == Contents.CT_LineEdit and isinstance(widget.window(), QDialog)
            if isinstance(widget.parent(), QAbstractItemView):
                return made
            height = measure.dialog_control if tall else measure.control
            wider = 2 * S2 if kind == Contents.CT_ComboBox else 0
            return QSize(made.width() + wider, max(size.height(), height))
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
        """Leave room between a combo box's edge and its words."""
        made = super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]
        ours = control == QStyle.ComplexControl.CC_ComboBox and not option.editable
        if ours and part == QStyle.SubControl.SC_ComboBoxEditField:
            return made.adjusted(S2, 0, 0, 0)
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
        return super().pixelMetric(metric, option, widget)

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
        if hint == QStyle.StyleHint.SH_DialogButtonLayout and _is_gnome_like():
            return QDialogButtonBox.ButtonLayout.GnomeLayout.value
        return super().styleHint(hint, option, widget, returnData)


def _is_gnome_like() -> bool:
    """Say whether this is a Linux desktop other than Plasma; bare X has no order of its own."""
    plasma = "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "")
    return sys.platform.startswith("linux") and not plasma


def frame(painter: QPainter, place: QRect, fill: QColor, edge: QColor, radius: float) -> None:
    """Draw a rounded box with a hairline edge, on whole pixels."""
    painter.setPen(QPen(edge, 1))
    painter.setBrush(QBrush(fill))
    painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def ring(painter: QPainter, place: QRect, found: Colours, radius: float = RADIUS) -> None:
    """Draw the focus: an edge in the accent, and a soft one inside of it."""
    soft = QColor(found.accent)
    soft.setAlphaF(1.0 if found.contrast else _RING)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(soft, 2))
    painter.drawRoundedRect(QRectF(place).adjusted(2, 2, -2, -2), radius - 1, radius - 1)
    painter.setPen(QPen(found.accent, 1))
    painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def _is_field(widget: QWidget | None) -> bool:
    return (
        isinstance(widget, QLineEdit)
        and widget.hasFrame()
        and not isinstance(widget.parent(), (QComboBox, QAbstractItemView))
    )


def _on(option: QStyleOption, flag: QStyle.StateFlag) -> bool:
    return bool(option.state & flag)


def _palette(option: Any) -> QPalette:
    return option.palette  # type: ignore[no-any-return]


def _rect(option: Any) -> QRect:
    return option.rect  # type: ignore[no-any-return]


def _is_default(option: QStyleOption) -> bool:
    wanted = QStyleOptionButton.ButtonFeature.DefaultButton
    return (
        isinstance(option, QStyleOptionButton)
        and bool(option.features & wanted)
        and _on(option, State.State_Enabled)
    )


def _paint_label(option: QStyleOptionButton, painter: QPainter) -> None:
    """Draw icon and words in the middle, with a gap that is the same on every system."""
    given: Any = option
    found, place = colours(given.palette), QRect(given.rect)
    enabled = _on(option, State.State_Enabled)
    group = QPalette.ColorGroup.Active if enabled else QPalette.ColorGroup.Disabled
    colour = given.palette.color(group, QPalette.ColorRole.ButtonText)
    painter.save()
    words = given.fontMetrics.size(Qt.TextFlag.TextShowMnemonic, given.text).width()
    if not given.icon.isNull():
        side = given.iconSize.width()
        gap = S2 if given.text else 0
        left = place.left() + max(0, (place.width() - words - side - gap) // 2)
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        top = place.top() + (place.height() - side) // 2
        given.icon.paint(painter, QRect(left, top, side, side), Qt.AlignmentFlag.AlignCenter, mode)
        place.setLeft(left + side + gap)
        place.setWidth(words + 2)
    painter.setPen(found.on_accent if _is_default(option) else colour)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
    painter.drawText(place, int(flags), given.text)
    painter.restore()


def _paint_button(option: QStyleOption, painter: QPainter) -> None:
    found, place = colours(_palette(option)), _rect(option)
    pressed = _on(option, State.State_Sunken) or _on(option, State.State_On)
    hover = _on(option, State.State_MouseOver)
    shade = 0.10 if pressed else 0.05 if hover else 0.0
    if isinstance(option, QStyleOptionButton) and (
        option.features & QStyleOptionButton.ButtonFeature.Flat
    ):
        if shade:
            frame(painter, place, found.chip, found.chip, RADIUS)
    elif _is_default(option):
        fill = mixed(QColor("black"), found.accent, shade * 1.5)
        frame(painter, place, fill, fill, RADIUS)
    else:
        face = found.button if _on(option, State.State_Enabled) else found.window
        frame(painter, place, mixed(found.text, face, shade), found.control, RADIUS)
    if _on(option, State.State_HasFocus) and _on(option, State.State_KeyboardFocusChange):
        _paint_button_focus(option, painter, found)


def _paint_button_focus(option: QStyleOption, painter: QPainter, found: Colours) -> None:
    if not _is_default(option):
        ring(painter, _rect(option), found)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(found.on_accent, 1.5))
    painter.drawRoundedRect(QRectF(_rect(option)).adjusted(3, 3, -3, -3), RADIUS - 2, RADIUS - 2)


def _paint_tool(option: QStyleOption, painter: QPainter) -> None:
    found, place = colours(_palette(option)), _rect(option)
    enabled = _on(option, State.State_Enabled)
    if _on(option, State.State_On):
        frame(painter, place, found.selected_side, found.selected_side, RADIUS)
    elif enabled and _on(option, State.State_Sunken):
        fill = mixed(found.text, found.window, 0.12)
        frame(painter, place, fill, fill, RADIUS)
    elif not _on(option, State.State_AutoRaise):
        frame(painter, place, found.button, found.control, RADIUS)
    elif enabled and _on(option, State.State_MouseOver):
        fill = mixed(found.text, found.window, 0.07)
        frame(painter, place, fill, fill, RADIUS)
    if _on(option, State.State_HasFocus) and _on(option, State.State_KeyboardFocusChange):
        ring(painter, place, found)


def _paint_field(option: QStyleOption, painter: QPainter) -> None:
    found = colours(_palette(option))
    fill = found.base if _on(option, State.State_Enabled) else found.window
    frame(painter, _rect(option), fill, found.control, RADIUS)
    if _on(option, State.State_HasFocus):
        ring(painter, _rect(option), found)


def _paint_combo(option: QStyleOptionComboBox, painter: QPainter) -> None:
    found, place = colours(_palette(option)), _rect(option)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hover = _on(option, State.State_MouseOver) and _on(option, State.State_Enabled)
    face = mixed(found.text, found.button, 0.05 if hover else 0.0)
    frame(painter, place, face, found.control, RADIUS)
    if _on(option, State.State_HasFocus):
        ring(painter, place, found)
    left = option.direction == Qt.LayoutDirection.RightToLeft
    x = place.left() + S2 if left else place.right() - S2 - _CHEVRON + 1
    y = place.center().y() - _CHEVRON / 2 + 1
    paint_icon(painter, "chevron-down", found.second, QRectF(x, y, _CHEVRON, _CHEVRON))
    painter.restore()


def _paint_check(option: QStyleOption, painter: QPainter) -> None:
    found = colours(_palette(option))
    place = _rect(option)
    some = _on(option, State.State_NoChange)
    if _on(option, State.State_On) or some:
        enabled = _on(option, State.State_Enabled)
        fill = found.accent if enabled else found.second
        frame(painter, place, fill, fill, 4)
        pen = QPen(found.on_accent, 1.75)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        marks = ((0.28, 0.5), (0.72, 0.5)) if some else ((0.26, 0.53), (0.43, 0.69), (0.75, 0.34))
        width, height = place.width(), place.height()
        painter.drawPolyline(
            [QPointF(place.left() + x * width, place.top() + y * height) for x, y in marks]
        )
    else:
        frame(painter, place, found.base, found.control, 4)
    if _on(option, State.State_HasFocus) and _on(option, State.State_KeyboardFocusChange):
        ring(painter, place, found, 4)


def _paint_focus(option: QStyleOption, painter: QPainter) -> None:
    found = colours(_palette(option))
    painter.setPen(QPen(found.accent, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(_rect(option)).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
