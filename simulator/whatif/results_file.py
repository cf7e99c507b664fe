"""Outcomes in a file, one JSON line each, written as they finish, so that an interrupted sweep can continue."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simulator.errors import JournalError, Problem, UsageError
from simulator.version import __version__
from simulator.whatif.plan import Outcome, Plan, Task


class ResultsFile:
    """The outcomes of a plan's inputs and measures; its grid may grow. Raises UsageError for a file of other inputs or measures."""

    def __init__(self, path: str | Path, plan: Plan) -> None:
        self.path = Path(path)
        self._plan = plan
        self._done: dict[str, Outcome] = {}
        head = {"type": "SWEEP", "podsim": __version__, "of": fingerprint(plan), "measures": [measure.name for measure in plan.measures]}
        if self.path.exists() and self.path.stat().st_size:
            self._read(head)
        else:
            self._append([head])

    def known(self, task: Task) -> Outcome | None:
        """The outcome of a task that ran before."""
        outcome = self._done.get(self._key(task))
        return outcome._replace(task=task) if outcome else None

    def keep(self, outcomes: Iterable[Outcome]) -> None:
        """Add outcomes. Whenever this process ends, the file has whole lines of finished runs, and at most one partial line."""
        self._append([self._line(outcome) for outcome in outcomes])

    def _line(self, outcome: Outcome) -> dict[str, Any]:
        names = [measure.name for measure in self._plan.measures]
        values = {"refused": outcome.refused} if outcome.refused else {"values": dict(zip(names, outcome.values, strict=True))}
        return {"set": self._plan.texts(outcome.task.arm), "seed": outcome.task.seed, **values}

    def _key(self, task: Task) -> str:
        return _key(self._plan.texts(task.arm), task.seed)

    def _append(self, lines: Iterable[dict[str, Any]]) -> None:
        data = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
        try:
            # One append at the end of the file: existing lines cannot be damaged.
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror}") from error
        try:
            os.write(descriptor, data)
        finally:
            os.close(descriptor)

    def _read(self, head: dict[str, Any]) -> None:
        data = self.path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        for number, text in enumerate(whole.splitlines(), start=1):
            try:
                line = json.loads(text)
                if number == 1:
                    self._compare(line, head)
                else:
                    values = tuple(line["values"].get(measure.name) for measure in self._plan.measures) if "values" in line else ()
                    self._done[_key(line["set"], line["seed"])] = Outcome(Task((), line["seed"]), values, line.get("refused", ""))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                why = "not a line of a sweep's results" + ("; the first line must say SWEEP" if number == 1 else "")
                raise JournalError([Problem(str(self.path), number, 0, "", why)]) from error
        if len(whole) < len(data):
            # The last line is incomplete: its run is repeated.
            os.truncate(self.path, len(whole))

    def _compare(self, line: dict[str, Any], head: dict[str, Any]) -> None:
        if line["type"] != "SWEEP":
            raise ValueError(line["type"])
        if line["of"] != head["of"] or line["podsim"] != head["podsim"] or line["measures"] != head["measures"]:
            raise UsageError(f"{self.path} has results of {_difference(line, head)}: use the same inputs, or another file")


def _difference(line: dict[str, Any], head: dict[str, Any]) -> str:
    """What a file's first line says that differs from this plan."""
    if line["podsim"] != head["podsim"]:
        return f"podsim {line['podsim']}"
    return "other metrics" if line["measures"] != head["measures"] else "other manifests, another Scenario or other options"


def _key(texts: dict[str, str], seed: int | None) -> str:
    return json.dumps([sorted(texts.items()), seed])


def fingerprint(plan: Plan) -> str:
    """A hash of the inputs, whatever the sweep varies in them."""
    base = plan.base
    manifests = [(part, manifest.file, manifest.raw) for part, _, manifest in base.manifests()]
    # How files were read shows in the manifests. The Scenario as it was read, not its document, to which axes may have added assumptions.
    choices = list(base.choices._replace(recursive=False, fail_fast=True))
    text = json.dumps([manifests, repr(base.inputs.scenario), base.inputs.horizon, choices], sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
