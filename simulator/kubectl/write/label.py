"""`kubectl label|annotate` (kubectl/pkg/cmd/label, annotate)."""

from __future__ import annotations

from simulator.api.patch import merge
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import ALL_NAMESPACES, Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import (
    ALL,
    DRY_RUN,
    FIELD_SELECTOR,
    OVERWRITE,
    SELECTED,
    WHICH,
    Verb,
    about,
    exclusive,
    options,
    pairs,
    parsed_pairs,
)
from simulator.kubectl.write.acting import SELECTION, Acting, Writing
from simulator.kubectl.write.targets import for_each
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, to_builtins
from simulator.objects.labels import CHANGE_CAUSE


def _label(words: Words) -> Request:
    from simulator.manifest.validation.names import label_value

    args, changes = pairs(words.args, "label")
    updates: dict[str, str | None] = {}
    for word in changes:
        parts = word.split("=")
        if len(parts) > 2:
            raise Refusal(f"invalid label spec: {word}")
        if len(parts) == 2:
            if errors := label_value(parts[1]):
                raise Refusal(f'invalid label value: "{word}": {";".join(errors)}')
            updates[parts[0]] = parts[1]
    for name in (word[:-1] for word in changes if "=" not in word):
        if name in updates:
            raise Refusal("can not both modify and remove a label in the same command")
        updates[name] = None
    return _marked("label", words, args, updates)


def _annotate(words: Words) -> Request:
    args, changes = pairs(words.args, "annotation")
    updates = parsed_pairs(changes, "annotation", removes=True)
    both = [word[:-1] for word in changes if "=" not in word and any(other.startswith(f"{word[:-1]}=") for other in changes)]
    if both:
        raise Refusal(f"can not both modify and remove the following annotation(s) in the same command: {', '.join(both)}")
    return _marked("annotate", words, args, updates, "annotation")


def _marked(verb: str, words: Words, args: list[str], updates: dict[str, str | None], what: str = "label") -> Request:
    if words["list"] and words["output"]:
        raise Refusal("--list and --output may not be specified together")
    exclusive(words)
    if not args and not words["filename"]:
        raise Refusal(WHICH)
    if not updates and not words["list"]:
        raise Refusal(f"at least one {what} update is required")
    chosen = options(words, "selector", "field-selector", "all", "all-namespaces", "list", overwrite=bool(words["overwrite"]))
    return about(verb, words, args, chosen, **{"with": updates})


def label(acting: Acting) -> None:
    """`label`: values that are None are removed. What happened is said in one word."""
    updates: dict[str, str | None] = acting.option("with", {})

    def one(item: Object) -> None:
        labels = item.metadata.labels
        if acting.option("overwrite") is False:
            for key, value in updates.items():
                if value is not None and key in labels and labels[key] != value:
                    raise Complaint(f"'{key}' already has a value ({labels[key]}), and --overwrite is false")
        if acting.option("list"):
            acting.out("".join(f"{key}={value}\n" for key, value in sorted(labels.items())))
            return
        for key, value in updates.items():
            if value is None and key not in labels and acting.dry != "client":
                acting.out(f'label "{key}" not found.\n')
        added = any(value is not None and labels.get(key) != value for key, value in updates.items())
        removed = any(value is None and key in labels for key, value in updates.items())
        word = "modified" if added and removed else "labeled" if added else "unlabeled" if removed else "not labeled"
        acting.shown(_written(acting, item, {"labels": updates}) if added or removed else item, word)

    for_each(acting, one)


def annotate(acting: Acting) -> None:
    """`annotate`: values that are None are removed."""
    updates: dict[str, str | None] = acting.option("with", {})

    def one(item: Object) -> None:
        present = item.metadata.annotations
        if acting.option("overwrite") is False:
            taken = [key for key, value in updates.items() if value is not None and key in present and present[key] != value]
            if conflicts := "; ".join(f"'{key}' already has a value ({present[key]})" for key in taken if key != CHANGE_CAUSE):
                raise Complaint(f"--overwrite is false but found the following declared annotation(s): {conflicts}")
        if acting.option("list"):
            acting.out("".join(f"{key}={value}\n" for key, value in sorted(present.items())))
            return
        acting.shown(_written(acting, item, {"annotations": updates}), "annotated")

    for_each(acting, one)


def _written(acting: Acting, item: Object, metadata: JSON) -> Object:
    return acting.write(item, merge(to_builtins(item), {"metadata": metadata}))


MARK_FLAGS = (DRY_RUN, OVERWRITE, FIELD_SELECTOR, ALL, ALL_NAMESPACES, Flag("list", "bool", help="Print the current values."), *SELECTED)


LABEL_USE = "(-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N"


VERBS: tuple[Verb, ...] = (
    Verb(("label",), f"label [--overwrite] {LABEL_USE}", "Add, change or remove labels.", MARK_FLAGS, _label,
         ("label pods web-0 tier=front", "label deployment/web tier-", "label pods --all checked=yes --overwrite")),
    Verb(("annotate",), f"annotate [--overwrite] {LABEL_USE}", "Add, change or remove annotations.", MARK_FLAGS, _annotate,
         ("annotate deployment/web owner=me", "annotate deployment/web owner-")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "label": Writing(label, ("with", "overwrite", *SELECTION)),
    "annotate": Writing(annotate, ("with", "overwrite", *SELECTION)),
}
