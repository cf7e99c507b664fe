"""A lesson as plain values, for the lab and for `-o json`: everything but right answers and solutions."""

from __future__ import annotations

from simulator.lessons.model import Lesson, Question, Task
from simulator.objects.base import JSON


def as_json(lesson: Lesson) -> JSON:
    """The whole lesson."""
    return {
        "number": lesson.number,
        "name": lesson.name,
        "title": lesson.title,
        "summary": lesson.summary,
        "minutes": lesson.minutes,
        "before": lesson.before,
        "after": lesson.after,
        "files": lesson.files,
        "questions": [_question(question) for question in lesson.questions],
        "tasks": [_task(task) for task in lesson.tasks],
    }


def _question(question: Question) -> JSON:
    return {
        "name": question.name,
        "ask": question.ask,
        "kind": question.kind,
        "options": [option.text for option in question.options],
        "explain": question.explain,
        "show": list(question.show),
    }


def _task(task: Task) -> JSON:
    return {
        "name": task.name,
        "title": task.title,
        "text": task.text,
        "edit": list(task.edit),
        "files": task.files,
        "expect": [item.text for item in task.expect],
        "hints": list(task.hints),
    }
