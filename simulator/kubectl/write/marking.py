"""`label`, `annotate`, `taint` on the command line."""

from __future__ import annotations

from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import ALL_NAMESPACES, Flag, Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import (
    ALL,
    DRY_RUN,
    FIELD_SELECTOR,
    OUTPUT,
    OVERWRITE,
    QUIET,
    SELECTED,
    SELECTOR,
    WHICH,
    Verb,
    about,
    exclusive,
    options,
    pairs,
    parsed_pairs,
    target,
)

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def _label(words: Words) -> Request:
    from simulator.manifest.validation.names import label_value

    args, changes = pairs(words.args, "label")
    wanted: dict[str, str | None] = {}
    for word in changes:
        parts = word.split("=")
        if len(parts) > 2:
            raise Refusal(f"invalid label spec: {word}")
        if len(parts) == 2:
            if errors := label_value(parts[1]):
                raise Refusal(f'invalid label value: "{word}": {";".join(errors)}')
            wanted[parts[0]] = parts[1]
    for name in (word[:-1] for word in changes if "=" not in word):
        if name in wanted:
            raise Refusal("can not both modify and remove a label in the same command")
        wanted[name] = None
    return _marked("label", words, args, wanted)


def _annotate(words: Words) -> Request:
    args, changes = pairs(words.args, "annotation")
    wanted = parsed_pairs(changes, "annotation", removes=True)
    both = [word[:-1] for word in changes if "=" not in word and any(other.startswith(f"{word[:-1]}=") for other in changes)]
    if both:
        raise Refusal(f"can not both modify and remove the following annotation(s) in the same command: {', '.join(both)}")
    return _marked("annotate", words, args, wanted, "annotation")


def _marked(verb: str, words: Words, args: list[str], wanted: dict[str, str | None], what: str = "label") -> Request:
    if words["list"] and words["output"]:
        raise Refusal("--list and --output may not be specified together")
    exclusive(words)
    if not args and not words["filename"]:
        raise Refusal(WHICH)
    if not wanted and not words["list"]:
        raise Refusal(f"at least one {what} update is required")
    chosen = options(words, "selector", "field-selector", "all", "all-namespaces", "list", overwrite=bool(words["overwrite"]))
    return about(verb, words, args, chosen, **{"with": wanted})


MARK_FLAGS = (DRY_RUN, OVERWRITE, FIELD_SELECTOR, ALL, ALL_NAMESPACES, Flag("list", "bool", help="Print what is there."), *SELECTED)


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
    from simulator.kubectl.write.marks import taint_of

    parsed = [taint_of(mark) for mark in marks]
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


LABEL_USE = "(-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N"
VERBS: tuple[Verb, ...] = (
    Verb(("label",), f"label [--overwrite] {LABEL_USE}", "Add, change and remove labels.", MARK_FLAGS, _label,
         ("label pods web-0 tier=front", "label deployment/web tier-", "label pods --all checked=yes --overwrite")),
    Verb(("annotate",), f"annotate [--overwrite] {LABEL_USE}", "Add, change and remove annotations.", MARK_FLAGS, _annotate,
         ("annotate deployment/web owner=me", "annotate deployment/web owner-")),
    Verb(("taint",), "taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N", "Add and remove taints of nodes.",
         (DRY_RUN, OVERWRITE, SELECTOR, ALL, OUTPUT, Flag("validate", default="strict", bare="strict"), *QUIET), _taint,
         ("taint nodes minikube gpu=yes:NoSchedule", "taint nodes minikube gpu-")),
)  # fmt: skip
