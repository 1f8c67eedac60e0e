"""The judge of recordings finds every kind of tear, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from tests.sound_clips import noise
from tests.sound_server import RATE
from tests.wall_e2e.sound_seams import Sound, Tears, tears

LOOPS = 6
SOURCE = noise(2, RATE, 7)[0]
AT_SEAM, ELSEWHERE = 3 * len(SOURCE), 3 * len(SOURCE) + RATE // 2 + 77


def played() -> Sound:
    """As a server records it: silence before and after."""
    quiet = np.zeros(RATE // 2)
    return np.concatenate([quiet, *[SOURCE] * LOOPS, quiet])


def judged(sound: Sound) -> Tears:
    return tears(sound.astype(np.float32), SOURCE)


def test_what_is_whole_is_said_to_be() -> None:
    found = judged(played())
    assert found.seams == LOOPS - 1
    assert (found.torn_seams, found.torn_elsewhere) == (0, 0)
    assert found.longest_silence_ms < 1


@pytest.mark.parametrize("ratio", [1.0002, 0.9995])
def test_a_device_that_is_followed_is_no_tear(ratio: float) -> None:
    whole = np.concatenate([SOURCE] * LOOPS)
    fine = np.fft.irfft(np.fft.rfft(whole), len(whole) * 8) * 8
    at = np.arange(0, len(whole) - 2, ratio)
    quiet = np.zeros(RATE // 2)
    found = judged(np.concatenate([quiet, fine[(at * 8).round().astype(int)], quiet]))
    assert found.seams == LOOPS - 1
    assert (found.torn_seams, found.torn_elsewhere) == (0, 0)


@pytest.mark.parametrize("at", [AT_SEAM, ELSEWHERE])
@pytest.mark.parametrize("kind", ["gap", "left out", "twice", "click"])
def test_every_kind_of_tear_is_found_where_it_is(kind: str, at: int) -> None:
    sound = played()
    at += RATE // 2
    match kind:
        case "gap":
            sound = np.concatenate([sound[:at], np.zeros(RATE // 200), sound[at:]])
        case "left out":
            sound = np.concatenate([sound[:at], sound[at + 48 :]])
        case "twice":
            sound = np.concatenate([sound[:at], sound[at - 48 :]])
        case "click":
            sound[at] += 0.5
    found = judged(sound)
    assert found.seams == LOOPS - 1
    if at == AT_SEAM + RATE // 2:
        assert (found.torn_seams, found.torn_elsewhere) == (1, 0)
    else:
        assert found.torn_seams == 0
        assert 1 <= found.torn_elsewhere <= 3
    if kind == "gap":
        assert found.longest_silence_ms == pytest.approx(5, abs=0.2)


def test_a_long_gap_is_no_seam() -> None:
    sound = played()
    for number in range(1, 5):  # wherever what is there instead may be taken to belong
        at = RATE // 2 + number * len(SOURCE) + (number * 17 + 5) * RATE // 50
        sound[at : at + RATE // 15] = 0
    found = judged(sound)
    assert found.seams == LOOPS - 1
    assert found.torn_seams == 0
    assert 4 * 5 <= found.torn_elsewhere <= 4 * 9
    assert found.longest_silence_ms == pytest.approx(1000 / 15, abs=0.2)
