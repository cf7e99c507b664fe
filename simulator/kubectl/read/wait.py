"""`kubectl wait --for=condition=…|delete|create|jsonpath=…`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.golang.text import go_value
from simulator.journal.changes import changes
from simulator.kubectl import jsonpath
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Flag, Words, nanoseconds
from simulator.kubectl.print.output import as_json, name, print_data
from simulator.kubectl.read.names import named
from simulator.kubectl.resolve import NO_NAME, Selection, Target, filtered, key_kind, listed, targets
from simulator.kubectl.verb import Caller, Reading, Verb
from simulator.kubectl.view import Printed, View
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Kind, Object, key_of
from simulator.units import DAY

Condition = Callable[[Object | None], bool]
WEEK = 7 * DAY


@dataclass(frozen=True)
class WaitOptions:
    """The flags of `kubectl wait`. `conditions`: the values of `--for`.

    `timeout` in nanoseconds: None means as long as is known, 0 to look once.
    """

    namespace: str | None = "default"
    conditions: tuple[str, ...] = ()
    labels: str = ""
    fields: str = ""
    everything: bool = False
    timeout: int | None = None
    output: str = ""

    @property
    def selection(self) -> Selection:
        """Which objects are chosen besides by name."""
        return Selection(self.labels, self.fields, self.everything)


def wait(args: list[str], options: WaitOptions, view: View, start: int | None = None) -> Printed:
    """What `kubectl wait`, started at `start` (default: when there is something to wait for), has printed by now; exit 1 in vain."""
    printed: list[str] = []
    errors: list[KubectlError] = []
    try:
        conditions = [_condition(text) for text in options.conditions]
        if not conditions:
            raise KubectlError("error: unrecognized condition: []")
        asked = targets(args, view.snapshot, options.selection)
        begin = _first_instant(asked, options, view) if start is None else start
        end = view.snapshot.t if options.timeout is None else min(view.snapshot.t, begin + options.timeout)
        words = {text.lower() for text in options.conditions}
        found = [one for each in _each(asked) for one in _there(each, options, view.at(begin), words, errors)]
        if not found and not errors and "delete" not in words:
            raise KubectlError("error: no matching resources found")
        for kind, item in found:
            try:
                states = [_await(kind, key_of(item), condition, begin, view.at(end), options) for condition in conditions]
            except KubectlError as error:
                errors.append(error)
                continue
            printed += [_said(state or item, options.output) for state in states]
    except KubectlError as error:
        errors.append(error)
    return Printed("".join(printed), _told(errors), max((error.code for error in errors), default=0))


def _told(errors: list[KubectlError]) -> str:
    """One error as it is; of several, each on a line of its own, without the word."""
    return "".join(f"{str(error).removeprefix('error: ') if len(errors) > 1 else error}\n" for error in errors)


def _said(item: Object, form: str) -> str:
    """What is printed about an object that has got there: itself, in the format of `-o`, or a sentence."""
    return print_data([as_json(item)], form, single=True) if form else f"{name(as_json(item))} condition met\n"


def _each(asked: list[Target]) -> list[Target]:
    """One wish for each name: what is missing stops nothing."""
    return [one for kind, names in asked for one in ([Target(kind, (name,)) for name in names] or [Target(kind)])]


def _there(asked: Target, options: WaitOptions, view: View, words: set[str], errors: list[KubectlError]) -> list[tuple[Kind, Object]]:
    """The objects to wait for. One that is not there has gone already, or does not come: kubectl does not say which one."""
    try:
        return _objects(asked, options, view)
    except KubectlError as error:
        if "(NotFound)" not in str(error):
            raise
        if "delete" not in words:
            errors.append(KubectlError("error: timed out waiting for the condition") if "create" in words else error)
        return []


def _objects(asked: Target, options: WaitOptions, view: View) -> list[tuple[Kind, Object]]:
    kind, names = asked
    if names:
        return [(kind, one.item) for each in names for one in named(kind, options.namespace or "", each, view)]
    if not options.selection.chooses:
        raise KubectlError(f"error: {NO_NAME}")
    return [(kind, item) for item in filtered(kind, listed(kind, options.namespace, view.snapshot), options.selection)]


def _first_instant(asked: list[Target], options: WaitOptions, view: View) -> int:
    """When everything that was asked for was there for the first time; now, when it never was."""
    kinds = {key_kind(each.kind) for each in asked}
    times = sorted({write.t for write in view.snapshot.writes() if write.type == "ADDED" and write.key.kind in kinds})
    for t in times:
        try:
            if all(_objects(each, options, view.at(t)) for each in asked):
                return t
        except KubectlError as error:
            if "NotFound" not in str(error):
                raise
    return view.snapshot.t


def _await(kind: Kind, key: Key, condition: Condition, start: int, view: View, options: WaitOptions) -> Object | None:
    """The state in which the condition became true between `start` and now (None: it went). Raises KubectlError when it did not."""
    states: list[Object | None] = [view.snapshot.at(start).get(key)]
    if options.timeout != 0:
        seen = changes(key_kind(kind), start, view.snapshot, lambda item: key_of(item) == key)
        states += [None if change.type == "DELETED" else change.item for change in seen]
    for state in states:
        if condition(state):
            return state
    if options.timeout == 0:
        raise KubectlError(f"error: condition not met for {kind.plural}/{key.name}")
    raise KubectlError(f"error: timed out waiting for the condition on {kind.plural}/{key.name}")


def _condition(text: str) -> Condition:
    """The meaning of one `--for`. Raises KubectlError."""
    word, _, rest = text.partition("=")
    if text.lower() == "delete":
        return lambda item: item is None
    if text.lower() == "create":
        return lambda item: item is not None
    if word == "condition" and "=" in text:
        type_, _, status = rest.partition("=")
        return lambda item: item is not None and _has_condition(as_json(item), type_.lower(), (status or "true").lower())
    if word == "jsonpath" and "=" in text:
        path, value = _path_and_value(rest)
        return lambda item: item is not None and _finds(as_json(item), path, value)
    raise KubectlError(f'error: unrecognized condition: "{text}"')


def _path_and_value(text: str) -> tuple[str, str]:
    """`{.status.phase}=Running`; no value: any will do. `==` divides nothing. Raises KubectlError."""
    parts = [part.replace("\0", "==") for part in text.replace("==", "\0").split("=")]
    if len(parts) > 2:
        one, other = "--for=jsonpath='{.status.readyReplicas}'=3", "--for=jsonpath='{.status.readyReplicas}'"
        raise KubectlError(f"error: jsonpath wait format must be {one} or {other}")
    if not parts[0]:
        raise KubectlError("error: jsonpath expression cannot be empty")
    path, value = jsonpath.relaxed(parts[0].strip("'\"")), "".join(parts[1:]).strip("'\"")
    if len(parts) > 1 and not value:
        example = "like --for=jsonpath='{.status.readyReplicas}'=3"
        raise KubectlError(f"error: jsonpath wait has to have a value after equal sign, {example}")
    jsonpath.parse_template(path)
    return path, value


def _has_condition(data: JSON, type_: str, status: str) -> bool:
    """Whether the condition has that status, and is about the object's present generation."""
    whole: dict[str, Any] = data.get("status") or {}
    for condition in whole.get("conditions") or []:
        if str(condition.get("type", "")).lower() == type_:
            observed = condition.get("observedGeneration", whole.get("observedGeneration"))
            generation = data["metadata"].get("generation")
            if generation is not None and observed is not None and observed < generation:
                return False
            return str(condition.get("status", "")).lower() == status
    return False


def _finds(data: JSON, path: str, value: str) -> bool:
    found = jsonpath.find(path, data)
    if not found or not found[0]:
        return False
    if len(found) > 1 or len(found[0]) > 1:
        raise KubectlError(f"error: given jsonpath expression matches more than one {'list' if len(found) > 1 else 'value'}")
    if value and isinstance(found[0][0], dict | list):
        raise KubectlError("error: jsonpath leads to a nested object or list which is not supported")
    return not value or go_value(found[0][0]).strip() == value.strip()


# ---- the command line


def _prints(words: Words, view: View, caller: Caller) -> Printed:
    options = WaitOptions(
        namespace=caller.namespaces(words),
        conditions=tuple(words["for"]),
        labels=words["selector"],
        fields=words["field-selector"],
        everything=words["all"],
        timeout=_timeout(words),
        output=words["output"],
    )
    return wait(words.args, options, view, caller.start)


def _timeout(words: Words) -> int | None:
    """Nanoseconds; a negative one is a week (kubectl/pkg/cmd/wait)."""
    if not words["timeout"]:
        return None
    timeout = nanoseconds(words["timeout"])
    return timeout if timeout >= 0 else WEEK


VERBS: tuple[Verb, ...] = (
    Verb(("wait",), "TYPE/NAME... | TYPE", "Whether, and when, a condition comes true.", (
        Flag("for", "array", metavar="CONDITION", help="condition=NAME[=VALUE], delete, create, jsonpath=PATH[=VALUE]."),
        Flag("selector", short="l", metavar="LABELS", help="All objects with these labels."),
        Flag("field-selector", metavar="FIELDS", help="All objects with these fields."),
        Flag("all", "bool", help="All objects of the type."),
        Flag("timeout", "duration", metavar="DURATION", help="How long to wait. Default: up to --at."),
        Flag("output", short="o", metavar="FORMAT", help="What has got there as yaml, json, name or jsonpath=TEMPLATE."),
    ), Reading(_prints, "Wait, in simulated time, as `kubectl wait` would; exit code 1 when it was in vain.", begins_with_typed=True), (
        "wait deployment/web --for=condition=Available --timeout=60s",
        "wait pods -l app=web --for=condition=Ready",
        "wait deployment/web --for=jsonpath='{.status.readyReplicas}'=2",
    )),
)  # fmt: skip
