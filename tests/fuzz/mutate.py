"""Damages a file, in one to three ways that are drawn by lot."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator, Sequence

HOLDS_BOXES = frozenset(
    (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"udta", b"moof", b"traf")
)
EBML_IDS = tuple(
    bytes.fromhex(code)
    for code in (
        "1a45dfa3", "18538067", "1549a966", "1654ae6b", "ae", "e0", "1f43b675", "a3", "a0", "a1",
        "1c53bb6b", "114d9b74", "2ad7b1", "4489", "d7", "e7", "63a2", "b0", "ba",
    )
)  # fmt: skip
INTERESTING = (
    0, 1, 2, 7, 8, 9, 15, 16, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF,
    0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
)  # fmt: skip
WORDS = tuple(
    word.encode()
    for word in (
        "\0", "\ufeff", "\u202e", "\ud7ff", "-->", "--> -->", "99:99:99,999", "-1:00:00,000",
        "00:00:00.000 --> 00:00:00.000", "99999999999:00:00,000", "{\\", "{\\p1", "\\N" * 50,
        "<" * 500, "<i>" * 300, "&#x110000;", "&#0;", "&amp" * 20, "STYLE\n", "WEBVTT", "[Events]",
        "Format:", "Dialogue:", "[" * 2000, "{" * 2000, "- " * 500, "&a [*a]", "*one", "<<: *one",
        "!!python/object/apply:os.system [ls]", "!!binary aGk=", "? ", ": ", "\t", "\r", "\u2028",
        "1e9999", "9" * 5000, "-0", ".nan", ".inf", "1/0", "0/1", "0x10", "~", "null", "yes", "'",
        '"', '"\\ud800"', "#", "|", ">", "%", "\n---\n", "\n...\n", "00:00:00:99", "-00:00:01:00",
        "1970-13-45", "\x1b[2J", "\x85", "0o7", "{a: {a: {a: {}}}}", "versions", "film", "layout",
    )
)  # fmt: skip
Change = Callable[[bytearray, "Sequence[bytes]", random.Random], bytearray]


def mutant(data: bytes, others: Sequence[bytes], chance: random.Random, *, is_text: bool) -> bytes:
    """One damaged copy; `others` are files of its kind, of which pieces may get in."""
    changes = TEXT if is_text else BINARY
    result = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if result:
            result = chance.choice(changes)(result, others, chance)
    return bytes(result)


def flip(data: bytearray, _: Sequence[bytes], chance: random.Random) -> bytearray:
    """Single bits, as a bad cable; sometimes close together."""
    count = chance.choice((1, 1, 2, 4, 16, 64))
    start = chance.randrange(len(data))
    reach = chance.choice((len(data), 64))
    for _number in range(count):
        place = (start + chance.randrange(reach)) % len(data)
        data[place] ^= 1 << chance.randrange(8)
    return data


def overwrite(data: bytearray, _: Sequence[bytes], chance: random.Random) -> bytearray:
    """A run of noise, of zeros or of ones, as a bad disk."""
    start = chance.randrange(len(data))
    count = min(len(data) - start, chance.choice((1, 4, 32, 512, 4096)))
    filling = chance.choice((chance.randbytes(count), bytes(count), b"\xff" * count))
    data[start : start + count] = filling
    return data


def truncate(data: bytearray, _: Sequence[bytes], chance: random.Random) -> bytearray:
    """Its beginning, or seldom its end."""
    place = chance.randrange(len(data))
    return data[:place] if chance.random() < 0.8 else data[place:]


def cut_out(data: bytearray, _: Sequence[bytes], chance: random.Random) -> bytearray:
    """A piece of the middle is missing."""
    start = chance.randrange(len(data))
    del data[start : start + chance.choice((1, 3, 17, 300, 3000))]
    return data


def splice(data: bytearray, others: Sequence[bytes], chance: random.Random) -> bytearray:
    """A piece of another file, or of its own, put in or over."""
    other = chance.choice((*others, bytes(data)))
    begin = chance.randrange(len(other))
    piece = other[begin : begin + chance.choice((4, 24, 200, 2000, 20000))]
    place = chance.randrange(len(data))
    data[place : place + chance.choice((0, len(piece)))] = piece
    return data


def lie_about_length(data: bytearray, _: Sequence[bytes], chance: random.Random) -> bytearray:
    """Another number where a length or a count stands."""
    fields = [*_fields(bytes(data))]
    place, width = chance.choice(fields) if fields else (chance.randrange(len(data)), 4)
    value = chance.choice((*INTERESTING, len(data), len(data) + 1, chance.getrandbits(8 * width)))
    if width == 1:
        data[place : place + 1] = bytes([value & 0xFF])
    else:
        pattern = ">I" if width == 4 else ">Q"
        data[place : place + width] = struct.pack(pattern, value & (2 ** (8 * width) - 1))
    return data


def move_boxes(data: bytearray, others: Sequence[bytes], chance: random.Random) -> bytearray:
    """A box is doubled, taken out, put into another place, or another file's put in its place."""
    boxes = [*_boxes(bytes(data), 0, len(data))]
    if not boxes:
        return flip(data, others, chance)
    start, end, _ = chance.choice(boxes)
    box = bytes(data[start:end])
    match chance.randrange(4):
        case 0:
            data[end:end] = box
        case 1:
            del data[start:end]
        case 2:
            place = chance.choice(boxes)[0]
            data[place:place] = box
        case 3:
            other = chance.choice(others)
            theirs = [*_boxes(other, 0, len(other))]
            if theirs:
                begin, until, _kind = chance.choice(theirs)
                data[start:end] = other[begin:until]
    return data


def put_word_in(data: bytearray, _: Sequence[bytes], chance: random.Random) -> bytearray:
    """Something that a grammar may trip over, between two signs or in a line's place."""
    word = chance.choice(WORDS)
    if chance.random() < 0.5:
        place = chance.randrange(len(data) + 1)
        data[place:place] = word
        return data
    lines = bytes(data).split(b"\n")
    lines[chance.randrange(len(lines))] = word
    return bytearray(b"\n".join(lines))


def shuffle_lines(data: bytearray, _: Sequence[bytes], chance: random.Random) -> bytearray:
    """Lines are doubled, left out, indented, or change places."""
    lines = bytes(data).split(b"\n")
    place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines.insert(other, lines[place])
        case 1:
            del lines[place]
        case 2:
            lines[place] = b" " * chance.choice((1, 2, 40)) + lines[place]
        case 3:
            lines[place], lines[other] = lines[other], lines[place]
        case 4:
            lines *= chance.choice((2, 200))
    return bytearray(b"\n".join(lines))


BINARY: tuple[Change, ...] = (
    *(flip, overwrite, truncate, cut_out, splice, lie_about_length, lie_about_length, move_boxes),
)
TEXT: tuple[Change, ...] = (
    *(flip, overwrite, truncate, cut_out, splice, put_word_in, put_word_in, shuffle_lines),
)


def _fields(data: bytes) -> Iterator[tuple[int, int]]:
    """Where lengths and counts stand, and how many bytes each takes."""
    for start, end, kind in _boxes(data, 0, len(data)):
        yield start, 4
        if kind not in HOLDS_BOXES and end - start >= 20:
            yield start + 12, 4  # the count of entries of many
            yield start + 16, 4
    if data.startswith(EBML_IDS[0]):
        for code in EBML_IDS:
            place = data.find(code)
            while 0 <= place < len(data) - len(code) - 8:
                yield place + len(code), 1
                yield place + len(code), 8
                place = data.find(code, place + 1) if len(code) > 1 else -1


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """The boxes of an MP4, those within others too: from where to where, and their letters."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8 or start + size > end or not kind.isalnum():
            return
        yield start, start + size, kind
        if kind in HOLDS_BOXES:
            yield from _boxes(data, start + 8, start + size)
        start += size
