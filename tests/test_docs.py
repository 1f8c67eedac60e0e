"""What the pages for museum people say is true: commands, settings, pictures, sentences."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import click
import pytest
import yaml

import installation
from installation.cli import cli
from installation.config import load_config, load_model
from installation.library import scan
from installation.library.credits import VersionFile
from tests.clips import make_clip

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "README.md", "media/README.md", "docs/artist.md", "docs/curator.md", "docs/technician.md",
)  # fmt: skip
LARGEST_PICTURE = 150_000
COMMAND = re.compile(r"(?:sudo )?(?:\.venv/bin/)?installation ((?:[a-z]|-{1,2}[a-z]).*)")
SECTIONS = {
    "film", "wall", "playback", "conform", "versions", "sound", "subtitles", "schedule",
    "kiosk", "log", "screens",
}  # fmt: skip
BY_CHECK = 12
"""At least so many of the artist's sentences are produced by the folders made below."""
page = pytest.mark.parametrize("page", PAGES)


def text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.+?)^```$", text(page))


def commands(page: str) -> Iterator[list[str]]:
    """What is written after `installation`, in blocks and in running text, as a shell splits it."""
    prose = re.sub(r"(?ms)^```.+?^```$", "", text(page))
    written = [line for block in blocks(page, "sh") for line in block.splitlines()]
    for line in [*written, *re.findall(r"`([^`]+)`", prose)]:
        if match := COMMAND.fullmatch(line.strip()):
            yield shlex.split(match[1], comments=True)


@page
def test_every_command_named_is_one_with_these_options(page: str) -> None:
    for words in commands(page):
        group: click.Command = cli
        while isinstance(group, click.Group):
            found = group.get_command(click.Context(group), words[0])
            assert found is not None, f"{page}: installation {' '.join(words)}"
            group, words = found, words[1:]
        has_arguments = bool(words)  # else the command as such is spoken of
        group.make_context("installation", words, resilient_parsing=not has_arguments)


def test_the_pages_name_the_commands_that_their_readers_need() -> None:
    named = {words[0] for words in commands("docs/curator.md")}
    assert named >= {"sample", "new", "check", "play", "preview", "status"}


@page
def test_every_yaml_shown_is_right(page: str, tmp_path: Path) -> None:
    for block in blocks(page, "yaml"):
        (tmp_path / "shown.yaml").write_text(block, "utf-8")
        keys = set(yaml.safe_load(block))
        if not keys & SECTIONS:
            load_model(tmp_path / "shown.yaml", VersionFile)
            continue
        if "film" not in keys:
            (tmp_path / "shown.yaml").write_text(f"film: {{versions: x}}\n{block}", "utf-8")
        load_config(tmp_path / "shown.yaml")


@page
def test_links_lead_somewhere_and_pictures_are_small(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text(page)):
        path = (ROOT / page).parent / target
        assert path.exists(), f"{page}: {target}"
        if path.parent.name == "pictures":
            assert path.stat().st_size < LARGEST_PICTURE, target


def test_no_picture_lies_there_unseen() -> None:
    shown = {Path(name).name for p in PAGES for name in re.findall(r"\(pictures/(.+?)\)", text(p))}
    assert {path.name for path in (ROOT / "docs" / "pictures").iterdir()} == shown


# -- the artist's sentences


def sentences() -> list[str]:
    """The first column of the artist's tables of what goes wrong."""
    return re.findall(r"(?m)^\| `([^`]+)` \|", text("docs/artist.md"))


def alike(sentence: str) -> str:
    """A sentence without the names and numbers that are its occasion's."""
    sentence = re.sub(r"\([^)]*\)|\"[^\"]*\"", "…", sentence)
    return re.sub(r"[0-9.]+( of [0-9]+)? (kB|bytes|GB|MB)?", "… ", sentence)


def test_the_artists_sentences_are_those_that_are_said(tmp_path: Path) -> None:
    film = tmp_path / "the-kiss"
    clip = make_clip(tmp_path / "clip.mp4", frames=24).read_bytes()
    for number, make in enumerate(MISTAKES):
        folder = film / f"2024-{number:02} x"
        folder.mkdir(parents=True)
        make(folder, clip)
    (film / "loose.mp4").write_bytes(clip)
    found = scan(film, order="date")
    said = [rejection.message for rejection in found.rejected] + list(found.notices)
    produced = {
        alike(re.sub(r"^2024-\d\d x(/film\.mp4|/|)(: )?|^loose.mp4: ", "", s)) for s in said
    }
    documented = {alike(sentence): sentence for sentence in sentences()}
    assert len(documented) > 2 * BY_CHECK
    assert len(produced & documented.keys()) >= BY_CHECK
    assert produced <= documented.keys(), "a mistake as usual as these belongs into docs/artist.md"
    others = [documented[one] for one in documented.keys() - produced]
    assert [sentence for sentence in others if not is_in_source(sentence)] == []


def write(name: str, content: bytes) -> Callable[[Path, bytes], None]:
    def made(folder: Path, clip: bytes) -> None:
        (folder / name).write_bytes(content)

    return made


def beside(name: str, content: str) -> Callable[[Path, bytes], None]:
    def made(folder: Path, clip: bytes) -> None:
        (folder / "film.mp4").write_bytes(clip)
        (folder / name).write_text(content)

    return made


def two(folder: Path, clip: bytes) -> None:
    (folder / "a.mp4").write_bytes(clip)
    (folder / "b.mov").write_bytes(clip)


def nested(folder: Path, clip: bytes) -> None:
    (folder / "final").mkdir()
    (folder / "final" / "film.mp4").write_bytes(clip)


def cut(folder: Path, clip: bytes) -> None:
    (folder / "film.mp4").write_bytes(clip[: len(clip) // 2])


MISTAKES: tuple[Callable[[Path, bytes], None], ...] = (
    write("film.zip", b"PK\x03\x04"),
    write("film.mp4.part", b"x"),
    write("film.mp4", b""),
    write("film.mp4", bytes(5000)),
    write("film.mp4", b"no film\n"),
    write("film.mp4", b"<!doctype html>"),
    write("film.mp4", b"#EXTM3U\n"),
    write("film.mp4", bytes(range(1, 255)) * 9),
    two,
    nested,
    cut,
    beside("version.yaml", "model: x\ndate: March\n"),
    beside("version.yaml", "modle: x\n"),
    beside("version.yaml", "note: a: b\n"),
    beside("version.yml", "model: x\n"),
)


@cache
def literals() -> tuple[re.Pattern[str], ...]:
    """Every text that is written in the package, its holes open, with or without a name before."""
    trees = [
        ast.parse(path.read_text("utf-8"))
        for path in Path(installation.__file__).parent.rglob("*.py")
    ]
    written = {pattern_of(node) for tree in trees for node in ast.walk(tree)}
    telling = [p for p in written if len(re.findall(r"[a-z]", p.replace(HOLE, ""))) >= 8]
    return tuple(map(re.compile, telling))


HOLE = "(?:.+)"


def pattern_of(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            pattern = "".join(pattern_of(part) or HOLE for part in parts)
            return pattern.removeprefix(f"{HOLE}:\\ ")
    return ""


def is_in_source(sentence: str) -> bool:
    """True where it is made of texts of the package, joined by semicolons: what, and the remedy."""
    parts = sentence.split("; ")
    if not parts[0]:
        return True
    return any(
        any(one.fullmatch("; ".join(parts[:end])) for one in literals())
        and is_in_source("; ".join(parts[end:]))
        for end in range(1, len(parts) + 1)
    )
