"""What changed between two configs: just the settings that differ, each by its dotted name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from installation.config import Config, diff, json_schema, keeping_what_needs_a_start

FILM = "film: {versions: x}\n"
Load = Callable[[str], Config]
Written = dict[tuple[str, ...], Any]

EVERYWHERE: dict[str, tuple[Any, ...]] = {
    "film.title": ("", "The Kiss"),
    "film.versions": ("x", "y"),
    "film.rate": (24, "24000/1001", "2997/125"),
    "film.length": ("auto", "00:00:10:00"),
    "film.order": ("date", [], ["a", "b"], ["b", "a"]),
    "film.when_short": ("hold", "loop"),
    "film.watch": ("auto", "polling"),
    "film.settle_s": (5, 1),
    "film.receipts": (False, True),
    "wall.background": ("#000000", "#fff"),
    "wall.screen": (None, 0, "HDMI-1"),
    "wall.off_air": ("dim", "slate"),
    "wall.fade_in_ms": (0, 1200),
    "wall.transition_ms": (0, 900),
    "wall.layout.gap": (0, "1%", "1px", "33.33333%", "33.33334%"),
    "wall.layout.margin": ("2%", "2px"),
    "wall.layout.fit": ("contain", "cover"),
    "wall.captions.text": ("none", "{model}"),
    "wall.captions.position": ("below", "top-left"),
    "wall.captions.size": ("3%", "12px"),
    "wall.captions.font": ("", "Inter"),
    "wall.captions.color": ("#fff", "#ffffff"),
    "wall.captions.language": ("en", "zh"),
    "wall.captions.date_format": ("auto", "yyyy"),
    "wall.captions.speaker": (False, True),
    "sound.from": ("none", "latest", "a"),
    "sound.follow": (None, "focus"),
    "sound.volume": (0, -6),
    "sound.crossfade": (0, 1.5),
    "sound.device": ("default", "HDMI"),
    "sound.normalize": (True, False),
    "sound.delay_ms": (0, 40),
    "playback.patience_ms": (0, 250),
    "playback.join": ("seam", "now"),
    "playback.drawing": ("auto", "gpu"),
    "playback.queue_mb": (16, 256),
    "playback.allow_protocols": ([], ["rtsp"], ["http", "rtsp"]),
    "playback.engine": ("auto", "av", "vlc"),
    "playback.hwaccel": ("auto", "none", "cuda"),
    "subtitles.language": ([], ["de"], ["de", "en"], ["en", "de"]),
    "subtitles.per": ("wall", "tile"),
    "subtitles.size": ("4%", "30px"),
    "subtitles.position": ("bottom", "top"),
    "subtitles.lines": (2, 1),
    "subtitles.color": ("#f4f1ea", "#fff"),
    "subtitles.outline": ("#000000", "#333"),
    "subtitles.font": ("", "Inter"),
    "conform.mode": ("auto", "never"),
    "conform.cache": (None, "x"),
    "conform.limit": ("20%", "20 GB"),
    "log.folder": (None, "x"),
    "log.limit": ("100 MB", "1%"),
    "log.days": (1000, 7),
    "kiosk.exit_chord": ("ctrl+alt+shift+q", "ctrl+alt+x", "none"),
    "kiosk.memory_limit": (None, "2 GB", "50%"),
}
OF_A_LAYOUT: dict[str, dict[str, tuple[Any, ...]]] = {
    "grid": {"columns": ("auto", 1, 2)},
    "row": {},
    "column": {},
    "spotlight": {"focus": ("latest", "a"), "strip": ("right", "bottom"), "share": ("70%", "75%")},
    "custom": {"tiles": ([], [[0, 0, 1, 1]], {}, {"a": [0, 0, 1, 1]}, {"a": [0, 0, 1, 0.5]})},
}
OF_A_VERSION: dict[str, tuple[Any, ...]] = {
    "in": (None, 0, 1.5),
    "out": (None, 3, "0:03.5"),
    "offset": (None, -1, 1),
    "speed": (None, "fit", 0.5),
    "when_short": (None, "black"),
    "fit": (None, "contain", "cover"),
    "focus": (None, [0, 0.5], ["0%", "20%"]),
    "gain": (None, 0, -3),
    "hidden": (None, True, False),
    "engine": (None, "auto", "vlc"),
}
VERSIONS = ("a", "2022 Gen-2.5", "Café")
CAPTIONS = (None, "none", "{model}")


@st.composite
def written(draw: st.DrawFn) -> Written:
    """A whole config, every setting written out, by the path to it."""
    settings: Written = {
        tuple(name.split(".")): draw(st.sampled_from(values)) for name, values in EVERYWHERE.items()
    }
    kind = draw(st.sampled_from(list(OF_A_LAYOUT)))
    settings["wall", "layout", "kind"] = kind
    for name, values in OF_A_LAYOUT[kind].items():
        settings["wall", "layout", name] = draw(st.sampled_from(values))
    for name in draw(st.sets(st.sampled_from(("kiss", "door")))):
        settings["film", "cues", name] = draw(st.sampled_from(("00:00:01:00", "00:00:02:00")))
    for version in draw(st.sets(st.sampled_from(VERSIONS))):
        settings["versions", version, "caption"] = draw(st.sampled_from(CAPTIONS))
        for setting, values in OF_A_VERSION.items():
            settings["versions", version, setting] = draw(st.sampled_from(values))
    return settings


def config(settings: Written) -> Config:
    """The config in which these are the settings."""
    data: dict[str, Any] = {}
    for path, value in settings.items():
        section = data
        for key in path[:-1]:
            section = section.setdefault(key, {})
        section[path[-1]] = value
    return Config.model_validate(data)


@given(written(), written())
def test_diff_names_exactly_the_settings_that_differ(one: Written, other: Written) -> None:
    expected = {
        ".".join(path) for path in one.keys() | other.keys() if one.get(path) != other.get(path)
    }
    assert diff(config(one), config(other)) == diff(config(other), config(one)) == expected
    assert (config(one) == config(other)) == (not expected)


@given(written())
def test_nothing_differs_from_itself(settings: Written) -> None:
    assert diff(config(settings), config(settings)) == frozenset()


def test_every_setting_of_the_schema_is_tried() -> None:
    models = json_schema()["$defs"]
    sections = {
        "film": "FilmConfig", "wall": "WallConfig", "wall.captions": "Captions",
        "playback": "PlaybackConfig", "conform": "ConformConfig",
        "subtitles": "SubtitlesConfig", "sound": "SoundConfig",
        "kiosk": "KioskConfig", "log": "PlayLogConfig",
    }  # fmt: skip
    known = {
        f"{at}.{name}" for at, model in sections.items() for name in models[model]["properties"]
    }
    assert known - {"wall.layout", "wall.captions", "film.cues"} == {
        name for name in EVERYWHERE if not name.startswith("wall.layout.")
    }
    of_a_version = set(models["VersionOverride"]["properties"])
    assert of_a_version == {*OF_A_VERSION, "caption", "cues"}
    for kind, settings in OF_A_LAYOUT.items():
        known = set(models[f"{kind.title()}Layout"]["properties"])
        assert known - {"kind", "gap", "margin", "fit"} == set(settings)


def test_overrides_are_named_by_their_version(load: Load) -> None:
    none, one = load(FILM), load(FILM + "versions: {a: {caption: x}}\n")
    other = load(FILM + "versions: {a: {caption: y}, b: {caption: z}}\n")
    assert diff(none, one) == diff(one, none) == {"versions.a.caption"}
    assert diff(one, other) == {"versions.a.caption", "versions.b.caption"}


def test_comments_and_order_change_nothing(load: Load) -> None:
    one = load(FILM + "wall: {fade_in_ms: 0, background: '#fff'}\n")
    other = load("# the same\nwall: {background: '#fff', fade_in_ms: 0}\n" + FILM)
    assert diff(one, other) == frozenset()


def test_another_kind_of_layout_brings_its_own_settings(load: Load) -> None:
    row = load(FILM + "wall: {layout: {kind: row}}")
    assert diff(load(FILM), row) == {"wall.layout.kind", "wall.layout.columns"}


def test_rates_that_look_alike_still_differ(load: Load) -> None:
    one = load("film: {versions: x, rate: 24000/1001}")
    other = load("film: {versions: x, rate: 2997/125}")
    assert diff(one, other) == {"film.rate"}


def test_what_needs_a_start_stays_as_it_was_and_is_named(load: Load) -> None:
    old = load("film: {versions: x, rate: 24}\nplayback: {drawing: software}\n")
    new = load(
        "film: {versions: y, rate: 25, title: The Kiss}\n"
        "playback: {drawing: gpu, patience_ms: 90}\n"
        "screens: [{screen: 0}, {screen: 1}]\n"
    )
    kept, later = keeping_what_needs_a_start(old, new)
    assert later == ["film.rate", "film.versions", "playback.drawing", "screens"]
    assert diff(old, kept) == {"film.title", "playback.patience_ms"}
    assert keeping_what_needs_a_start(kept, kept) == (kept, [])
