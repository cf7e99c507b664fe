"""Whether equal inputs give equal bytes, whatever Python, hash seed, time zone, locale and directory: `make determinism` runs it.

    python tools/determinism.py --seeds 20 python3.11 python3.12 python3.13

Each Python prints the digest of every view of every scenario and seed in three surroundings; all must agree with the first.
The Pythons have podsim's dependencies installed, in equal releases: two releases of matplotlib draw two pictures.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RUN = "run scenarios/{scenario} --seed {seed} --save {journal}"
OF_FILES = (RUN, "explain scenarios/{scenario} --seed {seed}", "advise scenarios/{scenario} --seed {seed}")
OF_JOURNAL = (
    "get all,ep,leases -A -o wide",
    "get pods,nodes -A -o yaml",
    "describe pods,nodes -A",
    "events -A",
    "klog",
    "timeline -A --width 120",
    "story -A --all",
    "why -A",
    "graph -A",
    "metrics -A -o csv",
    "report -A -o -",
    "export journal",
    "export perfetto",
    "plot timeline -A -o {picture}",
)


class Surroundings(NamedTuple):
    """What must not change a byte."""

    hash_seed: str
    zone: str
    locale: str
    moved: bool
    """Whether the working directory is a copy of the scenarios with other times and another order of files."""


SURROUNDINGS = (
    Surroundings("0", "UTC", "C.UTF-8", moved=False),
    Surroundings("1", "Asia/Kolkata", "POSIX", moved=True),
    Surroundings("4242", "America/St_Johns", "tr_TR.UTF-8", moved=False),
)


def main() -> int:
    """Compare, or print the digests of this Python."""
    parser = argparse.ArgumentParser(description="Whether equal inputs give equal bytes.")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--scenarios", nargs="*", default=sorted(folder.parent.name for folder in ROOT.glob("scenarios/*/scenario.yaml")))
    parser.add_argument("--journals", action="store_true", help="compare journals only")
    parser.add_argument("--digests", action="store_true", help="print the digests of this Python in these surroundings")
    parser.add_argument("pythons", nargs="*", default=[sys.executable])
    args = parser.parse_args()
    if args.digests:
        commands = (RUN,) if args.journals else (*OF_FILES, *OF_JOURNAL)
        for key, digest in digests(args.scenarios, args.seeds, commands):
            print(json.dumps([key, digest]), file=sys.__stdout__, flush=True)
        return 0
    options = ["--seeds", str(args.seeds), *(["--journals"] if args.journals else []), "--scenarios", *args.scenarios]
    return compare(args.pythons, args.scenarios, options)


def compare(pythons: list[str], scenarios: list[str], options: list[str]) -> int:
    """Print each output that is not the same everywhere, and how many were compared. The exit code."""
    expected: dict[str, str] = {}
    different = 0
    for python in pythons:
        for around in SURROUNDINGS:
            actual = digests_elsewhere(python, around, scenarios, options)
            expected = expected or actual
            for key in expected:
                if actual.get(key) != expected[key]:
                    different += 1
                    print(f"{key}: {python} with {around} differs from {pythons[0]} with {SURROUNDINGS[0]}", flush=True)
    print(f"{len(expected)} outputs in {len(pythons) * len(SURROUNDINGS)} surroundings: {different} differ")
    return 1 if different or not expected else 0


def digests_elsewhere(python: str, around: Surroundings, scenarios: list[str], options: list[str]) -> dict[str, str]:
    """The digests that another process prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": around.hash_seed,
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "TZ": around.zone,
        "LC_ALL": around.locale,
    }
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "elsewhere" if around.moved else ROOT
        if around.moved:
            copy_backwards(ROOT / "scenarios", where / "scenarios", scenarios)
        command = [python, str(ROOT / "tools" / "determinism.py"), "--digests", *options]
        done = subprocess.run(command, env=environment, cwd=where, stdout=subprocess.PIPE, text=True, check=True)
    return dict(map(json.loads, done.stdout.splitlines()))


def copy_backwards(source: Path, target: Path, scenarios: list[str]) -> None:
    """Copy the scenarios, the last file first, without their times."""
    for scenario in scenarios:
        for file in sorted((source / scenario).rglob("*"), reverse=True):
            if file.is_file():
                copy = target / scenario / file.relative_to(source / scenario)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


def digests(scenarios: list[str], seeds: int, commands: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The digest of each output of each scenario and seed."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        for scenario in scenarios:
            for seed in range(seeds):
                yield from digests_of_run(scenario, seed, commands, Path(folder))


def digests_of_run(scenario: str, seed: int, commands: tuple[str, ...], folder: Path) -> Iterator[tuple[str, str]]:
    """The digest of each output of one run, and of its journal."""
    journal, picture = folder / "run.journal", folder / "picture.svg"
    for command in commands:
        text = command.format(scenario=scenario, seed=seed, journal=journal, picture=picture)
        written = output(text.split() if command in OF_FILES else [*text.split(), "--from", str(journal)])
        for file in (journal, picture):
            if str(file) in text:
                written = written.replace(str(file).encode(), b"") + file.read_bytes()
        yield f"{scenario} seed {seed}: {command}", sha256(written).hexdigest()[:16]


def output(words: list[str]) -> bytes:
    """What `podsim WORDS` writes, its exit code included."""
    from simulator.cli import main as podsim
    from simulator.cli import progress

    progress.FIRST = float("inf")  # progress depends on how fast the machine is
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    try:
        code = podsim(words)
        sys.stdout.flush()
        return sys.stdout.buffer.getvalue() + f"\nexit {code}".encode()
    finally:
        sys.stdout, sys.stderr = streams


if __name__ == "__main__":
    sys.exit(main())
