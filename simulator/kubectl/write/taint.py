"""`kubectl taint` (kubectl/pkg/cmd/taint)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api.patch import merge
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import ALL, DRY_RUN, OUTPUT, OVERWRITE, QUIET, SELECTOR, Verb, options, target
from simulator.kubectl.write.acting import SELECTION, Acting, Writing
from simulator.kubectl.write.targets import for_each
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, to_builtins
from simulator.objects.node import Node

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def _taint(words: Words) -> Request:
    args: list[str] = []
    marks: list[str] = []
    for word in words.args:
        if "=" in word or ":" in word or word.endswith("-"):
            marks.append(word)
        elif marks:
            raise Refusal(f"all resources must be specified before taint changes: {word}")
        else:
            args.append(word)
    if not args:
        raise Refusal("one or more resources must be specified as <resource> <name>")
    if not marks:
        raise Refusal("at least one taint update is required")
    for mark in marks:
        _check_taint(mark)
    if words["all"] and words["selector"]:
        raise Refusal("setting 'all' parameter with a non empty selector is prohibited")
    if not words["all"] and not words["selector"] and len(args) < 2 and "/" not in args[0]:
        raise Refusal("at least one resource name must be specified since 'all' parameter is not set")
    if both := _conflicts(marks):
        raise Refusal(f"can not both modify and remove the following taint(s) in the same command: {', '.join(both)}")
    chosen = options(words, "selector", "all", overwrite=bool(words["overwrite"]))
    return Request("taint", target(args, chosen), {**chosen, "with": marks})


def _conflicts(marks: list[str]) -> list[str]:
    """Taints that are to go and to come in one command."""
    parsed = [_mark(mark) for mark in marks]
    gone = [mark for mark in parsed if mark.removed]
    return [
        f"{mark.key}={mark.effect}"
        for other in parsed
        for mark in gone
        if not other.removed and other.key == mark.key and mark.effect in ("", other.effect)
    ]


def _check_taint(mark: str) -> None:
    from simulator.manifest.validation.names import label_value, qualified_name

    spec = mark.removesuffix("-")
    head, colon, effect = spec.partition(":")
    key, equals, value = head.partition("=")
    if ":" in effect or "=" in value:
        raise Refusal(f"invalid taint spec: {spec}", usage=True)
    if colon and effect not in EFFECTS:
        raise Refusal(f"invalid taint effect: {effect}, unsupported taint effect", usage=True)
    if colon and equals and (errors := label_value(value)):
        raise Refusal(f"invalid taint spec: {spec}, {'; '.join(errors)}", usage=True)
    if errors := qualified_name(key if colon else head):
        raise Refusal(f"invalid taint spec: {spec}, {'; '.join(errors)}", usage=True)
    if not mark.endswith("-") and not effect:
        raise Refusal(f"invalid taint spec: {spec}", usage=True)


def taint(acting: Acting) -> None:
    """`taint node`: kubectl's notation, `key=value:Effect`, a dash behind it removes."""
    desired = [_mark(word) for word in acting.option("with", [])]
    overwrite = acting.option("overwrite") is not False

    def one(item: Object) -> None:
        if not isinstance(item, Node):
            raise Complaint(f"invalid resource type {item.kind.lower()}s, only node types are supported")
        data = to_builtins(item)
        present: list[JSON] = data["spec"].get("taints") or []
        added = [mark for mark in desired if not mark.removed]
        taken = [mark.key for mark in added if any(mark.is_on(other) for other in present)]
        if taken and not overwrite:
            same = f"already has {','.join(taken)} taint(s) with same effect(s)"
            raise Complaint(f"node {item.metadata.name} {same} and --overwrite is false")
        news = [mark.as_json() for mark in added]
        news += [other for other in present if not any(mark.is_on(other) for mark in added)]
        is_more, removed = len(news) != len(present), False
        for mark in (mark for mark in desired if mark.removed):
            left = [other for other in news if not mark.is_on(other)]
            if removed := left != news:
                news = left
            else:
                acting.troubles.append(Complaint(f'taint "{mark}" not found'))
        if acting.troubles:
            return
        word = "modified" if (is_more and removed) or (overwrite and acting.option("overwrite")) else "tainted" if is_more else "untainted"
        acting.shown(acting.write(item, merge(data, {"spec": {"taints": news or None}})), word)

    for_each(acting, one)


class Mark(NamedTuple):
    """A taint as it is typed. Without an effect it means every one of the key."""

    key: str
    value: str
    effect: str
    removed: bool

    def is_on(self, other: JSON) -> bool:
        """Whether that is the same taint; its value does not count."""
        return bool(other["key"] == self.key and (not self.effect or other.get("effect") == self.effect))

    def as_json(self) -> JSON:
        """The taint of a node."""
        return {"key": self.key, **({"value": self.value} if self.value else {}), "effect": self.effect}

    def __str__(self) -> str:
        head = f"{self.key}={self.value}" if self.value else self.key
        return f"{head}:{self.effect}" if self.effect or self.value else head


def _mark(word: str) -> Mark:
    """`key=value:effect` or `key:effect-`."""
    removed = word.endswith("-")
    head, _, effect = word.removesuffix("-").partition(":")
    key, _, value = head.partition("=")
    return Mark(key, value, effect, removed)


VERBS: tuple[Verb, ...] = (
    Verb(("taint",), "taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N", "Add or remove taints on nodes.",
         (DRY_RUN, OVERWRITE, SELECTOR, ALL, OUTPUT, Flag("validate", default="strict", bare="strict"), *QUIET), _taint,
         ("taint nodes minikube gpu=yes:NoSchedule", "taint nodes minikube gpu-")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "taint": Writing(taint, ("with", "overwrite", *SELECTION)),
}
