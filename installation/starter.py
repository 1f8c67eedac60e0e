"""A config to begin with, written for the versions that lie in a film's folder: `installation new`.

What it says are the defaults, each with a word on what else could stand there.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from installation.errors import InstallationError
from installation.film import Version, format_rate
from installation.film.rate import MAX_RATE, MIN_RATE
from installation.library import KnownFilms, Library, scan
from installation.library.scan import folders_in
from installation.library.the_film import folder_with_film

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "config.schema.json"
USUAL_RATE = Fraction(24)
COMMON_RATES = (
    *map(Fraction, (12, 15, 16, 18, 24, 25, 30, 48, 50, 60, 120)),
    *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)),
    Fraction(25, 2),
)
AS_GOOD_AS = Fraction(1, 5000)
"""Averages are off by less than this part of a rate; 24 and 23.976 are further apart."""
COMMENTS_FROM = 36
_JOINERS = "\u200c\u200d"  # parts of emoji and of Indic and Persian words, though not "printable"


def new(path: Path, media: Path, say: Callable[[str], None]) -> str:
    """Write the config; the sentence about it. `say` is told what lies there and is not shown.

    Raises InstallationError where the file is there already or the folder is not.
    """
    _refuse(path, media)
    known = KnownFilms(media)
    library = scan(media, order="date", known=known)
    known.keep()
    _refuse_folder_above(media, library)
    text = starter(path, media, library.versions)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise InstallationError(what, where=str(path), remedy="write it elsewhere") from error
    for sentence in _notices(library):
        say(sentence)
    count = len(library.versions)
    return f"{path}: {'1 version' if count == 1 else f'{count} versions'} of {title_of(media)}"


def _refuse(path: Path, media: Path) -> None:
    if path.exists() or path.is_symlink():
        raise _exists(path)
    if not path.parent.is_dir():
        remedy = "make it, or write the config elsewhere"
        raise InstallationError("there is no such folder", where=str(path.parent), remedy=remedy)
    if not media.is_dir():
        remedy = "name the folder that holds one folder per version"
        raise InstallationError("there is no such folder", where=str(media), remedy=remedy)
    if any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF for c in _from(path, media)):
        where = _said(str(media))
        what, remedy = "holds a character that a config cannot name", "rename the folder"
        raise InstallationError(what, where=where, remedy=remedy)


def _refuse_folder_above(media: Path, library: Library) -> None:
    """`media` instead of `media/the-kiss`: a config for it would show nothing."""
    if library.versions:
        return
    for folder in folders_in(media)[0]:
        if folder_with_film(folder) is not None:
            name, path = _said(folder.name), _said(folder.as_posix())
            remedy = f'if "{name}" in it is the film, write --media "{path}"'
            raise InstallationError("holds no version", where=_said(str(media)), remedy=remedy)


def _exists(path: Path) -> InstallationError:
    remedy = "choose another name, or move that file away first"
    return InstallationError("is there already and stays as it is", where=str(path), remedy=remedy)


def _notices(library: Library) -> list[str]:
    return [*(f"not shown: {one.message}" for one in library.rejected), *library.notices]


# -- the text


def starter(path: Path, media: Path, versions: Sequence[Version]) -> str:
    """The config's text, for the file `path` and the film in `media`."""
    title, rate = title_of(media), common_rate([version.rate for version in versions])
    lines = [
        *_schema_line(path),
        f"# The wall of {_said(title)}. Every setting but film.versions may be left out.",
        "#",
        "# After a change:",
        "#   installation check FILE                 tells every mistake, with its line",
        "#   installation preview FILE -o wall.png   shows what the wall would look like",
        "",
        "film:",
        _line(f"title: {quoted(title)}", "for {film} in captions, and while there is no picture"),
        "  # the folder that holds one folder per version; relative to this file",
        f"  versions: {quoted(_from(path, media))}",
        _line(f"rate: {rate}", _rate_comment(rate)),
        _line("length: auto", "the longest version's; or a timecode such as 00:02:04:12"),
        _line("order: date", "oldest first; or a list of folder names"),
        _line("when_short: hold", "a version shorter than the film: hold, black or loop"),
        *_FOLDER,
        "",
        *_WALL,
        "",
        *_PLAYING,
        "",
        *_overrides(versions),
    ]
    return "\n".join(lines) + "\n"


def _line(setting: str, comment: str, indent: int = 2) -> str:
    return f"{' ' * indent + setting:<{COMMENTS_FROM}}  # {comment}"


_FOLDER = (
    _line("cues: {}", 'moments that versions are held to: {kiss: "00:00:12:00"}'),
    _line("settle_s: 5", "seconds a new folder lies still before it is looked at"),
    _line("watch: auto", "how that folder is watched; or native, polling"),
    _line("receipts: false", "true tells each artist in a receipt.txt what became of it"),
)

_WALL = (
    "wall:",
    _line('background: "#000000"', "any colour; in quotes, or YAML takes it for a comment"),
    _line("#screen: 0", "the screen's number or name, instead of the main one"),
    _line("off_air: dim", "a version that cannot play now: dim its last picture; or slate"),
    _line("fade_in_ms: 1200", "how long the first picture rises"),
    _line("transition_ms: 900", "how long tiles move to a new layout; 0 for at once"),
    "  layout:",
    _line("kind: grid", "or row, column, spotlight, custom; see them all:", 4),
    _line("", "installation preview FILE --layouts -o layouts.png", 4),
    _line("columns: auto", "what shows the pictures largest; or a number", 4),
    _line("gap: 1%", "between pictures; of the wall's shorter side, or 12px", 4),
    _line("margin: 2%", "around all of them", 4),
    _line("fit: contain", "whole pictures; cover fills each tile and crops", 4),
    "  captions:",
    _line(r'text: "{model}\n{date}"', "also {title} {tools} {note} {name} {film}", 4),
    _line("position: below", "or inside: top-left, top-right, bottom-left, bottom-right", 4),
    _line("size: 3%", "of the picture's height; or 24px", 4),
    _line("language: en", "of the dates: en, de, fr, zh or ru", 4),
    _line("date_format: auto", "as much as is known; or a pattern such as MMMM yyyy", 4),
    _line('color: "#e6e2da"', "of the type, in quotes", 4),
    _line('font: ""', "a font of this machine instead of the bundled one", 4),
    _line("speaker: false", "true marks the caption of who is heard", 4),
)

_PLAYING = (
    "playback:",
    _line("join: seam", "a new version comes on air with the next loop; or now"),
    _line("patience_ms: 250", "how long the wall waits, together, for a late version"),
    _line("drawing: auto", "the GPU where there is one; or gpu, software"),
    _line("queue_mb: 256", "memory for decoded pictures of the whole wall, MiB"),
    _line("allow_protocols: []", "what live versions may come by: [http, https, rtsp, rtp, udp]"),
    _line("engine: auto", "what decodes: av (PyAV), vlc (libVLC), or what suits each"),
    _line("hwaccel: auto", "decoding in hardware; or none, cuda, qsv, d3d11va, videotoolbox"),
    "",
    "sound:",
    _line("from: none", "who is heard: latest, rotate, mix, or a version's folder name"),
    _line("volume: 0", "decibels; -6 is half as loud"),
    _line("crossfade: 0.5", "seconds in which one voice gives way to another"),
    _line("device: default", "or a sound device's name"),
    _line("normalize: true", "all versions equally loud (EBU R128), peaks below full scale"),
    _line("delay_ms: 0", "how late the loudspeaker is"),
    _line("#follow: focus", "the large tile of a spotlight layout speaks instead"),
    "",
    "conform:",
    _line("mode: auto", "copies what is larger than shown, once; or always, never"),
    _line("limit: 20%", "of the disk, what those copies may take; or 50 GB"),
    _line("#cache: copies", "the folder that keeps them, instead of your cache folder"),
    "",
    "log:",
    _line("limit: 100 MB", "what the play log may take: years; for `installation report`"),
    _line("days: 1000", "how far it reaches back"),
    _line("#folder: log", "the folder that keeps it, instead of your state folder"),
    "",
    "schedule:",
    _line('#hours: {tue-sun: "10:00-18:00"}', "when the wall is open; else black, silent"),
    _line("closed: []", "2026-12-24, 2026-12-24 to 2027-01-02, 12-24 for every year"),
    _line('#special: {2026-12-31: "20:00-02:00"}', "dates with other hours"),
    _line("#timezone: Europe/Berlin", "instead of the machine's own"),
    _line("fade: 2 s", "of picture and sound, at both ends"),
    _line("wake: 60 s", "the screens are woken so long before opening"),
    "",
    "subtitles:",
    _line("language: none", "or de, or [de, en]; from files such as film.de.srt"),
    _line("per: wall", "in a strip of the wall; or tile: each version's own"),
    _line("position: bottom", "or top"),
    _line("size: 4%", "of the wall's shorter side, of a tile's picture; or 30px"),
    _line("lines: 2", "that the strip has room for, in each language"),
    _line('color: "#f4f1ea"', "of the type, in quotes"),
    _line('outline: "#000000"', "of its edge, over pictures"),
    _line('font: ""', "a font of this machine instead of the bundled one"),
)


_BESIDE_CAPTION = (
    _line("#   in: 1.5, out: 58", "its first and last moment that is shown, in seconds", 0),
    _line("#   offset: -0.5", "seconds it starts after the film; before it, if negative", 0),
    _line("#   speed: fit", "as long as the film; or a number such as 1.04", 0),
    _line("#   cues: {kiss: 11.5}", "its own time, in seconds, at film.cues", 0),
    _line("#   when_short: loop", "after its end: hold, black or loop", 0),
    _line("#   fit: cover, focus: [50%, 30%]", "fills its tile, and a crop keeps that point", 0),
    _line("#   gain: -3", "how much louder its sound is, in decibels", 0),
    _line("#   hidden: true", "not on the wall", 0),
    _line("#   engine: vlc", "what decodes it: av, vlc or auto", 0),
)


def _overrides(versions: Sequence[Version]) -> list[str]:
    """What could be said of single versions; without its # each line is a setting."""
    names = [version.name for version in versions] or ["2024-03-11 Runway Gen-2"]
    return [
        "# What this wall says differently of one version, by its folder's name. To use it, take",
        '# the # away before "versions:" and before the version\'s line; caption: none hides one.',
        "# Beside caption there can stand, each after a comma:",
        *_BESIDE_CAPTION,
        "#versions:",
        *(rf'#  {quoted(name)}: {{caption: "{{model}}\n{{date}}"}}' for name in names),
    ]


def _schema_line(path: Path) -> list[str]:
    """Where editors find what can be written; nothing where they could not."""
    if not SCHEMA.is_file():
        return []
    folder = Path(os.path.abspath(path.parent))  # noqa: PTH100  links stay
    is_near = folder.resolve().is_relative_to(SCHEMA.parents[1])
    schema = Path(os.path.relpath(SCHEMA, folder.resolve())) if is_near else SCHEMA
    text = schema.as_posix()
    is_plain = text.isprintable() and not any(c.isspace() for c in text)
    return [f"# yaml-language-server: $schema={text}"] if is_plain else []


def title_of(media: Path) -> str:
    """A film's title from its folder's name: `the-kiss` is The Kiss."""
    name = Path(os.path.abspath(media)).name  # noqa: PTH100  links stay
    if " " not in name:
        name = name.replace("-", " ").replace("_", " ")
    if name == name.lower():
        name = " ".join(word[:1].upper() + word[1:] for word in name.split())
    return " ".join(name.encode(errors="replace").decode().split())


def _from(path: Path, media: Path) -> str:
    """The film's folder as seen from the config's."""
    try:
        return Path(os.path.relpath(media, path.parent)).as_posix()
    except ValueError:  # on another drive
        return Path(os.path.abspath(media)).as_posix()  # noqa: PTH100


def common_rate(rates: Sequence[Fraction]) -> Fraction:
    """The rate that most versions have; of several the usual one, else the first."""
    counted = Counter(rate for rate in map(_tidy, rates) if MIN_RATE <= rate <= MAX_RATE)
    most = max(counted.values(), default=0)
    best = [rate for rate, count in counted.items() if count == most]
    return USUAL_RATE if USUAL_RATE in best or not best else best[0]


def _tidy(rate: Fraction) -> Fraction:
    for common in COMMON_RATES:
        if abs(rate - common) < common * AS_GOOD_AS:
            return common
    return round(rate * 1000) / Fraction(1000)


def _rate_comment(rate: Fraction) -> str:
    also = f" ({format_rate(rate)})" if rate.denominator != 1 else ""
    return f"film frames per second{also}; or 25, 24000/1001, 23.976"


def quoted(text: str) -> str:
    """Text as YAML in double quotes, whatever it holds; what cannot be seen is escaped."""
    return '"' + "".join(f"\\{c}" if c in '"\\' else _visible(c) for c in text) + '"'


def _said(text: str) -> str:
    return "".join(map(_visible, text))


def _visible(c: str) -> str:
    if c.isprintable() or c in _JOINERS:
        return c
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"
