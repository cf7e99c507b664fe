"""A chain of causes as a tree, and the tree as text and as JSON."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simulator.objects.base import JSON
from simulator.units import SECOND

Role = Literal["fact", "because", "next", "note"]


class Because(NamedTuple):
    """A statement and its causes. `place` is the file and line behind it (`app.yaml:31`), `t` when it happened (nanoseconds).

    `role`: a cause of its parent, what comes next, or a remark; the root of a tree is a fact. `about`: the object, as `pod/web-1`.
    """

    text: str
    causes: tuple[Because, ...] = ()
    place: str = ""
    t: int | None = None
    role: Role = "because"
    about: str = ""

    def walk(self) -> list[Because]:
        """This node and everything below it, from top to bottom."""
        return [self, *(inner for cause in self.causes for inner in cause.walk())]

    @property
    def root_cause(self) -> Because:
        """The end of the chain of first causes; itself without causes."""
        return next((cause.root_cause for cause in self.causes if cause.role == "because"), self)


def note(text: str, place: str = "") -> Because:
    """A remark."""
    return Because(text, place=place, role="note")


def coming(text: str, place: str = "") -> Because:
    """What will certainly happen next."""
    return Because(text, place=place, role="next")


def as_json(tree: Because) -> JSON:
    """The tree as plain data; `t` in seconds since the start."""
    data: JSON = {"role": tree.role, "text": tree.text}
    if tree.about:
        data["about"] = tree.about
    if tree.place:
        data["place"] = tree.place
    if tree.t is not None:
        data["t"] = round(tree.t / SECOND, 9)
    if tree.causes:
        data["causes"] = [as_json(cause) for cause in tree.causes]
    return data
