"""From file to queued picture: opening films safely, decoding, converting, and the bounded queue.

Owns PyAV on the playing side. May import `film`. A reader is driven by one thread at a time (its
feed's, see `playback`); the queue is where that thread meets the GUI's. libVLC's reader is imported
from `vlc_reader` where it is needed: nobody else waits for it.
"""

from installation.decode.av_reader import AvReader
from installation.decode.container import open_film, recognise
from installation.decode.image import Image, ImageTarget, Plane
from installation.decode.queue import FrameQueue, QueuedFrame
from installation.decode.reader import Frame, Reader, ReaderFacts, ReaderFault

__all__ = [
    "AvReader",
    "Frame",
    "FrameQueue",
    "Image",
    "ImageTarget",
    "Plane",
    "QueuedFrame",
    "Reader",
    "ReaderFacts",
    "ReaderFault",
    "open_film",
    "recognise",
]
