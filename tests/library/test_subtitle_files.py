"""Subtitle files: read where they are right, told by file and line where they are not."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.errors import VersionRejected
from installation.film import Subtitles
from installation.library.subtitle_cues import MOST_CUES, cues_in
from installation.library.subtitle_text import MOST_BYTES, decoded
from installation.library.subtitles import LooseSubtitles, SubtitleShelf
from tests.fakes import FakeClock

SETTLE_S = 5
ONE = "1\n00:00:01,000 --> 00:00:02,500\n{}\n"
KISS = "küssen, 接吻, لقبّل, לנשק 💋"


def texts(written: str, suffix: str = ".srt") -> list[str]:
    return [cue.text for cue in cues_in(written, suffix)[0]]


@pytest.mark.parametrize(
    "data",
    [
        ONE.format(KISS).encode(),
        codecs.BOM_UTF8 + ONE.format(KISS).encode(),
        ONE.format(KISS).encode("utf-16"),
        codecs.BOM_UTF16_BE + ONE.format(KISS).encode("utf-16-be"),
        ONE.format(KISS).encode("utf-16-le"),
        ONE.format(KISS).encode("utf-16-be"),
        ONE.format(KISS).replace("\n", "\r\n").encode(),
        ONE.format(KISS).replace("\n", "\r").encode(),
    ],
)
def test_utf8_and_utf16_are_read_with_mark_or_without(data: bytes) -> None:
    assert texts(decoded(data)) == [KISS]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Wir küssen", "latin-1"), ("Поцелуй", "cp1251"), ("接吻する", "shift_jis"),
     ("接吻", "gb18030"), ("قبلة", "cp1256")],
)  # fmt: skip
def test_other_encodings_are_told_with_their_line_and_never_guessed(
    text: str, encoding: str
) -> None:
    with pytest.raises(VersionRejected) as caught:
        decoded(ONE.format(text).encode(encoding))
    assert str(caught.value) == (
        "is not in UTF-8 (line 3 has a letter in another encoding);"
        " save it as UTF-8, in the editor that shows it right"
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "is"),
        (b"\x7fELF\x02\x01", "is not a text; put a subtitle file here"),
        (codecs.BOM_UTF16_LE + "ab".encode("utf-16-le")[:-1], "breaks off in the middle"),
    ],
)
def test_what_is_no_text_is_told(data: bytes, sentence: str) -> None:
    with pytest.raises(VersionRejected, match=sentence):
        decoded(data)


def test_what_subrip_files_hold_is_said_as_it_is_meant() -> None:
    written = (
        "1\n00:00:01,000 --> 00:00:02,500\n<i>Never\nagain</i> & <font color='red'>5 < 6</font>\n\n"
        "2\n00:00:03,000 --> 00:00:04,000 X1:10 X2:20\n- one\n\n- two\n1999\n\n"
        "0:0:5,5 --> 00:00:06.000\n{\\an8}up\n\n4\n00:00:07,000 --> 00:00:08,000\n\n"
        "5\n00:00:09,000 --> 00:00:10,000\n2024\n"
    )
    cues, complaints, tolerance_ms = cues_in(written, ".srt")
    assert [cue.text for cue in cues] == [
        "<i>Never</i><br><i>again</i> &amp; 5 &lt; 6", "- one<br>- two<br>1999", "up", "2024",
    ]  # fmt: skip
    assert [(cue.start_ms, cue.end_ms) for cue in cues][2] == (5500, 6000)
    assert [cue.is_top for cue in cues] == [False, False, True, False]
    assert (complaints, tolerance_ms) == ([], 1)


def test_what_webvtt_files_hold_is_said_as_it_is_meant() -> None:
    written = (
        "WEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnothing --\n\n"
        "intro\n00:01.000 --> 00:02.500 line:0 align:start\n<v Ann>Hi &amp; <00:01.200>bye\n\n"
        "01:00:00.000 --> 01:00:01.000 line:90% align:end\nשלום\n\nNOTE after\n"
    )
    cues, complaints, _ = cues_in(written, ".vtt")
    assert [(cue.text, cue.is_top, cue.align) for cue in cues] == [
        ("Hi &amp; bye", True, "left"), ("שלום", False, "left"),
    ]  # fmt: skip
    assert cues[1].start_ms == 3_600_000
    assert complaints == []


def test_what_substation_files_hold_is_said_as_it_is_meant() -> None:
    numbers = "&H00FFFFFF,&H000000FF,&H00000000,&H00000000"
    written = (
        "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\n"
        f"Style: Default,Arial,20,{numbers},0,-1,0,0,100,100,0,0,1,2,2,2,10,10,10,1\n"
        f"Style: Sign,Arial,20,{numbers},0,0,0,0,100,100,0,0,1,2,2,7,10,10,10,1\n\n[Events]\n"
        "Comment: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,not said\n"
        "Dialogue: 0,0:00:01.00,0:00:02.55,Default,,0,0,0,,Never\\N{\\i0}again, {\\b1}you\n"
        "Dialogue: 1,0:00:01.00,0:00:02.55,Default,,0,0,0,,Never\\Nagain, you\n"
        "Dialogue: 0,0:00:03.00,0:00:04.00,Sign,,0,0,0,,{\\pos(1,2)}EXIT{\\p1}m 0 0{\\p0}\n"
        "Dialogue: 0,0:00:05.00,0:00:06.00,Sign,,0,0,0,,{\\an3}low\n"
    )
    cues, complaints, tolerance_ms = cues_in(written, ".ass")
    assert [(cue.text, cue.is_top, cue.align) for cue in cues] == [
        ("<i>Never</i><br>again, <b>you</b>", False, "center"),
        ("EXIT", True, "left"),
        ("low", False, "right"),
    ]
    assert (cues[0].start_ms, cues[0].end_ms) == (1000, 2550)
    assert (complaints, tolerance_ms) == ([], 5)


@pytest.mark.parametrize(
    ("broken", "suffix", "line", "sentence"),
    [
        ("2\n00:00:03,000 -> 00:00:04,000\nx\n", ".srt", 6, "is no time from and to"),
        ("2\n00:00:03 --> 00:00:04\nx\n", ".srt", 6, "is no time from and to"),
        ("2\n00:00:04,000 --> 00:00:03,000\nx\n", ".srt", 6, "ends before it begins"),
        ("2\n00:00:03,000 --> 00:00:04,000\n" + 401 * "x" + "\n", ".srt", 6, "is too long"),
        (
            "2\n00:00:03,000 --> 00:00:04,000\nfrom 0:00:05.0 to 0:00:06.0\n",
            ".srt",
            6,
            "has times in",
        ),
        ("2\n00:03.00 --> 00:04.000\nx\n", ".vtt", 6, "is no time from and to"),
    ],
)
def test_a_broken_cue_is_told_by_its_line_and_the_rest_is_said(
    broken: str, suffix: str, line: int, sentence: str
) -> None:
    first, last = ONE.format("first"), ONE.format("last").replace(":01,", ":05,")
    last = last.replace(":02,", ":06,")
    written = f"{first}\n{broken}\n{last}"
    if suffix == ".vtt":
        written = written.replace(",", ".")
    cues, complaints, _ = cues_in(written, suffix)
    assert [cue.text for cue in cues] == ["first", "last"]
    assert [one.line for one in complaints] == [line]
    assert complaints[0].sentence.startswith(sentence)
    assert "; " in complaints[0].sentence


def test_a_broken_line_of_dialogue_and_a_broken_style_are_told() -> None:
    written = (
        "[V4+ Styles]\nStyle: Bad,Arial,large\n[Events]\n"
        "Dialogue: 0,0:00:01.00,0:00:02.00,Bad,,0,0,0,,said\nDialogue: 0,then,later,Bad,,0,0,0,,x\n"
    )
    cues, complaints, _ = cues_in(written, ".ass")
    assert [cue.text for cue in cues] == ["said"]
    assert [one.line for one in complaints] == [2, 5]


@pytest.mark.parametrize("suffix", [".srt", ".vtt", ".ass"])
@pytest.mark.parametrize("written", ["", "once upon a time\n", "WEBVTT\n\n"])
def test_what_holds_none_is_told(suffix: str, written: str) -> None:
    with pytest.raises(VersionRejected, match="holds no subtitles"):
        cues_in(written, suffix)


def test_too_many_cues_are_told() -> None:
    with pytest.raises(VersionRejected, match="more than 20000"):
        cues_in("00:00:01.000 --> 00:00:02.000\nx\n\n" * (MOST_CUES + 1), ".vtt")


ODD = """1
-->
text
{\\i1}
<i>
</b
NOTE
00:00:01,000 --> 00:00:02,000
00:00:01.000 --> 00:00:02.000
0:0:1,0 --> 0:0:2,0 line:-1 align:x
99:99:99,999 --> 99:99:99,999
00:00:05,000 00:00:06,000
[V4 Styles]
[Fonts]
fontname: x
[Events]
Style: Default,Arial,x
Style: A,B,1,&H0,&H0,&H0,&H0,0,0,0,0,1,1,0,0,1,1,1,99,0,0,0,z
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,x\\N{\\p1}y
Dialogue:
Comment: 0

"""
LINES = st.sampled_from(ODD.split("\n"))


@settings(max_examples=300)
@given(
    st.lists(LINES | st.text(max_size=12), max_size=14), st.sampled_from([".srt", ".vtt", ".ass"])
)
def test_whatever_is_written_it_is_cues_or_a_sentence(lines: list[str], suffix: str) -> None:
    try:
        cues, complaints, _ = cues_in("\n".join(lines), suffix)
    except VersionRejected:
        return
    assert all(cue.start_ms < cue.end_ms and cue.text for cue in cues)
    for cue in cues:
        tags = re.findall(r"<(/?)([^>]*)>", cue.text)
        assert {name for _, name in tags} <= {"b", "i", "u", "br"}
        assert re.sub(r"<[^>]*>", "", cue.text).count("<") == 0
        for line in cue.text.split("<br>"):
            assert line.count("<i>") == line.count("</i>")
    assert all(1 <= one.line <= len("\n".join(lines).split("\n")) for one in complaints)


# -- folders


@pytest.fixture
def version(tmp_path: Path) -> Path:
    folder = tmp_path / "film" / "2024 x"
    folder.mkdir(parents=True)
    return folder


def read(folder: Path, shelf: SubtitleShelf | None = None) -> tuple[Subtitles, ...]:
    return (shelf or SubtitleShelf()).read(folder, folder.parent)


def test_a_folders_subtitles_are_found_by_their_names(version: Path) -> None:
    for name in ("kiss.de.srt", "EN.SRT", "note.txt", ".fr.srt", "it.srt.part", "kiss.srt"):
        (version / name).write_text(ONE.format(name))
    found = {track.file: track.language for track in read(version)}
    assert found == {"2024 x/EN.SRT": "en", "2024 x/kiss.de.srt": "de", "2024 x/kiss.srt": ""}
    assert read(version / "nowhere") == ()


def test_a_file_that_breaks_is_told_and_shown_as_it_was(version: Path) -> None:
    shelf, file = SubtitleShelf(), version / "de.srt"
    file.write_text(ONE.format("right"))
    (before,) = read(version, shelf)
    file.write_bytes(ONE.format("küssen").encode("latin-1"))
    (broken,) = read(version, shelf)
    assert broken.cues == before.cues
    (sentence,) = broken.complaints
    assert sentence.startswith("2024 x/de.srt: is not in UTF-8 (line 3")
    assert sentence.endswith("; until then it is shown as it was")
    file.write_text(ONE.format("mended"))
    assert read(version, shelf)[0].complaints == ()
    file.unlink()
    assert read(version, shelf) == ()
    file.write_bytes(b"\xff\xff")
    assert read(version, shelf)[0].cues == ()


def test_one_mistake_keeps_the_rest_and_many_are_counted(version: Path) -> None:
    broken = "2\n00:00:03,000 -> 00:00:04,000\nx\n\n"
    (version / "de.srt").write_text(ONE.format("right") + "\n" + 9 * broken)
    (track,) = read(version)
    assert [cue.text for cue in track.cues] == ["right"]
    assert track.complaints[0].startswith("2024 x/de.srt:6: is no time from and to; write it as")
    assert track.complaints[-1] == "2024 x/de.srt: and 4 more mistakes like these"
    (version / "de.srt").write_text(9 * broken)
    (track,) = read(version)
    assert track.cues == ()
    assert "2024 x/de.srt: nothing in it can be read, line 2: is no time" in track.complaints[0]


def test_what_is_too_large_or_leads_out_of_the_film_is_told(version: Path) -> None:
    (version / "de.srt").write_bytes(bytes(MOST_BYTES + 1))
    (version.parent.parent / "secret.srt").write_text(ONE.format("secret"))
    (version / "en.srt").symlink_to(version.parent.parent / "secret.srt")
    (version / "fr.srt").symlink_to("nowhere")
    (version / "it.srt").mkdir()
    told = {track.file[-6:-4]: track.complaints[0] for track in read(version)}
    assert "is larger than 4 MB" in told["de"]
    assert "leads out of the film's folder" in told["en"]
    assert "is not there" in told["fr"]
    assert "it.srt: is a folder" in told["it"]
    assert not any(track.cues for track in read(version))


def test_those_of_the_film_count_when_they_have_lain_still(
    tmp_path: Path, clock: FakeClock
) -> None:
    file = tmp_path / "de.srt"
    file.write_text(ONE.format("there at first"))
    loose = LooseSubtitles(tmp_path, SETTLE_S * 10**9)

    def said(seconds: int) -> list[str]:
        loose.follow(clock.jump(seconds))
        return [cue.text for track in loose.found for cue in track.cues]

    assert said(0) == ["there at first"]
    assert loose.due_ns() is None
    file.write_text(ONE.format("half"))
    assert said(1) == ["there at first"]
    file.write_text(ONE.format("half copied"))
    assert said(SETTLE_S - 1) == ["there at first"]
    assert loose.due_ns() == clock.now_ns() + SETTLE_S * 10**9
    assert said(SETTLE_S) == ["half copied"]
    assert loose.due_ns() is None
    file.write_bytes(b"\xff\xff\xff")
    said(0)
    assert said(SETTLE_S) == ["half copied"]
    assert "is not in UTF-8" in loose.found[0].complaints[0]
    file.unlink()
    assert said(1) == []
