"""Do the tests notice faults? `make mutants`, or `python tools/mutation [--seed 1] [--size 300] [--only scheduler/preemption]`.

Puts faults into api/, controllers/, kubelet/ and scheduler/, one at a time, and runs for each the nearest tests that reach it, the quickest
first, until one fails. A sample is drawn by the names of faults, so that it hardly changes when the code does. What is known is kept in
`build/mutation`: a run that was interrupted goes on, and only what has changed is tried again.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import resource
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from choice import STATE, TESTS, Test, nearest, reached, read_state, sources, write_state  # noqa: E402 (found because of the line above)
from faults import Fault, faults  # noqa: E402
from reach import ROOT, module_of  # noqa: E402
from trial import NO_PYTHON  # noqa: E402
from warm import BROKEN, CAUGHT, COLD  # noqa: E402

SPARE_SECONDS = 5
LIMIT_FACTOR = 3
"""The time limit: tests may take three times as long as they did while they were traced, and five seconds."""
START_SECONDS = 25
"""For Python and pytest to start, generously, where a fault needs a new process."""
ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
ENOUGH = 0.9


class Outcome(NamedTuple):
    """What became of a fault: caught by a test (or by the time limit), or not."""

    caught: bool
    by: str


def sample(seed: int, size: int, only: str) -> list[Fault]:
    """The faults to try: those whose names, hashed with the seed, come first."""
    found = [
        fault
        for path in sources()
        if only in path.as_posix()
        for fault in faults(module_of(str(path)), ast.parse(path.read_text(encoding="utf-8")))
    ]
    return sorted(found, key=lambda fault: sha256(f"{seed} {fault.name}".encode()).hexdigest())[: size or None]


# ---- one fault


class Process:
    """A process that has imported everything and forks for each fault."""

    def __init__(self) -> None:
        files = [f"tests/{name}" for name in TESTS]
        command = [sys.executable, str(HERE / "warm.py"), *files]
        self._process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def attempt(self, fault: Fault, names: list[str], seconds: int) -> Outcome | None:
        """None when this process cannot have the fault: see warm.py."""
        process = self._process
        assert process.stdin is not None, "a pipe"
        assert process.stdout is not None, "a pipe"
        given = {"module": fault.module, "fault": fault.name, "tests": names, "seconds": seconds}
        print(json.dumps(given), file=process.stdin, flush=True)
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("warm.py has stopped")
        answer, by = json.loads(line)
        if answer == BROKEN:
            raise RuntimeError(f"{fault.name} cannot be tried: {by}")
        return None if answer == COLD else Outcome(answer == CAUGHT, by or f"{len(names)} tests")

    def close(self) -> None:
        """No more faults."""
        self._process.communicate()


def attempt(fault: Fault, tests: list[Test], process: Process) -> Outcome:
    """Run the tests against the fault, in the order given."""
    if not tests:
        return Outcome(caught=False, by="no test reaches it")
    names = [test.name for test in tests]
    limit = SPARE_SECONDS + round(LIMIT_FACTOR * sum(test.seconds for test in tests))
    outcome = process.attempt(fault, names, limit)
    return _cold_attempt(fault, names, limit + START_SECONDS) if outcome is None else outcome


def _cold_attempt(fault: Fault, names: list[str], limit: int) -> Outcome:
    done = subprocess.run(
        [sys.executable, str(HERE / "trial.py"), fault.module, fault.name, *names],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)),
    )
    if done.returncode == NO_PYTHON:
        raise RuntimeError(done.stdout)
    if done.returncode == 0:
        return Outcome(caught=False, by=f"{len(names)} tests")
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return Outcome(caught=True, by=failed[0] if failed else "time limit" if done.returncode < 0 else "import")


def run(chosen: list[Fault], workers: int) -> dict[str, Outcome]:
    """Try the faults that are not known yet, those that were not caught before first; each outcome is kept at once."""
    path, outcomes = STATE / "outcomes.json", {}
    known, digest = read_state(path), _digest()
    reach = reached()
    lock = Lock()
    free: SimpleQueue[Process] = SimpleQueue()
    processes = [Process() for _ in range(workers)]
    for process in processes:
        free.put(process)

    def try_one(fault: Fault) -> None:
        old = known.get(fault.name, {})
        if old.get("digest") == digest:
            outcomes[fault.name] = Outcome(old["caught"], old["by"])
            return
        tests = nearest(fault, reach, old)
        if not tests and old:  # a survivor for which there is no new test
            outcomes[fault.name] = Outcome(old["caught"], old["by"])
            return
        process = free.get()
        try:
            outcome = attempt(fault, tests, process)
        finally:
            free.put(process)
        outcomes[fault.name] = outcome
        files = {} if outcome.caught else {"files": reach.files}
        with lock:
            known[fault.name] = {"digest": digest, "caught": outcome.caught, "by": outcome.by, **files}
            write_state(path, known)
        print(f"{len(outcomes):4} {'caught' if outcome.caught else 'SURVIVED'} {describe(fault)} ({outcome.by})", flush=True)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(try_one, sorted(chosen, key=lambda fault: known.get(fault.name, {}).get("caught", False))))
    for process in processes:
        process.close()
    return outcomes


def _digest() -> str:
    """Of everything that an outcome depends on."""
    digest = sha256()
    for path in sorted([*(ROOT / "simulator").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def describe(fault: Fault) -> str:
    """One line about a fault."""
    place = f"{fault.module.removeprefix('simulator.').replace('.', '/')}.py:{fault.line}"
    return f"{fault.name} {place} {fault.function}: {_short(fault.before)} -> {_short(fault.after)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:97] + "..."


def main() -> int:
    """Draw, try, report; exit code 1 when too few are caught."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="which sample to draw")
    parser.add_argument("--size", type=int, default=300, help="how many faults; 0: all")
    parser.add_argument("--only", default="", help="only files whose path has this text in it")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="print the sample and stop")
    given = parser.parse_args()
    chosen = sample(given.seed, given.size, given.only)
    if given.list:
        print("\n".join(f"{fault.operator:10} {describe(fault)}" for fault in chosen))
        return 0
    STATE.mkdir(parents=True, exist_ok=True)
    outcomes = run(chosen, given.workers)
    survivors = [fault for fault in chosen if not outcomes[fault.name].caught]
    packages = Counter(fault.module.split(".")[1] for fault in chosen)
    left = Counter(fault.module.split(".")[1] for fault in survivors)
    print(f"\nSeed {given.seed}: {len(chosen) - len(survivors)} of {len(chosen)} faults are caught.")
    for package, count in sorted(packages.items()):
        print(f"  {package:12} {count - left[package]:4} of {count}")
    for fault in survivors:
        print(f"survived: {describe(fault)} ({outcomes[fault.name].by})")
    return 0 if len(chosen) - len(survivors) >= ENOUGH * len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
