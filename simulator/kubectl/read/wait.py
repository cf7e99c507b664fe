"""`kubectl wait --for=condition=…|delete|create|jsonpath=…`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from simulator.golang.pflag import Flag, nanoseconds
from simulator.golang.text import go_value
from simulator.journal.changes import changes
from simulator.journal.snapshot import Snapshot
from simulator.kubectl import jsonpath
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.print.output import as_json, name, print_data
from simulator.kubectl.read.names import named
from simulator.kubectl.resolve import NO_NAME, Selection, Target, filtered, key_kind, listed, targets
from simulator.kubectl.verb import FOLLOWED, Caller, Reading, Verb, output_format
from simulator.kubectl.view import Pending, Printed, View
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Kind, Object, key_of
from simulator.units import DAY, SECOND

Condition = Callable[[Object | None], bool]
WEEK = 7 * DAY
DEFAULT_TIMEOUT = 30 * SECOND


class WaitOptions(msgspec.Struct, frozen=True):
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


class _Waits(Exception):
    """Objects of a kind have not got there yet, and may still."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = key_kind(kind)


class _Wait(NamedTuple):
    """A wait as it is going on: the cluster when it began and as it is, at which instant it gives up (None: never)."""

    options: WaitOptions
    begin: Snapshot
    view: View
    deadline: int | None
    live: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen."""
        return not self.live or (self.deadline is not None and self.view.snapshot.t >= self.deadline)


def wait(args: list[str], options: WaitOptions, view: View, caller: Caller = FOLLOWED) -> Printed:
    """What `kubectl wait` has printed by now; exit code 1 for what has not got there.

    Default start: when there is something to wait for.
    """
    printed: list[str] = []
    errors: list[KubectlError] = []
    pending, deadline = None, None
    try:
        conditions = [_condition(text) for text in options.conditions]
        if not conditions:
            raise KubectlError("error: unrecognized condition: []")
        requested = targets(args, view.snapshot, options.selection)
        begin = view.snapshot.at(_first_instant(requested, options, view)) if caller.start is None else caller.start
        deadline = None if options.timeout is None else begin.t + options.timeout
        now = _Wait(options, begin, view if deadline is None else view.at(min(view.snapshot.t, deadline)), deadline, caller.live)
        objects = [one for each in _each(requested) for one in _there(each, now, errors)]
        if not objects and not errors and "delete" not in _words(options):
            raise KubectlError("error: no matching resources found")
        for kind, item in objects:
            try:
                states = [_await(kind, key_of(item), condition, now) for condition in conditions]
            except KubectlError as error:
                errors.append(error)
                continue
            printed += [_met(state or item, options.output) for state in states]
    except _Waits as waits:
        pending = Pending((waits.kind,), deadline)
    except KubectlError as error:
        errors.append(error)
    return Printed("".join(printed), _in_words(errors), max((error.code for error in errors), default=0), pending)


def _words(options: WaitOptions) -> set[str]:
    return {text.lower() for text in options.conditions}


def _in_words(errors: list[KubectlError]) -> str:
    """One error as it is; of several, each on a line of its own, without the word."""
    return "".join(f"{str(error).removeprefix('error: ') if len(errors) > 1 else error}\n" for error in errors)


def _met(item: Object, form: str) -> str:
    """What is printed about an object that has got there: itself, in the format of `-o`, or a sentence."""
    return print_data([as_json(item)], form, single=True) if form else f"{name(as_json(item))} condition met\n"


def _each(requested: list[Target]) -> list[Target]:
    """One wish for each name: what is missing stops nothing."""
    return [one for kind, names in requested for one in ([Target(kind, (name,)) for name in names] or [Target(kind)])]


def _there(requested: Target, now: _Wait, errors: list[KubectlError]) -> list[tuple[Kind, Object]]:
    """The objects to wait for. One that is not there has gone already, or does not come: kubectl does not say which one."""
    words = _words(now.options)
    try:
        return _objects(requested, now.options, now.view.at(now.begin))
    except KubectlError as error:
        if "(NotFound)" not in str(error):
            raise
        if "create" in words and now.live:
            return _created(requested, now, errors)
        if "delete" not in words:
            errors.append(KubectlError("error: timed out waiting for the condition") if "create" in words else error)
        return []


def _created(requested: Target, now: _Wait, errors: list[KubectlError]) -> list[tuple[Kind, Object]]:
    """An object that was not there when the wait began. Raises _Waits until it is, or until time is up."""
    try:
        return _objects(requested, now.options, now.view)
    except KubectlError:
        if not now.is_over:
            raise _Waits(requested.kind) from None
        errors.append(KubectlError("error: timed out waiting for the condition"))
        return []


def _objects(requested: Target, options: WaitOptions, view: View) -> list[tuple[Kind, Object]]:
    kind, names = requested
    if names:
        return [(kind, one.item) for each in names for one in named(kind, options.namespace or "", each, view)]
    if not options.selection.chooses:
        raise KubectlError(f"error: {NO_NAME}")
    view.authorize("list", kind, options.namespace)
    return [(kind, item) for item in filtered(kind, listed(kind, options.namespace, view.snapshot), options.selection)]


def _first_instant(requested: list[Target], options: WaitOptions, view: View) -> int:
    """When everything that was asked for was there for the first time; now, when it never was."""
    kinds = {key_kind(each.kind) for each in requested}
    times = sorted({write.t for write in view.snapshot.writes() if write.type == "ADDED" and write.key.kind in kinds})
    for t in times:
        try:
            if all(_objects(each, options, view.at(t)) for each in requested):
                return t
        except KubectlError as error:
            if "NotFound" not in str(error):
                raise
    return view.snapshot.t


def _await(kind: Kind, key: Key, condition: Condition, now: _Wait) -> Object | None:
    """The state in which the condition became true (None: the object went).

    Raises KubectlError when it did not, _Waits when it still may.
    """
    states: list[Object | None] = [now.begin.get(key)]
    if now.options.timeout != 0 and not now.view.may("list", kind, key.namespace, key.name):
        states = []  # client-go tries to list the object until time is up
    if states and now.options.timeout != 0:
        seen = changes(key_kind(kind), now.begin, now.view.snapshot, lambda item: key_of(item) == key)
        states += [None if change.type == "DELETED" else change.item for change in seen]
    for state in states:
        if condition(state):
            return state
    if now.options.timeout == 0:
        raise KubectlError(f"error: condition not met for {kind.plural}/{key.name}")
    if not now.is_over:
        raise _Waits(kind)
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
        return lambda item: item is not None and _json_has_condition(as_json(item), type_.lower(), (status or "true").lower())
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


def _json_has_condition(data: JSON, type_: str, status: str) -> bool:
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
    objects = jsonpath.find(path, data)
    if not objects or not objects[0]:
        return False
    if len(objects) > 1 or len(objects[0]) > 1:
        raise KubectlError(f"error: given jsonpath expression matches more than one {'list' if len(objects) > 1 else 'value'}")
    if value and isinstance(objects[0][0], dict | list):
        raise KubectlError("error: jsonpath leads to a nested object or list which is not supported")
    return not value or go_value(objects[0][0]).strip() == value.strip()


# ---- the command line


def _prints(words: Words, view: View, caller: Caller) -> Printed:
    options = WaitOptions(
        namespace=caller.namespaces(words),
        conditions=tuple(words["for"]),
        labels=words["selector"],
        fields=words["field-selector"],
        everything=words["all"],
        timeout=_timeout(words, caller),
        output=output_format(words),
    )
    return wait(words.args, options, view, caller)


def _timeout(words: Words, caller: Caller) -> int | None:
    """Nanoseconds; a negative one is a week (kubectl/pkg/cmd/wait). A run that is over is looked at to its end."""
    if not words["timeout"]:
        return DEFAULT_TIMEOUT if caller.live else None
    timeout = nanoseconds(words["timeout"])
    return timeout if timeout >= 0 else WEEK


VERBS: tuple[Verb, ...] = (
    Verb(("wait",), "TYPE/NAME... | TYPE", "Check whether, and when, a condition is met.", (
        Flag("for", "array", metavar="CONDITION", help="condition=NAME[=VALUE], delete, create, jsonpath=PATH[=VALUE]."),
        Flag("selector", short="l", metavar="LABELS", help="Select objects by labels."),
        Flag("field-selector", metavar="FIELDS", help="Select objects by fields."),
        Flag("all", "bool", help="Select all objects of the type."),
        Flag("timeout", "duration", metavar="DURATION", help="Time to wait before giving up. Default: up to --at."),
        Flag("output", short="o", metavar="FORMAT",
        help="Print the objects that met the condition: yaml, json, name or jsonpath=TEMPLATE."),
    ), Reading(_prints, "Wait, in simulated time, as `kubectl wait` would; exits 1 on timeout.", begins_with_typed=True), (
        "wait deployment/web --for=condition=Available --timeout=60s",
        "wait pods -l app=web --for=condition=Ready",
        "wait deployment/web --for=jsonpath='{.status.readyReplicas}'=2",
    )),
)  # fmt: skip
