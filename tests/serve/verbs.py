"""Each verb as `podsim VERB` and as `kubectl VERB` on the same run: exit code, output and errors.

`python -m tests.serve.verbs [VERSION...]` counts the command lines that agree, for the kubectl releases named, and shows the others.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from simulator.serve.session import Session
from simulator.serve.shift import Shift
from simulator.units import SECOND
from tests.serve.clients import client
from tests.serve.serving import Ran, Served, served, words
from tests.serve.talk import session
from tests.serve.texts import unshifted

AT = 40
"""Seconds after the start: everything has settled."""


class Compared(NamedTuple):
    """A command line, and what podsim and kubectl have answered."""

    command: str
    podsim: Ran
    kubectl: Ran

    @property
    def agree(self) -> bool:
        return self.podsim == self.kubectl

    @property
    def difference(self) -> list[str]:
        texts = [f"exit {ran.code}\n{ran.out}{ran.err}".splitlines() for ran in (self.podsim, self.kubectl)]
        return list(difflib.unified_diff(*texts, "podsim", "kubectl", lineterm="", n=0))


@cache
def cases() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("verbs.yaml").read_text())
    return data


def podsim(folder: Path, command: str) -> Ran:
    """What `podsim COMMAND` prints about a new run of the application."""
    from simulator.cli import main

    os.environ.update(XDG_STATE_HOME=str(folder / "state"), PODSIM_LAST_RUN=str(folder / "last"))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert main(("run", str(folder / "scenario.yaml"), "--duration", f"{AT}s")) == 0, err.getvalue()
        out.seek(0), out.truncate(), err.seek(0), err.truncate()
        code = main(tuple(words(command)))
    return Ran(code, out.getvalue(), err.getvalue())


def compared(version: str, folder: Path, commands: list[str]) -> Iterator[Compared]:
    """Each command line, in a session of its own for kubectl."""
    (folder / "app.yaml").write_text(cases()["app"])
    spec = {"kubernetes": "1.36", "kubectl": version, "manifests": ["app.yaml"]}
    (folder / "scenario.yaml").write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}))
    kubectl = client(f"kubectl-{version}")
    for command in commands:
        expected = podsim(folder, command)
        is_read = command in cases()["reads"]
        world = session(str(folder / "scenario.yaml"), until=AT)
        with served(world, folder) as at:
            took = 0.2
            for _turn in range(4 if is_read else 1):
                begin = time.monotonic()
                shown = shifted_run(at, kubectl, world, command, took)
                took = time.monotonic() - begin
                if shown == expected:
                    break
        yield Compared(command, expected, shown)


def shifted_run(at: Served, kubectl: Path, world: Session, command: str, took: float) -> Ran:
    """A command that ends when kubectl's clock, less the shift, is that of the simulation, if it takes as long as expected."""
    end = time.time_ns() + round(took * SECOND)
    end += (world.epoch + world.now - end) % SECOND
    offset = round((end - world.epoch - world.now) / SECOND) * SECOND
    world.shift_now = lambda: Shift(offset)
    time.sleep(max(0.0, (end - time.time_ns()) / SECOND - took))
    ran = at.run(kubectl, *words(command))
    return Ran(ran.code, unshifted(ran.out, offset), unshifted(ran.err, offset))


def main() -> int:
    failed = 0
    for version in sys.argv[1:] or ["1.37"]:
        with tempfile.TemporaryDirectory() as folder:
            results = list(compared(version, Path(folder), [*cases()["reads"], *cases()["writes"]]))
        for one in results:
            if not one.agree:
                print(f"--- {version}: {one.command}", *one.difference[2:], sep="\n")
        print(f"kubectl {version}: command lines that agree: {sum(one.agree for one in results)}/{len(results)}", flush=True)
        failed += sum(not one.agree for one in results)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
