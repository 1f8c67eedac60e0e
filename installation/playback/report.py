"""What a run can say of itself, as plain data for JSON."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from installation.film import FilmPosition, MasterClock, format_timecode
from installation.playback.channel import Channel
from installation.playback.ledger import Ledger, Mismatch
from installation.playback.player import Player
from installation.whole import write_whole


def playback_report(player: Player) -> dict[str, Any]:
    """Film frames, versions with their off-air spans, loops, and the lock's ledger."""
    tally, clock = player.presenter.tally, player.clock
    shown = player.presenter.shown
    return {
        "loops": 0
        if shown is None
        else shown.loop + (shown.frame == clock.length_in(shown.loop) - 1),
        "film_frames": {
            "due": tally.due,
            "shown": tally.shown,
            "held": tally.held,
            "dropped": tally.dropped,
            "late": tally.late,
        },
        "lock": ledger_report(player.ledger),
        "versions": [_channel(channel, clock) for channel in player.channels],
    }


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write JSON whole or not at all."""
    write_whole(path, (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode())


def ledger_report(ledger: Ledger) -> dict[str, Any]:
    """The ledger as counts, a sentence, and its first mismatches in full."""
    return {
        "pictures": ledger.pictures,
        "mismatches": ledger.mismatches,
        "says": f"{ledger.pictures:,} pictures, {ledger.mismatches:,} mismatches",
        "tiles_checked": ledger.tiles,
        "tiles_checked_without_packet_table": ledger.unproved,
        "first_mismatches": [_mismatch(m) for m in ledger.first_mismatches],
    }


def _mismatch(mismatch: Mismatch) -> dict[str, Any]:
    return {
        "picture": mismatch.picture,
        "loop": mismatch.position.loop,
        "film_frame": mismatch.position.frame,
        "version": mismatch.version,
        "shown_pts_s": _seconds(mismatch.shown_pts),
        "expected_pts_s": _seconds(mismatch.expected_pts),
    }


def _seconds(pts: Fraction | None) -> float | None:
    return None if pts is None else round(float(pts), 6)


def _channel(channel: Channel, clock: MasterClock) -> dict[str, Any]:
    return {
        "name": channel.name,
        "decoding": channel.feed.reader.decoding,
        "on_air": channel.is_on_air,
        "late": channel.late,
        "times_off_air": channel.times_off_air,
        "off_air": [
            {
                "reason": span.reason,
                "from": _timecode(clock, span.from_index),
                "until": None if span.until_index is None else _timecode(clock, span.until_index),
            }
            for span in channel.spans
        ],
    }


def _timecode(clock: MasterClock, index: int) -> str:
    position: FilmPosition = clock.position_of(index)
    return f"loop {position.loop} {format_timecode(position.frame, clock.rate)}"
