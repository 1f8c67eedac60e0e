"""What QML asks of Python: colours, type, the slate's and the overlay's text."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtGui import QFontDatabase

from installation.config import OffAir, WallConfig
from installation.wall.subtitles import SubtitleStage
from installation.wall.video_frame import Drawing

FONTS = Path(__file__).parent / "fonts"
DIMMED = 0.65


def bundled_family(language: str) -> str:
    """Loads the bundled fonts; the family to set captions in ("" for the system's own)."""
    if language == "zh":
        QFontDatabase.addApplicationFont(str(FONTS / "NotoSansSC-Dates.otf"))  # Qt falls back to it
    number = QFontDatabase.addApplicationFont(str(FONTS / "Lato-Regular.ttf"))
    return next(iter(QFontDatabase.applicationFontFamilies(number)), "")


class Stage(QObject):
    """The properties that `Wall.qml` binds to. GUI thread only."""

    changed = Signal()

    def __init__(self, settings: WallConfig, drawing: Drawing, subtitles: SubtitleStage) -> None:
        super().__init__()
        self.spoken = subtitles
        self._settings = settings
        self._drawing = drawing
        self._family = settings.captions.font or bundled_family(settings.captions.language)
        self._slate = ""
        self._overlay = ""
        self._notice = ""
        self._selected = ""
        self._heard: tuple[str, ...] = ()
        self._is_cursor_hidden = True
        self._is_curtain_up = False
        self._begins_at_once = False
        self._is_closed = False
        self._cover_ms = 0

    def apply(self, settings: WallConfig) -> None:
        """Look like this from now on."""
        before, self._settings = self._settings.captions, settings
        now = settings.captions
        if (before.font, before.language) != (now.font, now.language):
            self._family = now.font or bundled_family(now.language)
        self.changed.emit()

    def raise_curtain(self) -> None:
        """Let the first picture rise."""
        self._is_curtain_up = True
        self.changed.emit()

    def set_closed(self, is_closed: bool, fade_ms: int) -> None:
        """Let black come over everything, or lift, in so many milliseconds."""
        self._cover_ms = fade_ms
        self.changed.emit()  # how long is known before it begins
        self._is_closed = is_closed
        self.changed.emit()

    def begin_at_once(self) -> None:
        """The first picture takes the place of another, without a fade."""
        self._begins_at_once = True
        self.changed.emit()

    def set_slate(self, text: str) -> None:
        """The words in the middle of an empty wall; "" for none."""
        if text != self._slate:
            self._slate = text
            self.changed.emit()

    def set_notice(self, text: str) -> None:
        """A sentence for the curator at the window's foot; "" hides it."""
        if text != self._notice:
            self._notice = text
            self.changed.emit()

    def set_overlay(self, text: str) -> None:
        """The technician's figures; "" hides them."""
        if text != self._overlay:
            self._overlay = text
            self.changed.emit()

    def set_selected(self, name: str) -> None:
        """The version whose tile is outlined; "" for none."""
        if name != self._selected:
            self._selected = name
            self.changed.emit()

    def set_heard(self, names: tuple[str, ...]) -> None:
        """The versions whose captions are marked: they are heard."""
        if names != self._heard:
            self._heard = names
            self.changed.emit()

    def show_cursor(self) -> None:
        """Let the cursor be seen over the wall, which it is not in a gallery."""
        self._is_cursor_hidden = False
        self.changed.emit()

    def _subtitles(self) -> SubtitleStage:
        return self.spoken

    def _background(self) -> str:
        return self._settings.background

    def _uses_gpu(self) -> bool:
        return self._drawing is Drawing.GPU

    def _caption_color(self) -> str:
        return self._settings.captions.color

    def _caption_position(self) -> str:
        return self._settings.captions.position

    def _font_family(self) -> str:
        return self._family

    def _fade_in_ms(self) -> int:
        return 0 if self._begins_at_once else self._settings.fade_in_ms

    def _off_air_veil(self) -> float:
        return 1.0 if self._settings.off_air is OffAir.SLATE else DIMMED

    def _slate_text(self) -> str:
        return self._slate

    def _overlay_text(self) -> str:
        return self._overlay

    def _notice_text(self) -> str:
        return self._notice

    def _selected_name(self) -> str:
        return self._selected

    def _heard_names(self) -> list[str]:
        return list(self._heard)

    def _cursor_is_hidden(self) -> bool:
        return self._is_cursor_hidden

    def _curtain_is_up(self) -> bool:
        return self._is_curtain_up

    def _closed(self) -> bool:
        return self._is_closed

    def _cover_takes_ms(self) -> int:
        return self._cover_ms

    subtitles = Property(QObject, _subtitles, constant=True)
    background = Property(str, _background, notify=changed)
    usesGpu = Property(bool, _uses_gpu, constant=True)  # noqa: N815
    captionColor = Property(str, _caption_color, notify=changed)  # noqa: N815
    captionPosition = Property(str, _caption_position, notify=changed)  # noqa: N815
    fontFamily = Property(str, _font_family, notify=changed)  # noqa: N815
    fadeInMs = Property(int, _fade_in_ms, notify=changed)  # noqa: N815
    offAirVeil = Property(float, _off_air_veil, notify=changed)  # noqa: N815
    slateText = Property(str, _slate_text, notify=changed)  # noqa: N815
    overlayText = Property(str, _overlay_text, notify=changed)  # noqa: N815
    noticeText = Property(str, _notice_text, notify=changed)  # noqa: N815
    heardNames = Property(list, _heard_names, notify=changed)  # noqa: N815
    selectedName = Property(str, _selected_name, notify=changed)  # noqa: N815
    isCursorHidden = Property(bool, _cursor_is_hidden, notify=changed)  # noqa: N815
    isCurtainUp = Property(bool, _curtain_is_up, notify=changed)  # noqa: N815
    isClosed = Property(bool, _closed, notify=changed)  # noqa: N815
    coverMs = Property(int, _cover_takes_ms, notify=changed)  # noqa: N815
