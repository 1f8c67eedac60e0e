"""Draws the sample film: one little scene after Chekhov's "The Kiss", in three generations.

May import `film`. Owns its drawing (QtGui on images, no display) and its encoding (PyAV). Called
once, from the command line's thread.
"""

from installation.sample.film import make_sample

__all__ = ["make_sample"]
