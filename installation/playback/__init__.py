"""The lock: feeds that decode ahead, and the presenter that shows one film frame on all tiles.

May import `film` and `decode`. Each feed has a thread of its own; the presenter and the player
belong to the GUI's thread. Runs and is tested without Qt.
"""

from installation.playback.channel import Channel, OffAirSpan
from installation.playback.feed import DEFAULT_DEPTH, Feed
from installation.playback.ledger import Ledger, Mismatch
from installation.playback.player import Player
from installation.playback.presenter import PresentationSet, Presenter, Tally

__all__ = [
    "DEFAULT_DEPTH",
    "Channel",
    "Feed",
    "Ledger",
    "Mismatch",
    "OffAirSpan",
    "Player",
    "PresentationSet",
    "Presenter",
    "Tally",
]
