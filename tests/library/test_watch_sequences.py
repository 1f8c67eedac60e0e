"""Whatever happens to the folders, and in whatever order: the catalog ends as the disk deserves."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from installation.library import Library
from installation.library.catalog import SHOWN, Entry, State
from installation.library.settle import UNFINISHED_PATIENCE
from installation.library.sighting import sight
from installation.library.watch import Watch
from tests.fakes import FakeClock, FakeLook
from tests.fakes.look import WHOLE

SETTLE_S = 5
NAMES = st.sampled_from(("Sora", "Veo", "Kling", ".Sora", ".incoming"))
FILES = st.sampled_from(("film.mp4", "film.mp4.part", "other.mov", "version.yaml", "READY"))
SECONDS = st.integers(0, 2 * SETTLE_S)


class DropPlace(RuleBasedStateMachine):
    """People and programs at work in the film's folder, and the watch going its rounds."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory(prefix="film-")
        self.root = Path(self.place.name)
        self.clock = FakeClock()
        self.look = FakeLook()
        self.look.before = self._looked_at
        self.look.after = self._still_looked_at
        self.watch = Watch(
            self.root,
            clock=self.clock,
            on_change=self._told,
            settle_s=SETTLE_S,
            look=self.look,
        )
        self.size = 0  # of the newest file, or its time: no two are alike
        self.changed_ns: dict[int, int] = {}  # by the folder's inode
        self.declared: set[int] = set()
        self.changes_during_looks: list[str] = []
        self.faults: list[str] = []
        self.told: Library | None = None

    @initialize(begins_early=st.booleans())
    def begin(self, begins_early: bool) -> None:
        if begins_early:
            self.watch.scan_once(self.clock.now_ns())

    @rule(name=NAMES, file=FILES, is_whole=st.booleans())
    def write(self, name: str, file: str, is_whole: bool) -> None:
        """A file is made, written on, or written anew."""
        (self.root / name).mkdir(exist_ok=True)
        self.size += 1
        content = WHOLE if is_whole else b"grow"
        (self.root / name / file).write_bytes(content + b"." * self.size)
        self._changed(self.root / name)

    @rule(name=NAMES, file=FILES)
    def delete_file(self, name: str, file: str) -> None:
        if (self.root / name / file).exists():
            (self.root / name / file).unlink()
            for other in (self.root / name).glob("*"):
                self._mark(other)  # a file that came and went between two rounds is no change
            self._changed(self.root / name)

    @rule(name=NAMES, file=FILES, other=FILES)
    def rename_file(self, name: str, file: str, other: str) -> None:
        if file != other and (self.root / name / file).exists():
            self._mark((self.root / name / file).replace(self.root / name / other))
            self._changed(self.root / name)

    @rule(name=NAMES)
    def delete_folder(self, name: str) -> None:
        shutil.rmtree(self.root / name, ignore_errors=True)

    @rule(name=NAMES, other=NAMES)
    def rename_folder(self, name: str, other: str) -> None:
        if (self.root / name).exists() and not (self.root / other).exists():
            (self.root / name).rename(self.root / other)

    @rule(name=NAMES, file=FILES)
    def touch(self, name: str, file: str) -> None:
        if (self.root / name / file).exists():
            self._mark(self.root / name / file)
            self._changed(self.root / name)

    @rule(name=NAMES)
    def change_during_next_look(self, name: str) -> None:
        self.changes_during_looks.append(name)

    @rule(seconds=SECONDS)
    def go(self, seconds: int) -> None:
        """Time passes, and the watch goes a round."""
        now_ns = self.clock.jump(seconds)
        for path in (*self.root.glob(".*"), *self.root.glob(".incoming/*")):
            self.declared.add(path.stat().st_ino)  # renamed from now on, it comes whole
        self.watch.scan_once(now_ns)

    @precondition(lambda self: any(entry.version for entry in self.watch.entries))
    @rule(is_on_air=st.booleans())
    def show(self, is_on_air: bool) -> None:
        """The wall puts all there is on air, or takes it off."""
        note = self.watch.note_on_air if is_on_air else self.watch.note_off_air
        for entry in self.watch.entries:
            note(entry)

    @invariant()
    def nothing_was_looked_at_while_it_changed(self) -> None:
        assert not self.faults

    @invariant()
    def the_library_is_what_was_told(self) -> None:
        assert self.told in (None, self.watch.library)

    @invariant()
    def only_what_was_looked_at_is_in_the_library(self) -> None:
        for entry in self.watch.entries:
            is_in = entry.state in SHOWN or entry.state is State.READY
            assert is_in == (entry.version is not None)
            assert (entry.state is State.REJECTED) == (entry.rejection is not None)
            assert entry.update is None or entry.state in SHOWN

    def teardown(self) -> None:
        try:
            self.changes_during_looks.clear()
            self.go(0)
            self.go(0)  # sees what changed during the last looks of all
            self.go(UNFINISHED_PATIENCE * SETTLE_S)
            self.nothing_was_looked_at_while_it_changed()
            assert self.watch.library == self.told == self.look.fresh(self.root)
            assert all(
                entry.update is None and entry.state in (State.READY, State.REJECTED, *SHOWN)
                for entry in self.watch.entries
            )
        finally:
            self.watch.stop()
            self.watch.join()
            self.place.cleanup()

    def _mark(self, file: Path) -> None:
        """A new time: the disk's own clock may be too coarse for changes this fast."""
        self.size += 1
        os.utime(file, ns=(self.size, self.size))

    def _changed(self, folder: Path) -> None:
        if folder.exists():
            self.changed_ns[folder.stat().st_ino] = self.clock.now_ns()

    def _told(self, library: Library, entries: tuple[Entry, ...]) -> None:
        self.told = library
        for entry in entries:
            is_ready = entry.state is State.READY
            if is_ready and sight(self.root / entry.folder) != entry.looked_at:
                self.faults.append(f"{entry.folder} is not as it was looked at")

    def _looked_at(self, folder: Path) -> None:
        """Runs while the watch waits for its looks: nobody else changes anything."""
        inode = folder.stat().st_ino
        is_declared = inode in self.declared or (folder / "READY").exists()
        still_ns = self.clock.now_ns() - self.changed_ns.get(inode, 0)
        if any(folder.iterdir()) and not is_declared and still_ns < SETTLE_S * 10**9:
            self.faults.append(f"{folder.name} was still for {still_ns} ns only")

    def _still_looked_at(self, folder: Path) -> None:
        if folder.name in self.changes_during_looks:
            self.changes_during_looks.remove(folder.name)
            self.write(folder.name, "film.mp4", False)


DropPlace.TestCase.settings = settings(max_examples=500, stateful_step_count=30, deadline=None)
test_any_sequence_ends_in_what_the_files_deserve = DropPlace.TestCase
