"""Outcomes kept in a file as they come, one JSON line each, so that a sweep that was cut short goes on where it was."""

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
    """A file of outcomes of one plan's inputs and measures; its grid may grow. Raises UsageError when the file is of others."""

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
        """The outcome of a task that was played before."""
        found = self._done.get(self._key(task))
        return found._replace(task=task) if found else None

    def keep(self, outcomes: Iterable[Outcome]) -> None:
        """Add outcomes; whatever happens to us, the file has whole lines of finished runs, and perhaps one that is cut off."""
        self._append([self._line(outcome) for outcome in outcomes])

    def _line(self, outcome: Outcome) -> dict[str, Any]:
        names = [measure.name for measure in self._plan.measures]
        said = {"refused": outcome.refused} if outcome.refused else {"values": dict(zip(names, outcome.values, strict=True))}
        return {"set": self._plan.texts(outcome.task.arm), "seed": outcome.task.seed, **said}

    def _key(self, task: Task) -> str:
        return _key(self._plan.texts(task.arm), task.seed)

    def _append(self, lines: Iterable[dict[str, Any]]) -> None:
        data = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
        try:
            # One write at the end of the file: nothing that was there before can be harmed.
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
            # The last write was cut off: the run is played again.
            os.truncate(self.path, len(whole))

    def _compare(self, line: dict[str, Any], head: dict[str, Any]) -> None:
        if line["type"] != "SWEEP":
            raise ValueError(line["type"])
        if line["of"] != head["of"] or line["podsim"] != head["podsim"] or line["measures"] != head["measures"]:
            what = (
                f"podsim {line['podsim']}"
                if line["podsim"] != head["podsim"]
                else "other metrics"
                if line["measures"] != head["measures"]
                else "other manifests, another Scenario or other options"
            )
            raise UsageError(f"{self.path} has results of {what}: continue with the same, or name another file")


def _key(texts: dict[str, str], seed: int | None) -> str:
    return json.dumps([sorted(texts.items()), seed])


def fingerprint(plan: Plan) -> str:
    """What the inputs are, whatever is swept over them."""
    base = plan.base
    manifests = [(part, manifest.file, manifest.raw) for part, _, manifest in base.manifests()]
    # The Scenario as it was read, not the document: axes may have written down there what was assumed.
    told = json.dumps([manifests, repr(base.inputs.scenario), base.inputs.horizon, list(base.choices)], sort_keys=True, default=repr)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
