"""Axes over programs and images. An assumption that the Scenario does not contain is added to it first."""

from __future__ import annotations

from typing import Any

from simulator.cluster import Cluster
from simulator.errors import UsageError
from simulator.manifest.documents import Document, documents
from simulator.objects.base import JSON
from simulator.objects.globs import glob_matches
from simulator.scenario.read_programs import RUN_KEYS
from simulator.whatif.base import Base, Field
from simulator.whatif.field_paths import Step, locations, parse_path, value_at, with_value
from simulator.whatif.fields import hint

PROGRAM_KEYS = ("create", "start", "script", "sandbox", "runs", "match")
IMAGE_KEYS = ("cached", "size", "pull", "failTimes", "error")
PROGRAMS: list[Step] = ["spec", "programs"]
IMAGES: list[Step] = ["spec", "images"]


def program_field(base: Base, address: str) -> tuple[Base, Field]:
    """`program/[kind/name:]container.path`. Raises UsageError."""
    workload, container, path = _split(address)
    steps = parse_path(path)
    base, index = _rule(base, address, workload, container)
    location: list[Step] = [*PROGRAMS, index]
    if steps[0] in RUN_KEYS:
        if not value_at(base.document, [*location, "runs"]):
            base = base._replace(document=with_value(base.document, [*location, "runs"], [{}]))
        steps = ["runs", *steps]
    elif steps[0] not in PROGRAM_KEYS:
        raise UsageError(f"{address}: a program has no {steps[0]}; {hint(steps[0], (*PROGRAM_KEYS, *RUN_KEYS))}")
    try:
        inner = locations(value_at(base.document, location), steps)
    except UsageError as error:
        raise UsageError(f"{address}: {error}") from error
    return base, Field("scenario", tuple((*location, *rest) for rest in inner))


def _split(address: str) -> tuple[str, str, str]:
    """Workload (may be empty), container and path of an address."""
    text = address.removeprefix("program/")
    head, colon, tail = text.partition(":")
    workload, rest = (head, tail) if colon and "/" in head and "." not in head.partition("/")[0] else ("", text)
    container, dot, path = rest.partition(".")
    if not (dot and container and path):
        raise UsageError(f"{address}: use program/container.path, as in program/server.listen.from")
    return workload, container, path


def _rule(base: Base, address: str, workload: str, container: str) -> tuple[Base, int]:
    """The position of the rule for the container; an assumed one is added to the document."""
    rules: list[Any] = list(value_at(base.document, PROGRAMS) or [])
    matches = [i for i, rule in enumerate(rules) if _matches(rule, workload, container)]
    if matches:
        owners = dict.fromkeys(str((rules[i].get("match") or {}).get("workload", "")) for i in matches)
        if not workload and len(owners) > 1:
            names = [f"program/{owner}:{container}" if owner else f"program/{container}" for owner in owners]
            raise UsageError(f"{address}: several workloads: {' or '.join(names)}")
        return base, matches[0]
    base = base if base.assumed is not None else base._replace(assumed=assumed_rules(_run(base)))
    assumed = base.assumed or {}
    candidates = [rule for (owner, name), rule in assumed.items() if name == container and workload in ("", owner)]
    if len(candidates) == 1:
        return base._replace(document=with_value(base.document, PROGRAMS, [*rules, candidates[0]])), len(rules)
    if candidates:
        owners_of = [f"program/{owner}:{name}" for owner, name in assumed if name == container]
        raise UsageError(f"{address}: several workloads: {' or '.join(owners_of)}")
    known = [f"program/{owner}:{name}" for owner, name in assumed]
    known += [f"program/{(rule.get('match') or {}).get('container', '*')}" for rule in rules if isinstance(rule, dict)]
    raise UsageError(f"{address}: no program for such a container; available: {', '.join(dict.fromkeys(known)) or 'none'}")


def _matches(rule: Any, workload: str, container: str) -> bool:
    if not isinstance(rule, dict) or not {"runs", "script", "create", "start", "interpret"} & rule.keys():
        return False
    match = rule.get("match") or {}
    pairs = ((match.get("container"), container), (match.get("workload"), workload))
    return all(glob_matches(name.lower(), str(glob).lower()) for glob, name in pairs if glob and name)


def assumed_rules(cluster: Cluster) -> dict[tuple[str, str], Any]:
    """What a run assumed about every container, even one that does not start: rules of a Scenario, by workload and container."""
    document = next(documents(cluster.explain()))
    assert isinstance(document, Document), "podsim can read its own output"
    rules: dict[tuple[str, str], Any] = {}
    for rule in value_at(document.value, PROGRAMS) or []:
        match = rule.get("match") or {}
        rules.setdefault((str(match.get("workload", "")), str(match.get("container", ""))), rule)
    return rules


def _run(base: Base) -> Cluster:
    cluster = Cluster(base.inputs)
    cluster.run()
    return cluster


def image_field(base: Base, address: str) -> tuple[Base, Field]:
    """`images/NAME.key`: an image by its name in a manifest, with or without its tag. Raises UsageError."""
    name, dot, key = address.removeprefix("images/").rpartition(".")
    if not dot or key not in IMAGE_KEYS:
        raise UsageError(f"{address}: write images/NAME.{IMAGE_KEYS[2]}; fields of an image: {', '.join(IMAGE_KEYS)}")
    entries = value_at(base.document, IMAGES) or {}
    if name in entries:
        return base, Field("scenario", ((*IMAGES, name, key),))
    used = list(dict.fromkeys(image for _, _, manifest in base.manifests() for image in _images(manifest.raw)))
    matches = [image for image in used if image.startswith((f"{name}:", f"{name}@")) or glob_matches(image, name)]
    if not matches:
        raise UsageError(f"{address}: no container uses such an image; available: {', '.join(used) or 'none'}")
    # The first entry that matches wins, so exact names come before the globs.
    entries = {**{image: _entry(entries, image) for image in matches if image not in entries}, **entries}
    base = base._replace(document=with_value(base.document, IMAGES, entries))
    return base, Field("scenario", tuple((*IMAGES, image, key) for image in matches))


def _entry(entries: JSON, image: str) -> JSON:
    """A copy of the entry for an image that only a glob matches."""
    return dict(next((entry for glob, entry in entries.items() if glob_matches(image, glob)), None) or {})


def _images(value: Any) -> list[str]:
    """Every `image` of a container in an object."""
    if isinstance(value, list):
        return [image for item in value for image in _images(item)]
    if not isinstance(value, dict):
        return []
    own = [value["image"]] if isinstance(value.get("image"), str) else []
    return own + [image for item in value.values() for image in _images(item)]
