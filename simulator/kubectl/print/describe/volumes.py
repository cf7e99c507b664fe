"""Volumes, as `describe` shows them."""

from __future__ import annotations

from simulator.golang.text import go_value
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.describe.sources import copied
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.volume import DownwardAPIVolumeSource, ProjectedVolumeSource, Volume
from simulator.units import parse_quantity


def volumes(items: list[Volume], sheet: Sheet, view: View, indent: str = "") -> None:
    """All volumes of a pod or template."""
    if not items:
        sheet.line(f"{indent}Volumes:\t<none>")
        return
    sheet.line(f"{indent}Volumes:")
    for item in items:
        sheet.line(f"{' ' if indent else ''}{item.name}:", 1)
        lines = _lines(item, view)
        for line in lines:
            sheet.line(line, 2)
        if not lines:
            sheet.line("<unknown>", 1)


def _source(what: str, *pairs: tuple[str, object]) -> list[str]:
    return [f"Type:\t{what}", *(f"{title}:\t{go_value(value)}" for title, value in pairs)]


def _lines(item: Volume, view: View) -> list[str]:
    if item.host_path:
        return host_path(item.host_path.path, item.host_path.type)
    if item.empty_dir:
        limit = item.empty_dir.size_limit
        size = limit if limit and parse_quantity(limit) > 0 else "<unset>"
        what = "EmptyDir (a temporary directory that shares a pod's lifetime)"
        return _source(what, ("Medium", item.empty_dir.medium), ("SizeLimit", size))
    if item.secret:
        what = "Secret (a volume populated by a Secret)"
        return _source(what, ("SecretName", item.secret.secret_name), ("Optional", bool(item.secret.optional)))
    if item.config_map:
        what = "ConfigMap (a volume populated by a ConfigMap)"
        return _source(what, ("Name", item.config_map.name), ("Optional", bool(item.config_map.optional)))
    if item.persistent_volume_claim:
        claim = item.persistent_volume_claim
        what = "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"
        return _source(what, ("ClaimName", claim.claim_name), ("ReadOnly", bool(claim.read_only)))
    if item.ephemeral is not None:
        return _ephemeral(item.ephemeral)
    if item.downward_api:
        return _downward(item.downward_api)
    if item.projected:
        return _projected(item.projected, view)
    if item.image is not None and not view.dialect.describes_image_volumes:
        return []
    return copied(item)


def host_path(path: str, type_: str) -> list[str]:
    """A directory of the node, in a pod or as a PersistentVolume."""
    return _source("HostPath (bare host directory volume)", ("Path", path), ("HostPathType", type_))


def _downward(source: DownwardAPIVolumeSource) -> list[str]:
    lines = ["Type:\tDownwardAPI (a volume populated by information about the pod)", "Items:"]
    for one in source.items:
        if one.field_ref:
            lines.append(f"  {one.field_ref.field_path} -> {one.path}")
        if one.resource_field_ref:
            lines.append(f"  {one.resource_field_ref.resource} -> {one.path}")
    return lines


def _ephemeral(source: JSON) -> list[str]:
    """A claim that is made with the pod; kubectl indents its labels and annotations once more."""
    lines = ["Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)"]
    claim = source.get("volumeClaimTemplate")
    if claim is None:
        return lines
    meta, spec = claim.get("metadata") or {}, claim.get("spec") or {}
    marks = Sheet()
    marks.labels("Labels", meta.get("labels") or {})
    marks.annotations("Annotations", meta.get("annotations") or {})
    lines += [f"StorageClass:\t{spec.get('storageClassName', '')}", f"Volume:\t{spec.get('volumeName', '')}"]
    lines += [line.replace("\t", "\t    ", 1) for line in marks.raw().splitlines()]
    lines += ["Capacity:\t", "Access Modes:\t"]
    lines += [f"VolumeMode:\t{spec['volumeMode']}"] if spec.get("volumeMode") else []
    return lines + data_source(spec.get("dataSource"))


def data_source(source: JSON | None) -> list[str]:
    """What a claim's volume is filled from."""
    if not source:
        return []
    group = [f"  APIGroup:\t{source['apiGroup']}"] if "apiGroup" in source else []
    return ["DataSource:", *group, f"  Kind:\t{source.get('kind', '')}", f"  Name:\t{source.get('name', '')}"]


def _projected(item: ProjectedVolumeSource, view: View) -> list[str]:
    lines = ["Type:\tProjected (a volume that contains injected data from multiple sources)"]
    for source in item.sources:
        if source.secret:
            title = view.dialect.say("projected.secret_optional")
            lines += [f"SecretName:\t{source.secret.name}", f"{title}:\t{_optional(source.secret.optional, view)}"]
        elif source.downward_api:
            lines.append("DownwardAPI:\ttrue")
        elif source.config_map:
            title = view.dialect.say("projected.config_map_optional")
            lines += [f"ConfigMapName:\t{source.config_map.name}", f"{title}:\t{_optional(source.config_map.optional, view)}"]
        elif source.service_account_token:
            lines.append(f"TokenExpirationSeconds:\t{source.service_account_token.expiration_seconds or 0}")
    return lines


def _optional(optional: bool | None, view: View) -> str:
    return go_value(bool(optional) if view.dialect.optional_is_a_value else optional)
