"""Axes about what containers do and about images. What the Scenario does not say yet is written down first, as it was assumed."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from simulator.cluster import Cluster
from simulator.errors import UsageError
from simulator.manifest.documents import Document, documents
from simulator.objects.base import JSON
from simulator.scenario.read_programs import RUN_KEYS
from simulator.whatif.base import Base, Field
from simulator.whatif.paths import Step, look, places, put, steps

PROGRAM_KEYS = ("create", "start", "script", "sandbox", "runs", "match")
IMAGE_KEYS = ("cached", "size", "pull", "failTimes", "error")
PROGRAMS: list[Step] = ["spec", "programs"]
IMAGES: list[Step] = ["spec", "images"]


def program_field(base: Base, address: str) -> tuple[Base, Field]:
    """`program/[kind/name:]container.path`. Raises UsageError."""
    workload, container, path = _split(address)
    wanted = steps(path)
    base, index = _rule(base, address, workload, container)
    way: list[Step] = [*PROGRAMS, index]
    if wanted[0] in RUN_KEYS:
        if not look(base.document, [*way, "runs"]):
            base = base._replace(document=put(base.document, [*way, "runs"], [{}]))
        wanted = ["runs", *wanted]
    elif wanted[0] not in PROGRAM_KEYS:
        raise UsageError(f"{address}: a program has no {wanted[0]}; there is {', '.join((*PROGRAM_KEYS, *RUN_KEYS))}")
    try:
        found = places(look(base.document, way), wanted)
    except UsageError as error:
        raise UsageError(f"{address}: {error}") from error
    return base, Field("scenario", tuple((*way, *inner) for inner in found))


def _split(address: str) -> tuple[str, str, str]:
    """Workload (may be empty), container and path of an address."""
    text = address.removeprefix("program/")
    head, colon, tail = text.partition(":")
    workload, rest = (head, tail) if colon and "/" in head and "." not in head.partition("/")[0] else ("", text)
    container, dot, path = rest.partition(".")
    if not (dot and container and path):
        raise UsageError(f"{address}: write program/container.path, as in program/server.listen.from")
    return workload, container, path


def _rule(base: Base, address: str, workload: str, container: str) -> tuple[Base, int]:
    """The position of the rule that says what the container does; one that was assumed is added to the document."""
    rules: list[Any] = list(look(base.document, PROGRAMS) or [])
    fitting = [i for i, rule in enumerate(rules) if _fits(rule, workload, container)]
    if fitting:
        owners = dict.fromkeys(str((rules[i].get("match") or {}).get("workload", "")) for i in fitting)
        if not workload and len(owners) > 1:
            names = [f"program/{owner}:{container}" if owner else f"program/{container}" for owner in owners]
            raise UsageError(f"{address}: of which workload? {' or '.join(names)}")
        return base, fitting[0]
    assumed = _assumed(base)
    found = [rule for (owner, name), rule in assumed.items() if name == container and workload in ("", owner)]
    if len(found) == 1:
        return base._replace(document=put(base.document, PROGRAMS, [*rules, found[0]])), len(rules)
    if found:
        owners_of = [f"program/{owner}:{name}" for owner, name in assumed if name == container]
        raise UsageError(f"{address}: of which workload? {' or '.join(owners_of)}")
    there = [f"program/{owner}:{name}" for owner, name in assumed]
    there += [f"program/{(rule.get('match') or {}).get('container', '*')}" for rule in rules if isinstance(rule, dict)]
    raise UsageError(f"{address}: no program is for such a container; there is {', '.join(dict.fromkeys(there)) or 'none'}")


def _fits(rule: Any, workload: str, container: str) -> bool:
    if not isinstance(rule, dict) or not {"runs", "script", "create", "start", "interpret"} & rule.keys():
        return False
    match = rule.get("match") or {}
    pairs = ((match.get("container"), container), (match.get("workload"), workload))
    return all(fnmatchcase(name.lower(), str(glob).lower()) for glob, name in pairs if glob and name)


def _assumed(base: Base) -> dict[tuple[str, str], Any]:
    """What is assumed of every container, also of those that do not start, as rules of a Scenario, by workload and container."""
    cluster = Cluster(base.inputs)
    cluster.run()
    document = next(documents(cluster.explain()))
    assert isinstance(document, Document), "what we write can be read"
    rules: dict[tuple[str, str], Any] = {}
    for rule in look(document.value, PROGRAMS) or []:
        match = rule.get("match") or {}
        rules.setdefault((str(match.get("workload", "")), str(match.get("container", ""))), rule)
    return rules


def image_field(base: Base, address: str) -> tuple[Base, Field]:
    """`images/NAME.key`: an image as manifests name it, or without its tag. Raises UsageError."""
    name, dot, key = address.removeprefix("images/").rpartition(".")
    if not dot or key not in IMAGE_KEYS:
        raise UsageError(f"{address}: write images/NAME.{IMAGE_KEYS[2]}; of an image there is {', '.join(IMAGE_KEYS)}")
    known = look(base.document, IMAGES) or {}
    if name in known:
        return base, Field("scenario", ((*IMAGES, name, key),))
    used = list(dict.fromkeys(image for _, _, manifest in base.manifests() for image in _images(manifest.raw)))
    meant = [image for image in used if image.startswith((f"{name}:", f"{name}@")) or fnmatchcase(image, name)]
    if not meant:
        raise UsageError(f"{address}: no container uses such an image; there is {', '.join(used) or 'none'}")
    # In front of the globs, which hold for the rest.
    known = {**{image: _like(known, image) for image in meant if image not in known}, **known}
    return base._replace(document=put(base.document, IMAGES, known)), Field("scenario", tuple((*IMAGES, image, key) for image in meant))


def _like(known: JSON, image: str) -> JSON:
    """What the Scenario says so far of an image that only a glob fits."""
    return dict(next((entry for glob, entry in known.items() if fnmatchcase(image, glob)), None) or {})


def _images(value: Any) -> list[str]:
    """Every `image` of a container in an object."""
    if isinstance(value, list):
        return [image for item in value for image in _images(item)]
    if not isinstance(value, dict):
        return []
    own = [value["image"]] if isinstance(value.get("image"), str) else []
    return own + [image for item in value.values() for image in _images(item)]
