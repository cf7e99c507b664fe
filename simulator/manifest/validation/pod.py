"""Rules for pods and pod templates as a whole (pkg/apis/core/validation)."""

from __future__ import annotations

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.containers import (
    ephemeral_containers,
    image_without_blanks,
    init_containers,
    main_containers,
    one_of,
)
from simulator.manifest.validation.context import PodContext, all_containers
from simulator.manifest.validation.errors import Errors, forbidden, invalid, not_found, required, too_long, unsupported
from simulator.manifest.validation.meta import annotation_map, each, labels, object_meta
from simulator.manifest.validation.pod_resources import claims, pod_level_resources
from simulator.manifest.validation.resources import requirements
from simulator.manifest.validation.scheduling import affinity, gates, spread, tolerations
from simulator.manifest.validation.security import host_users, pod_security
from simulator.manifest.validation.volumes import volumes
from simulator.objects.base import JSON
from simulator.objects.labels import MIRROR_POD, POD_DELETION_COST

RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
PREEMPTION_POLICIES = ("PreemptLowerPriority", "Never")
MOST_NAMESERVERS, MOST_SEARCHES, MOST_SEARCH_LETTERS, MOST_HOSTNAME = 3, 32, 2048, 64
MOST_SECONDS = 2**31 - 1
WINDOWS = "cannot be set for a windows pod"
NOT_ON_WINDOWS = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
)
NOT_IN_WINDOWS_CONTAINERS = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)


def pod(item: JSON, dialect: Dialect) -> Errors:
    """A new pod."""
    spec = item.get("spec") or {}
    yield from pod_in_itself(item, dialect)
    if spec.get("ephemeralContainers"):
        yield forbidden("spec.ephemeralContainers", "cannot be set on create")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        yield forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")


def pod_in_itself(item: JSON, dialect: Dialect) -> Errors:
    """A pod, new or changed."""
    meta, spec = item["metadata"], item.get("spec") or {}
    yield from object_meta(meta, names.dns_subdomain, namespaced=True)
    yield from _annotations(meta.get("annotations") or {}, spec, "metadata.annotations")
    yield from pod_spec(spec, "spec", dialect, pod_name=meta.get("name", ""), is_pod=True)
    for place, container in all_containers(spec):
        if not place.startswith("ephemeral"):
            yield from image_without_blanks(container, f"spec.{place}")


def template(item: JSON, path: str, dialect: Dialect) -> Errors:
    """A pod template of a workload."""
    meta, spec = item.get("metadata") or {}, item.get("spec") or {}
    yield from labels(meta.get("labels"), f"{path}.labels")
    yield from annotation_map(meta.get("annotations"), f"{path}.annotations")
    yield from _annotations(meta.get("annotations") or {}, spec, f"{path}.annotations")
    yield from pod_spec(spec, f"{path}.spec", dialect, pod_name="", is_pod=False)
    if spec.get("ephemeralContainers"):
        yield forbidden(f"{path}.spec.ephemeralContainers", "ephemeral containers not allowed in pod template")


def _annotations(items: JSON, spec: JSON, path: str) -> Errors:
    if MIRROR_POD in items and not spec.get("nodeName"):
        yield invalid(f"{path}[{MIRROR_POD}]", items[MIRROR_POD], "must set spec.nodeName if mirror pod annotation is set")
    cost = items.get(POD_DELETION_COST)
    if cost is not None and not _is_int32(cost):
        yield invalid(f"{path}[{POD_DELETION_COST}]", cost, "must be a 32bit integer")


def _is_int32(text: str) -> bool:
    digits = text.removeprefix("-")
    # No plus sign, no leading zeros: Kubernetes accepts only the canonical form.
    return digits.isascii() and digits.isdigit() and str(int(digits)) == digits and -(2**31) <= int(text) < 2**31


def pod_spec(spec: JSON, path: str, dialect: Dialect, *, pod_name: str, is_pod: bool) -> Errors:
    """A pod spec, in the API server's order."""
    sound, broken = volumes(spec.get("volumes") or [], pod_name, f"{path}.volumes", is_pod=is_pod)
    context = PodContext(dialect, spec, sound, is_pod)
    yield from broken
    yield from claims(spec.get("resourceClaims") or [], f"{path}.resourceClaims")
    yield from main_containers(spec.get("containers") or [], f"{path}.containers", context)
    yield from init_containers(spec.get("initContainers") or [], f"{path}.initContainers", context)
    yield from ephemeral_containers(spec.get("ephemeralContainers") or [], f"{path}.ephemeralContainers", context)
    yield from pod_level_resources(spec, path)
    yield from _host_network(spec, path, is_pod=is_pod)
    yield from one_of(spec.get("restartPolicy", ""), RESTART_POLICIES, f"{path}.restartPolicy")
    yield from one_of(spec.get("dnsPolicy", ""), DNS_POLICIES, f"{path}.dnsPolicy")
    yield from labels(spec.get("nodeSelector"), f"{path}.nodeSelector")
    yield from pod_security(spec.get("securityContext") or {}, f"{path}.securityContext", spec)
    yield from affinity(spec.get("affinity") or {}, f"{path}.affinity")
    yield from _dns_config(spec, f"{path}.dnsConfig", dialect)
    for index, gate in enumerate(spec.get("readinessGates") or []):
        kind = gate.get("conditionType", "")
        yield from each(f"{path}.readinessGates[{index}].conditionType", kind, names.qualified_name(kind))
    yield from gates(spec.get("schedulingGates") or [], f"{path}.schedulingGates")
    yield from spread(spec.get("topologySpreadConstraints") or [], f"{path}.topologySpreadConstraints", dialect)
    yield from host_users(spec, path)
    yield from _hostname_override(spec, path)
    yield from _names(spec, path)
    yield from _os(spec, path)
    yield from _env_files(spec, path)


def _names(spec: JSON, path: str) -> Errors:
    """The smaller fields, and tolerations and host aliases between them."""
    for field in ("serviceAccountName", "nodeName"):
        if value := spec.get(field):
            yield from each(f"{path}.{field}", value, names.dns_subdomain(value))
    seconds = spec.get("activeDeadlineSeconds")
    if seconds is not None and not 1 <= seconds <= MOST_SECONDS:
        yield invalid(f"{path}.activeDeadlineSeconds", seconds, names.between(1, MOST_SECONDS))
    for field in ("hostname", "subdomain"):
        if value := spec.get(field):
            yield from each(f"{path}.{field}", value, names.dns_label(value))
    yield from tolerations(spec.get("tolerations") or [], f"{path}.tolerations")
    for index, alias in enumerate(spec.get("hostAliases") or []):
        here = f"{path}.hostAliases[{index}]"
        yield from each(f"{here}.ip", alias.get("ip", ""), names.address(alias.get("ip", "")))
        for number, hostname in enumerate(alias.get("hostnames") or []):
            yield from each(f"{here}.hostnames[{number}]", hostname, names.dns_subdomain(hostname))
    for field in ("priorityClassName", "runtimeClassName"):
        if value := spec.get(field):
            yield from each(f"{path}.{field}", value, names.dns_subdomain(value))
    if spec.get("preemptionPolicy"):
        yield from one_of(spec["preemptionPolicy"], PREEMPTION_POLICIES, f"{path}.preemptionPolicy")
    if spec.get("overhead"):
        yield from requirements({"limits": spec["overhead"]}, set(), f"{path}.overhead")


def _host_network(spec: JSON, path: str, *, is_pod: bool) -> Errors:
    """With hostNetwork a container port is the same port of the node."""
    if not spec.get("hostNetwork"):
        return
    for index, container in enumerate(spec.get("containers") or []):
        for number, port in enumerate(container.get("ports") or []):
            host = port.get("hostPort", 0)
            if (is_pod or host) and host != port.get("containerPort", 0):
                where = f"{path}.containers[{index}].ports[{number}].hostPort"
                yield invalid(where, host, "must match `containerPort` when `hostNetwork` is true")


def _dns_config(spec: JSON, path: str, dialect: Dialect) -> Errors:
    config = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            yield required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
            return
        if not config.get("nameservers"):
            yield required(f"{path}.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None")
            return
    servers, searches = (config or {}).get("nameservers") or [], (config or {}).get("searches") or []
    if len(servers) > MOST_NAMESERVERS:
        yield invalid(f"{path}.nameservers", servers, f"must not have more than {MOST_NAMESERVERS} nameservers")
    for index, server in enumerate(servers):
        yield from each(f"{path}.nameservers[{index}]", server, names.address(server))
    if len(searches) > MOST_SEARCHES:
        yield invalid(f"{path}.searches", searches, f"must not have more than {MOST_SEARCHES} search paths")
    if len(" ".join(searches)) > MOST_SEARCH_LETTERS:
        limit = f"must not have more than {MOST_SEARCH_LETTERS} characters (including spaces) in the search list"
        yield invalid(f"{path}.searches", searches, limit)
    for index, search in enumerate(searches):
        domain = search.removesuffix(".")
        if dialect.search_domains_may_have_underscores and search != ".":
            yield from each(f"{path}.searches[{index}]", domain, names.underscored_subdomain(domain))
        elif not dialect.search_domains_may_have_underscores:
            yield from each(f"{path}.searches[{index}]", domain, names.dns_subdomain(domain))
    for index, option in enumerate((config or {}).get("options") or []):
        if not option.get("name"):
            yield required(f"{path}.options[{index}]", "must not be empty")


def _hostname_override(spec: JSON, path: str) -> Errors:
    name, here = spec.get("hostnameOverride"), f"{path}.hostnameOverride"
    if name is None:
        return
    if spec.get("setHostnameAsFQDN"):
        yield forbidden(here, "may not be specified when setHostnameAsFQDN is true")
    if spec.get("hostNetwork"):
        yield forbidden(here, "may not be specified when hostNetwork is true")
    if len(name) > MOST_HOSTNAME:
        yield too_long(here, MOST_HOSTNAME)
    yield from each(here, name, names.dns_subdomain(name))


def _os(spec: JSON, path: str) -> Errors:
    if spec.get("os") is None:
        return
    name = spec["os"].get("name", "")
    if not name:
        yield required(f"{path}.os.name")
    elif name not in ("linux", "windows"):
        yield unsupported(f"{path}.os", name, ["linux", "windows"])
    elif name == "windows":
        yield from _on_windows(spec, path)
    else:
        contexts = [("securityContext", spec), *((f"{place}.securityContext", item) for place, item in all_containers(spec))]
        for place, item in contexts:
            if (item.get("securityContext") or {}).get("windowsOptions") is not None:
                yield forbidden(f"{path}.{place}.windowsOptions", "windows options cannot be set for a linux pod")


def _on_windows(spec: JSON, path: str) -> Errors:
    context = spec.get("securityContext") or {}
    for field in NOT_ON_WINDOWS:
        if context.get(field):
            yield forbidden(f"{path}.securityContext.{field}", WINDOWS)
    for field in ("hostUsers", "hostPID", "hostIPC", "shareProcessNamespace"):
        if spec.get(field):
            yield forbidden(f"{path}.{field}", WINDOWS)
    for place, container in all_containers(spec):
        for field in NOT_IN_WINDOWS_CONTAINERS:
            if (container.get("securityContext") or {}).get(field) is not None:
                yield forbidden(f"{path}.{place}.securityContext.{field}", WINDOWS)


def _env_files(spec: JSON, path: str) -> Errors:
    """Variables from a file need an emptyDir with it."""
    kinds = {item.get("name", ""): item for item in spec.get("volumes") or []}
    for place, container in all_containers(spec):
        for index, item in enumerate(container.get("env") or []):
            source = (item.get("valueFrom") or {}).get("fileKeyRef")
            if source is None:
                continue
            name, here = source.get("volumeName", ""), f"{path}.{place}.env[{index}].valueFrom.fileKeyRef.volumeName"
            if name not in kinds:
                yield not_found(here, name)
            elif kinds[name].get("emptyDir") is None:
                yield invalid(here, name, "referenced volume must be of type emptyDir")
