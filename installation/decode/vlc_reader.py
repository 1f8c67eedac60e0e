"""Reads a version with libVLC: every picture once, in order, stamped with its exact pts.

libVLC gives pictures without a time; `VlcRun` recognises them. What it leaves out at the film's
start, and what is wanted before it has begun, is decoded by PyAV.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av

from installation.decode.container import DAMAGE, reason_of
from installation.decode.image import Converter, DecodedFrame
from installation.decode.libvlc import VlcMissing, open_media, vlc_is_missing
from installation.decode.reader import ReaderFacts, ReaderFault, refuse_early_end
from installation.decode.vlc_film import VlcFilm
from installation.decode.vlc_player import VlcPlayer
from installation.decode.vlc_run import LostTrack, VlcRun
from installation.film import Clock, SystemClock

logger = logging.getLogger(__name__)

ANEW_S = 1
"""A picture of a mezzanine further ahead than this is come to more quickly by beginning anew."""
TWIN_S = 2
"""So long before its turn the next round is made ready."""
WAIT_S = 0.02
"""For a picture, before others may have their turn."""
MOST_TRIES = 8
MOST_BY_PYAV, MOST_ALONE = 24, 480
"""Of a film's first pictures, by PyAV: to begin among them, and while libVLC has not begun."""


class VlcReader:
    """One version's file, decoded by libVLC; see `Reader`.

    `hardware` "any" has libVLC look for a device. A mezzanine, `is_sealed`, has a stamp under each
    picture, for which the processor decodes.
    """

    needs_own_thread = True

    def __init__(
        self,
        path: Path,
        container: str,
        *,
        duration: Fraction,
        rate: Fraction,
        threads: int = 1,
        is_sealed: bool = False,
        hardware: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._path = path
        self._container = container
        self._duration = duration
        self._rate = rate
        self._threads = threads
        self._is_sealed = is_sealed
        self._on_hardware = hardware is not None and not is_sealed
        self._clock = clock or SystemClock()
        self._converter = Converter()
        self._film: VlcFilm | None = None
        self._run: VlcRun | None = None
        self._twin: VlcRun | None = None  # at the start, for the next round
        self._asked = 0  # how often for frames; only the last one counts
        self._lead: tuple[int, Iterator[av.VideoFrame]] | None = (
            None  # by PyAV, and its next number
        )
        self._is_on_hardware = False

    @property
    def decoding(self) -> str:
        """See `Reader.decoding`."""
        return "hardware (libVLC)" if self._is_on_hardware else "libVLC"

    def open(self) -> ReaderFacts:
        """See `Reader.open`."""
        self.close()
        if missing := vlc_is_missing():
            raise ReaderFault(missing)
        self._film = VlcFilm(
            self._path,
            self._container,
            rate=self._rate,
            count=round(self._duration * self._rate),
            is_sealed=self._is_sealed,
        )
        self._twin = self._begin(self._film, 0)
        return ReaderFacts(self._film.tolerance)

    def frames(self, start: Fraction, stop: Fraction) -> Iterator[DecodedFrame | None]:
        """See `Reader.frames`."""
        if self._film is None:
            raise ReaderFault("is closed")
        self._asked += 1
        return self._frames(self._film, self._asked, start, stop)

    def _frames(
        self, film: VlcFilm, asked: int, start: Fraction, stop: Fraction
    ) -> Iterator[DecodedFrame | None]:
        index = film.index_at(start)
        self._lead = None
        last = stop + film.tolerance
        while asked == self._asked:
            decoded = self._picture(film, index)
            if decoded is None:
                yield None
                continue
            pts, until = film.pts(index), film.pts(index + 1)
            assert pts is not None
            if until is None:
                refuse_early_end(pts, self._rate, self._duration)
            yield DecodedFrame(pts, until, decoded, self._converter)
            if until is None or until > last:
                return
            index += 1
            self._make_twin(film, pts, stop)

    def is_ahead_worth_a_seek(self, here: Fraction, there: Fraction) -> bool:
        """See `Reader.is_ahead_worth_a_seek`: an original is never sought in."""
        return any(here < entry <= there for entry in self.entry_points())

    def entry_points(self) -> Sequence[Fraction]:
        """See `Reader.entry_points`."""
        return self._film.entry_points() if self._film is not None else ()

    def expected_pts(self, time: Fraction) -> Fraction | None:
        """See `Reader.expected_pts`."""
        film = self._film
        return film.expected_pts(time) if film is not None else None

    def close(self) -> None:
        """See `Reader.close`."""
        self._asked += 1
        for run in (self._run, self._twin):
            if run is not None:
                run.end()
        self._run = self._twin = self._lead = None
        if self._film is not None:
            self._film.close()
        self._film = None

    def _picture(self, film: VlcFilm, index: int) -> av.VideoFrame | None:
        """One picture of the film, by the quickest way there; None while it has not come."""
        while True:
            run = self._run_to(film, index)
            try:
                if run.begins_after(index):
                    return self._at_first(film, run, index)
                self._lead = None
                return run.picture(index, WAIT_S)
            except LostTrack as lost:
                logger.info("%s: picture %d: %s; begins anew", self._path.name, index, lost)
                run.end()
                self._run = None
                if run.tries >= MOST_TRIES:
                    raise ReaderFault("cannot be read on: libVLC loses pictures of it") from lost
                self._run = self._begin(film, index, run.tries + 1)

    def _at_first(self, film: VlcFilm, run: VlcRun, index: int) -> av.VideoFrame | None:
        """One that libVLC has not begun to show, or left out, by PyAV if that is there already."""
        is_new = self._lead is None or self._lead[0] > index
        if is_new and index > MOST_BY_PYAV and not run.is_known and not run.has_ended:
            run.prepare(index, WAIT_S)
            return None
        if index > MOST_ALONE and not (run.is_known or run.has_ended):
            raise ReaderFault("cannot be read on: libVLC does not begin")
        try:
            if self._lead is None or is_new:
                self._lead = (0, film.beginning.pictures())
            run.prepare(index, 0 if index < MOST_BY_PYAV else WAIT_S)  # PyAV would run away from it
            number, pictures = self._lead
            self._lead = (index + 1, pictures)
            decoded = next(islice(pictures, index - number, None), None)
        except DAMAGE as error:
            raise ReaderFault(f"cannot be read on: {reason_of(error)}") from error
        if decoded is None:
            raise ReaderFault("ends early; copy it again")
        return decoded

    def _run_to(self, film: VlcFilm, index: int) -> VlcRun:
        """The run that leads to a picture soonest; others are ended."""
        run = self._run
        if run is not None and run.leads_to(index, round(ANEW_S * self._rate)):
            return run
        if run is not None:
            run.end()
        run, self._twin = self._twin, None
        if run is not None and not run.leads_to(index, round(ANEW_S * self._rate)):
            run.end()
            run = None
        self._run = run or self._begin(film, index)
        self._is_on_hardware = self._run.is_on_hardware
        return self._run

    def _make_twin(self, film: VlcFilm, pts: Fraction, stop: Fraction) -> None:
        """Near the end, the next round is made ready; it begins at the start."""
        end = min(stop, self._duration)
        if self._twin is None and end - pts < TWIN_S and pts > min(end / 4, 1 / self._rate):
            self._twin = self._begin(film, 0)
        if self._run is not None:
            self._is_on_hardware = self._run.is_on_hardware

    def _begin(self, film: VlcFilm, index: int, tries: int = 0) -> VlcRun:
        """A player that comes to a picture soon: of an original, from the start."""
        back_s = Fraction(2**tries, 2)
        pts = film.pts(index) if index and self._is_sealed else None
        begin = max(Fraction(0), pts - back_s) if pts is not None else Fraction(0)
        options = [f":avcodec-threads={self._threads}", f":h264-fps={float(self._rate)}"]
        if begin:
            options.append(f":start-time={float(begin):.3f}")
        if self._is_sealed:
            options.append(":avcodec-options={flags2=+ignorecrop}")
        try:
            media = open_media(self._path, self._container, on_hardware=self._on_hardware)
        except (OSError, ValueError) as error:
            raise ReaderFault(f"cannot be opened: {reason_of(error)}") from error
        except VlcMissing as missing:
            raise ReaderFault(str(missing)) from missing
        shape = film.first.width, film.first.height
        player = VlcPlayer(
            media,
            VlcRun.size_px(shape, is_stamped=self._is_sealed),
            clock=self._clock,
            on_hardware=self._on_hardware,
            options=options,
        )
        return VlcRun(
            player, film, is_stamped=self._is_sealed, is_at_start=not begin,
            tries=tries, clock=self._clock,
        )  # fmt: skip
