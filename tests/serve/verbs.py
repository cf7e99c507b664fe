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

from simulator.serve.shift import Shift
from simulator.units import SECOND
from tests.serve.clients import client
from tests.serve.serving import Ran, served, words
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
    """What `podsim COMMAND` prints about a run of the application, which it begins anew."""
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
        world = session(str(folder / "scenario.yaml"), until=AT)
        with served(world, folder) as at:
            end = time.time_ns() + SECOND // 4
            offset = round((end - world.epoch - world.now) / SECOND) * SECOND
            world.shift_now = lambda offset=offset: Shift(offset)
            time.sleep((world.epoch + world.now - end) % SECOND / SECOND)
            ran = at.run(kubectl, *words(command))
        shown = Ran(ran.code, unshifted(ran.out, offset), unshifted(ran.err, offset))
        yield Compared(command, podsim(folder, command), shown)


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
