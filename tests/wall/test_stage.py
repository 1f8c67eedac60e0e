"""What QML asks of the stage."""

from __future__ import annotations

import pytest

from installation.config import SubtitlesConfig, WallConfig
from installation.wall.stage import Stage
from installation.wall.subtitles import SubtitleStage
from installation.wall.video_frame import Drawing


@pytest.mark.usefixtures("qapp")
def test_whose_captions_are_marked_is_told_when_it_changes() -> None:
    subtitles = SubtitleStage(SubtitlesConfig(), lambda: "")
    stage = Stage(WallConfig(), Drawing.SOFTWARE, subtitles)
    told: list[list[str]] = []
    stage.changed.connect(lambda: told.append(stage.property("heardNames")))
    stage.set_heard(("a",))
    stage.set_heard(("a",))
    stage.set_heard(())
    assert told == [["a"], []]
