"""A sealed packet is known to be whole, and one that a disk has changed is never shown."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import av
import pytest

from installation.decode import AvReader, ReaderFault
from installation.decode.seal import is_whole, sealed
from installation.library.transcode import conform
from tests.clips import make_clip

FRAMES = 24
UNITS = (b"\x67sequence", b"\x68picture", b"\x65slice\x00\x00\x03\x01 of it")


def as_mp4_keeps_it(packet: bytes) -> bytes:
    units = [unit.rstrip(b"\0") for unit in packet.split(b"\0\0\1") if unit.rstrip(b"\0")]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


@pytest.fixture(scope="module")
def mezzanine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mezzanine")
    source = make_clip(folder / "film.mp4", frames=FRAMES, audio_s=1)
    conform(source, "mov", folder / "mezzanine.mp4", (160, 90), 7)
    return folder / "mezzanine.mp4"


def shown(path: Path) -> int:
    reader = AvReader(
        path, "mov", duration=Fraction(1), rate=Fraction(FRAMES), threads=1, is_sealed=True
    )
    try:
        reader.open()
        return sum(1 for _ in reader.frames(Fraction(0), Fraction(10)))
    finally:
        reader.close()


def test_a_packet_is_whole_with_its_own_time_only() -> None:
    kept = as_mp4_keeps_it(sealed(b"".join(b"\0\0\0\1" + unit for unit in UNITS), 5))
    assert is_whole(memoryview(kept), 5)
    assert not is_whole(memoryview(kept), 6)
    for at in range(len(kept)):
        for bit in (1, 128):
            rotten = bytearray(kept)
            rotten[at] ^= bit
            assert not is_whole(memoryview(rotten), 5), at
        assert not is_whole(memoryview(kept[:at]), 5)


def test_no_seal_is_no_whole_packet() -> None:
    assert not is_whole(memoryview(as_mp4_keeps_it(b"\0\0\1" + UNITS[2])), 0)
    assert not is_whole(memoryview(b""), 0)


def test_one_changed_bit_of_a_picture_is_never_shown(mezzanine: Path, tmp_path: Path) -> None:
    whole = mezzanine.read_bytes()
    with av.open(str(mezzanine)) as film:
        packets = [(p.pos, p.size) for p in film.demux(video=0) if p.size and p.pos is not None]
    assert shown(mezzanine) == len(packets) == FRAMES
    chance = random.Random(5)
    for pos, size in packets:
        rotten = bytearray(whole)
        rotten[pos + chance.randrange(size)] ^= 1 << chance.randrange(8)
        path = tmp_path / "rotten.mp4"
        path.write_bytes(rotten)
        with pytest.raises(ReaderFault, match="is damaged"):
            shown(path)
