"""What the page asks of Python, as JSON: it runs in the browser's worker, and under any other Python just so.

A question is an object with `do` and the arguments of a method of `Bench`; the answer is an object. What is wrong with the input is an
answer, too: `problems`, each with file, line, column, path and message.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from simulator.errors import InputError, Problem
from simulator.lab import terminal
from simulator.lab.completion import complete
from simulator.lab.controls import NEW_SCENARIO, controls, turned
from simulator.lab.course import checked, course, graded, opened
from simulator.lab.played import Played, play
from simulator.lab.yaml_edit import items, put, roots
from simulator.objects.base import JSON
from simulator.scenario.gallery import exhibits
from simulator.scenario.inputs import SCENARIO_FILE
from simulator.units import MICROSECOND
from simulator.version import __version__
from simulator.views.page.content import content, micro
from simulator.views.page.lanes import lanes

LEFT_OUT = ("expected",)
"""Folders of a gallery's scenario that are no input."""
NEWEST_ZIP = (2020, 1, 1, 0, 0, 0)
"""The date of the files in an export, so that equal files give equal bytes."""


class Bench:
    """One bench; its files are written into `folder`, which must be the working directory for command lines that name files."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._played = Played({})
        self._methods: dict[str, Callable[..., JSON]] = {
            "gallery": self.gallery,
            "open": self.open,
            "run": self.run,
            "turn": self.turn,
            "texts": self.texts,
            "command": self.command,
            "complete": self.complete,
            "pack": self.pack,
            "unpack": self.unpack,
            "lessons": course,
            "lesson": opened,
            "grade": graded,
            "check": checked,
        }

    def answer(self, question: str) -> str:
        """Answer a question in JSON."""
        arguments: dict[str, Any] = msgspec.json.decode(question)
        try:
            answer = self._methods[arguments.pop("do")](**arguments)
        except InputError as error:
            answer = {"problems": [problem._asdict() for problem in error.problems]}
        return msgspec.json.encode(answer).decode()

    def gallery(self) -> JSON:
        """The scenarios that come with podsim, and its version."""
        scenarios = [{"name": one.name, "title": one.title, "group": one.group} for one in exhibits()]
        return {"version": __version__, "scenarios": scenarios}

    def open(self, name: str) -> JSON:
        """The files of a scenario of the gallery."""
        one = next(one for one in exhibits() if one.name == name)
        paths = [path for path in sorted(one.folder.rglob("*")) if path.is_file() and path.relative_to(one.folder).parts[0] not in LEFT_OUT]
        files = {path.relative_to(one.folder).as_posix(): path.read_text("utf-8") for path in paths}
        files.pop("README.md", None)
        return {"files": files}

    def run(self, files: Mapping[str, str]) -> JSON:
        """Run files: the picture, the controls, the problems with their lines."""
        self._played = play(files, self._folder)
        return self._picture()

    def turn(self, files: Mapping[str, str], control: str, value: float | str | None) -> JSON:
        """Turn a control of these files to a value and run them: the changed files, and all that `run` answers."""
        if self._played.files != files:
            self._played = play(files, self._folder)
        chosen = next((one for one in controls(self._played) if one.id == control), None)
        if chosen is None:
            raise InputError(f"there is no {control} any more")
        self._played = play(turned(self._played, chosen, value), self._folder)
        return {"files": self._played.files, **self._picture()}

    def texts(self) -> JSON:
        """All texts of the last run, as the report page has them."""
        journal = self._played.journal
        return {} if journal is None else {"run": content(journal.at(), journal.header.scenario or "lab", sources=self._played.files)}

    def command(self, files: Mapping[str, str], line: str, t: int) -> JSON:
        """Run a command line at an instant (µs): what it printed, and the changed files when it changed something."""
        if self._played.files != files:
            self._played = play(files, self._folder)
        if self._played.journal is None:
            return {"text": "error: nothing runs: see the mistakes in the files\n", "code": 1}
        reply = terminal.run(line, self._played.journal.at(t * MICROSECOND))
        if reply.action is None:
            return {"text": reply.text, "code": reply.code}
        return self._act(reply)

    def _act(self, reply: terminal.Reply) -> JSON:
        """Add an action to the Scenario, and print kubectl's answer. An action that is refused is not kept."""
        before = self._played
        text = before.files.get(SCENARIO_FILE) or NEW_SCENARIO
        place = len(items(next(iter(roots(text)), None), ("spec", "actions")))
        files = {**before.files, SCENARIO_FILE: put(text, 0, ("spec", "actions", place), reply.action)}
        played = play(files, self._folder)
        answer = None if played.cluster is None else played.cluster.answers.get(f"spec.actions[{place}]")
        if answer is None or answer.code:
            self._played = play(before.files, self._folder)
            printed = (
                "".join(f"error: {problem.message}\n" for problem in played.problems)
                if answer is None
                else "".join(part.text for part in answer.parts)
            )
            return {"text": reply.text + printed, "code": 1}
        self._played = played
        printed = "".join(part.text for part in answer.parts)
        return {"text": reply.text + printed, "code": 0, "files": files, **self._picture()}

    def complete(self, files: Mapping[str, str], file: str, line: int, column: int) -> JSON:
        """What can be typed at a place (from 0) of a file."""
        return {"options": complete(files[file], line, column, scenario=file == SCENARIO_FILE)}

    def pack(self, files: Mapping[str, str]) -> JSON:
        """The files as a zip, in base64."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in sorted(files.items()):
                archive.writestr(zipfile.ZipInfo(name, NEWEST_ZIP), text, zipfile.ZIP_DEFLATED)
        return {"zip": base64.b64encode(packed.getvalue()).decode()}

    def unpack(self, zip: str) -> JSON:  # noqa: A002 (the name in the JSON)
        """The files of a zip; a folder around all of them is left out."""
        try:
            with zipfile.ZipFile(io.BytesIO(base64.b64decode(zip))) as archive:
                files = {one.filename: archive.read(one).decode() for one in archive.infolist() if not one.is_dir()}
        except (zipfile.BadZipFile, UnicodeDecodeError) as error:
            raise InputError(f"this is no zip of text files: {error}") from error
        around = {name.partition("/")[0] for name in files}
        if len(around) == 1 and all("/" in name for name in files):
            files = {name.partition("/")[2]: text for name, text in files.items()}
        return {"files": files}

    def _picture(self) -> JSON:
        played = self._played
        journal = played.journal
        return {
            "problems": _marks(played.problems),
            "warnings": _marks(played.warnings),
            "controls": [one.shown() for one in controls(played)],
            "lanes": None if journal is None else lanes(journal.at()),
            "end": 0 if journal is None else micro(journal.end),
        }


def _marks(problems: list[Problem]) -> list[JSON]:
    return [problem._asdict() for problem in problems]
