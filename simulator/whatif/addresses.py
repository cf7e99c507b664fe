"""From what a user writes to a field: `deployment/web:server.readinessProbe.periodSeconds`, `program/server.listen.from`, `kubernetes`.

| address | means |
|---|---|
| `deployment/web.spec.replicas`, `deployment/web.replicas` | a field of a manifest; `spec.` may be left out |
| `deployment/web:server.readinessProbe.periodSeconds` | a field of one of its containers |
| `shop/deployment/web.replicas` | in that namespace, where several have the name |
| `program/server.listen.from`, `program/deployment/web:server.exitAfter` | what a container does, as a Scenario says it |
| `images/nginx:1.27.pull` | what is known of an image |
| `cluster.network.proxySync`, `traffic[0].rate`, `actions[0].at` | any other value of a Scenario |
| `kubernetes`, `seed`, `nodes`, `duration`, `startTime`, `namespace` | what `podsim run` has options for |
| `replicas` | of the only workload that can be scaled |
"""

from __future__ import annotations

from simulator.errors import UsageError
from simulator.manifest.load import Manifest
from simulator.objects.kinds import kind_for_word
from simulator.scenario.read import SPEC_KEYS
from simulator.whatif.base import Base, Field
from simulator.whatif.fields import check_field, pod_spec
from simulator.whatif.paths import Step, look, places, steps
from simulator.whatif.programs import image_field, program_field

CHOICES = {
    "kubernetes": "kubernetes",
    "seed": "seed",
    "nodes": "nodes",
    "duration": "duration",
    "startTime": "start_time",
    "namespace": "namespace",
}
"""Address -> the field of `Choices`: these go before what the Scenario says."""
SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
NOT_SWEPT = ("manifests", "before", "expect", "kubectl")


def resolve(base: Base, address: str) -> tuple[Base, Field]:
    """The field that an address means, and the base in which it is written down. Raises UsageError that says what there is."""
    if address in CHOICES:
        return base, Field("choice", ((CHOICES[address],),))
    if address == "replicas":
        return base, _replicas(base)
    if address.startswith("program/"):
        return program_field(base, address)
    if address.startswith("images/"):
        return image_field(base, address)
    first = steps(address)[0] if "/" not in address else ""
    if first in SPEC_KEYS and first not in NOT_SWEPT:
        return base, Field("scenario", tuple(("spec", *way) for way in places(base.document.get("spec") or {}, steps(address))))
    return base, _manifest_field(base, address)


def _replicas(base: Base) -> Field:
    scaled = [(part, i) for part, i, manifest in base.manifests() if manifest.object.kind in SCALED]
    if len(scaled) == 1:
        return Field("manifest", (("spec", "replicas"),), *scaled[0])
    names = [f"{_name(manifest)}.replicas" for _, _, manifest in base.manifests() if manifest.object.kind in SCALED]
    raise UsageError(f"replicas: of which workload? write {' or '.join(names)}" if names else "replicas: nothing here can be scaled")


def _manifest_field(base: Base, address: str) -> Field:
    found = [(part, i, manifest, rest) for part, i, manifest in base.manifests() if (rest := _rest(address, manifest)) is not None]
    if not found:
        raise UsageError(f"{address}: {_what_there_is(base, address)}")
    longest = max(len(manifest.object.metadata.name) for _, _, manifest, _ in found)
    part, index, manifest, rest = next(item for item in found if len(item[2].object.metadata.name) == longest)
    same = [item[2] for item in found if len(item[2].object.metadata.name) == longest]
    if len(same) > 1:
        raise UsageError(f"{address}: there are several: {', '.join(f'{m.object.metadata.namespace}/{_name(m)}' for m in same)}")
    ways = _container_ways(manifest, rest[1:], address) if rest.startswith(":") and rest[1:2] != "." else _ways(manifest, rest, address)
    for way in ways:
        check_field(manifest.raw, way, address)
    return Field("manifest", tuple(tuple(way) for way in ways), part, index)


def _ways(manifest: Manifest, rest: str, address: str) -> list[list[Step]]:
    """Ways from the object's root; what does not begin at the root begins at its spec."""
    if not rest.strip(":."):
        raise UsageError(f"{address}: say which field, as in {_name(manifest)}.spec.replicas")
    wanted = steps(rest.removeprefix(":").removeprefix("."))
    roots = ("apiVersion", "kind", "metadata", "spec", "status", "data", "stringData", *manifest.raw)
    try:
        return places(manifest.raw, wanted if wanted[0] in roots else ["spec", *wanted])
    except UsageError as error:
        raise UsageError(f"{address}: {error}") from error


def _container_ways(manifest: Manifest, rest: str, address: str) -> list[list[Step]]:
    container, _, path = rest.partition(".")
    container, bracket, more = container.partition("[")
    path = f"{bracket}{more}.{path}" if bracket else path
    root = pod_spec(manifest.raw)
    there: list[str] = []
    for sort in ("containers", "initContainers"):
        for i, item in enumerate(look(manifest.raw, [*root, sort]) or [] if root else []):
            if isinstance(item, dict) and item.get("name") == container:
                if not path:
                    raise UsageError(f"{address}: say which field, as in {_name(manifest)}:{container}.image")
                try:
                    return [[*root, sort, i, *way] for way in places(item, steps(path))]
                except UsageError as error:
                    raise UsageError(f"{address}: {error}") from error
            there += [str(item.get("name"))] if isinstance(item, dict) else []
    raise UsageError(f"{address}: {_name(manifest)} has no container {container!r}; there is {', '.join(there) or 'none'}")


def _rest(address: str, manifest: Manifest) -> str | None:
    """What follows the object's name in an address; None when it names another one."""
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


def _what_there_is(base: Base, address: str) -> str:
    head = address.partition("/")[0]
    names = [_name(manifest) for _, _, manifest in base.manifests()]
    if "/" not in address:
        return f"neither an object nor a value of a Scenario; write kind/name.path, program/container.path, or one of {', '.join(CHOICES)}"
    ours = [name for name in names if kind_for_word(head) and name.startswith(f"{kind_for_word(head).name.lower()}/")]  # type: ignore[union-attr]
    return f"there is no such object in the manifests; there is {', '.join(ours or names) or 'none'}"
