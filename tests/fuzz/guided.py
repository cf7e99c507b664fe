"""The doors under atheris, which looks for inputs that reach new code. `make fuzz-guided DOOR=script RUNS=20000`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["simulator"]):
    from tests.fuzz.doors import DOORS, examples


def main(name: str, *options: str) -> None:
    """Fuzz one door, from its examples on, until a bug or the number of runs in libFuzzer's options."""
    door = next(door for door in DOORS if door.name == name)
    with tempfile.TemporaryDirectory() as corpus:
        for i, example in enumerate(examples(door)):
            (Path(corpus) / str(i)).write_bytes(example)
        atheris.Setup([sys.argv[0], *options, corpus], door.enter)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
