"""The lock: feeds that decode ahead, and the presenter that shows one film frame on all tiles.

May import `film` and `decode`. Feeds are worked for by the threads of a `DecodePool`; the presenter
and the player belong to the GUI's thread. Runs and is tested without Qt.
"""

from installation.playback.channel import Channel, OffAirSpan
from installation.playback.feed import DEFAULT_DEPTH, Feed
from installation.playback.ledger import Ledger, Mismatch
from installation.playback.player import Player
from installation.playback.pool import DecodePool
from installation.playback.presenter import PresentationSet, Presenter, Tally

__all__ = [
    "DEFAULT_DEPTH",
    "Channel",
    "DecodePool",
    "Feed",
    "Ledger",
    "Mismatch",
    "OffAirSpan",
    "Player",
    "PresentationSet",
    "Presenter",
    "Tally",
]
