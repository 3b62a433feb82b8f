"""All colours, sizes and type of the window in one place; the style sheet is built from them.

Colour means something, and a word always goes with it: blue act, green settled, amber allowed but open, red a person must
look, grey not needed. Two looks: ordinary, and high contrast. The scale is Qt's own factor (ui/app.py), so every size below grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

# --- colours ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Colours:
    """One way to look. Inks stand on grounds and tints as ``PAIRS`` says; lines and outlines carry no text."""

    ground: str
    card: str
    selected_row: str
    hairline: str
    faint_line: str
    ink: str
    soft_ink: str
    faint_ink: str
    blue: str
    blue_dark: str
    blue_tint: str
    blue_off: str
    green: str
    green_tint: str
    amber: str
    amber_tint: str
    amber_line: str
    red: str
    red_tint: str
    grey: str
    grey_tint: str
    known_ground: str
    outline_green: str
    line_px: int


LIGHT = Colours(
    ground="#f4f6f9", card="#ffffff", selected_row="#f7faff", hairline="#dce2ea", faint_line="#edf0f4",
    ink="#1b2430", soft_ink="#5b6776", faint_ink="#606b79",
    blue="#1f5fbf", blue_dark="#184c99", blue_tint="#e8f0fc", blue_off="#83a6db",
    green="#13774a", green_tint="#e5f5ec", amber="#8a5100", amber_tint="#fff3dc", amber_line="#d9a441",
    red="#b3261e", red_tint="#fdeae8", grey="#5b6776", grey_tint="#edf0f4",
    known_ground="#f3f6fa", outline_green="#2fd07f", line_px=1,
)  # fmt: skip
HIGH_CONTRAST = Colours(
    ground="#ffffff", card="#ffffff", selected_row="#e9f0ff", hairline="#3a3f47", faint_line="#767b84",
    ink="#000000", soft_ink="#1f242b", faint_ink="#33383f",
    blue="#0b3d91", blue_dark="#082c69", blue_tint="#e9f0ff", blue_off="#4a4f57",
    green="#064d2c", green_tint="#eefaf3", amber="#5a3300", amber_tint="#fff6e5", amber_line="#5a3300",
    red="#7d0f0a", red_tint="#fff0ef", grey="#2b3038", grey_tint="#f2f3f5",
    known_ground="#f2f3f5", outline_green="#2fd07f", line_px=2,
)  # fmt: skip

PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, ground) for ink in ("ink", "soft_ink") for ground in ("ground", "card", "known_ground", "selected_row")),
    *((ink, "card") for ink in ("blue", "green", "amber", "red", "grey", "faint_ink")),
    *((ink, f"{ink}_tint") for ink in ("blue", "green", "amber", "red", "grey")),
    ("card", "blue"), ("card", "blue_dark"), ("card", "ink"),
    ("ink", "blue_tint"), ("ink", "amber_tint"), ("blue", "ground"), ("faint_ink", "ground"), ("faint_ink", "grey_tint"),
)  # fmt: skip
"""Which ink stands on which ground: at least 4.5:1, and 7:1 in high contrast (WCAG 2.1, 1.4.3 and 1.4.6)."""

GROUND, CARD, SELECTED_ROW = LIGHT.ground, LIGHT.card, LIGHT.selected_row
HAIRLINE, FAINT_LINE = LIGHT.hairline, LIGHT.faint_line
INK, SOFT_INK, FAINT_INK = LIGHT.ink, LIGHT.soft_ink, LIGHT.faint_ink
BLUE, BLUE_DARK, BLUE_TINT, BLUE_OFF = LIGHT.blue, LIGHT.blue_dark, LIGHT.blue_tint, LIGHT.blue_off
GREEN, GREEN_TINT = LIGHT.green, LIGHT.green_tint
AMBER, AMBER_TINT, AMBER_LINE = LIGHT.amber, LIGHT.amber_tint, LIGHT.amber_line
RED, RED_TINT = LIGHT.red, LIGHT.red_tint
GREY, GREY_TINT = LIGHT.grey, LIGHT.grey_tint
KNOWN_GROUND = LIGHT.known_ground
OUTLINE_GREEN = LIGHT.outline_green  # around what the camera has recognised
LINE_PX = LIGHT.line_px

TONES: dict[str, tuple[str, str]] = {}
"""Tone name to (ink, ground)."""


def _put_on(colours: Colours) -> None:
    """Make these the module's own: whoever paints asks ``theme.INK`` when it paints."""
    globals().update({field.name.upper(): getattr(colours, field.name) for field in fields(colours)})
    for name in ("blue", "green", "amber", "red", "grey"):
        TONES[name] = (getattr(colours, name), getattr(colours, f"{name}_tint"))


_put_on(LIGHT)

# --- sizes, in pixels ------------------------------------------------------------------------------------------------

BASE, TITLE, SMALL, SUBTITLE, FIGURE = 15, 19, 13, 16, 27
STEP = 4
RADIUS, BIG_RADIUS = 8, 10
HEADER_HEIGHT, FOOTER_HEIGHT, RAIL_WIDTH, SIDE_WIDTH, LEAST_SIDE_WIDTH = 52, 40, 84, 310, 220
ROW_HEIGHT, HEAD_HEIGHT, CONTROL_HEIGHT = 64, 38, 38
PAD = 16
TOUCH = 48
SEARCH_MARGIN = (TOUCH - 34) // 2  # the search on top looks as slim as it is drawn, and takes a finger
"""What a finger needs (visit mode)."""

FAMILY, RARE_FAMILY = "Noto Sans SC", "HanaMinB"


_FONTS: dict[Path, int] = {}


def load_fonts(paths: Sequence[Path]) -> tuple[str, ...]:
    """Load the bundled fonts, each once; returns the families found. A face that cannot be read is left out of the answer."""
    families: list[str] = []
    for path in paths:
        if path not in _FONTS:
            _FONTS[path] = QFontDatabase.addApplicationFont(str(path))
        if _FONTS[path] >= 0:
            families += [name for name in QFontDatabase.applicationFontFamilies(_FONTS[path]) if name not in families]
    return tuple(families)


def font(size: int = BASE, *, bold: bool = False) -> QFont:
    """The one family, with the rare-character face behind it."""
    made = QFont([FAMILY, RARE_FAMILY])
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


BLINK_MS = 1000
_DRESSED = "dressed"
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_AnimateCombo, Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip, Qt.UIEffect.UI_AnimateToolBox,
)  # fmt: skip


def apply(app: QApplication, fonts: Sequence[Path], *, contrast: bool = False, motion: bool = True) -> None:
    """Fonts, style and palette for the whole program; each window then puts the sheet on itself (``dress``)."""
    load_fonts(fonts)
    QFont.insertSubstitution(FAMILY, RARE_FAMILY)
    app.setStyle("Fusion")
    app.setFont(font())
    wear(app, contrast=contrast, motion=motion)


def motion() -> bool:
    """Whether things may move by themselves, as ``wear`` was told."""
    return QApplication.cursorFlashTime() > 0


def wear(app: QApplication, *, contrast: bool, motion: bool) -> None:
    """Another look, at once, on every dressed window. Without ``motion`` nothing slides or fades and the cursor does not blink."""
    _put_on(HIGH_CONTRAST if contrast else LIGHT)
    app.setCursorFlashTime(BLINK_MS if motion else 0)
    for effect in _EFFECTS:
        QApplication.setEffectEnabled(effect, motion)
    palette = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, GROUND),
        (QPalette.ColorRole.Base, CARD),
        (QPalette.ColorRole.Text, INK),
        (QPalette.ColorRole.WindowText, INK),
        (QPalette.ColorRole.ButtonText, INK),
        (QPalette.ColorRole.Highlight, BLUE),
        (QPalette.ColorRole.HighlightedText, CARD),
        (QPalette.ColorRole.PlaceholderText, FAINT_INK),
    ):
        palette.setColor(role, QColor(colour))
    app.setPalette(palette)
    QToolTip.setPalette(_tips())
    for window in app.topLevelWidgets():
        if window.property(_DRESSED):
            dress(window)


def dress(window: QWidget) -> None:
    """Put the style sheet on a window, best when it is built.

    It stands on windows and not on the application: with one there, Qt matches every rule again for every widget inside each
    time a part is put into another; building the intake took 159 ms instead of 44 (``tests/ui/stalls.py``).
    """
    window.setProperty(_DRESSED, True)
    window.setStyleSheet(style_sheet())


def _tips() -> QPalette:
    """A tool tip is a window of its own that nobody dresses."""
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.ToolTipBase, QColor(INK))
    palette.setColor(QPalette.ColorRole.ToolTipText, QColor(CARD))
    return palette


def style_sheet() -> str:
    """The whole style sheet. Widgets are told apart by the dynamic property ``look``."""
    tones = "\n".join(
        f'QLabel[look="chip"][tone="{name}"] {{ color: {ink}; background: {ground}; }}\n'
        f'QLabel[look="plain"][tone="{name}"] {{ color: {ink}; }}\n'
        f'QLabel[look="figure"][tone="{name}"] {{ color: {ink}; }}'
        for name, (ink, ground) in TONES.items()
    )
    edges = "\n".join(
        f'QFrame[look="card"][edge="{name}"] {{ border-left: 5px solid {ink}; }}' for name, (ink, _) in TONES.items()
    )
    return f"""
* {{ font-family: "{FAMILY}", "{RARE_FAMILY}"; font-size: {BASE}px; }}
QWidget {{ color: {INK}; }}
QMainWindow, QWidget[look="ground"] {{ background: {GROUND}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QFrame[look="bar"] {{ background: {CARD}; }}
QFrame[look="card"] {{ background: {CARD}; border: {LINE_PX}px solid {HAIRLINE}; border-radius: {BIG_RADIUS}px; }}
{edges}
QFrame[look="line"] {{ background: {HAIRLINE}; border: none; }}
QFrame[look="faint-line"] {{ background: {FAINT_LINE}; border: none; }}
QLabel {{ background: transparent; border: none; }}
QLabel[look="title"] {{ font-size: {TITLE}px; font-weight: bold; }}
QLabel[look="subtitle"] {{ font-size: {SUBTITLE}px; font-weight: bold; }}
QLabel[look="figure"] {{ font-size: {FIGURE}px; font-weight: bold; }}
QLabel[look="strong"] {{ font-weight: bold; }}
QLabel[look="small"] {{ font-size: {SMALL}px; color: {SOFT_INK}; }}
QLabel[look="soft"] {{ color: {SOFT_INK}; }}
QLabel[look="brand"] {{ color: {BLUE}; font-size: 17px; font-weight: bold; }}
QLabel[look="code"] {{ font-size: {TITLE}px; font-weight: bold; background: {KNOWN_GROUND}; border: {LINE_PX}px solid {HAIRLINE};
    border-radius: {RADIUS}px; padding: 14px 18px; }}
QLabel[look="fault"] {{ color: {RED}; font-size: {SMALL}px; }}
QLabel[look="chip"] {{ font-size: {SMALL}px; border-radius: 12px; padding: 3px 11px 4px 11px; }}
QLabel[look="key"] {{ font-size: 12px; color: {SOFT_INK}; background: {CARD}; border: {LINE_PX}px solid {HAIRLINE};
    border-bottom: 2px solid {HAIRLINE}; border-radius: 4px; padding: 0 6px 1px 6px; }}
{tones}
QPushButton {{ background: {CARD}; border: {LINE_PX}px solid {HAIRLINE}; border-radius: {RADIUS}px; padding: 0 {PAD}px;
    min-height: {CONTROL_HEIGHT - 2}px; }}
QPushButton:hover {{ background: {KNOWN_GROUND}; }}
QPushButton:focus {{ border: 2px solid {BLUE}; padding: 0 {PAD - 1}px; min-height: {CONTROL_HEIGHT - 4}px; }}
QPushButton:disabled {{ color: {FAINT_INK}; background: {GREY_TINT}; border-style: dashed; }}
QPushButton[look="main"] {{ background: {BLUE}; border-color: {BLUE}; color: {CARD}; }}
QPushButton[look="main"]:hover {{ background: {BLUE_DARK}; }}
QPushButton[look="main"]:focus {{ border: 2px solid {INK}; }}
QPushButton[look="main"]:disabled {{ background: {BLUE_TINT}; border-color: {BLUE_OFF}; color: {BLUE}; }}
QPushButton[look="small"] {{ font-size: {SMALL}px; min-height: 28px; padding: 0 10px; }}
QPushButton[look="small"]:focus {{ min-height: 26px; padding: 0 9px; }}
QPushButton[touch="yes"], QPushButton[touch="yes"]:focus {{ min-height: {TOUCH}px; padding: 0 16px; }}
QWidget[touch="yes"] QPushButton, QWidget[touch="yes"] QPushButton:focus, QWidget[touch="yes"] QLineEdit,
QWidget[touch="yes"] QLineEdit:focus, QWidget[touch="yes"] QComboBox, QWidget[touch="yes"] QComboBox:focus,
QWidget[touch="yes"] QCheckBox {{ min-height: {TOUCH}px; }}
QWidget[touch="yes"] QPushButton[look="step"] {{ border-radius: {TOUCH // 2}px; }}
QPushButton[look="link"] {{ border: 1px solid transparent; background: transparent; color: {BLUE}; padding: 0 6px;
    min-height: 26px; }}
QPushButton[look="link"]:focus {{ border: 1px solid {BLUE}; }}
QFrame[look="bar"] QPushButton[look="link"] {{ min-height: {TOUCH - 2}px; }}
QPushButton[look="step"] {{ border: 1px solid transparent; background: transparent; color: {SOFT_INK};
    border-radius: 16px; padding: 0 13px; min-height: 30px; }}
QPushButton[look="step"]:focus {{ border: 1px solid {BLUE}; }}
QPushButton[look="step"]:disabled {{ color: {FAINT_INK}; background: transparent; }}
QPushButton[look="step"][state="done"] {{ color: {GREEN}; }}
QPushButton[look="step"][state="now"] {{ background: {BLUE}; color: {CARD}; font-weight: bold; }}
QPushButton[look="choice"] {{ border-radius: {RADIUS}px; padding: 0 14px; }}
QPushButton[look="choice"]:checked {{ background: {BLUE_TINT}; border-color: {BLUE}; color: {BLUE}; font-weight: bold; }}
QPushButton[look="choice"][focus="yes"] {{ border-color: {BLUE}; border-bottom: 2px solid {BLUE}; }}
QLineEdit, QComboBox {{ background: {CARD}; border: {LINE_PX}px solid {HAIRLINE}; border-radius: {RADIUS}px; padding: 0 12px;
    min-height: {CONTROL_HEIGHT - 2}px; selection-background-color: {BLUE}; selection-color: {CARD};
    placeholder-text-color: {FAINT_INK}; }}
QLineEdit:focus, QComboBox:focus {{ border: 2px solid {BLUE}; padding: 0 11px; min-height: {CONTROL_HEIGHT - 4}px; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {GROUND}; color: {SOFT_INK}; }}
QLineEdit[mark="fault"] {{ border-color: {RED}; }}
QLineEdit[mark="doubt"] {{ background: {AMBER_TINT}; border-color: {AMBER_LINE}; }}
QLineEdit[look="known"] {{ background: {KNOWN_GROUND}; color: {SOFT_INK}; }}
QLineEdit[look="search"] {{ background: {GROUND}; min-height: 32px; margin: {SEARCH_MARGIN}px 0; }}
QLineEdit[look="search"]:focus {{ min-height: 30px; background: {CARD}; }}
QComboBox::drop-down {{ border: none; width: 28px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {CARD}; border: {LINE_PX}px solid {HAIRLINE}; selection-background-color: {BLUE_TINT};
    selection-color: {INK}; outline: none; }}
QTableView {{ background: transparent; border: none; outline: none; gridline-color: {FAINT_LINE}; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{ background: transparent; border: none; border-bottom: {LINE_PX}px solid {HAIRLINE}; color: {SOFT_INK};
    font-size: {SMALL}px; padding: 0 14px; min-height: {HEAD_HEIGHT}px; }}
QListWidget[look="pages"] {{ background: transparent; border: none; outline: none; }}
QListWidget[look="pages"]::item {{ border-radius: {RADIUS}px; padding: 9px 12px; color: {INK}; }}
QListWidget[look="pages"]::item:selected {{ background: {BLUE_TINT}; color: {BLUE}; }}
QListWidget[look="pages"]::item:selected:active {{ font-weight: bold; }}
QCheckBox {{ spacing: 10px; min-height: 32px; }}
QCheckBox:focus {{ color: {BLUE}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
QScrollBar::handle:vertical {{ background: {HAIRLINE}; border-radius: 3px; min-height: 32px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
QScrollBar::handle:horizontal {{ background: {HAIRLINE}; border-radius: 3px; min-width: 32px; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ height: 0; width: 0; background: none; }}
"""


def applicant_sheet(size: int) -> str:
    """The applicant's screen (适老化): nothing below ``size``, which is 24 or more."""
    return f"""
QWidget {{ font-size: {size}px; background: {CARD}; }}
QLabel[look="title"] {{ font-size: {size + 12}px; font-weight: bold; }}
QLabel[look="strong"] {{ font-size: {size}px; font-weight: bold; }}
QLabel[look="soft"] {{ font-size: {size}px; color: {SOFT_INK}; }}
QLabel[look="plain"] {{ font-size: {size}px; }}
QFrame[look="card"] {{ border: {LINE_PX}px solid {HAIRLINE}; border-radius: {BIG_RADIUS}px; }}
QPushButton {{ font-size: {size}px; min-height: {size + 26}px; padding: 0 18px; }}
QPushButton:focus {{ min-height: {size + 24}px; padding: 0 17px; }}
QPushButton[look="big"], QPushButton[look="main"] {{ font-size: {size + 5}px; min-height: {size + 54}px; padding: 0 44px;
    border-radius: 12px; }}
QPushButton[look="big"]:focus, QPushButton[look="main"]:focus {{ min-height: {size + 52}px; padding: 0 43px; }}
QPushButton[look="main"] {{ background: {BLUE}; }}
QPushButton[look="main"]:disabled {{ background: {BLUE_TINT}; border: 2px dashed {BLUE_OFF}; color: {BLUE}; }}
QPushButton[look="choice"], QPushButton[look="level"] {{ font-size: {size}px; padding: 0 8px; }}
QPushButton[look="level"], QPushButton[look="level"]:focus {{ min-height: {size + 96}px; }}
QPushButton[look="choice"]:checked, QPushButton[look="level"]:checked {{ background: {BLUE_TINT}; color: {BLUE};
    border: 2px solid {BLUE}; font-weight: bold; }}
"""
