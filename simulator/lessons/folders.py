"""A student's files: each lesson has a folder with its run and its tasks, in which the student edits manifests."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import UsageError
from simulator.lessons.model import Lesson, Task
from simulator.whole_files import write_whole

RUN = "run"


def folder_name(lesson: Lesson) -> str:
    """The name of a lesson's folder: `04-retries`; a lesson of one's own has no number."""
    return f"{lesson.number:02}-{lesson.name}" if lesson.number else lesson.name


def write_files(lesson: Lesson, folder: Path) -> None:
    """Write the files of the run and of each task. Files that exist are the student's and stay as they are. Raises UsageError."""
    for name, files in ((RUN, lesson.files), *((task.name, task.files) for task in lesson.tasks)):
        for file, text in files.items():
            place = folder / name / file
            try:
                if not place.exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(place, text)
            except OSError as error:
                raise UsageError(f"{place}: {error.strerror or error}; --folder names another directory") from error


def read_files(task: Task, folder: Path) -> dict[str, str]:
    """The files of a task as the student left them. Raises UsageError."""
    texts = {}
    for file in task.edit:
        place = folder / task.name / file
        try:
            texts[file] = place.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
            raise UsageError(f"{place}: {reason}") from error
    return texts


def is_changed(task: Task, texts: dict[str, str]) -> bool:
    """Whether the student has changed a file."""
    return any(text != task.files[file] for file, text in texts.items())
