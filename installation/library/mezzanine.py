"""What a mezzanine is: the recipe it is made by, the sizes it comes in, and what one holds.

A mezzanine is a version transcoded once, to the size it is shown at, so that the wall's cost
follows its pixels. Pure: `transcode.py` makes one, `conform_apart.py` in a process of its own.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from installation.film import Picture
from installation.library.facts import Facts
from installation.library.facts import from_json as film_facts

RECIPE = 2
"""To be raised with every change to how a mezzanine is made: older ones are then made anew."""
SUFFIX = ".mp4"
MUXER, CONTAINER = "mp4", "mov"
"""FFmpeg's names for MP4, to write and to read."""
ENCODER, CODEC, PIXEL_FORMAT = "libx264", "h264", "yuv420p"
CRF = 16
"""x264's quality; nothing is to be seen of it (`docs/performance.md` says how that was chosen)."""
GOP = 12
"""Most frames from one that decoding can begin at to the next: half a second of most films."""

Size = tuple[int, int]
"""Width and height of an upright picture, in square pixels."""
SMALLEST_PX = 64
"""No rung has a side shorter than this: less costs no less."""
_STEPS = (Fraction(1), Fraction(4, 5), Fraction(2, 3))
_MOST_STEPS = 48
_NAME_OR_NOTHING = re.compile(r"[a-z0-9_]{0,64}")


@dataclass(frozen=True)
class MezzanineFacts:
    """What a mezzanine holds, as made."""

    film: Facts
    """Its picture without the stamp's rows, upright; rate, duration and count as the source's.

    `film.picture.sample_aspect` mends what even numbers of pixels leave of the source's aspect.
    """
    stamp_rows: int
    """Rows of pixels under the picture that hold the frame stamp and are never shown."""
    short_id: int
    """The version's, as in every stamp."""
    sound: str
    """Its codec; empty where there is none."""
    size_bytes: int
    recipe: int = RECIPE


def display_size(picture: Picture) -> Size:
    """The upright picture in square pixels, none of its own lost: what is squared is widened."""
    width, height = Fraction(picture.width_px), Fraction(picture.height_px)
    if picture.sample_aspect >= 1:
        width *= picture.sample_aspect
    else:
        height /= picture.sample_aspect
    if picture.rotation_deg in (90, 270):
        width, height = height, width
    return max(1, round(width)), max(1, round(height))


def mezzanine_size(display_px: Size, tile_px: Size) -> Size:
    """The size for a picture of `display_px` whose largest tile has `tile_px`.

    The smallest on the picture's own ladder that fills the tile: 1, 4/5, 2/3 of its size, half of
    it, 2/5 and so on. Most walls and most pictures being 16 by 9, many a tile is met exactly, and
    small edits of the layout stay between two rungs. Even numbers, and never larger than the
    picture, but for one narrower than two pixels.
    """
    rung = display_px
    for step in range(_MOST_STEPS):
        part = _STEPS[step % len(_STEPS)] / 2 ** (step // len(_STEPS))
        smaller = display_px[0] * part, display_px[1] * part
        fills = all(ours >= tile for ours, tile in zip(smaller, tile_px, strict=True))
        if not fills or min(smaller) < SMALLEST_PX:
            break
        rung = _even(smaller[0], display_px[0]), _even(smaller[1], display_px[1])
    return _even(rung[0], display_px[0]), _even(rung[1], display_px[1])


def _even(size: int | Fraction, most: int) -> int:
    """The nearest even number, but none above `most`."""
    return max(2, min(int(size / 2 + Fraction(1, 2)) * 2, most // 2 * 2))


def encoder_options(stamp_rows: int, threads: int) -> dict[str, str]:
    """How x264 is to encode: quick to decode, and hiding the rows of the stamp.

    Every group begins anew (IDR) and no picture waits for a later one (no B-frames), so that a
    seek lands where it should and packets have the times of their pictures.
    """
    parameters = f"keyint={GOP}:min-keyint=1:bframes=0:crop-rect=0,0,0,{stamp_rows}"
    return {
        "preset": "veryfast",
        "tune": "fastdecode",
        "crf": str(CRF),
        "threads": str(threads),
        "x264-params": parameters,
    }


def as_json(facts: MezzanineFacts) -> dict[str, Any]:
    """The facts in what JSON knows."""
    written: dict[str, Any] = json.loads(json.dumps(asdict(facts), default=str))
    return written


def from_json(written: Any) -> MezzanineFacts:
    """The facts that were written; raises ValueError where no mezzanine is like that."""
    try:
        counts = {
            name: written[name] for name in ("stamp_rows", "short_id", "size_bytes", "recipe")
        }
        if any(type(count) is not int or count < 0 for count in counts.values()):
            raise ValueError("no mezzanine is like that")
        if not _NAME_OR_NOTHING.fullmatch(written["sound"]):
            raise ValueError("no mezzanine is like that")
        return MezzanineFacts(film_facts(written["film"]), sound=written["sound"], **counts)
    except (KeyError, TypeError) as error:
        raise ValueError("no facts of a mezzanine") from error
