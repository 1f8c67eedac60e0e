"""A live source: what is sent right now, its newest picture ready to be drawn, connected again by
itself for as long as it takes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple, Protocol

import av

from installation.decode.image import Converter, Image, ImageTarget
from installation.decode.live_pace import LivePace
from installation.decode.live_stream import SILENT_S, LiveFault
from installation.film import Clock, Picture

logger = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 2.0
"""Before it is tried again: doubling, but so that a source that returns is seen within 5 s."""
_NS = 1_000_000_000


class Stream(AbstractContextManager["Stream"], Protocol):
    """A connection, as `LiveStream` is one."""

    def frames(self) -> Iterator[av.VideoFrame | None]:
        """Every picture as it comes; None for a packet that brings none. Raises LiveFault."""
        ...

    @property
    def sample_aspect(self) -> Fraction:
        """A pixel's width over its height."""
        ...

    @property
    def sends_in_lumps(self) -> bool:
        """Whether pictures may come faster than they are to be shown."""
        ...


@dataclass(frozen=True, slots=True)
class LivePicture:
    """A picture ready to be drawn, and its number since the start."""

    number: int
    payload: object


class _Drawing(NamedTuple):
    picture: Picture
    image_target: Callable[[], ImageTarget]
    make_payload: Callable[[Image], object]


@dataclass(frozen=True, slots=True)
class LiveState:
    """How a source stands."""

    is_live: bool = False
    trouble: str = ""
    """Why it is not, in a sentence; empty before the first try has ended."""
    times_lost: int = 0
    pictures: int = 0
    """How many were received."""
    picture: Picture | None = None
    """The geometry of what was received last; None before the first picture."""


def pts_of(frame: av.VideoFrame) -> Fraction | None:
    """Seconds on the sender's clock."""
    if frame.pts is None or frame.time_base is None:
        return None
    return frame.pts * Fraction(frame.time_base)


class LiveSource:
    """A thread that receives. Other threads may ask at any time, and are never waited for.

    The newest picture wins: there is no queue, and what nobody fetched in time is gone.
    """

    def __init__(self, name: str, connect: Callable[[], Stream], clock: Clock) -> None:
        self.name = name
        self._connect = connect
        self._clock = clock
        self._converter = Converter()
        self._drawing: _Drawing | None = None
        self._state = LiveState()
        self._newest: LivePicture | None = None
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"live {name}", daemon=True)

    @property
    def state(self) -> LiveState:
        """How it stands now."""
        return self._state

    @property
    def newest(self) -> LivePicture | None:
        """The newest picture, also of a source that is lost; None while there is none to draw."""
        return self._newest

    def assign(
        self,
        picture: Picture,
        image_target: Callable[[], ImageTarget],
        make_payload: Callable[[Image], object],
    ) -> None:
        """Draw pictures of this geometry like this; both are called on the source's thread.

        Those of another are not drawn until this was called for it.
        """
        self._drawing = _Drawing(picture, image_target, make_payload)

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end."""
        self._ends.set()

    def join(self, timeout_s: float) -> bool:
        """After `stop`, wait for the end; False where a network still holds it up."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # -- on the source's thread

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._ends.is_set():
            received = self._state.pictures
            self._lose(self._receive())
            has_sent = self._state.pictures > received
            wait_s = FIRST_WAIT_S if has_sent else min(2 * wait_s, LONGEST_WAIT_S)
            self._ends.wait(wait_s)

    def _receive(self) -> str:
        """Connect and receive until that ends; why it did."""
        try:
            with self._connect() as stream:
                self._take_all(stream)
        except LiveFault as fault:
            return str(fault)
        except Exception:  # what is sent is anybody's
            logger.exception("live=%s receiving failed unexpectedly", self.name)
            return "receiving failed unexpectedly; the log says more"
        return "is asked no more"

    def _take_all(self, stream: Stream) -> None:
        seen_ns = self._clock.now_ns()
        pace = LivePace() if stream.sends_in_lumps else None
        for frame in stream.frames():
            now_ns = self._clock.now_ns()
            if self._ends.is_set():
                return
            if frame is not None:
                if pace is not None:
                    self._ends.wait(pace.wait_ns(pts_of(frame), now_ns) / _NS)
                seen_ns = self._clock.now_ns()
                self._take(frame, stream.sample_aspect)
            elif now_ns - seen_ns > SILENT_S * _NS:
                raise LiveFault("sends no picture any more")

    def _take(self, frame: av.VideoFrame, sample_aspect: Fraction) -> None:
        picture = Picture(frame.width, frame.height, sample_aspect)
        number, drawing = self._state.pictures + 1, self._drawing
        if drawing is not None and drawing.picture == picture:
            image = self._converter.convert(frame, drawing.image_target())
            self._newest = LivePicture(number, drawing.make_payload(image))
        if not self._state.is_live:
            logger.info("live=%s is received, %dx%d", self.name, frame.width, frame.height)
        self._state = LiveState(True, "", self._state.times_lost, number, picture)

    def _lose(self, why: str) -> None:
        before = self._state
        if self._ends.is_set():
            return
        lost = before.times_lost + before.is_live
        if why != before.trouble:
            logger.warning("live=%s %s; it is tried again by itself", self.name, why)
        self._state = replace(before, is_live=False, trouble=why, times_lost=lost)
