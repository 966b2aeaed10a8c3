"""Another emulator does the same with the demo game, apart from luck, which counts the processor's clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trials.libretro import find_core
from tests.trials.second_emulator import CORES, DEMO, anything, compare, record, with_counted_luck

FRAMES = 700


@pytest.mark.parametrize("name", CORES)
def test_the_same_inputs_lead_to_the_same_memory(name: str, tmp_path: Path) -> None:
    core = find_core(name)
    if core is None:
        pytest.skip(f"the emulator is not installed: Debian's libretro-{name}")
    rom = tmp_path / "counted.gb"
    rom.write_bytes(with_counted_luck((DEMO / "demo.gb").read_bytes()))
    verdict = compare(name, core, rom, record(rom, anything(FRAMES, seed=5)))
    assert verdict.moments > FRAMES
    assert (verdict.alike, verdict.first_difference) == (verdict.moments, None)
