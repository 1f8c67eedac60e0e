"""One loop of a version's sound, from any sample of it on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from installation.film import MasterClock
from installation.sound.plan import samples_in, segments
from installation.sound.source import Samples, SoundFile, stretched
from installation.sound.wanted import Heard

MOST_BLOCK = 4096


def loop_sound(
    file: SoundFile, heard: Heard, clock: MasterClock, loop: int, rate: int, start: int = 0
) -> Iterator[Samples]:
    """One loop of a version's sound from this sample of the loop on, all of it, with its silence.

    A pure function of the loop and the sample, whatever was read before.
    """
    count = samples_in(clock, loop, rate)
    head = start
    for part in segments(heard.time_map(loop), rate, count):
        if part.stop <= head:
            continue
        if part.start > head:
            yield from _silence(part.start - head)
            head = part.start
        if part.speed == 1:
            sound = file.samples(part.version_start + head - part.start)
        else:  # from the segment's start: what comes out depends on what went in
            length = round((part.stop - part.start) * part.speed)
            sound = stretched(file.samples(part.version_start), length, part.speed, rate)
            sound = _without(sound, head - part.start)
        for block in sound:
            block = block[:, : part.stop - head]
            if block.shape[1]:
                head += block.shape[1]
                yield block
            if head >= part.stop:
                break
        yield from _silence(part.stop - head)
        head = part.stop
    yield from _silence(count - head)


def _silence(count: int) -> Iterator[Samples]:
    for start in range(0, count, MOST_BLOCK):
        yield np.zeros((2, min(MOST_BLOCK, count - start)), np.float32)


def _without(blocks: Iterator[Samples], skip: int) -> Iterator[Samples]:
    for block in blocks:
        if skip < block.shape[1]:
            yield block[:, skip:]
        skip = max(0, skip - block.shape[1])
