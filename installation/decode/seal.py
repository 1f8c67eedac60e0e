"""The seal of a mezzanine's packets: a checksum of each, so that no damaged one is ever shown.

A decoder conceals what a failing disk does to a file, and shows something. So each packet begins
with a note of ours (H.264's user data, which every decoder passes over) that holds the checksum of
the rest and of its time. Pure arithmetic on bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_BEGINS = b"\x06\x05\x18installationseal"  # SEI, user data unregistered, 24 bytes of it
_ENDS = b"\x80"
_START_CODE = b"\0\0\1"
_LENGTH_BYTES, _CHECKSUM_BYTES = 4, 8
_SEAL = len(_BEGINS) + _CHECKSUM_BYTES + len(_ENDS)
_SEAL_BYTES = _LENGTH_BYTES + _SEAL
_SEAL_BEGINS = _SEAL.to_bytes(_LENGTH_BYTES, "big") + _BEGINS


def sealed(packet: bytes, ticks: int) -> bytes:
    """A packet as the encoder made it (Annex B), with its seal.

    `ticks` is its time, from the first picture's, in the file's time base.
    """
    units = (unit.rstrip(b"\0") for unit in packet.split(_START_CODE))
    seal = _BEGINS + _checksum((unit for unit in units if unit), ticks) + _ENDS
    return b"\0" + _START_CODE + seal + packet


def is_whole(packet: memoryview, ticks: int) -> bool:
    """Whether a packet as MP4 keeps it (each unit after its length) is as it was sealed."""
    rest = packet[_SEAL_BYTES:]  # each unit after its length, just as they were summed up
    checksum = _in_hex(zlib.crc32(rest, _begun(ticks)))
    return len(rest) > 0 and packet[:_SEAL_BYTES] == _SEAL_BEGINS + checksum + _ENDS


def _checksum(units: Iterable[bytes], ticks: int) -> bytes:
    crc = _begun(ticks)
    for unit in units:
        crc = zlib.crc32(unit, zlib.crc32(len(unit).to_bytes(_LENGTH_BYTES, "big"), crc))
    return _in_hex(crc)


def _begun(ticks: int) -> int:
    return zlib.crc32(ticks.to_bytes(8, "big", signed=True))


def _in_hex(crc: int) -> bytes:
    """CRC-32 in hexadecimal, in which no start code can come about."""
    return b"%08x" % crc
