"""Reads a version with PyAV: every picture once, in order, stamped with its exact pts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from installation.decode.av_pictures import AvPictures
from installation.decode.container import DAMAGE, reason_of
from installation.decode.image import Converter, DecodedFrame
from installation.decode.reader import ReaderFacts, ReaderFault, refuse_early_end
from installation.film.timeline import tolerance_for

BLIND_SEEK_S = 2
"""Without an index, a jump ahead of more than this many seconds is worth a seek."""


class AvReader:
    """One version's file, decoded by FFmpeg. Not thread-safe but for `expected_pts`.

    `duration` in seconds and `rate` in frames per second are what the file says of itself. Of a
    mezzanine, `is_sealed`, no picture that is damaged is ever handed out. It is decoded on a device
    of the kind `hardware` (see `hardware`) where it can be.
    """

    needs_own_thread = False

    def __init__(
        self,
        path: Path,
        container: str,
        *,
        duration: Fraction,
        rate: Fraction,
        threads: int,
        is_sealed: bool = False,
        hardware: str | None = None,
    ) -> None:
        self._format = container
        self._duration = duration
        self._rate = rate
        self._pictures = AvPictures(
            path, container, threads=threads, is_sealed=is_sealed, on=hardware
        )
        self._converter = Converter()
        self._tolerance = Fraction(0)
        self._entry_points: tuple[Fraction, ...] = ()
        self._entries_known = 0  # entries of the container's index that they were made from

    @property
    def decoding(self) -> str:
        """See `Reader.decoding`."""
        return self._pictures.decoding

    def open(self) -> ReaderFacts:
        """See `Reader.open`."""
        self.close()
        self._pictures.open()
        self._tolerance = tolerance_for(self._pictures.time_base)
        return ReaderFacts(self._tolerance)

    def frames(self, start: Fraction, stop: Fraction) -> Iterator[DecodedFrame]:
        """See `Reader.frames`."""
        pending: DecodedFrame | None = None
        before = 0  # ticks of the pending one
        first = self._ticks(start + self._tolerance)
        last = self._ticks(stop + self._tolerance)
        try:
            for decoded in self._pictures.since(start, self._tolerance):
                ticks = self._pictures.ticks_of(decoded)
                if pending is not None and ticks <= before:
                    continue  # a picture out of order has no time of its own
                pts = self._pictures.seconds(ticks)
                frame = DecodedFrame(pts, None, decoded, self._converter)
                if pending is not None:
                    pending.until = frame.pts
                    if ticks > first:
                        yield pending
                pending, before = frame, ticks
                if ticks > last:
                    return
        except DAMAGE as error:
            raise ReaderFault(f"cannot be read on: {reason_of(error)}") from error
        if pending is None:
            raise ReaderFault("has no picture that can be decoded")
        refuse_early_end(pending.pts, self._rate, self._duration)
        yield pending

    def is_ahead_worth_a_seek(self, here: Fraction, there: Fraction) -> bool:
        """See `Reader.is_ahead_worth_a_seek`: only where a keyframe lies between."""
        stream, first = self._pictures.stream, self._pictures.first_pts
        if stream is None or first is None:
            return True
        entries, tick = stream.index_entries, self._pictures.time_base
        target = first + int(there / tick)
        keyframe = entries.search_timestamp(target, backward=True, any_frame=False)
        if keyframe < 0:
            return there - here > BLIND_SEEK_S
        return (entries[keyframe].timestamp - first) * tick > here

    def entry_points(self) -> Sequence[Fraction]:
        """See `Reader.entry_points`: by the container's index, once all of it is there."""
        stream, first = self._pictures.stream, self._pictures.first_dts
        if stream is None or first is None or not self._has_index:
            return ()
        entries = stream.index_entries
        if len(entries) != self._entries_known:
            self._entries_known = len(entries)
            self._entry_points = tuple(
                (entry.timestamp - first) * self._pictures.time_base
                for entry in entries
                if entry.is_keyframe
            )
        return self._entry_points

    def expected_pts(self, time: Fraction) -> Fraction | None:
        """See `Reader.expected_pts`."""
        first = self._pictures.first_pts
        if first is None:
            return None
        shown = self._pictures.table.last_until(first + self._ticks(time + self._tolerance))
        return None if shown is None else self._pictures.seconds(shown - first)

    @property
    def _has_index(self) -> bool:
        """MP4's and AVI's is read on opening, Matroska's at a seek, others' while reading."""
        return (
            self._format in ("mov", "avi")
            or (self._format == "matroska" and self._pictures.has_sought)
            or self._pictures.table.is_complete
        )

    def close(self) -> None:
        """See `Reader.close`."""
        self._pictures.close()
        self._entry_points, self._entries_known = (), 0

    def _ticks(self, time: Fraction) -> int:
        """The last tick until a moment: pictures are compared in integers, which is cheaper."""
        tick = self._pictures.time_base
        return time.numerator * tick.denominator // (time.denominator * tick.numerator)
