"""`kubectl label|annotate|taint`: marks on objects (kubectl/pkg/cmd/label, annotate, taint)."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.api.patch import merge
from simulator.kubectl.errors import Complaint
from simulator.kubectl.write.acting import Act, Acting
from simulator.kubectl.write.targets import resources
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, to_builtins
from simulator.objects.labels import CHANGE_CAUSE
from simulator.objects.node import Node


def label(acting: Acting) -> None:
    """`label`: values that are None are removed. What happened is said in one word."""
    wanted: dict[str, str | None] = acting.option("with", {})

    def one(item: Object) -> None:
        labels = item.metadata.labels
        if acting.option("overwrite") is False:
            for key, value in wanted.items():
                if value is not None and key in labels and labels[key] != value:
                    raise Complaint(f"'{key}' already has a value ({labels[key]}), and --overwrite is false")
        if acting.option("list"):
            acting.out("".join(f"{key}={value}\n" for key, value in sorted(labels.items())))
            return
        for key, value in wanted.items():
            if value is None and key not in labels and acting.dry != "client":
                acting.out(f'label "{key}" not found.\n')
        added = any(value is not None and labels.get(key) != value for key, value in wanted.items())
        removed = any(value is None and key in labels for key, value in wanted.items())
        word = "modified" if added and removed else "labeled" if added else "unlabeled" if removed else "not labeled"
        acting.shown(_written(acting, item, {"labels": wanted}) if added or removed else item, word)

    _each(acting, one)


def annotate(acting: Acting) -> None:
    """`annotate`: values that are None are removed."""
    wanted: dict[str, str | None] = acting.option("with", {})

    def one(item: Object) -> None:
        present = item.metadata.annotations
        if acting.option("overwrite") is False:
            taken = [key for key, value in wanted.items() if value is not None and key in present and present[key] != value]
            if found := "; ".join(f"'{key}' already has a value ({present[key]})" for key in taken if key != CHANGE_CAUSE):
                raise Complaint(f"--overwrite is false but found the following declared annotation(s): {found}")
        if acting.option("list"):
            acting.out("".join(f"{key}={value}\n" for key, value in sorted(present.items())))
            return
        acting.shown(_written(acting, item, {"annotations": wanted}), "annotated")

    _each(acting, one)


def taint(acting: Acting) -> None:
    """`taint node`: kubectl's notation, `key=value:Effect`, a dash behind it removes."""
    wanted = [taint_of(word) for word in acting.option("with", [])]
    overwrite = acting.option("overwrite") is not False

    def one(item: Object) -> None:
        if not isinstance(item, Node):
            raise Complaint(f"invalid resource type {item.kind.lower()}s, only node types are supported")
        data = to_builtins(item)
        present: list[JSON] = data["spec"].get("taints") or []
        added = [mark for mark in wanted if not mark.removed]
        taken = [mark.key for mark in added if any(mark.is_on(other) for other in present)]
        if taken and not overwrite:
            same = f"already has {','.join(taken)} taint(s) with same effect(s)"
            raise Complaint(f"node {item.metadata.name} {same} and --overwrite is false")
        news = [mark.as_json() for mark in added]
        news += [other for other in present if not any(mark.is_on(other) for mark in added)]
        is_more, removed = len(news) != len(present), False
        for mark in (mark for mark in wanted if mark.removed):
            left = [other for other in news if not mark.is_on(other)]
            if removed := left != news:
                news = left
            else:
                acting.troubles.append(Complaint(f'taint "{mark}" not found'))
        if acting.troubles:
            return
        word = "modified" if (is_more and removed) or (overwrite and acting.option("overwrite")) else "tainted" if is_more else "untainted"
        acting.shown(acting.write(item, merge(data, {"spec": {"taints": news or None}})), word)

    _each(acting, one)


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


def taint_of(word: str) -> Mark:
    """`key=value:effect` or `key:effect-`."""
    removed = word.endswith("-")
    head, _, effect = word.removesuffix("-").partition(":")
    key, _, value = head.partition("=")
    return Mark(key, value, effect, removed)


def _each(acting: Acting, one: Any) -> None:
    for named in resources(acting):
        acting.each(lambda named=named: one(named.item))  # type: ignore[misc]


def _written(acting: Acting, item: Object, metadata: JSON) -> Object:
    return acting.write(item, merge(to_builtins(item), {"metadata": metadata}))


ACTS: dict[str, Act] = {"label": label, "annotate": annotate, "taint": taint}
