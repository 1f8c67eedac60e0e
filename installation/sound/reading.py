"""Decodes ahead what is to be heard: one thread for all versions, a second or two for each."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterator

import numpy as np

from installation.decode.container import DAMAGE
from installation.film import MasterClock
from installation.sound.loop import loop_sound
from installation.sound.plan import LoopSample, first_sample
from installation.sound.source import NoSound, Samples, SoundFile
from installation.sound.wanted import Heard

logger = logging.getLogger(__name__)

AHEAD_S = 1.5
NEAR_S = 3.0
"""What lies no further ahead is read up to; else there is a seek."""
JOIN_S = 2.0


class Track:
    """One version's sound, read ahead from wherever it was last asked for. Any thread."""

    def __init__(self, heard: Heard, rate: int) -> None:
        self.heard = heard
        self._rate = rate
        self._lock = threading.Lock()
        self._blocks: deque[tuple[LoopSample, Samples]] = deque()
        self._clock: MasterClock | None = None
        self._target: LoopSample | None = None  # where reading is to begin
        self._head: LoopSample | None = None  # where it goes on
        self._file: SoundFile | None = None
        self._reading: Iterator[tuple[LoopSample, Samples]] | None = None
        self.has_sound: bool | None = None
        """None until the file was opened."""

    def continues_as(self, heard: Heard, loop: int) -> bool:
        """True where this track serves for that from this loop on; it goes by its times then."""
        if not self.heard.is_same_film(heard):
            return False
        if any(self.heard.time_map(k) != heard.time_map(k) for k in (loop, loop + 1, loop + 2)):
            return False
        self.heard = heard
        return True

    def take(self, clock: MasterClock, at: LoopSample, count: int) -> Samples | None:
        """So many samples from this place on, within its loop; None where they are not there yet.

        Then they are read, or what comes a little later.
        """
        with self._lock:
            self._clock = clock
            self._drop_before(at)
            first = self._blocks[0] if self._blocks else None
            if first is None or first[0].loop != at.loop or first[0].sample > at.sample:
                self._aim(clock, at)
                return None
            parts, need, head = [], count, at.sample
            for place, block in self._blocks:
                if place.loop != at.loop or place.sample > head:
                    break
                part = block[:, head - place.sample :][:, :need]
                parts.append(part)
                need, head = need - part.shape[1], head + part.shape[1]
                if not need:
                    return np.concatenate(parts, axis=1)
            return None

    def _drop_before(self, at: LoopSample) -> None:
        while self._blocks:
            place, block = self._blocks[0]
            if (place.loop, place.sample + block.shape[1]) > at:
                return
            self._blocks.popleft()

    def prepare(self, clock: MasterClock, at: LoopSample) -> None:
        """It is to be heard from this place on, soon."""
        with self._lock:
            self._clock = clock
            if not self._blocks or self._blocks[0][0].loop != at.loop:
                self._aim(clock, at)

    def _aim(self, clock: MasterClock, at: LoopSample) -> None:
        """Read from here, unless that is on its way."""
        coming = self._target or self._head
        if coming is not None:
            ahead = self._index(clock, at) - self._index(clock, coming)
            if 0 <= ahead < NEAR_S * self._rate:
                return
        self._target = at
        self._blocks.clear()

    def _index(self, clock: MasterClock, at: LoopSample) -> int:
        return first_sample(clock, at.loop, self._rate) + at.sample

    # -- the reading thread's

    def read_on(self) -> bool:
        """Read a little more; False where there is enough, or nothing to read."""
        if self.has_sound is None:
            self._open()
            return True
        with self._lock:
            clock, target = self._clock, self._target
            if not self.has_sound or clock is None or (target is None and self._reading is None):
                return False
            if target is None and self._ahead() >= AHEAD_S * self._rate:
                return False
            if target is not None:
                self._head, self._target = target, None
                self._reading = self._read_from(clock, target)
        assert self._reading is not None
        try:
            place, block = next(self._reading)
        except DAMAGE as error:
            logger.warning("version=%s its sound cannot be read on: %s", self.heard.name, error)
            self.has_sound = False
            return False
        with self._lock:
            if self._target is None:
                self._blocks.append((place, block))
                self._head = LoopSample(place.loop, place.sample + block.shape[1])
        return True

    def _ahead(self) -> int:
        return sum(block.shape[1] for _, block in self._blocks)

    def _open(self) -> None:
        try:
            self._file = SoundFile(self.heard.path, self.heard.container, self._rate)
        except NoSound:
            self.has_sound = False
        except (*DAMAGE, ValueError) as error:  # ValueError for what only libVLC can open
            logger.info("version=%s its sound cannot be opened: %s", self.heard.name, error)
            self.has_sound = False
        else:
            self.has_sound = True

    def _read_from(
        self, clock: MasterClock, start: LoopSample
    ) -> Iterator[tuple[LoopSample, Samples]]:
        assert self._file is not None
        loop, head = start
        while True:
            clock = self._clock or clock
            sound = loop_sound(self._file, self.heard, clock, loop, self._rate, head)
            for block in sound:
                yield LoopSample(loop, head), block
                head += block.shape[1]
            loop, head = loop + 1, 0

    def close(self) -> None:
        """Free the file; by the thread that reads."""
        self._reading = None
        if self._file is not None:
            self._file.close()
            self._file = None
        self.has_sound = False


class ReadingThread:
    """Reads on for whoever has least, until stopped."""

    def __init__(self) -> None:
        self._tracks: tuple[Track, ...] = ()
        self._closing: list[Track] = []
        self._changed = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="sound reading", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def keep(self, tracks: tuple[Track, ...]) -> None:
        """Read for these, and free the others."""
        with self._changed:
            self._closing += [track for track in self._tracks if track not in tracks]
            self._tracks = tracks
            self._changed.notify()

    def nudge(self) -> None:
        """Something was taken, so there is room."""
        with self._changed:
            self._changed.notify()

    def stop(self) -> None:
        """End, and free all files."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        while True:
            with self._changed:
                tracks, closing, self._closing = self._tracks, self._closing, []
                is_stopping = self._is_stopping
            for track in (*closing, *(tracks if is_stopping else ())):
                track.close()
            if is_stopping:
                return
            if not any([track.read_on() for track in tracks]):
                with self._changed:
                    if not self._closing and not self._is_stopping:
                        self._changed.wait(0.1)
