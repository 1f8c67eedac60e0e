"""The way that a newcomer of each kind goes, up to what the wall does with it.

What runs here runs in the wall's own process, where nothing may crash, hang or raise anything but
a sentence; the probe and the reading of Content Credentials have forks of their own, as they have
processes of their own there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from installation.config import Config, load_config
from installation.decode import AvReader, ImageTarget
from installation.decode.reader import ReaderFault
from installation.errors import ConfigError
from installation.film import Cue, Subtitles, Version
from installation.layout import CaptionSpace, LayoutError, Size, TileSpec, arrange
from installation.library import probing
from installation.library.boxes import has_manifest
from installation.library.credentials import Credentials, credentials_from_json
from installation.library.credentials_apart import READ
from installation.library.either_engine import facts_of
from installation.library.facts import Facts, from_json
from installation.library.probe_apart import ANSWER_BYTES, Limits, probe_apart, told
from installation.library.scan import look_into, read_apart
from installation.library.subtitles import SubtitleShelf
from installation.parts import (
    caption_of,
    film_frames,
    framing_of,
    nameless_overrides,
    sound_mistakes,
    time_map_of,
    timing_mistakes,
)
from tests.fuzz.forks import in_fork

FILMS = ("mp4", "mov", "mkv", "webm", "avi", "ts", "c2pa")
SUBTITLES = ("srt", "vtt", "ass")
TEXTS = (*SUBTITLES, "wall", "version")
FOLDER = "2024-03-11 Runway Gen-2"
CONFIG = Config.model_validate({"film": {"versions": "film", "cues": {"kiss": "00:00:00:12"}}})
DRAWN = (
    ImageTarget(frozenset({"bgra"}), (160, 90)),
    ImageTarget(frozenset({"yuv420p", "bgra"})),
)
"""As the software scene graph takes pictures, and as a GPU does."""
LOOPS = 2
SHORTER = Limits(wall_s=40, cpu_s=20)
"""Than for a newcomer, which may be long; these are not."""
MOST_LETTERS = 2000
_OF_A_PROGRAM = re.compile(r"Traceback|[a-z]Error\b|Exception|<class |NoneType|validation")
_ODD_TAG = re.compile(r"<(?!/?[biu]>|br>)")
_PLACED = re.compile(r"wall\.yaml(:[1-9]\d*:[1-9]\d*)?: \S").match


class Outcome(NamedTuple):
    """What came of a newcomer."""

    verdict: str
    """"played", "rejected", "faulted" (played, and then taken off air)."""
    sentences: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    """What must not be."""


def try_film(root: Path, ending: str, data: bytes, *, really_apart: bool = False) -> Outcome:
    """A version's film, with subtitles and `version.yaml` left out."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    film = folder / f"film.{'mp4' if ending == 'c2pa' else ending}"
    film.write_bytes(data)
    by_pyav: Callable[[Path, str], Facts] = _probed
    read: Callable[[Path, str], Credentials | None] = _credentials
    if really_apart:
        by_pyav, read = partial(probe_apart, rehearsal="whole", limits=SHORTER), read_apart
    found = look_into(folder, root, None, partial(facts_of, by_pyav=by_pyav), read)
    film.unlink()
    film.write_bytes(data)  # what the probe was given, whatever it did
    sentences = found.notices + ((found.rejection.message,) if found.rejection else ())
    if found.version is None:
        return Outcome("rejected", sentences, _unclear(sentences, least=1))
    caption_of(CONFIG, found.version)
    fault = _play(found.version)
    return Outcome("faulted" if fault else "played", (*sentences, *fault), _unclear(sentences))


def _probed(path: Path, container: str) -> Facts:
    asked = {"path": str(path), "container": container, "rehearsal": "whole", "threads": 1}
    fork = in_fork(partial(_asked, asked, SHORTER), wall_s=SHORTER.wall_s, most_bytes=ANSWER_BYTES)
    return told(fork.ended, SHORTER, lambda answer: from_json(answer["facts"]))


def _credentials(path: Path, container: str) -> Credentials | None:
    if not has_manifest(path, container):
        return None
    asked = {"path": str(path), "wants": "credentials"}
    ended = in_fork(partial(_asked, asked, READ), wall_s=60, most_bytes=ANSWER_BYTES).ended
    if ended.how != "by itself" or ended.code != 0:
        return Credentials(problem="unreadable")
    return credentials_from_json(json.loads(ended.output)["credentials"])


def _asked(asked: dict[str, Any], limits: Limits) -> dict[str, Any]:
    most = {name: most for name, most in asdict(limits).items() if name != "wall_s"}
    return probing._answer(asked | {"limits": most | {"parent": os.getppid()}})


def _play(version: Version) -> tuple[str, ...]:
    """Some loops from different places on, as its feed does; why it cannot be read on, if so."""
    reader = AvReader(
        version.path,
        version.container,
        duration=version.duration,
        rate=version.rate,
        threads=1,
    )
    try:
        reader.open()
        for loop in range(LOOPS):
            begin = version.duration * loop / 3
            for frame in reader.frames(begin, version.duration):
                assert frame is not None
                frame.image(DRAWN[loop % 2])
                reader.expected_pts(frame.pts)
            reader.entry_points()
            reader.is_ahead_worth_a_seek(Fraction(0), version.duration / 2)
    except ReaderFault as fault:
        return (str(fault),)
    finally:
        reader.close()
    return ()


def try_subtitles(root: Path, ending: str, data: bytes) -> Outcome:
    """Beside a version's film, in a language that its name says."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / f"film.de.{ending}").write_bytes(data)
    found = SubtitleShelf().read(folder, root)
    sentences = tuple(sentence for one in found for sentence in one.complaints)
    said = {cue.text for one in found for cue in _said(one)}
    wrong = tuple(f"would be shown as {text!r}" for text in said if _ODD_TAG.search(text))
    is_any = any(one.cues for one in found)
    findings = _unclear(sentences, least=0 if is_any else 1) + wrong
    return Outcome("played" if is_any else "rejected", sentences, findings)


def _said(found: Subtitles) -> list[Cue]:
    moments = {Fraction(ms, 1000) for ms in range(0, 5000, 100)}
    moments |= {Fraction(cue.start_ms, 1000) for cue in found.cues[:1000]}
    return [cue for moment in moments for cue in found.at(moment)]


def try_version_file(root: Path, data: bytes, film: Version) -> Outcome:
    """`version.yaml` beside a film that was measured before."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / "film.mp4").write_bytes(film.path.read_bytes())
    (folder / "version.yaml").write_bytes(data)
    facts = Facts(
        film.picture, film.rate, film.duration, film.frame_count, film.codec, film.pixel_format
    )
    found = look_into(folder, root, None, lambda *_: facts, lambda *_: None)
    assert found.version is not None, found.rejection
    sentences = (*found.notices, *_play_by(CONFIG, [found.version]))
    return Outcome("rejected" if found.notices else "played", sentences, _unclear(sentences))


def try_config(root: Path, data: bytes, film: Version) -> Outcome:
    """The curator's YAML, up to where tiles hang and what they show when."""
    path = root / "wall.yaml"
    path.write_bytes(data)
    try:
        config = load_config(path)
    except ConfigError as error:
        findings = [f"not told with its place: {m!r}" for m in error.messages if not _PLACED(m)]
        sentences = tuple(error.messages)
        return Outcome("rejected", sentences, (*_unclear(sentences, 1, mends=False), *findings))
    versions = [replace(film, name=name) for name in ("2024 A", "2025-01 B", FOLDER)]
    sentences = (*_play_by(config, versions), *nameless_overrides(config, ["2024 A"]))
    try:
        specs = [TileSpec(one.name, one.picture.display_aspect) for one in versions]
        space = CaptionSpace(2, config.wall.captions.size, config.wall.captions.position)
        arrange(Size(1280, 720), specs, config.wall.layout, space)
    except LayoutError as error:
        sentences += (str(error),)
    return Outcome("played", sentences, _unclear(sentences, mends=False))


def _play_by(config: Config, versions: list[Version]) -> list[str]:
    """What is said of versions as a config has them, after asking for all that a wall asks for."""
    length = film_frames(config, versions)
    for version in versions:
        caption_of(config, version)
        framing_of(config, version)
        time_map = time_map_of(config, version, length)
        for frame in {0, 1, length // 2, length - 1}:
            time_map.moment(min(frame, length - 1))
        time_map.first_frame(0, Fraction(1, 3), Fraction(1, 1000))
    return [*timing_mistakes(config, versions), *sound_mistakes(config, [FOLDER])]


def _unclear(sentences: Sequence[str], least: int = 0, *, mends: bool = True) -> tuple[str, ...]:
    """What is wrong with how it is said: one line each, in a person's words, with a remedy."""
    found = [f"says nothing of it: {sentences}"] if len(sentences) < least else []
    for sentence in sentences:
        is_line = sentence.isprintable() and 0 < len(sentence) <= MOST_LETTERS
        if not is_line or _OF_A_PROGRAM.search(sentence) or (mends and "; " not in sentence):
            found.append(f"no clear sentence: {sentence!r}")
    return tuple(found)
