"""Makes the samples that the device is to play next: who speaks, mixed, in step with the film.

Everything before the compensator is a function of the film's place alone; only the compensator
knows that the device has a clock of its own. Where sound and film are too far apart for that, as
after a pause, the sound sinks, and comes back in its right place.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from installation.film import MasterClock
from installation.sound.drift import DeviceLine, Follower
from installation.sound.follow import DELAY, Compensator
from installation.sound.mixer import Mixer, decibels, fade, linear
from installation.sound.plan import LoopSample, place_of, samples_in
from installation.sound.reading import ReadingThread, Track
from installation.sound.rota import Rota
from installation.sound.source import Samples
from installation.sound.wanted import Heard, SoundReport, Speaking, Wanted

BLOCK = 960
LOST_S = 0.012
"""So far apart, sound and film are not brought together little by little any more."""
SOON_S = 1.5
"""How long before a loop begins its speakers are made ready."""
PEAK_FALLS = 0.93
"""The level meter's, in each block."""
_NS = 1_000_000_000


class Engine:
    """One thread's, but for `want` and `report`."""

    def __init__(self, rate: int, reading: ReadingThread) -> None:
        self.rate = rate
        self.line = DeviceLine(rate)
        self.report = SoundReport()
        self._reading = reading
        self._mixer = Mixer(rate)
        self._rota = Rota()
        self._follower = Follower()
        self._compensator: Compensator | None = None
        self._head = 0  # samples of the film since its very start
        self._wanted: Wanted | None = None
        self._tracks: list[Track] = []  # the newest of a name last
        self._peak = 0.0
        self._kept_for: Wanted | None = None
        self._kept: tuple[int, tuple[Hashable, ...]] | None = None

    def want(self, wanted: Wanted) -> None:
        """Let this be heard from the next block on. Any thread."""
        self._wanted = wanted

    def block(self, written: int) -> Samples:
        """What the device is to play after the samples already written to it."""
        wanted = self._wanted
        if wanted is None or not self.line.is_settled:
            return self._silence()
        at_ns = self.line.time_ns(written) + wanted.delay_ms * 1_000_000
        due_s = _film_s(wanted.clock, at_ns)
        is_standing = due_s == _film_s(wanted.clock, at_ns - _NS // 1000)
        opens = self._compensator is None
        if self._compensator is None:
            if is_standing:
                return self._silence()
            self._compensator = Compensator(self.rate)
            self._follower = Follower(-self.line.drift)
            self._head = round(due_s * self.rate)
        next_out = self._head - (0 if opens else DELAY)
        ahead_s = next_out / self.rate - due_s
        closes = is_standing or abs(ahead_s) > LOST_S
        ratio = self._follower.follow(ahead_s, self.line.drift, BLOCK / self.rate)
        mixed = self._film(wanted, BLOCK)
        out = self._compensator.push(mixed, ratio)
        if closes:
            self._compensator = None
            return fade(out, opens=False, rate=self.rate)
        self._tell(mixed, ahead_s)
        return fade(out, opens=True, rate=self.rate) if opens else out

    def _silence(self) -> Samples:
        self._compensator = None
        self._peak = 0.0
        self.report = SoundReport()
        self._keep_tracks(self._wanted)
        return np.zeros((2, BLOCK), np.float32)

    def _tell(self, mixed: Samples, ahead_s: float) -> None:
        self._peak = max(float(np.abs(mixed).max(initial=0)), self._peak * PEAK_FALLS)
        level = decibels(self._peak)
        speakers = tuple(key.heard.name for key in self._mixer.heard if isinstance(key, Track))
        self.report = SoundReport(speakers, level, ahead_s * 1000)

    # -- the film's samples

    def _film(self, wanted: Wanted, count: int) -> Samples:
        """The next samples of the film, over seams too."""
        parts = []
        while count:
            place = place_of(wanted.clock, self._head, self.rate)
            left = samples_in(wanted.clock, place.loop, self.rate) - place.sample
            part = min(count, left)
            parts.append(self._mixed(wanted, place, part))
            self._prepare(wanted, place, left)
            self._head += part
            count -= part
        self._reading.nudge()
        return np.concatenate(parts, axis=1)

    def _mixed(self, wanted: Wanted, place: LoopSample, count: int) -> Samples:
        self._keep_tracks(wanted, place.loop)
        names = self._speakers(wanted, place.loop)
        sounds: dict[Hashable, Samples | None] = {}
        levels: dict[Hashable, float] = {}
        for track in self._tracks:
            if track.heard.name in names or track in self._mixer.sounding:
                sounds[track] = track.take(wanted.clock, place, count)
        for name in names:
            ready = [
                t
                for t in self._tracks
                if t.heard.name == name
                and sounds[t] is not None
                and not (wanted.normalize and t.heard.loudness is None)
            ]
            if ready:
                levels[ready[-1]] = self._level(wanted, ready[-1], len(names))
        if names and not levels:  # whoever spoke goes on until there is something to hear
            for track in self._tracks:
                if track in self._mixer.heard and self._is_wanted(wanted, track):
                    levels[track] = self._level(wanted, track, len(names))
        return self._mixer.mix(levels, sounds, count, wanted.crossfade_s)

    def _prepare(self, wanted: Wanted, place: LoopSample, left: int) -> None:
        if left > SOON_S * self.rate:
            return
        upcoming = LoopSample(place.loop + 1, 0)
        for name in self._speakers(wanted, upcoming.loop):
            for track in self._tracks:
                if track.heard.name == name and track not in self._mixer.sounding:
                    track.prepare(wanted.clock, upcoming)

    def _speakers(self, wanted: Wanted, loop: int) -> tuple[str, ...]:
        heard = [t.heard.name for t in self._tracks if t.has_sound is not False]
        versions = [version for version in wanted.versions if version.name in heard]
        return self._rota.speakers(loop, wanted.speaking, wanted.named, versions)

    @staticmethod
    def _level(wanted: Wanted, track: Track, voices: int) -> float:
        """Together no louder than one: copies of one sound sum to it, and never beyond."""
        share = voices if wanted.speaking is Speaking.MIX else 1
        gain = next((v.gain_db for v in wanted.versions if v.name == track.heard.name), 0.0)
        gain += wanted.volume_db
        loudness = track.heard.loudness
        if wanted.normalize and loudness is not None:
            gain = min(gain + loudness.gain_db, loudness.most_db)
        return linear(gain) / share

    @staticmethod
    def _is_wanted(wanted: Wanted, track: Track) -> bool:
        return any(track.heard.is_same_film(version) for version in wanted.versions)

    def _keep_tracks(self, wanted: Wanted | None, loop: int = 0) -> None:
        """A track for every version, as it is now; others as long as they sound."""
        sounding = self._mixer.sounding
        if wanted is None or (wanted is self._kept_for and self._kept == (loop, sounding)):
            return
        current = {id(self._track_for(version, loop)) for version in wanted.versions}
        kept = [t for t in self._tracks if id(t) in current or t in self._mixer.sounding]
        self._tracks = kept
        self._kept_for, self._kept = wanted, (loop, sounding)
        self._reading.keep(tuple(kept))

    def _track_for(self, version: Heard, loop: int) -> Track:
        found = [t for t in self._tracks if t.heard.is_same_film(version)]
        if found and found[-1].continues_as(version, loop):
            return found[-1]
        self._tracks.append(Track(version, self.rate))
        return self._tracks[-1]


def _film_s(clock: MasterClock, at_ns: int) -> float:
    return float(clock.elapsed_frames(at_ns) / clock.rate)
