"""What an address means: `deployment/web:server.readinessProbe.periodSeconds`, `program/server.listen.from`, `kubernetes`.

| address | meaning |
|---|---|
| `deployment/web.spec.replicas`, `deployment/web.replicas` | a field of a manifest; `spec.` is optional |
| `deployment/web:server.readinessProbe.periodSeconds` | a field of one of its containers |
| `shop/deployment/web.replicas` | in that namespace, where several objects share the name |
| `program/server.listen.from`, `program/deployment/web:server.exitAfter` | a container's program in a Scenario |
| `images/nginx:1.27.pull` | an image in a Scenario |
| `cluster.network.proxySync`, `traffic[0].rate`, `actions[0].at` | any other field of a Scenario |
| `kubernetes`, `seed`, `nodes`, `duration`, `startTime`, `namespace` | an option of `podsim run` |
| `replicas` | of the only workload that can be scaled |
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from simulator.errors import InputError, ScenarioError, UsageError
from simulator.manifest.load import Manifest
from simulator.objects.kinds import kind_for_word
from simulator.scenario.read import SPEC_KEYS
from simulator.whatif.base import Base, Field, Setting
from simulator.whatif.field_paths import Step, locations, parse_path, value_at
from simulator.whatif.fields import check_field, hint, pod_spec
from simulator.whatif.programs import image_field, program_field

CHOICES = {
    "kubernetes": "kubernetes",
    "seed": "seed",
    "nodes": "nodes",
    "duration": "duration",
    "startTime": "start_time",
    "namespace": "namespace",
}
"""Address -> the field of `Choices`, which takes precedence over the Scenario."""
SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
PROBE = "0"
"""A value that shows whether a field is known."""
NOT_SWEPT = ("manifests", "before", "expect", "kubectl")


def resolve(base: Base, address: str) -> tuple[Base, Field]:
    """The field that an address means, and a base that contains it. Raises UsageError that lists what there is."""
    if address in CHOICES:
        return base, Field("choice", ((CHOICES[address],),))
    if address == "replicas":
        return base, _replicas(base)
    if address.startswith("program/"):
        return program_field(base, address)
    if address.startswith("images/"):
        return image_field(base, address)
    if "/" not in address:
        path = parse_path(address)
        if path[0] in SPEC_KEYS and path[0] not in NOT_SWEPT:
            return base, _scenario_field(base, address, path)
    return base, _manifest_field(base, address)


def _scenario_field(base: Base, address: str, path: list[str]) -> Field:
    """A field of the Scenario. Raises UsageError when its reader knows no such key, whatever the value."""
    field = Field("scenario", tuple(("spec", *location) for location in locations(base.document.get("spec") or {}, path)))
    try:
        base.arm([Setting(field, PROBE)])
    except ScenarioError as error:
        unknown = [problem.message for problem in error.problems if problem.message.startswith("unknown key ")]
        if unknown:
            raise UsageError(f"{address}: {unknown[0]} (`podsim explain` prints a Scenario with all its keys)") from error
    except InputError:
        pass  # another mistake: the values to come may be right
    return field


def _replicas(base: Base) -> Field:
    scaled = [(part, i) for part, i, manifest in base.manifests() if manifest.object.kind in SCALED]
    if len(scaled) == 1:
        return Field("manifest", (("spec", "replicas"),), *scaled[0])
    names = [f"{_name(manifest)}.replicas" for _, _, manifest in base.manifests() if manifest.object.kind in SCALED]
    raise UsageError(f"replicas: several workloads; use {' or '.join(names)}" if names else "replicas: no workload can be scaled")


class _Match(NamedTuple):
    """A manifest that an address names, and the rest of the address after the name."""

    part: str
    position: int
    manifest: Manifest
    rest: str

    @property
    def name_length(self) -> int:
        """A longer name is the better match: names may contain dots."""
        return len(self.manifest.object.metadata.name)


def _manifest_field(base: Base, address: str) -> Field:
    named = [_Match(part, i, manifest, rest) for part, i, manifest in base.manifests() if (rest := _rest(address, manifest)) is not None]
    if not named:
        raise UsageError(f"{address}: {_alternatives(base, address)}")
    longest = max(match.name_length for match in named)
    matches = [match for match in named if match.name_length == longest]
    if len(matches) > 1:
        names = ", ".join(f"{match.manifest.object.metadata.namespace}/{_name(match.manifest)}" for match in matches)
        raise UsageError(f"{address}: ambiguous: {names}")
    part, position, manifest, rest = matches[0]
    is_container = rest.startswith(":") and rest[1:2] != "."
    fields = _container_locations(manifest, rest[1:], address) if is_container else _locations(manifest, rest, address)
    for location in fields:
        check_field(manifest.raw, location, address)
    return Field("manifest", tuple(tuple(location) for location in fields), part, position)


def _locations(manifest: Manifest, rest: str, address: str) -> list[list[Step]]:
    """Locations from the object's root; a path that does not start with a field of the root starts in the spec."""
    if not rest.strip(":."):
        raise UsageError(f"{address}: name a field, as in {_name(manifest)}.spec.replicas")
    path = parse_path(rest.removeprefix(":").removeprefix("."))
    roots = ("apiVersion", "kind", "metadata", "spec", "status", "data", "stringData", *manifest.raw)
    try:
        return locations(manifest.raw, path if path[0] in roots else ["spec", *path])
    except UsageError as error:
        raise UsageError(f"{address}: {error}") from error


def _container_locations(manifest: Manifest, rest: str, address: str) -> list[list[Step]]:
    container, _, path = rest.partition(".")
    container, bracket, index = container.partition("[")
    path = f"{bracket}{index}.{path}" if bracket else path
    root = pod_spec(manifest.raw)
    names: list[str] = []
    for field in ("containers", "initContainers") if root else ():
        for i, item in enumerate(value_at(manifest.raw, [*root, field]) or []):
            if not isinstance(item, dict):
                continue
            if item.get("name") != container:
                names.append(str(item.get("name")))
                continue
            if not path:
                raise UsageError(f"{address}: name a field, as in {_name(manifest)}:{container}.image")
            try:
                return [[*root, field, i, *location] for location in locations(item, parse_path(path))]
            except UsageError as error:
                raise UsageError(f"{address}: {error}") from error
    raise UsageError(f"{address}: {_name(manifest)} has no container {container!r}; {hint(container, names)}")


def _rest(address: str, manifest: Manifest) -> str | None:
    """The part of an address after the object's name; None when it names another object."""
    meta = manifest.object.metadata
    head = address.partition("/")[0]
    text = address
    if kind_for_word(head) is None:
        if head != meta.namespace:
            return None
        text = address.partition("/")[2]
    word, _, tail = text.partition("/")
    kind = kind_for_word(word)
    if kind is None or kind.name != manifest.object.kind or not tail.startswith(meta.name):
        return None
    rest = tail[len(meta.name) :]
    return rest if rest[:1] in ("", ".", ":", "[") else None


def _name(manifest: Manifest) -> str:
    return f"{manifest.object.kind.lower()}/{manifest.object.metadata.name}"


def _alternatives(base: Base, address: str) -> str:
    """Why an address means nothing, and what there is."""
    if "/" not in address:
        meant = hint(parse_path(address)[0], [*CHOICES, "replicas", *(key for key in SPEC_KEYS if key not in NOT_SWEPT)])
        ways = f"kind/name.path, program/container.path, or one of {', '.join(CHOICES)}"
        usage = f"{meant} Use {ways}" if meant.startswith("did") else f"use {ways}"
        return f"neither an object nor a Scenario value; {usage}"
    names = [_name(manifest) for _, _, manifest in base.manifests()]
    kind = kind_for_word(address.partition("/")[0])
    same_kind = [name for name in names if kind is not None and name.startswith(f"{kind.name.lower()}/")]
    name = address.partition("/")[2].partition(":")[0].partition(".")[0]
    kinds = {known.partition("/")[2]: known for known in same_kind}
    near = get_close_matches(name, kinds, n=1)
    meant = f"did you mean {kinds[near[0]]}?" if near else f"available: {', '.join(same_kind or names) or 'none'}"
    return f"no such object in the manifests; {meant}"
