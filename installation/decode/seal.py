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
_LENGTH_BYTES = 4


def sealed(packet: bytes, ticks: int) -> bytes:
    """A packet as the encoder made it (Annex B), with its seal.

    `ticks` is its time, from the first picture's, in the file's time base.
    """
    units = (unit.rstrip(b"\0") for unit in packet.split(_START_CODE))
    seal = _BEGINS + _checksum((unit for unit in units if unit), ticks) + _ENDS
    return b"\0" + _START_CODE + seal + packet


def is_whole(packet: memoryview, ticks: int) -> bool:
    """Whether a packet as MP4 keeps it (each unit after its length) is as it was sealed."""
    units: list[memoryview] = []
    at = 0
    while at < len(packet):
        begin = at + _LENGTH_BYTES
        at = begin + int.from_bytes(packet[at:begin], "big")
        units.append(packet[begin:at])
    if at != len(packet) or not units:
        return False
    return units[0] == _BEGINS + _checksum(units[1:], ticks) + _ENDS


def _checksum(units: Iterable[bytes | memoryview], ticks: int) -> bytes:
    """CRC-32 in hexadecimal, in which no start code can come about."""
    crc = zlib.crc32(ticks.to_bytes(8, "big", signed=True))
    for unit in units:
        crc = zlib.crc32(unit, zlib.crc32(len(unit).to_bytes(_LENGTH_BYTES, "big"), crc))
    return b"%08x" % crc
