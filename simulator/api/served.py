"""The resources that the API server serves: what discovery shows and paths name. Those of custom resources come from the store.

`served.json` is the discovery of a Kubernetes 1.36 API server without `proxy` subresources, which podsim does not serve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from simulator.journal.reads import Reads
from simulator.objects.kinds import Kind, Unstructured, kind_for

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
PART_VERBS = ("get", "patch", "update")
DEFINITION = "CustomResourceDefinition"


class Part(msgspec.Struct, frozen=True):
    """A subresource; without a `kind` of its own it has the resource's."""

    kind: str = ""
    group: str = ""
    version: str = ""
    verbs: tuple[str, ...] = PART_VERBS


class Resource(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A resource in one version of a group. `stored`: the version in which its objects are stored, when that is another one."""

    group: str = ""
    version: str
    plural: str
    singular: str
    kind: str
    namespaced: bool
    verbs: tuple[str, ...] = ALL_VERBS
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: dict[str, Part] = {}
    list_kind: str = ""
    is_custom: bool = False

    @property
    def api_version(self) -> str:
        """Group and version in one word."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def full_name(self) -> str:
        """As messages name it: `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def key_kind(self) -> str:
        """The first part of the keys of its objects."""
        known = kind_for(self.api_version, self.kind) or kind_for(STORED_AS.get((self.group, self.kind), ""), self.kind)
        return known.name if known else f"{self.kind}.{self.group}"

    @property
    def as_kind(self) -> Kind:
        """The row of the table of kinds, or one made for a kind that is not in it."""
        known = kind_for(self.api_version, self.kind) or kind_for(STORED_AS.get((self.group, self.kind), ""), self.kind)
        return known or Kind(self.kind, self.api_version, self.plural, self.short_names, self.namespaced)


STORED_AS = {("events.k8s.io", "Event"): "v1"}
"""Kinds of one group that are stored as those of another."""


@lru_cache(maxsize=1)
def built_in() -> tuple[Resource, ...]:
    """The resources of Kubernetes itself, in the order of discovery."""
    return msgspec.json.decode(Path(__file__).with_name("served.json").read_bytes(), type=tuple[Resource, ...])


class Resources:
    """All resources at one instant."""

    def __init__(self, reads: Reads) -> None:
        self.rows = (*built_in(), *custom_resources(reads))
        self._by_path = {(row.group, row.version, row.plural): row for row in self.rows}
        self.versions: dict[str, list[str]] = {}
        """The versions of each group, the preferred one first."""
        for row in self.rows:
            versions = self.versions.setdefault(row.group, [])
            if row.version not in versions:
                versions.append(row.version)

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource of a path, or None."""
        return self._by_path.get((group, version, plural))

    def of(self, group: str, version: str) -> list[Resource]:
        """The resources of one version of a group."""
        return [row for row in self.rows if row.group == group and row.version == version]


def custom_resources(reads: Reads) -> Iterator[Resource]:
    """The resources that CustomResourceDefinitions make."""
    for item in reads.objects(DEFINITION):
        if isinstance(item, Unstructured) and isinstance(item.content.get("spec"), dict):
            yield from _defined(item.content["spec"])


def _defined(spec: Mapping[str, Any]) -> Iterator[Resource]:
    """The resources of a CustomResourceDefinition: one for each served version."""
    names = spec.get("names") or {}
    for version in spec.get("versions") or []:
        if not version.get("served"):
            continue
        parts = version.get("subresources") or {}
        subresources = {"status": Part()} if "status" in parts else {}
        if "scale" in parts:
            subresources["scale"] = Part("Scale", "autoscaling", "v1")
        kind = str(names.get("kind", ""))
        yield Resource(
            group=str(spec.get("group", "")),
            version=str(version.get("name", "")),
            plural=str(names.get("plural", "")),
            singular=str(names.get("singular") or kind.lower()),
            kind=kind,
            namespaced=spec.get("scope") == "Namespaced",
            short_names=tuple(names.get("shortNames") or ()),
            categories=tuple(names.get("categories") or ()),
            subresources=subresources,
            list_kind=str(names.get("listKind") or f"{kind}List"),
            is_custom=True,
        )
