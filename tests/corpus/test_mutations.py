"""Whatever is wrong with a manifest, it runs or is refused with file and reason: no traceback, no hang."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import yaml

from simulator.units import SECOND

from .mutations import mutated
from .play import play
from .test_corpus import EXPECTED, SAMPLES


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_no_mutation_breaks_the_simulator(name: str, seed: int, tmp_path: Path) -> None:
    chance = Random(f"{name} {seed}")
    documents = list(yaml.safe_load_all((SAMPLES / name).read_text(encoding="utf-8")))
    path = tmp_path / "mutated.yaml"
    for number in range(8):
        path.write_text(yaml.safe_dump_all(mutated(documents, chance), sort_keys=False), encoding="utf-8")
        played = play(path, horizon=60 * SECOND, limit=20)
        assert not played.broken, (number, played.broken, path.read_text(encoding="utf-8"))
        assert not played.refused or played.refused.startswith((f"{path}:", f"no objects in {path}")), played.refused
