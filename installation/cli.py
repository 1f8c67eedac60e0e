"""The command line: words for curators, exit codes for scripts."""

from __future__ import annotations

import gc
import json
import logging
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from installation.errors import ConfigError, InstallationError
from installation.film import SystemClock, format_rate, format_timecode

if TYPE_CHECKING:
    from installation.config import Config
    from installation.library import Library

ConfigPath = click.Path(path_type=Path)


class WindowSize(click.ParamType):  # type: ignore[type-arg]
    """WIDTHxHEIGHT in pixels."""

    name = "WIDTHxHEIGHT"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, int]:
        """See click."""
        match = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", str(value))
        if not match:
            self.fail(f'"{value}" is not a size; write 1280x720', param, ctx)
        return int(match[1]), int(match[2])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="installation")
@click.option("--verbose", "-v", is_flag=True, help="Say more in the log.")
def cli(verbose: bool) -> None:
    """Shows all versions of a film side by side, every tile at the same film frame."""
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")


@cli.command()
@click.argument("config", type=ConfigPath)
@click.option("--windowed", type=WindowSize(), help="In a window of this size, not fullscreen.")
@click.option("--loops", type=click.IntRange(min=1), help="End after so many loops of the film.")
@click.option("--report", type=ConfigPath, help="Write what was shown, as JSON, to this file.")
def play(
    config: Path, windowed: tuple[int, int] | None, loops: int | None, report: Path | None
) -> None:
    """Play the wall that CONFIG (a YAML file) describes.

    Esc ends it, space pauses, the arrow keys step one film frame while paused, i shows what the
    lock is doing.
    """
    started_ns = SystemClock().now_ns()
    gc.disable()  # until the wall plays: nothing to collect yet, and the first picture waits
    from installation.config import load_config

    settings = load_config(config)
    with ThreadPoolExecutor(1) as pool:  # the disk and FFmpeg work while Qt is loaded
        scanning = pool.submit(_scan, settings)
        from installation.app import PlayOptions
        from installation.app import play as play_wall

        library = scanning.result()
    for sentence in _sentences(settings, library):
        click.echo(sentence, err=True)
    options = PlayOptions(windowed, loops, report)
    sys.exit(play_wall(settings, library, options, started_ns))


@cli.command()
@click.argument("config", type=ConfigPath)
def check(config: Path) -> None:
    """Check CONFIG and the film's folder, and say what would be shown.

    Exit code 0 when all is well, 1 when something is to be mended.
    """
    from installation.config import load_config

    settings = load_config(config)
    library = _scan(settings)
    film = settings.film
    click.echo(f"{film.title}: {len(library.versions)} versions at {format_rate(film.rate)} fps")
    for version in library.versions:
        picture, credit = version.picture, version.credit
        frames = round(version.duration * film.rate)
        click.echo(
            f"  {version.name}\n"
            f"    {credit.model}, {credit.date or 'no date'} (from {credit.source});"
            f" {picture.width_px}x{picture.height_px}, {format_rate(version.rate)} fps,"
            f" {format_timecode(frames, film.rate)}, {version.codec}"
        )
    layout = settings.wall.layout
    click.echo(f"shown as: {layout.kind}, pictures {layout.fit}")
    mistakes = [*_sentences(settings, library), *_layout_mistakes(settings, library)]
    for mistake in mistakes:
        click.echo(mistake, err=True)
    if not library.versions:
        click.echo("nothing to show yet: a slate with the film's title", err=True)
    sys.exit(1 if mistakes else 0)


@cli.command()
@click.argument("folder", type=ConfigPath)
def sample(folder: Path) -> None:
    """Make the sample film, in three versions, in FOLDER."""
    from installation.sample import make_sample

    made = make_sample(folder, lambda what: click.echo(what))
    click.echo(f"{len(made)} versions in {folder}")


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the config, for editors."""
    from installation.config import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _scan(settings: Config) -> Library:
    from installation.library import scan

    try:
        return scan(settings.film.versions, order=settings.film.order)
    except InstallationError as error:
        where = settings.where("film", "versions")
        raise ConfigError([f"{where}: {error}"]) from error


def _sentences(settings: Config, library: Library) -> list[str]:
    """What a person should know of the folder: rejected versions, notices, names without one."""
    known = {v.name for v in library.versions} | {r.name for r in library.rejected}
    unknown = [
        f'{settings.where("versions", name)}: versions: there is no folder "{name}"; '
        "correct the name or take it out"
        for name in settings.versions
        if name not in known
    ]
    rejected = [f"not shown: {rejection.message}" for rejection in library.rejected]
    return [*rejected, *library.notices, *unknown]


def _layout_mistakes(settings: Config, library: Library) -> list[str]:
    from installation.layout import CaptionSpace, LayoutError, Size, TileSpec, arrange

    tiles = [TileSpec(v.name, v.picture.display_aspect) for v in library.versions]
    space = CaptionSpace(0, settings.wall.captions.size)
    try:
        arrange(Size(1920, 1080), tiles, settings.wall.layout, space)
    except LayoutError as error:
        return [f"{settings.where('wall', 'layout', 'tiles')}: {error}"]
    return []


def main() -> None:
    """Run the command line; a user's mistake is a sentence and exit code 1."""
    try:
        cli()
    except InstallationError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
