"""From folder to version: what is there, whether it can be shown, and who made it.

May import `film`, `config` and `decode`. No Qt; `scan` may be called from any thread.
"""

from installation.library.scan import Library, Rejection, scan

__all__ = ["Library", "Rejection", "scan"]
