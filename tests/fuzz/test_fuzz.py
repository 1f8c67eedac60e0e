"""Whatever is wrong with a file, it is played or told in a sentence, and the wall goes on.

The long form is `scripts/fuzz.py`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz import cases
from tests.fuzz.cases import SHARES, Fuzz, write_seeds
from tests.fuzz.many import Sum, in_one, try_many
from tests.fuzz.seeds import make_seeds
from tests.fuzz.ways import FILMS, TEXTS, Outcome

COUNT = 400
REALLY_APART = 8
pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="forks, as Linux does")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "seeds").mkdir()
    write_seeds(make_seeds(folder), folder / "seeds")
    return folder / "seeds"


def test_the_whole_files_are_played(seeds: Path) -> None:
    outcomes = in_one(seeds, try_whole_files)
    assert {kind for kind, _ in outcomes} == {*FILMS, *TEXTS} == {*SHARES}
    assert [(kind, o) for kind, o in outcomes if o.verdict != "played" or o.findings] == []


def try_whole_files(fuzz: Fuzz) -> list[tuple[str, Outcome]]:
    files = [(kind, data) for kind, files in fuzz.seeds.items() for data in files]
    return [(kind, fuzz.try_file(kind, data)) for kind, data in files]


def test_damaged_files_are_played_or_told_in_a_sentence(seeds: Path) -> None:
    result = Sum()
    for judged in try_many(
        seeds, range(COUNT), seed=2, jobs=os.cpu_count() or 1, seconds=sys.maxsize
    ):
        result.add(judged)
    print(result.table())
    assert result.count == COUNT
    assert [(one.number, one.kind, one.outcome) for one in result.found] == []
    verdicts = [verdict for _, verdict in result.verdicts.elements()]
    assert verdicts.count("played") > COUNT / 10
    assert verdicts.count("rejected") > COUNT / 10


def test_processes_of_their_own_say_what_forks_do(seeds: Path) -> None:
    for apart, forked in in_one(seeds, try_both_ways):
        assert apart == forked
        assert apart.findings == ()


def try_both_ways(fuzz: Fuzz) -> list[tuple[Outcome, Outcome]]:
    films = [n for n in range(200) if fuzz.file(n)[0] in FILMS][:REALLY_APART]
    return [
        (fuzz.judge(number, really_apart=True).outcome, fuzz.judge(number).outcome)
        for number in films
    ]


def test_a_crash_a_hang_and_a_traceback_are_found(seeds: Path) -> None:
    hung, crashed, raised = in_one(seeds, try_sick_walls)
    assert (hung.verdict, crashed.verdict, raised.verdict) == ("hung", "crashed", "crashed")
    assert all(outcome.findings for outcome in (hung, crashed, raised))
    assert "a traceback" in raised.findings[0]


def try_sick_walls(fuzz: Fuzz) -> list[Outcome]:
    cases.HANGS_S = {True: 1.0, False: 1.0}

    def outcome_of(sick: Callable[..., Outcome]) -> Outcome:
        vars(cases)["try_config"] = sick
        return fuzz.try_file("wall", b"film: {}")

    return [outcome_of(sick) for sick in (_hang, _crash, _raise)]


def _hang(*_: object) -> Outcome:
    while True:
        pass


def _crash(*_: object) -> Outcome:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def _raise(*_: object) -> Outcome:
    raise KeyError("a traceback")
