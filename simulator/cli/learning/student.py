"""The student who types: progress, files, and how to print."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from simulator.cli import last_run
from simulator.cli.paint import echo
from simulator.errors import UsageError
from simulator.lessons.folders import folder_name, write_files
from simulator.lessons.model import Lesson
from simulator.lessons.progress import LessonProgress, Progress, read_progress, write_progress

HOME = "podsim-lessons"
"""The folder of a student's files, unless --folder names another one."""


def progress_file() -> Path:
    """Where progress is kept."""
    return last_run.state_folder() / "lessons.json"


def forget(lessons: set[str]) -> None:
    """Forget the progress in some lessons, or in all of them. Raises UsageError."""
    file = progress_file()
    if not write_progress(file, read_progress(file).without(lessons) if lessons else Progress()):
        raise UsageError(f"{file} cannot be written")


class Student:
    """A student's progress and folder. `folder`: that of --folder; `as_json`: results are printed as JSON."""

    def __init__(self, folder: str, *, as_json: bool) -> None:
        self.progress = read_progress(progress_file())
        self.as_json = as_json
        self._folder = folder

    def of(self, lesson: Lesson) -> LessonProgress:
        """The progress in a lesson."""
        return self.progress.of(lesson)

    def keep(self, lesson: Lesson, progress: LessonProgress) -> None:
        """Keep the progress in a lesson, which is the current one from now on."""
        self.progress = self.progress.with_lesson(lesson, progress)
        if not write_progress(progress_file(), self.progress):
            echo(f"warning: {progress_file()} cannot be written: your progress is lost at the end of this command", err=True)

    def folder_of(self, lesson: Lesson) -> Path:
        """The folder of a lesson, with every file in it. Raises UsageError when it cannot be written."""
        kept = self.of(lesson).folder
        folder = Path(kept) if kept and not self._folder else Path(self._folder or HOME).absolute() / folder_name(lesson)
        write_files(lesson, folder)
        return folder


def short(place: Path) -> str:
    """A path as short as it can be typed here."""
    relative = os.path.relpath(place)
    return str(place) if relative.startswith("..") else relative


def print_json(value: Any) -> None:
    """Print a JSON document."""
    echo(json.dumps(value, indent=2, ensure_ascii=False))
