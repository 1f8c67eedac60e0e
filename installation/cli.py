"""The command line: words for curators, exit codes for scripts."""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import shutil
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from installation.errors import InstallationError
from installation.film import CalendarClock, SystemClock, format_rate, format_timecode

if TYPE_CHECKING:
    from installation.config import Config
    from installation.film import Version
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
    lock is doing. In a window, Tab or a click selects a version, [ and ] move it by a film frame,
    and s prints the YAML that keeps it.
    """
    started_ns = SystemClock().now_ns()
    gc.disable()  # until the wall plays: nothing to collect yet, and the first picture waits
    from installation.app import play as play_wall

    code = play_wall(
        config,
        windowed=windowed,
        loops=loops,
        report=report,
        started_ns=started_ns,
        say=lambda sentence: click.echo(sentence, err=True),
    )
    _leave(code)


@cli.command()
@click.argument("config", type=ConfigPath)
@click.option(
    "--supervise", is_flag=True, help="Start it again whenever it ends by itself or hangs."
)
@click.option("--last-good", is_flag=True, help="Begin with the last config that played well.")
@click.option("--windowed", type=WindowSize(), help="In a window of this size, to try it out.")
@click.option("--tethered", is_flag=True, hidden=True)  # to the supervisor that started it
@click.pass_context
def kiosk(
    context: click.Context,
    config: Path,
    supervise: bool,
    last_good: bool,
    windowed: tuple[int, int] | None,
    tethered: bool,
) -> None:
    """Play the wall of CONFIG for months, with nobody there.

    It plays the last config that was good where CONFIG is not, and waits for what is not there yet.
    Keys and mouse do nothing, but for the chord that ends it (kiosk.exit_chord). Let systemd start
    it ("installation service"), or, by hand, --supervise.
    """
    if supervise:
        from installation.kiosk.supervising import supervise as watch_over

        is_verbose = bool(context.parent and context.parent.params["verbose"])
        sys.exit(watch_over(config, windowed, is_verbose=is_verbose))
    started_ns = SystemClock().now_ns()
    gc.disable()  # as for `play`
    from installation.unattended import play_unattended

    code = play_unattended(
        config,
        windowed=windowed,
        is_tethered=tethered,
        starts_with_last_good=last_good,
        started_ns=started_ns,
        say=_complain,
    )
    _leave(code)


def _leave(code: int) -> NoReturn:
    """All that matters is stopped and written; a look into a film, or a share that hangs, must not
    keep the process from ending.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@cli.command()
@click.argument("config", type=ConfigPath)
def check(config: Path) -> None:
    """Check CONFIG and the film's folder, and say what would be shown.

    Exit code 0 when all is well, 1 when something is to be mended.
    """
    from installation.app import scan_film, sentences
    from installation.config import load_config
    from installation.engine_choice import equipment
    from installation.engines import Engines
    from installation.subtitling import counted

    settings = load_config(config)
    library = scan_film(settings)
    film = settings.film
    click.echo(f"{film.title}: {len(library.versions)} versions at {format_rate(film.rate)} fps")
    for version in Engines().assigned(settings, library.versions):
        credit = version.credit
        click.echo(
            f"  {version.name}\n"
            f"    {credit.model}, {credit.date or 'no date'} (from {credit.source});"
            f" {_what_is_shown(version, film.rate)}"
        )
        if version.subtitles:
            click.echo(f"    subtitles: {counted(version.subtitles)}")
    if library.subtitles:
        click.echo(f"subtitles of the whole film: {counted(library.subtitles)}")
    layout = settings.wall.layout
    click.echo(f"shown as: {layout.kind}, pictures {layout.fit}")
    click.echo(f"decoded by: {equipment()}")
    mistakes = [*sentences(settings, library), *_layout_mistakes(settings, library)]
    for mistake in mistakes:
        click.echo(mistake, err=True)
    if not library.versions:
        click.echo("nothing to show yet: a slate with the film's title", err=True)
    sys.exit(1 if mistakes else 0)


@cli.command()
@click.argument("config", type=ConfigPath, required=False)
def screens(config: Path | None) -> None:
    """List the screens that are connected, by what `wall.screen` and `screens` call them.

    Of CONFIG it is said how large its wall is on them. Exit code 1 when something is to be mended.
    """
    from installation.config import load_config
    from installation.wall.screens import refuse_without_display, told_screens

    settings = None if config is None else load_config(config)
    refuse_without_display()
    for line in told_screens():
        click.echo(line)
    if settings is None:
        return
    from installation.wall.hanging import Hanging

    hanging = Hanging(settings, None, waits=True)
    if not hanging.troubles:
        click.echo(f"the wall: {hanging.canvas.width_px}x{hanging.canvas.height_px}")
    for trouble in hanging.troubles:
        _complain(trouble)
    sys.exit(1 if hanging.troubles else 0)


@cli.command()
@click.argument("config", type=ConfigPath, required=False)
@click.option("--json", "in_json", is_flag=True, help="As JSON, a list of walls.")
def status(config: Path | None, in_json: bool) -> None:
    """Say how the running wall of CONFIG stands, or every wall that this user plays.

    Exit code 0 when it plays and all is well, 1 when something is to be mended, 3 when no wall
    plays, 4 when one stands still or ended without being asked.
    """
    from installation.control.answer import answer
    from installation.control.status import moment

    width = shutil.get_terminal_size((100, 24)).columns
    now = moment(CalendarClock().now_ns())
    code, told = answer(config, now, in_json=in_json, width=width)
    click.echo(told)
    sys.exit(code)


@cli.command()
@click.argument("config", type=ConfigPath)
@click.option("--at", default="00:00:00:00", metavar="HH:MM:SS:FF", help="At this film time.")
@click.option("--size", type=WindowSize(), default="1920x1080", help="The wall's size in pixels.")
@click.option("--layouts", is_flag=True, help="Every kind of layout, on one contact sheet.")
@click.option("-o", "--output", type=ConfigPath, required=True, help="The PNG to write.")
def preview(config: Path, at: str, size: tuple[int, int], layouts: bool, output: Path) -> None:
    """Write what the wall of CONFIG shows at a film time to a picture. Needs no display."""
    from installation.preview import preview as draw

    told = draw(
        config, output, at=at, size=size, layouts=layouts, say=lambda s: click.echo(s, err=True)
    )
    click.echo(told)


@cli.command()
@click.argument("config", type=ConfigPath)
@click.option(
    "--media",
    type=ConfigPath,
    required=True,
    help="The film's folder, which holds one folder for each version.",
)
def new(config: Path, media: Path) -> None:
    """Write a config to begin with, CONFIG, for the versions in the film's folder."""
    from installation.starter import new as begin

    click.echo(begin(config, media, lambda sentence: click.echo(sentence, err=True)))


@cli.command()
@click.argument("folder", type=ConfigPath)
def sample(folder: Path) -> None:
    """Make the sample film, in three versions, in FOLDER."""
    from installation.sample import make_sample

    made = make_sample(folder, lambda what: click.echo(what))
    click.echo(f"{len(made)} versions in {folder}")


@cli.command()
@click.argument("config", type=ConfigPath)
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="So many versions at a time.")
@click.option("--size", type=WindowSize(), default="1920x1080", help="The wall's size in pixels.")
def conform(config: Path, jobs: int, size: tuple[int, int]) -> None:
    """Conform all versions of CONFIG to the size they are shown at, ahead of an opening.

    Exit code 0 when all are conformed, 1 when something is to be mended.
    """
    from installation.ahead import conform_all

    sys.exit(conform_all(config, size, jobs, click.echo, _complain))


@cli.command()
@click.argument("config", type=ConfigPath)
@click.option("--accept", is_flag=True, help="Record everything as it is now.")
def fixity(config: Path, accept: bool) -> None:
    """Check every original of CONFIG against the SHA-256 recorded when it came.

    Exit code 0 when each is as recorded, or is recorded now; 1 when one was replaced or is gone; 3
    when one is damaged or cannot be read.
    """
    from installation.safekeeping import check_fixity

    sys.exit(check_fixity(config, accept=accept, say=click.echo, complain=_complain))


@cli.command()
@click.argument("config", type=ConfigPath)
@click.option("--since", metavar="DAY", help="From this day on, 2026-11-01; else all there is.")
@click.option("--until", metavar="DAY", help="Up to this day's beginning, or a time on it.")
@click.option(
    "-o", "--output", type=ConfigPath, default=Path("report.html"), help="The page to write."
)
def report(config: Path, since: str | None, until: str | None, output: Path) -> None:
    """Write a page for the registrar: what the wall of CONFIG played, and how well."""
    from installation.library.confinement import step_back
    from installation.registrar import report as write_report

    step_back()  # the wall may play beside us
    click.echo(write_report(config, output, since, until, _complain))


@cli.group()
def cache() -> None:
    """Look after the mezzanines: versions conformed to the size they are shown at."""


@cache.command("list")
@click.argument("config", type=ConfigPath)
def list_(config: Path) -> None:
    """Say what the cache of CONFIG holds."""
    from installation.safekeeping import list_cache

    sys.exit(list_cache(config, click.echo))


@cache.command()
@click.argument("config", type=ConfigPath)
def verify(config: Path) -> None:
    """Read every mezzanine in the cache of CONFIG, and take damaged ones away.

    Exit code 0 when all are sound, 1 when one was not.
    """
    from installation.safekeeping import verify_cache

    sys.exit(verify_cache(config, click.echo, _complain))


@cache.command()
@click.argument("config", type=ConfigPath)
@click.option("--all", "even_on_air", is_flag=True, help="Also those on air.")
def clear(config: Path, even_on_air: bool) -> None:
    """Take all mezzanines out of the cache of CONFIG; originals stay where they are."""
    from installation.safekeeping import clear_cache

    sys.exit(clear_cache(config, even_on_air=even_on_air, say=click.echo))


@cli.command()
@click.argument("config", type=ConfigPath)
@click.option("--user", is_flag=True, help="For a desktop: it starts in its user's session.")
@click.option("--install", is_flag=True, help="Put it where it belongs, and enable it.")
@click.option("--as", "account", metavar="USER", help="Who plays the wall.")
@click.option(
    "--display",
    type=click.Choice(["cage", "x11", "session"]),
    help="What brings up the screen: cage (Wayland) or Xorg without a desktop, or a session.",
)
@click.option(
    "--for",
    "system",
    type=click.Choice(["linux", "macos", "windows"]),
    help="For another system than this one.",
)
@click.option("-o", "--output", type=ConfigPath, help="Write the files to this folder.")
def service(
    config: Path,
    user: bool,
    install: bool,
    account: str | None,
    display: Any,
    system: Any,
    output: Path | None,
) -> None:
    """Write the service that starts the wall of CONFIG with the machine, and keeps it alive.

    For systemd, on macOS for launchd, on Windows a scheduled task. It is shown only, unless
    --install or -o says where to.
    """
    from installation.kiosk.installing import Wish, write_service

    wish = Wish(system, user, account, display, install, output)
    write_service(config, wish, show=click.echo, say=_complain)


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the config, for editors."""
    from installation.config import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _complain(sentence: str) -> None:
    click.echo(sentence, err=True)


def _what_is_shown(version: Version, rate: Fraction) -> str:
    if version.source is not None:
        from installation.decode.live_stream import parse_address

        return f"live from {parse_address(version.source)}, shown as it comes, out of the lock"
    from installation.engine_choice import in_words

    picture, frames = version.picture, round(version.duration * rate)
    return (
        f"{picture.width_px}x{picture.height_px}, {format_rate(version.rate)} fps,"
        f" {format_timecode(frames, rate)}, {version.codec} decoded {in_words(version.decoding)}"
    )


def _layout_mistakes(settings: Config, library: Library) -> list[str]:
    from installation.layout import CaptionSpace, LayoutError, Size, TileSpec, arrange
    from installation.parts import shown

    versions = shown(settings, library.versions)
    tiles = [TileSpec(v.name, v.picture.display_aspect) for v in versions]
    space = CaptionSpace(0, settings.wall.captions.size)
    try:
        arrange(Size(1920, 1080), tiles, settings.wall.layout, space)
    except LayoutError as error:
        return [f"{settings.where('wall', 'layout', 'tiles')}: {error}"]
    return []


def main() -> None:
    """Run the command line; a user's mistake is a sentence and exit code 1."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # what checks settings is ours
    try:
        cli()
    except InstallationError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
