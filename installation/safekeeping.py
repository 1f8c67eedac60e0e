"""What `installation fixity` and `installation cache` do: originals checked, the cache tended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from installation.config import load_config
from installation.errors import ConfigError, InstallationError
from installation.film import CalendarClock
from installation.library.cached import Mezzanine
from installation.library.confinement import step_back
from installation.library.digest import digest
from installation.library.fixity import FixityRecords
from installation.library.fixity_check import LOST, WELL, Verdict, check
from installation.library.names import said
from installation.mezzanines import cache_of

Say = Callable[[str], None]


def check_fixity(path: Path, *, accept: bool, say: Say, complain: Say) -> int:
    """Compare every original with its record; the exit code.

    0 when each is as recorded, or recorded now; 1 when one was replaced or is gone; 3 when one is
    damaged or cannot be read.
    """
    config = load_config(path)
    records = FixityRecords(config.film.versions, CalendarClock())
    step_back()  # a wall may play beside us
    verdicts: Counter[Verdict] = Counter()
    try:
        for finding in check(records, digest, accept=accept):
            verdicts[finding.verdict] += 1
            tell = say if finding.verdict in WELL else complain
            tell(f"{finding.verdict.value:10} {said(finding.name)}: {finding.sentence}")
    except OSError as error:
        raise InstallationError(
            f"no fixity can be recorded ({error.strerror})",
            where=str(records.folder),
            remedy="make room there, or give yourself permission to write",
        ) from error
    except ConfigError:
        raise
    except InstallationError as error:
        where = config.where("film", "versions")
        raise ConfigError([f"{where}: {error}"]) from error
    count = verdicts.total()
    summary = ", ".join(f"{number} {verdict.value}" for verdict, number in verdicts.items())
    say(f"{count} original{'s' * (count != 1)}{': ' * bool(count)}{summary}; recorded in"
        f" {records.folder}")  # fmt: skip
    if verdicts.keys() & LOST:
        return 3
    return 1 if verdicts.keys() - WELL else 0


def list_cache(path: Path, say: Say) -> int:
    """Say what the cache holds."""
    config = load_config(path)
    cache = cache_of(config)
    names = _names(FixityRecords(config.film.versions, CalendarClock()))
    entries = sorted(cache.entries(), key=lambda entry: (_name(entry, names), entry.width_px))
    for entry in entries:
        say(f"{entry.width_px}x{entry.height_px}, {_amount(entry.size_bytes)},"
            f" {_shown(entry)}: {_name(entry, names)}")  # fmt: skip
    if not cache.folder.is_dir():
        say(f"no mezzanine yet: there is no {cache.folder}")
        return 0
    count, used = len(entries), _amount(cache.used_bytes())
    say(f"{count} mezzanine{'s' * (count != 1)}, {used} of at most"
        f" {_amount(cache.limit_bytes())} ({config.conform.limit}), in {cache.folder}")  # fmt: skip
    return 0


def verify_cache(path: Path, say: Say, complain: Say) -> int:
    """Read every mezzanine whole, and take away the damaged ones; 1 where there was one."""
    config = load_config(path)
    cache = cache_of(config)
    step_back()
    cache.sweep()
    names = _names(FixityRecords(config.film.versions, CalendarClock()))
    damaged = 0
    entries = cache.entries()
    for entry in entries:
        what = f"{entry.width_px}x{entry.height_px} of {_name(entry, names)}"
        if cache.is_sound(entry, digest):
            say(f"sound      {what}")
        else:
            damaged += 1
            complain(f"damaged    {what}: taken out of the cache; it is made anew when the wall"
                     " plays, or by installation conform")  # fmt: skip
    say(f"{len(entries)} mezzanines read, {damaged} damaged, in {cache.folder}")
    return 1 if damaged else 0


def clear_cache(path: Path, *, even_on_air: bool, say: Say) -> int:
    """Take all mezzanines away, but for those on air."""
    cache = cache_of(load_config(path))
    gone, staying = cache.clear(even_just_shown=even_on_air)
    say(f"{gone} mezzanine{'s' * (gone != 1)} taken away, in {cache.folder}")
    if staying:
        say(f"{staying} stay: on air, shown or made within the last quarter of an hour; --all takes"
            " them too")  # fmt: skip
    return 0


def _names(records: FixityRecords) -> dict[str, str]:
    return {
        record.seen.sha256: said(Path(name).parent.name)
        for name, record in records.records().items()
    }


def _amount(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 10**9 else f"{size_bytes / 1e6:.1f} MB"


def _name(entry: Mezzanine, names: dict[str, str]) -> str:
    return names.get(entry.key.sha256, f"another film's ({entry.key.sha256[:12]}…)")


def _shown(entry: Mezzanine) -> str:
    if entry.shown_ns <= entry.made_ns:
        return "not shown yet"
    shown = datetime.fromtimestamp(entry.shown_ns // 1_000_000_000, UTC).astimezone()
    return f"last shown {shown:%Y-%m-%d %H:%M}"
