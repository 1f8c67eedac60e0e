"""Decoding on graphics hardware: which kinds a machine may have, and a decoder on one of them.

A cheap look tells which kinds are worth trying; whether one works is known by decoding. Pictures
come back as ordinary frames (nv12, p010le): PyAV fetches them from the device.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from av.codec import Codec, CodecContext
from av.codec.hwaccel import HWAccel, HWDeviceType, hwdevices_available
from av.video.codeccontext import VideoCodecContext

if TYPE_CHECKING:
    from av.video.stream import VideoStream

KINDS = ("cuda", "qsv", "d3d11va", "videotoolbox")
"""FFmpeg's names of the kinds of devices that can be asked for."""
_USUAL = {"darwin": ("videotoolbox",), "win32": ("d3d11va", "cuda", "qsv")}
_ON_LINUX = {
    "cuda": ("/dev/nvidia[0-9]*", "/dev/dxg"),
    "qsv": ("/dev/dri/renderD*",),
}
_QSV = {"mpeg2video": "mpeg2_qsv"}
_COPIED = ("width", "height", "color_range", "color_primaries", "color_trc", "colorspace")
_INTEL = "0x8086"


class HardwareFault(Exception):
    """A hardware decoder cannot be had, or failed; the sentence says why."""


def kinds_here(root: Path = Path("/")) -> tuple[str, ...]:
    """The kinds this machine may have, best first: by what is built in, and by device files."""
    usual = _USUAL.get(sys.platform) or tuple(k for k in _ON_LINUX if _has_device(k, root))
    built_in = hwdevices_available()
    return tuple(kind for kind in usual if kind in built_in)


def _has_device(kind: str, root: Path) -> bool:
    found = [path for name in _ON_LINUX[kind] for path in root.glob(name.lstrip("/"))]
    return any(map(_is_intels, found)) if kind == "qsv" else bool(found)


def _is_intels(node: Path) -> bool:
    """Others have render nodes too, but Quick Sync is Intel's."""
    vendor = node.parents[2] / "sys/class/drm" / node.name / "device/vendor"
    try:
        return vendor.read_text("ascii").strip() == _INTEL
    except (OSError, ValueError):
        return False


def decoder_on(stream: VideoStream, kind: str) -> VideoCodecContext:
    """A decoder of its own for a stream that was just opened, on a device of that kind.

    It decodes on that device or not at all. Raises HardwareFault.
    """
    codec = _codec_for(stream, kind)
    if kind == "cuda":
        _wake_cuda()
    try:
        context = CodecContext.create(codec, "r", hwaccel=_device(kind))
        assert isinstance(context, VideoCodecContext)
        own = stream.codec_context
        context.extradata = own.extradata
        for name in _COPIED:
            setattr(context, name, getattr(own, name))
        context.reorder_depth = own.reorder_depth
        if own.sample_aspect_ratio:
            context.sample_aspect_ratio = own.sample_aspect_ratio
        context.thread_count = 1  # the device has its own
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise HardwareFault(f"there is no {kind} device that works ({reason})") from error
    if kind != "qsv" and not context.is_hwaccel:
        raise HardwareFault(f"there is no {kind} device that works")
    return context


def _device(kind: str) -> HWAccel | None:
    if kind == "qsv":
        return None  # its decoders find the device themselves
    # one context of the driver for all decoders, not one for each
    options: dict[str, object] = {"primary_ctx": "1"} if kind == "cuda" else {}
    return HWAccel(kind, allow_software_fallback=False, options=options)


def _codec_for(stream: VideoStream, kind: str) -> Codec:
    name = stream.codec_context.codec.canonical_name
    name = _QSV.get(name, f"{name}_qsv") if kind == "qsv" else name
    try:
        codec = Codec(name, "r")
    except ValueError as error:
        raise HardwareFault(f"nothing decodes {name} on {kind}") from error
    ways = codec.hardware_configs or ()
    if not any(way.device_type == HWDeviceType[kind] for way in ways):
        raise HardwareFault(f"nothing decodes {name} on {kind}")
    return codec


def _wake_cuda() -> None:
    """Have the driver begun and kept, which takes a while: PyAV would hold Python's lock for it."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(name)
    except OSError as error:
        raise HardwareFault("there is no NVIDIA driver") from error
    device, context = ctypes.c_int(), ctypes.c_void_p()
    codes = (
        driver.cuInit(0),
        driver.cuDeviceGet(ctypes.byref(device), 0),
        driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), device),
    )
    if any(codes):
        raise HardwareFault(f"the NVIDIA driver refuses (CUDA error {max(codes)})")
