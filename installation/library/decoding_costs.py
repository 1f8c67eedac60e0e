"""What decoding costs on this machine, by codec, size and way: measured once, kept for later runs.

The notes lie beside those on known films. Another machine, another graphics device or another
release of what decodes begins anew.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import platformdirs

from installation.film import Decoding, Version
from installation.whole import set_aside, write_whole

logger = logging.getLogger(__name__)

FORMAT = 1
"""To be raised when what is noted, or how it is measured, changes."""
SMALL = "small"
_SIZES = {"1080p": 1920 * 1088, "1440p": 2560 * 1440, "2160p": 3840 * 2176, "4320p": 7680 * 4352}
_SMALL_PIXELS = 960 * 544
_DEVICES = ("dev/nvidia[0-9]*", "dev/dri/renderD*", "dev/dxg")
_Notes = dict[str, dict[str, list[float] | None]]


@dataclass(frozen=True)
class Cost:
    """What a second of a film takes to decode."""

    cpu_s: float
    """Of all the processor's cores together."""
    wall_s: float


def size_class(version: Version) -> str:
    """The class of a version's size; films of one class cost about the same."""
    pixels = version.picture.width_px * version.picture.height_px
    if pixels < _SMALL_PIXELS:
        return SMALL
    return next((name for name, most in _SIZES.items() if pixels <= most), "larger")


class DecodingCosts:
    """The notes; any thread may ask. `machine` tells this one from others that share a home."""

    def __init__(self, cache: Path | None = None, machine: str | None = None) -> None:
        folder = cache or Path(platformdirs.user_cache_dir("installation")) / "films"
        self._path = folder / "decoding.json"
        self._machine = machine or this_machine()
        self._lock = threading.Lock()
        self._all = self._read()

    def of(self, version: Version) -> Mapping[Decoding, Cost | None]:
        """What each way of decoding such a version costs here, as far as it was measured.

        None for a way that does not work.
        """
        with self._lock:
            noted = self._all.get(self._machine, {}).get(_key(version), {})
            return {_way(name): _cost(figures) for name, figures in noted.items()}

    def note(self, version: Version, decoding: Decoding, cost: Cost | None) -> None:
        """Enter what was measured of one such version, and write it down."""
        figures = None if cost is None else [cost.cpu_s, cost.wall_s]
        with self._lock:
            ours = self._all.setdefault(self._machine, {}).setdefault(_key(version), {})
            ours[_name(decoding)] = figures
            text = json.dumps({"format": FORMAT, "machines": self._all}, indent=1)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, text.encode())
        except OSError as error:
            logger.info("what decoding costs cannot be kept: %s", error)

    def _read(self) -> dict[str, _Notes]:
        try:
            written = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            logger.info("what decoding cost in earlier runs is of no use: %s", error)
            return {}
        except (ValueError, RecursionError):
            written = None
        if isinstance(written, dict) and written.get("format") != FORMAT:
            return {}  # another release's
        machines = written.get("machines") if isinstance(written, dict) else None
        if isinstance(machines, dict) and _is_right(machines):
            return machines
        aside = set_aside(self._path)
        logger.info("what decoding cost in earlier runs is damaged; set aside as %s", aside)
        return {}


def this_machine(root: Path = Path("/")) -> str:
    """This machine's name for itself, its devices for decoding and what decodes."""
    found = [path.name for name in _DEVICES for path in root.glob(name)]
    name = os.environ.get("COMPUTERNAME", "") if sys.platform == "win32" else os.uname().nodename
    parts = (name, sys.platform, f"{os.cpu_count()} cores")
    return ", ".join((*parts, *sorted(found), f"PyAV {av.__version__}"))


def _key(version: Version) -> str:
    return f"{version.codec} {version.pixel_format} {size_class(version)}"


def _name(decoding: Decoding) -> str:
    return f"{decoding.engine} {decoding.hardware or 'software'}"


def _way(name: str) -> Decoding:
    engine, _, hardware = name.partition(" ")
    kind = None if hardware == "software" else hardware
    return Decoding("vlc" if engine == "vlc" else "av", kind)


def _cost(figures: list[float] | None) -> Cost | None:
    return None if figures is None else Cost(*figures)


def _is_right(machines: dict[Any, Any]) -> bool:
    """Whether notes that lay on a disk can be made use of."""
    try:
        figures = [
            f for kinds in machines.values() for ways in kinds.values() for f in ways.values()
        ]
        return all(
            f is None or (len(f) == 2 and all(0 <= n < math.inf for n in f)) for f in figures
        )
    except (AttributeError, TypeError):
        return False
