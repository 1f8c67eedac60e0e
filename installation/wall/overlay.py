"""The information overlay: what the lock is doing, in words and figures."""

from __future__ import annotations

from installation.film import format_timecode
from installation.playback import Channel, Player


def overlay_text(player: Player) -> str:
    """Film timecode and loop, the wall's counts, and a line for each version."""
    shown, tally = player.presenter.shown, player.presenter.tally
    if shown is None:
        return "waiting for the first picture"
    lines = [
        f"film {format_timecode(shown.frame, player.clock.rate)}  frame {shown.frame}"
        f" of {player.clock.length_in(shown.loop)}  loop {shown.loop + 1}"
        f"{'' if player.clock.is_running else '  paused'}",
        f"shown {tally.shown}  late {tally.late}  held {tally.held}  dropped {tally.dropped}"
        f"  lock: {player.ledger.pictures} pictures, {player.ledger.mismatches} mismatches",
    ]
    return "\n".join(lines + [_line(channel, player) for channel in player.channels])


def _line(channel: Channel, player: Player) -> str:
    queue, tally = channel.feed.queue, player.presenter.tally
    shown = player.presenter.shown
    assert shown is not None
    moment = channel.feed.time_map(shown.loop).moment(shown.frame)
    frame = queue.take(shown) if channel.is_on_air else None
    if not channel.is_on_air:
        picture = f"off air: {channel.reason}"
    elif moment is None:
        picture = "black: the film goes on after this version's end"
    elif frame is not None and frame.pts is not None:
        picture = f"shows {float(frame.pts):.3f} s"
    else:
        picture = "shows its last picture"
    state = "on air " if channel.is_on_air else "off air"
    return (
        f"{channel.name[:28]:28}  {state}  queue {len(queue):2}/{queue.depth}"
        f"  late {channel.late}  held {tally.held}  dropped {tally.dropped}  {picture}"
    )
