"""The real small files that are damaged: films of many makes, subtitles, YAML, signed films."""

from __future__ import annotations

import codecs
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.clips import make_clip
from tests.signing import created, manifest, open_studio

SIZE = (96, 64)
FRAMES = 16
_H264: dict[str, Any] = {"codec": "libx264"}
FILMS: dict[str, list[dict[str, Any]]] = {
    "mp4": [
        _H264 | {"audio_s": 0.5},
        _H264 | {"bframes": 3, "start_frame": 3, "gop": 5},
        _H264 | {"rotation": 90, "sample_aspect": Fraction(4, 3)},
        _H264 | {"options": {"movflags": "faststart"}},
        _H264 | {"options": {"movflags": "frag_keyframe+empty_moov"}, "gop": 4},
        {"codec": "libx265"},
        {"codec": "mpeg4"},
        {"codec": "libvpx-vp9"},
    ],
    "mov": [
        {"codec": "prores_ks", "pixel_format": "yuv422p10le"},
        {"codec": "mjpeg", "pixel_format": "yuvj420p"},
    ],
    "mkv": [
        _H264 | {"pts": [Fraction(i * (i + 7), 240) for i in range(FRAMES)]},
        {"codec": "libx265", "gop": 6},
        {"codec": "ffv1"},
    ],
    "webm": [{"codec": "libvpx"}, {"codec": "libvpx-vp9", "gop": 5}],
    "avi": [{"codec": "mpeg4"}],
    "ts": [_H264 | {"gop": 5}],
}

SRT = """1
00:00:00,000 --> 00:00:01,500
<i>Once</i> there was a film,

2
00:00:01,500 --> 00:00:03,000 X1:40 X2:600
{\\an8}remade by <b>every</b> model.
- Again?
- Again. \u6c34\u4eba \u0645\u0627\u0621

3
00:01:02,000 --> 01:00:00,000
& so on &lt;for ever&gt;
"""
VTT = """WEBVTT - a title
Kind: captions

STYLE
::cue { color: lime }

REGION
id:fred width:40%

NOTE a note
of two lines

intro
00:00.000 --> 00:01.500 line:0 position:20% align:start
<v Narrator>Once <c.loud>there</c> <00:00:00.800>was</v> a film,

00:00:01.500 --> 00:00:03.000
<ruby>\u6c34<rt>mizu</rt></ruby> &amp; &rlm; <lang en>again</lang>
"""
ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: 384
Collisions: Normal

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Italic, Alignment, MarginV, Encoding
Style: Default,Arial,20,&H00FFFFFF,0,0,2,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.00,0:00:01.50,Default,,0,0,0,,{\\i1}Once{\\i0} there was\\Na film,
Dialogue: 1,0:00:01.50,0:00:03.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}{\\fad(100,100)}again
Comment: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,not shown
"""
CONFIGS = [
    """# A wall in a gallery
film:
  versions: film
  title: "Kiss \u2013 \u6c34\u4eba"
  rate: 24000/1001
  length: 00:01:00:00
  order: [2024 A, "2025-01 B"]
  settle_s: 2
  cues: {kiss: "00:00:00:12", end: "00:00:20:12"}
wall:
  screen: primary
  background: "#101010"
  fade_in_ms: 300
  layout: {kind: spotlight, focus: 2024 A, strip: right, share: 60%, gap: 2%, margin: 8px}
  captions: {text: "{model} \u00b7 {date}", size: 18px, position: below, language: zh}
versions:
  2024 A: {in: 0.1, out: 0.5, offset: -0.25, speed: fit, fit: cover, focus: [0.5, 0.2]}
  2025-01 B:
    offset: 12.5
    cues: {kiss: 0.4}
    when_short: loop
    gain: -3
playback: {drawing: software, queue_mb: 256, patience_ms: 500, join: now}
sound: {from: rotate, crossfade: 0.2, normalize: true}
subtitles: {language: [en, de], size: 4%}
conform: {mode: auto, limit: 10 GB}
""",
    """film: {versions: ../film, rate: 24, order: date, when_short: black}
wall:
  layout:
    kind: custom
    tiles: {"2024 A": [0, 0, 0.5, 1], "2025-01 B": [0.5, 0, 0.5, 1.0], "2026 C": [0, 0, 0.1, 0.1]}
  captions: none
  off_air: slate
versions:
  "2024 A": {speed: 1.5, caption: "{name} of {film}"}
  "2025-01 B": {hidden: true, engine: av}
""",
]
VERSIONS = [
    """model: Runway Gen-2
date: 2024-03-11
title: "Water People"
tools: Stable Diffusion, ComfyUI
note: |
  Made in one night.
  And another.
in: 0.1
out: 0:00.5
offset: -0.25
""",
    """{model: "Sora \\u6c34", date: 2024-12, speed: 0.9, cues: {kiss: 0.4}, gain: -3, fit: cover}
""",
]


def make_seeds(folder: Path) -> dict[str, list[bytes]]:
    """By kind, the whole files; a kind is a file's ending, "wall", "version" or "c2pa"."""
    seeds: dict[str, list[bytes]] = {}
    for ending, makes in FILMS.items():
        for number, make in enumerate(makes):
            path = folder / f"{number}.{ending}"
            make_clip(path, frames=FRAMES, size=SIZE, **make)
            seeds.setdefault(ending, []).append(path.read_bytes())
    texts = {"srt": [SRT], "vtt": [VTT], "ass": [ASS], "wall": CONFIGS, "version": VERSIONS}
    for kind, written in texts.items():
        seeds[kind] = [text.encode() for text in written]
    examples = Path(__file__).parents[2] / "configs"
    seeds["wall"] += [path.read_bytes() for path in sorted(examples.glob("*.yaml"))]
    seeds["srt"].append(codecs.BOM_UTF16_LE + SRT.encode("utf-16-le"))
    seeds["c2pa"] = _signed(folder)
    return seeds


def _signed(folder: Path) -> list[bytes]:
    studio, film = open_studio(), folder / "0.mp4"
    plain = created(softwareAgent={"name": "Sora", "version": "2"}, when="2024-12-09T10:00:00Z")
    first = studio.sign(film, folder / "signed.mp4", manifest(plain))
    other = manifest(created(softwareAgent="Runway Gen-2"), generator="an editor")
    second = studio.sign(folder / "5.mp4", folder / "second.mp4", other)
    return [first.read_bytes(), second.read_bytes()]
