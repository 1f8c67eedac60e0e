"""A wall that grows without end starts anew in time; one that is just large plays on."""

from __future__ import annotations

from installation.kiosk.memory import (
    LEAST_GROWTH,
    LOOKS_TOO_LARGE,
    WARM_UP_NS,
    Growth,
    machine_bytes,
    process_bytes,
)

GIB = 1 << 30
S = 1_000_000_000
EVERY_NS = 5 * S


def first_too_large(growth: Growth, sizes: list[int], wanted: int | None = None) -> int | None:
    """The look at which it was said, of one every five seconds."""
    for number, size in enumerate(sizes):
        if growth.is_too_large(size, wanted, number * EVERY_NS):
            return number
    return None


def test_the_figures_are_this_machines() -> None:
    block = bytearray(64_000_000)
    block[::4096] = b"x" * len(block[::4096])
    held = process_bytes()
    assert held > len(block)
    assert machine_bytes() > held


def test_a_wall_that_stays_as_it_is_plays_on() -> None:
    assert first_too_large(Growth(8 * GIB, 0), [GIB] * 10_000) is None


def test_one_that_grows_slowly_is_found_out_in_the_end() -> None:
    sizes = [GIB // 2 + number * 1_000_000 for number in range(20_000)]
    found = first_too_large(Growth(8 * GIB, 0), sizes)
    assert found is not None
    warm = sizes[WARM_UP_NS // EVERY_NS]
    assert warm + LEAST_GROWTH < sizes[found] < warm + LEAST_GROWTH + GIB // 4


def test_a_peak_is_not_growth() -> None:
    sizes = ([GIB] * 200 + [7 * GIB] * (LOOKS_TOO_LARGE - 1)) * 20
    assert first_too_large(Growth(8 * GIB, 0), sizes) is None


def test_while_it_warms_up_only_the_machine_limits_it() -> None:
    assert (
        first_too_large(Growth(8 * GIB, 0), [number * GIB // 20 for number in range(100)]) is None
    )
    found = first_too_large(Growth(8 * GIB, 0), [7 * GIB] * 20)
    assert found == LOOKS_TOO_LARGE - 1


def test_what_the_curator_wants_counts() -> None:
    assert first_too_large(Growth(8 * GIB, 0), [GIB] * 20, wanted=GIB - 1) == LOOKS_TOO_LARGE - 1
    assert first_too_large(Growth(8 * GIB, 0), [7 * GIB] * 1000, wanted=7 * GIB) is None


def test_another_wall_may_be_of_another_size() -> None:
    growth = Growth(16 * GIB, 0)
    assert first_too_large(growth, [GIB] * 200) is None
    growth.begin_anew(200 * EVERY_NS)
    later = range(200, 2000)
    assert not any(growth.is_too_large(4 * GIB, None, number * EVERY_NS) for number in later)
