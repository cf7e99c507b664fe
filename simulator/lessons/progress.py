"""A student's progress: answers, attempts and solved tasks of each lesson, in one file that is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import msgspec

from simulator.errors import UsageError
from simulator.lessons.model import Lesson
from simulator.whole_files import write_whole

FORMAT = 1


class Answered(msgspec.Struct, frozen=True):
    """An answer as it was typed."""

    typed: str
    right: bool


class Attempts(msgspec.Struct, frozen=True):
    """The attempts at a task: how many failed or asked for a hint, and whether one passed."""

    failed: int = 0
    solved: bool = False


class LessonProgress(msgspec.Struct, frozen=True):
    """The progress in one lesson. `folder`: where its files are; empty: not written yet. `source`: where a lesson of one's own is."""

    answers: dict[str, Answered] = {}
    tasks: dict[str, Attempts] = {}
    folder: str = ""
    source: str = ""

    def attempts(self, task: str) -> Attempts:
        """The attempts at a task."""
        return self.tasks.get(task, Attempts())

    def with_answer(self, question: str, typed: str, right: bool) -> LessonProgress:
        """With an answer."""
        return msgspec.structs.replace(self, answers={**self.answers, question: Answered(typed, right)})

    def with_attempt(self, task: str, solved: bool) -> LessonProgress:
        """With one more attempt at a task; what was solved once remains solved."""
        before = self.attempts(task)
        now = Attempts(before.failed + (not solved), before.solved or solved)
        return msgspec.structs.replace(self, tasks={**self.tasks, task: now})

    def unanswered(self, lesson: Lesson) -> list[str]:
        """The names of the lesson's questions without an answer."""
        return [question.name for question in lesson.questions if question.name not in self.answers]

    def is_solved(self, lesson: Lesson) -> bool:
        """Whether every task is solved."""
        return all(self.attempts(task.name).solved for task in lesson.tasks)

    def is_done(self, lesson: Lesson) -> bool:
        """Whether every question has an answer and every task is solved."""
        return not self.unanswered(lesson) and self.is_solved(lesson)


class Progress(msgspec.Struct, frozen=True):
    """The progress in all lessons, and the name of the lesson that was taken last."""

    format: int = FORMAT
    current: str = ""
    lessons: dict[str, LessonProgress] = {}

    def of(self, lesson: Lesson) -> LessonProgress:
        """The progress in a lesson."""
        return self.lessons.get(lesson.name, LessonProgress())

    def with_lesson(self, lesson: Lesson, progress: LessonProgress) -> Progress:
        """With other progress in a lesson, which is the current one from now on."""
        return Progress(current=lesson.name, lessons={**self.lessons, lesson.name: progress})

    @property
    def current_source(self) -> str:
        """What names the current lesson: its name, or the folder of a lesson of one's own; empty: none was taken yet."""
        return self.lessons[self.current].source or self.current if self.current in self.lessons else ""

    def without(self, names: set[str]) -> Progress:
        """Without the progress in some lessons."""
        return Progress(current=self.current, lessons={name: one for name, one in self.lessons.items() if name not in names})


def read_progress(file: Path) -> Progress:
    """The progress in a file; none without a file. Raises UsageError for a damaged file."""
    try:
        progress = msgspec.json.decode(file.read_bytes(), type=Progress)
    except (FileNotFoundError, NotADirectoryError):
        return Progress()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"{file} is damaged: `podsim learn reset` starts again") from error
    if progress.format != FORMAT:
        raise UsageError(f"{file} was written by another podsim: `podsim learn reset` starts again")
    return progress


def write_progress(file: Path, progress: Progress) -> bool:
    """Keep the progress; False if it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, msgspec.json.format(msgspec.json.encode(progress)), private=True)
    except OSError:
        return False
    return True
