"""Expectations of a run: their kinds and options, and the words that apply to each kind of object."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from simulator.objects.kinds import kind_for_word
from simulator.scenario.reader import Reader, one_of
from simulator.scenario.spec import Expectation
from simulator.scenario.write import flow
from simulator.units import SECOND, parse_duration

WORKLOADS = ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet")
ROLLED = ("Deployment", "StatefulSet", "DaemonSet")
PODS = ("Pod", *WORKLOADS, "Job", "CronJob")
WORDS: dict[str, tuple[str, ...]] = {
    "exists": (),
    "gone": (),
    "scheduled": PODS,
    "initialized": PODS,
    "started": PODS,
    "running": PODS,
    "ready": ("Pod", *WORKLOADS, "Service", "Node"),
    "available": WORKLOADS,
    "rolledOut": ROLLED,
    "reachable": ("Service",),
    "complete": ("Pod", "Job"),
    "failed": ("Pod", "Job"),
}
"""Words for the state of an object, and the kinds that each applies to; empty: all."""
WHEN = ("at", "from", "until")
BOUNDS = ("equals", "atLeast", "atMost")
QUANTIFIERS = ("never", "ever", "always")
PREDICATES = ("is", "state", "phase", "status", "condition")
OF_SERVICES = ("endpoints", "noRequestLost")
MILESTONE = ("within", "by", *WHEN)
KINDS: dict[str, tuple[str, ...]] = {
    **{word: MILESTONE for word in WORDS if word != "rolledOut"},
    "rollout": MILESTONE,
    **dict.fromkeys(QUANTIFIERS, (*PREDICATES, *WHEN)),
    "neverRestarts": WHEN,
    "order": (),
    "endpoints": (*BOUNDS, "by", *WHEN),
    "event": ("reason", "message", "type", "count", *WHEN),
    "log": ("contains", "matches", "count", *WHEN),
    "metric": ("of", *BOUNDS),
    "noRequestLost": WHEN,
}
"""Kind -> its options; the kind's own value is its subject (a list for `order`, the name for `metric`)."""
INSTANTS = ("at", "by", "from", "until")
SUBJECT = re.compile(r"(?:[^/:\s]+/)?([A-Za-z.]+)/[^/:\s]+(:[^\s]+)?")
EVENT_TYPES = ("Normal", "Warning")


class Bounds(NamedTuple):
    """Inclusive bounds of a number; None: unbounded. Times in seconds."""

    least: float | None = None
    most: float | None = None

    def hold(self, value: float | None) -> bool:
        """Whether a number is within the bounds. None, for something that has not happened, never is."""
        return value is not None and (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        if self.least == self.most and self.least is not None:
            return f"{self.least:g}"
        parts = [f"{word} {value:g}" for word, value in (("at least", self.least), ("at most", self.most)) if value is not None]
        return " and ".join(parts)


def read_expectations(reader: Reader, value: Any, path: str, duration: int | None = None) -> tuple[Expectation, ...]:
    """The list under `expect`. An instant after the end of a run of that `duration` (nanoseconds) is a problem."""
    expectations = [item for item in reader.list(value, path, lambda item, where: _expectation(reader, item, where)) if item is not None]
    for item in expectations:
        for name in INSTANTS:
            if duration is not None and item.options.get(name, 0) > duration:
                reader.problem(f"{item.path}.{name}", "is after the end of the run; see duration")
    return tuple(expectations)


def _expectation(reader: Reader, value: Any, path: str) -> Expectation | None:
    if not isinstance(value, dict):
        reader.problem(path, "must be a mapping such as {ready: pod/app-*, within: 30s}")
        return None
    kinds = [key for key in value if key in KINDS]
    if len(kinds) != 1:
        known = {*KINDS, *(option for options in KINDS.values() for option in options)}
        reader.mapping(value, path, sorted(known))
        # A misspelt kind is reported already.
        if kinds or known.issuperset(value):
            reader.problem(path, f"has several expectations: {', '.join(kinds)}" if kinds else f"needs one of {', '.join(KINDS)}")
        return None
    kind = kinds[0]
    before = len(reader.problems)
    given = reader.mapping(value, path, (kind, *KINDS[kind]))
    target = _target(reader, kind, given.get(kind), f"{path}.{kind}")
    options = {name: _option(reader, name, given[name], f"{path}.{name}") for name in KINDS[kind] if name in given}
    _check(reader, kind, options, target, path)
    if len(reader.problems) > before:
        return None
    text = ", ".join(f"{key}: {_label(item)}" for key, item in value.items())
    return Expectation(kind, target, _bounded(options), text, reader.file, path, reader.place(path)[0])


def _label(value: Any) -> str:
    """A value in YAML."""
    if isinstance(value, list):
        return f"[{', '.join(_label(item) for item in value)}]"
    return str(value) if isinstance(value, str) else flow(value)


def _target(reader: Reader, kind: str, value: Any, path: str) -> Any:
    if kind == "order":
        steps = reader.list(value, path, lambda item, where: read_step(reader, item, where))
        if len(steps) < 2:
            reader.problem(path, "must be a list of at least two, such as [deployment/db ready, deployment/app initialized]")
        return steps
    if kind == "metric":
        return reader.text(value, path)
    subject = read_subject(reader, value, path)
    if kind in OF_SERVICES and subject and kind_of(subject) != "Service":
        reader.problem(path, f"must name a Service, such as service/web, not {subject!r}")
    if word := word_of(kind):
        _fits(reader, subject, word, path)
    return subject


def word_of(kind: str) -> str:
    """The word of a kind of expectation; empty: none."""
    return "rolledOut" if kind == "rollout" else kind if kind in WORDS else ""


def kind_of(subject: str) -> str:
    """The kind of a subject: `Pod` for `shop/po/web-*:server`."""
    form = SUBJECT.fullmatch(subject)
    kind = kind_for_word(form[1]) if form else None
    return kind.name if kind else ""


def read_subject(reader: Reader, value: Any, path: str) -> str:
    """A subject: `[namespace/]kind/name[:container]`, with globs."""
    text = reader.text(value, path)
    form = SUBJECT.fullmatch(text)
    if form is None:
        reader.problem(path, f"must name its subject, such as pod/app-*, deployment/web:server or shop/service/web, not {text!r}")
        return ""
    if kind_for_word(form[1]) is None:
        reader.problem(path, f"unknown kind {form[1]!r}")
        return ""
    return text


def _fits(reader: Reader, subject: str, word: str, path: str) -> None:
    kind = kind_of(subject)
    if kind and WORDS[word] and kind not in WORDS[word]:
        words = [name for name, kinds in WORDS.items() if not kinds or kind in kinds]
        reader.problem(path, f"{word} does not apply to a {kind}; use {', '.join(words)}")


def read_step(reader: Reader, value: Any, path: str) -> tuple[str, str]:
    """A milestone: `deployment/db ready`."""
    subject, _, word = reader.text(value, path).strip().partition(" ")
    word = word.strip()
    if word not in WORDS:
        reader.problem(path, f"must be a subject and a word, such as `deployment/db ready`; words: {', '.join(WORDS)}")
        return "", ""
    subject = read_subject(reader, subject, path)
    _fits(reader, subject, word, path)
    return subject, word


def _option(reader: Reader, name: str, value: Any, path: str) -> Any:
    if name in INSTANTS or name == "within":
        return reader.span(value, path)
    if name in BOUNDS:
        return _number(reader, value, path)
    if name == "count":
        return _count(reader, value, path)
    if name == "of":
        return read_subject(reader, value, path)
    text = reader.text(value, path)
    if not text:
        reader.problem(path, "must not be empty")
    if name == "is" and text not in WORDS:
        reader.problem(path, f"must be {one_of([*WORDS])}; for anything else use state, phase, status or condition")
    if name == "type" and text not in EVENT_TYPES:
        reader.problem(path, f"must be {one_of(EVENT_TYPES)}, not {text!r}")
    if name == "matches":
        try:
            re.compile(text)
        except re.error as error:
            where = "" if error.pos is None else f" (see position {error.pos})"
            reader.problem(path, f"not a regular expression{where}: {text!r}")
    return text


def _number(reader: Reader, value: Any, path: str) -> float:
    """A count, or a time in seconds."""
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else parse_duration(value) / SECOND
    except (ValueError, AttributeError):
        reader.problem(path, f"must be a number or a duration, not {value!r}")
        return 0.0


def _count(reader: Reader, value: Any, path: str) -> Bounds:
    """A count: a number, or bounds."""
    if not isinstance(value, dict):
        number = reader.integer(value, path, 0, 0)
        return Bounds(number, number)
    given = reader.mapping(value, path, BOUNDS)
    if not value:
        reader.problem(path, f"needs one of {', '.join(BOUNDS)}")
    return bounds({name: _number(reader, item, f"{path}.{name}") for name, item in given.items()})


def bounds(given: dict[str, Any]) -> Bounds:
    """The bounds of `equals`, `atLeast` and `atMost`."""
    equal = given.get("equals")
    return Bounds(given.get("atLeast", equal), given.get("atMost", equal))


def _bounded(options: dict[str, Any]) -> dict[str, Any]:
    """The options with all bounds as one value, `bounds`."""
    rest = {name: value for name, value in options.items() if name not in BOUNDS}
    return rest if len(rest) == len(options) else {**rest, "bounds": bounds(options)}


def _check(reader: Reader, kind: str, options: dict[str, Any], target: Any, path: str) -> None:
    """Report options that exclude each other, or that are missing."""
    modes = [name for name in ("within", "by", "at") if name in options] + [name for name in ("from", "until") if name in options][:1]
    if len(modes) > 1:
        reader.problem(path, f"has several times: {', '.join(modes)}; use one of within, by, at, or from and until")
    if options.get("until") is not None and options["until"] < options.get("from", 0):
        reader.problem(f"{path}.until", "must not come before `from`")
    if kind in QUANTIFIERS:
        predicates = [name for name in PREDICATES if name in options]
        if not predicates:
            reader.problem(path, f"needs one of {', '.join(PREDICATES)}")
        elif len(predicates) > 1:
            reader.problem(path, f"has several conditions: {', '.join(predicates)}")
        elif predicates == ["is"] and options["is"] in WORDS:
            _fits(reader, target, options["is"], f"{path}.{kind}")
    if kind in ("endpoints", "metric") and not any(name in options for name in BOUNDS):
        reader.problem(path, f"needs one of {', '.join(BOUNDS)}")
    if kind == "log" and ("contains" in options) == ("matches" in options):
        reader.problem(path, "needs contains or matches")
    if kind == "event" and not ({"reason", "message", "type"} & set(options)):
        reader.problem(path, "needs reason, message or type")
