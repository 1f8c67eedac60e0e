"""Errors that a person using Installation can cause, each said in one clear sentence."""

from __future__ import annotations


class InstallationError(Exception):
    """A mistake in what a person gave us: *what* is wrong, *where*, and how to mend it.

    Anything else that is raised is a bug in Installation.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        sentence = f"{self.where}: {self.what}" if self.where else self.what
        return f"{sentence}; {self.remedy}" if self.remedy else sentence


MOST_TOLD = 20
"""Mistakes at once; a file that is no config at all may have thousands."""


class ConfigError(InstallationError):
    """One or more mistakes in the curator's YAML; `messages` holds a sentence for each."""

    def __init__(self, messages: list[str]) -> None:
        told, others = messages[:MOST_TOLD], messages[MOST_TOLD:]
        if others:
            place = others[0].split(": ", 1)[0]
            told = [*told, f"{place}: and {len(others)} more from here on; mend these first"]
        self.messages = told
        super().__init__("\n".join(self.messages))


class VersionRejected(InstallationError):
    """A version's folder or file that cannot be shown as it is."""


class NotForPyav(VersionRejected):
    """A film that PyAV cannot play, though there is nothing wrong with it: libVLC may."""
