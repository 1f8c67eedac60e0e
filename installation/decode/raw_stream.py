"""Tells raw H.264 and H.265 streams (Annex B, no container around them) by their first bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile

_START_CODE = b"\0\0\1"
_MOST_ZEROS = 8
_AVC_SEI, _AVC_SPS, _AVC_PPS, _AVC_DELIMITER = 6, 7, 8, 9
_AVC_PROFILES = frozenset((44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 138, 144, 244))
_HEVC_VPS, _HEVC_SPS, _HEVC_PPS, _HEVC_DELIMITER, _HEVC_SEI = 32, 33, 34, 35, 39
_MOST_UNITS = 64


def raw_stream(head: bytes) -> str | None:
    """ "h264" or "hevc" where a file that begins so is such a stream, from its very start."""
    first = head.find(_START_CODE)
    if not 0 <= first <= _MOST_ZEROS or head[:first].strip(b"\0"):
        return None
    units = list(islice(_units(head[first:]), _MOST_UNITS))
    if _is_avc(units):
        return "h264"
    return "hevc" if _is_hevc(units) else None


def _units(stream: bytes) -> Iterator[bytes]:
    return (unit for unit in stream.split(_START_CODE)[1:])


def _is_avc(units: list[bytes]) -> bool:
    """Its parameter sets come first, and nothing but what may lie among them."""
    before = {_AVC_SEI, _AVC_SPS, _AVC_PPS, _AVC_DELIMITER}
    sets = list(takewhile(lambda unit: _avc_type(unit) in before, units))
    kinds = [_avc_type(unit) for unit in sets]
    if _AVC_SPS not in kinds or _AVC_PPS not in kinds:
        return False
    sps = sets[kinds.index(_AVC_SPS)]
    return len(sps) >= 4 and sps[1] in _AVC_PROFILES and not sps[2] & 0b11


def _avc_type(unit: bytes) -> int:
    return unit[0] & 0x1F if unit and not unit[0] & 0x80 else -1


def _is_hevc(units: list[bytes]) -> bool:
    before = {_HEVC_VPS, _HEVC_SPS, _HEVC_PPS, _HEVC_DELIMITER, _HEVC_SEI}
    kinds = list(takewhile(lambda kind: kind in before, map(_hevc_type, units)))
    return {_HEVC_VPS, _HEVC_SPS, _HEVC_PPS} <= set(kinds)


def _hevc_type(unit: bytes) -> int:
    """-1 for what no base layer has."""
    is_plain = len(unit) >= 2 and not unit[0] & 0x81 and unit[1] == 1
    return unit[0] >> 1 if is_plain else -1
