"""Plays a film unseen before anybody sees it: its end alone, or every picture once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Literal

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from installation.decode.av_reader import AvReader
from installation.decode.container import COPY_AGAIN, DAMAGE, open_film, picture_stream
from installation.decode.reader import MISSING_FRAMES_ALLOWED, ReaderFault
from installation.errors import VersionRejected
from installation.library.facts import Facts
from installation.library.performance import Flaw, Performance
from installation.library.probe import ends_early, lists_every_picture
from installation.library.zeros import end_of_content

Part = Literal["none", "end", "whole"]
"""How much of a film is rehearsed; its end tells a copy under way from a film."""
AT_LEAST, AT_MOST = 8, 600
"""Pictures decoded at the end; where the last keyframe lies farther back, they are only read."""
_STEPS_BACK_S = (2, 16, 128)
_PACKETS_TO_THE_END = ("mpegts", "mpeg", "flv", "asf", "ogg")
"""Containers with no room for zeros behind their last packet."""


def rehearse(path: Path, container: str, facts: Facts, part: Part, threads: int = 1) -> None:
    """Decode a film that was measured. Raises VersionRejected where it cannot be played."""
    if part == "none":
        return
    rehearsal = _Rehearsal(path, container, facts, threads)
    try:
        if part == "whole":
            rehearsal.play_through()
        else:
            rehearsal.play_end()
        rehearsal.refuse_missing_end()
    except (Flaw, *DAMAGE) as error:
        raise cut_short(path) or _told(error) from error


def _told(error: Exception) -> VersionRejected:
    if isinstance(error, Flaw):
        return VersionRejected(error.what, remedy=error.remedy)
    reason = getattr(error, "strerror", None) or "its structure makes no sense"
    return VersionRejected(f"is damaged near its end ({reason})", remedy="copy or export it again")


def cut_short(path: Path) -> VersionRejected | None:
    """Why a film is damaged, where from some point on nothing but zeros was written so far."""
    try:
        size, written = path.stat().st_size, end_of_content(path)
    except OSError:
        return None
    return ends_early(written, size) if written < size else None


@dataclass(frozen=True)
class _Rehearsal:
    path: Path
    container: str
    facts: Facts
    threads: int

    def play_end(self) -> None:
        """Decode from the last keyframe on."""
        with self._open() as (film, stream):
            if lists_every_picture(stream):
                self._decode_listed_end(film, stream)
                return
            for target in self._steps_back(stream):
                try:
                    film.seek(target, stream=stream)
                    self._decode(film.demux(stream), stream)
                    return
                except (Flaw, *DAMAGE):
                    continue  # no keyframe since then, or it cannot seek
        with self._open() as (film, stream):
            self._decode(film.demux(stream), stream)

    def play_through(self) -> None:
        """Decode every picture once, and the first ones as a wall does that plays it again."""
        with self._open() as (film, stream):
            performance = self._decode(film.demux(stream), stream)
        performance.refuse_other_than(self.facts)
        self._begin_twice()

    def _begin_twice(self) -> None:
        reader = AvReader(
            self.path,
            self.container,
            duration=self.facts.duration,
            rate=self.facts.rate,
            threads=self.threads,
        )
        flaw = Flaw("can be played once, but not again from its beginning", "export it again")
        try:
            reader.open()
            first, again = (self._beginning(reader) for _ in range(2))
        except ReaderFault as error:
            raise flaw from error
        finally:
            reader.close()
        if first != again:
            raise flaw

    def _beginning(self, reader: AvReader) -> list[Fraction]:
        frames = reader.frames(Fraction(0), self.facts.duration)
        return [frame.pts for frame in islice(frames, AT_LEAST)]

    def refuse_missing_end(self) -> None:
        """A film without an index of its pictures may end anywhere without being damaged."""
        if self.container in ("mov", "yuv4mpegpipe", "gif", "dv", "ivf"):
            return
        early = cut_short(self.path)
        if early is None:
            return
        with self._open() as (film, _):
            promised = Fraction(film.duration or 0, av.time_base)
        allowed = self.facts.duration + MISSING_FRAMES_ALLOWED / self.facts.rate
        if self.container in _PACKETS_TO_THE_END or promised > allowed:
            raise early

    @contextmanager
    def _open(self) -> Iterator[tuple[InputContainer, VideoStream]]:
        with open_film(self.path, self.container) as film:
            stream = picture_stream(film)
            if stream is None:
                raise Flaw("was changed while it was looked into", COPY_AGAIN)
            stream.codec_context.thread_type = "AUTO" if self.threads > 1 else "NONE"
            stream.codec_context.thread_count = self.threads
            yield film, stream

    def _decode_listed_end(self, film: InputContainer, stream: VideoStream) -> None:
        entries = stream.index_entries
        first = max(0, len(entries) - AT_LEAST)
        while first and not entries[first].is_keyframe:
            first -= 1
        film.seek(entries[first].timestamp, stream=stream)
        promised = len(entries) - first
        if promised > AT_MOST:
            there = sum(1 for packet in film.demux(stream) if packet.size)
            last = entries[len(entries) - 1]
            if end_of_content(self.path) < last.pos + last.size:
                raise Flaw("ends early: its last pictures are nothing but zeros")
        else:
            there = self._decode(film.demux(stream), stream).packets
        if there < promised - MISSING_FRAMES_ALLOWED:
            raise Flaw(f"ends early: {there} of its last {promised} pictures are there")

    def _steps_back(self, stream: VideoStream) -> Iterator[int]:
        assert stream.time_base is not None
        for seconds in _STEPS_BACK_S:
            if seconds < self.facts.duration:
                ticks = (self.facts.duration - seconds) / stream.time_base
                yield (stream.start_time or 0) + int(ticks)

    def _decode(
        self, packets: Iterable[av.Packet[VideoStream]], stream: VideoStream
    ) -> Performance:
        """Decode to the end, and see that the last picture is among what came of it."""
        assert stream.time_base is not None
        performance = Performance(stream.time_base, stream.start_time or 0)
        for packet in packets:
            performance.note_packet(packet)
            try:
                for frame in packet.decode():
                    performance.note_picture(frame)
            except DAMAGE as error:
                raise Flaw(f"is damaged: {performance.place} cannot be decoded") from error
        performance.refuse_missing_end(self.facts)
        return performance
