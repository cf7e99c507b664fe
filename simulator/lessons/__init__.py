"""Lessons with questions and tasks: read, run in memory, answered and checked. The terminal, the lab and the tests share this package."""

from simulator.lessons.answers import Grade, grade
from simulator.lessons.check import Result, check
from simulator.lessons.course import lesson, lessons
from simulator.lessons.model import Lesson, Option, Question, Task
from simulator.lessons.plain import as_json
from simulator.lessons.read import read_lesson
from simulator.lessons.runs import play

__all__ = [
    "Grade", "Lesson", "Option", "Question", "Result", "Task", "as_json", "check", "grade", "lesson", "lessons", "play", "read_lesson",
]  # fmt: skip
