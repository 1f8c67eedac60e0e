"""The choice of what decodes a version: as somebody wants it, else as it measured cheaper here.

PyAV decodes what it can open: its pictures have times and are never repeated. libVLC decodes what
PyAV cannot open, what somebody wants so, and originals for which its hardware decoding measured
cheaper. A device is used where it measured cheaper than the processor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from installation.config import Config
from installation.decode.hardware import kinds_here
from installation.film import IN_SOFTWARE, Decoding, Version
from installation.library.decoding_costs import Cost
from installation.library.names import said
from installation.parts import wishes_for

WORTH_IT = 0.8
"""Of what the processor takes: what costs no less is not worth another way."""
MOST_WALL_S = 0.25
"""For a second of film: a device that is slower has no room for others beside it."""
VLC = Decoding("vlc")
VLC_ON_HARDWARE = Decoding("vlc", "any")


def decoding_of(
    version: Version, engine: str, hwaccel: str, costs: Mapping[Decoding, Cost | None]
) -> Decoding:
    """How to decode a version: `engine` and `hwaccel` are what is wanted, `costs` what was measured
    of such versions here. libVLC is taken to be there.
    """
    if version.opened_by == "vlc":
        return VLC
    if engine == "vlc" and not version.picture.rotation_deg:
        is_ready = version.original is None and hwaccel == "auto"
        return VLC_ON_HARDWARE if is_ready and costs.get(VLC_ON_HARDWARE) else VLC
    if hwaccel == "none":
        return IN_SOFTWARE
    if hwaccel != "auto":
        return Decoding("av", hwaccel)
    may_be_vlc = engine == "auto" and version.original is None and not version.picture.rotation_deg
    return _cheapest(costs, may_be_vlc=may_be_vlc)


def _cheapest(costs: Mapping[Decoding, Cost | None], *, may_be_vlc: bool) -> Decoding:
    usual = costs.get(IN_SOFTWARE)
    if usual is None:
        return IN_SOFTWARE
    best, least = IN_SOFTWARE, usual.cpu_s * WORTH_IT
    for way, cost in costs.items():
        is_worth_it = cost is not None and way.hardware is not None and cost.cpu_s < least
        # libVLC takes its time at a film's own pace
        is_quick = cost is not None and (way.engine == "vlc" or cost.wall_s <= MOST_WALL_S)
        if cost is not None and is_worth_it and is_quick and (way.engine == "av" or may_be_vlc):
            best, least = way, cost.cpu_s
    return best


def wanted_engine(config: Config, version: Version) -> str:
    """What the curator says of this version, or the artist, or the curator of all."""
    return wishes_for(config, version).engine or config.playback.engine


def what_libvlc_lacks() -> str | None:
    """See `libvlc.vlc_is_missing`; a start without libVLC does not wait for the import."""
    from installation.decode.libvlc import vlc_is_missing

    return vlc_is_missing()


def engine_mistakes(
    config: Config,
    versions: Iterable[Version],
    missing: Callable[[], str | None] = what_libvlc_lacks,
) -> list[str]:
    """What is wanted and cannot be, a sentence each; `missing` says what libVLC lacks."""
    told = []
    for version in versions:
        engine, is_vlcs = wanted_engine(config, version), version.opened_by == "vlc"
        if version.is_live:
            continue
        if engine == "av" and is_vlcs:
            told.append(f"{said(version.name)}: engine: PyAV cannot open it, so libVLC plays it")
        if engine == "vlc" and version.picture.rotation_deg:
            turned = "is stored turned, which libVLC would undo, so PyAV plays it"
            told.append(f"{said(version.name)}: engine: {turned}")
            continue
        if (engine == "vlc" or is_vlcs) and (sentence := missing()):
            until = "it is off air" if is_vlcs else "PyAV plays it"
            told.append(f"{said(version.name)}: engine: {sentence}; until then {until}")
    return told


def in_words(decoding: Decoding) -> str:
    """As `check` says it, before anything plays."""
    if decoding.engine == "vlc":
        return "by libVLC, in hardware" if decoding.hardware else "by libVLC"
    return f"in hardware ({decoding.hardware})" if decoding.hardware else "in software"


def equipment() -> str:
    """What this machine has to decode with, in a sentence."""
    devices = ", ".join(kinds_here()) or "none that it can use"
    return f"PyAV; hardware: {devices}; {what_libvlc_lacks() or 'libVLC'}"
