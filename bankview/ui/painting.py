"""How the parts of controls are painted: boxes, rings, buttons, fields and ticks, in the palette's colours."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QPushButton,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionSlider,
    QStyleOptionToolButton,
)

from bankview.ui.colours import Colours, colours, mixed
from bankview.ui.icons import paint_icon
from bankview.ui.measures import RADIUS, S2, S3

State = QStyle.StateFlag

_RING = 0.28
#: Pixels of the chevron, and of the part of a button that opens its menu.
CHEVRON = 14
MENU = 24
#: Pixels of a scroll bar's width, and of the least length of its handle.
SCROLL, HANDLE = 10, 32


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


def label(option: QStyleOptionButton, painter: QPainter) -> None:
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


def button(option: QStyleOption, painter: QPainter) -> None:
    """Draw a push button: its face, or none where it is flat, and its focus."""
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
        _button_focus(option, painter, found)


def flat_focus(button: QPushButton, painter: QPainter) -> None:
    """Draw the focus of a flat button, whose panel is drawn only while it is pressed."""
    by_keys = button.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    if button.hasFocus() and by_keys:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring(painter, button.rect(), colours(button.palette()))
        painter.restore()


def _button_focus(option: QStyleOption, painter: QPainter, found: Colours) -> None:
    if not _is_default(option):
        ring(painter, _rect(option), found)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(found.on_accent, 1.5))
    painter.drawRoundedRect(QRectF(_rect(option)).adjusted(3, 3, -3, -3), RADIUS - 2, RADIUS - 2)


def tool(option: QStyleOption, painter: QPainter) -> None:
    """Draw the ground of a tool button."""
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


def field(option: QStyleOption, painter: QPainter) -> None:
    """Draw a field."""
    found = colours(_palette(option))
    fill = found.base if _on(option, State.State_Enabled) else found.window
    frame(painter, _rect(option), fill, found.control, RADIUS)
    if _on(option, State.State_HasFocus):
        ring(painter, _rect(option), found)


def tab(option: QStyleOption, painter: QPainter) -> None:
    """Draw a tab: a line under the one that is shown, and a ring around it where it has the focus."""
    found = colours(option.palette)
    if option.state & State.State_HasFocus:
        ring(painter, option.rect.adjusted(2, 2, -2, -4), found)
    if option.state & State.State_Selected:
        place = option.rect.adjusted(S2, option.rect.height() - 2, -S2, 0)
        painter.fillRect(place, found.accent)


def combo(option: QStyleOptionComboBox, painter: QPainter) -> None:
    """Draw a combo box, and a day that has a calendar, as a field with a chevron."""
    found, place = colours(_palette(option)), _rect(option)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hover = _on(option, State.State_MouseOver) and _on(option, State.State_Enabled)
    face = found.base if option.editable else mixed(found.text, found.button, 0.05 * hover)
    frame(painter, place, face, found.control, RADIUS)
    if _on(option, State.State_HasFocus):
        ring(painter, place, found)
    left = option.direction == Qt.LayoutDirection.RightToLeft
    x = place.left() + S2 if left else place.right() - S2 - CHEVRON + 1
    y = place.center().y() - CHEVRON / 2 + 1
    paint_icon(painter, "chevron-down", found.second, QRectF(x, y, CHEVRON, CHEVRON))
    painter.restore()


def check(option: QStyleOption, painter: QPainter) -> None:
    """Draw a tick box."""
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


def focus(option: QStyleOption, painter: QPainter) -> None:
    """Draw the ring of a list item."""
    found = colours(_palette(option))
    painter.setPen(QPen(found.accent, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(_rect(option)).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


def line(option: Any, painter: QPainter) -> bool:
    """Draw the ground of a list's line where it is chosen, with a ring where the list has the focus; return whether it is."""
    if not _on(option, State.State_Selected):
        return False
    found, place = colours(option.palette), QRectF(option.rect)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(found.selected_side)
    painter.drawRoundedRect(place, RADIUS, RADIUS)
    if _on(option, State.State_HasFocus):
        painter.setPen(found.accent)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    return True


def radio(option: QStyleOption, painter: QPainter) -> None:
    """Draw the circle of a choice."""
    found, place = colours(_palette(option)), QRectF(_rect(option)).adjusted(0.5, 0.5, -0.5, -0.5)
    chosen = _on(option, State.State_On)
    painter.setPen(QPen(found.accent if chosen else found.control, 1))
    painter.setBrush(found.accent if chosen else found.base)
    painter.drawEllipse(place)
    if chosen:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(found.on_accent)
        painter.drawEllipse(place.center(), place.width() * 0.19, place.width() * 0.19)
    if _on(option, State.State_HasFocus) and _on(option, State.State_KeyboardFocusChange):
        ring(painter, _rect(option), found, place.width() / 2)


def tool_button(option: QStyleOptionToolButton, painter: QPainter) -> None:
    """Draw a tool button: its icon, its words, and a chevron where it has a menu of its own."""
    given: Any = option
    found, enabled = colours(given.palette), _on(option, State.State_Enabled)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    tool(option, painter)
    inner = QRect(given.rect)
    if is_split(given):
        place = _mirrored(given, QRect(inner.right() - MENU + 4, inner.top(), CHEVRON, 0))
        top = inner.center().y() - CHEVRON / 2 + 1
        paint_icon(painter, "chevron-down", found.second, QRectF(place.x(), top, CHEVRON, CHEVRON))
        inner.setRight(inner.right() - MENU)
    side = given.iconSize.width()
    words = given.toolButtonStyle != Qt.ToolButtonStyle.ToolButtonIconOnly and given.text
    left = inner.left() + S3 - 2 if words else inner.left() + (inner.width() - side) // 2
    top = inner.top() + (inner.height() - side) // 2
    mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
    icon_place = _mirrored(given, QRect(left, top, side, side))
    given.icon.paint(painter, icon_place, Qt.AlignmentFlag.AlignCenter, mode)
    if words:
        group = QPalette.ColorGroup.Active if enabled else QPalette.ColorGroup.Disabled
        painter.setPen(given.palette.color(group, QPalette.ColorRole.ButtonText))
        inner.setLeft(left + side + S2)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(_mirrored(given, inner), int(flags), given.text)
    painter.restore()


def scroll_bar(
    option: QStyleOptionSlider, painter: QPainter, slider: QRect, ground: QColor
) -> None:
    """Draw a scroll bar as its handle alone."""
    given: Any = option
    painter.fillRect(given.rect, ground)
    if given.maximum <= given.minimum:
        return
    found = colours(given.palette)
    held = _on(option, State.State_Sunken) or _on(option, State.State_MouseOver)
    thin = QRectF(slider).adjusted(2, 2, -2, -2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(found.text, found.control, 0.25 if held else 0.0))
    painter.drawRoundedRect(thin, 3, 3)
    painter.restore()


def is_split(option: Any) -> bool:
    """Return whether a tool button has a part for its menu: a picture alone opens it as a whole."""
    menu = QStyleOptionToolButton.ToolButtonFeature.MenuButtonPopup
    alone = option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonIconOnly
    return bool(option.features & menu) and not alone


def _mirrored(option: Any, place: QRect) -> QRect:
    return QStyle.visualRect(option.direction, option.rect, place)
