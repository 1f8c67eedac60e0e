"""From folder to version: what lies in the film's folder, checked, measured and credited.

Owns the rules of the drop place: one folder for each version, one video file in it. May import
`film`, `config` and `decode`; uses PyAV to look into files before they play. `scan` is called from
one thread and waits for threads of its own; `watch.Watch` is a thread that does the same again and
again while the wall plays. What they hand out is immutable. Whatever lies in the folders is
material and never trusted: a version that cannot be shown is a `Rejection`, not an error.
"""

from installation.library.known_films import KnownFilms
from installation.library.scan import Library, Rejection, scan

__all__ = [
    "KnownFilms",
    "Library",
    "Rejection",
    "scan",
]
