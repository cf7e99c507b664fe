"""The lessons that come with podsim, in the order in which they are taught: each is a folder `NN-name`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from simulator.errors import UsageError
from simulator.lessons.model import Lesson
from simulator.lessons.read import LESSON_FILE, read_lesson

COURSE = Path(__file__).parent / "course"


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons."""
    folders = sorted(folder for folder in COURSE.iterdir() if folder.name[:2].isdigit())
    return tuple(read_lesson(folder, int(folder.name[:2])) for folder in folders)


def lesson(word: str) -> Lesson:
    """The lesson of a number, of a name, or in a folder. Raises UsageError, or ScenarioError for a folder with mistakes."""
    if (Path(word) / LESSON_FILE).is_file():
        return read_lesson(Path(word))
    for one in lessons():
        if word in (one.name, str(one.number), f"{one.number:02}"):
            return one
    from difflib import get_close_matches

    near = get_close_matches(word, [one.name for one in lessons()], n=1)
    raise UsageError(f"no lesson {word!r}" + (f"; did you mean {near[0]!r}?" if near else f": there are 1 to {len(lessons())}"))
