"""What ended players have freed goes back to the system, not too often."""

from __future__ import annotations

import pytest

from installation import heap
from installation.decode.libvlc import GIVE_BACK_EVERY_NS, give_memory_back


def test_what_players_freed_is_given_back_every_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_back: list[int] = []
    monkeypatch.setattr("installation.decode.libvlc._given_back_ns", 0)
    start = 5 * GIVE_BACK_EVERY_NS
    for now_ns in (start, start + GIVE_BACK_EVERY_NS // 2, start + GIVE_BACK_EVERY_NS):
        monkeypatch.setattr(heap, "give_back", lambda now_ns=now_ns: given_back.append(now_ns))
        give_memory_back(now_ns)
    assert given_back == [start, start + GIVE_BACK_EVERY_NS]
