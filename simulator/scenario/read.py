"""Reads a Scenario file, and reports all its problems at once, with file, line, column and path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.errors import Problem, ScenarioError
from simulator.manifest.documents import Broken, documents
from simulator.manifest.files import file_error
from simulator.manifest.places import Places
from simulator.network.traffic import Traffic
from simulator.scenario.header import EXPECTATIONS, SCENARIO, read_header, read_release
from simulator.scenario.read_nodes import read_host_paths, read_nodes
from simulator.scenario.read_programs import read_images, read_paths, read_programs, read_pulls, read_sandbox
from simulator.scenario.reader import Reader
from simulator.scenario.spec import (
    AUTHORIZATIONS,
    PROXY_MODES,
    RBAC,
    Action,
    Before,
    Expectation,
    HostSpec,
    KubeletSpec,
    NetworkSpec,
    Scenario,
    WebhookSpec,
)
from simulator.units import TIME, parse_time

SPEC_KEYS = (
    "kubernetes", "kubectl", "seed", "startTime", "duration", "namespace", "manifests", "before", "apply", "cluster", "images", "programs",
    "paths", "actions", "traffic", "metrics", "expect",
)  # fmt: skip
CLUSTER_KEYS = (
    "nodes",
    "kubelet",
    "network",
    "sandbox",
    "images",
    "storageClass",
    "hostPaths",
    "csiDrivers",
    "webhooks",
    "authorization",
    "eventTTL",
)


def read_scenario(path: str) -> Scenario:
    """The Scenario in a file. Of a file of Expectations, the Scenario that it names, with these expectations.

    Raises ScenarioError with all problems.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError([Problem(path, 0, 0, "", file_error(error))]) from error
    read = list(documents(text))
    if not read:
        raise ScenarioError([Problem(path, 0, 0, "", "empty file: expected a Scenario")])
    document = read[0]
    if isinstance(document, Broken):
        raise ScenarioError([Problem(path, document.line, document.column, "", document.message)])
    if len(read) > 1:
        raise ScenarioError(
            [Problem(path, *document.places(), "", "a file can contain only one Scenario; put manifests in separate files")]
        )
    if isinstance(document.value, dict) and document.value.get("kind") == EXPECTATIONS:
        from simulator.scenario.expectations_file import expectations_of

        return expectations_of(document.value, path, document.places, read_scenario)
    return scenario_of(document.value, path, document.places)


def scenario_of(value: Any, path: str, places: Places) -> Scenario:
    """The Scenario in a document's value, read from `path` with the lines of `places`. Raises ScenarioError with all problems."""
    reader = Reader(path, places)
    scenario = read_document(reader, value, path)
    if reader.problems:
        raise ScenarioError(sorted(reader.problems))
    return scenario


def read_document(reader: Reader, value: Any, path: str) -> Scenario:
    """The Scenario in a document; the reader collects its problems."""
    given = read_header(reader, value, SCENARIO)
    metadata = reader.table(given.get("metadata"), "metadata")
    spec = reader.mapping(given.get("spec"), "spec", SPEC_KEYS)
    default = Scenario()
    cluster = reader.mapping(spec.get("cluster"), "spec.cluster", CLUSTER_KEYS)
    nodes = read_nodes(reader, cluster.get("nodes"), "spec.cluster.nodes")
    duration = reader.span(spec["duration"], "spec.duration") if "duration" in spec else None
    return Scenario(
        name=reader.text(metadata.get("name"), "metadata.name"),
        file=path,
        folder=str(Path(path).parent),
        kubernetes=read_release(reader, spec.get("kubernetes"), default.kubernetes),
        kubectl=reader.text(spec.get("kubectl"), "spec.kubectl"),
        seed=reader.integer(spec.get("seed"), "spec.seed"),
        start_time=_time(reader, spec.get("startTime"), default.start_time),
        duration=duration,
        namespace=reader.text(spec.get("namespace"), "spec.namespace"),
        manifests=reader.list(spec.get("manifests"), "spec.manifests", reader.text),
        before=_before(reader, spec.get("before")),
        apply=_apply(reader, spec.get("apply")),
        nodes=nodes or default.nodes,
        kubelet=_kubelet(reader, cluster.get("kubelet")),
        network=_network(reader, cluster.get("network")),
        # A Scenario with nodes describes the whole cluster, so there is no default storage class.
        storage_class=reader.text(cluster.get("storageClass"), "spec.cluster.storageClass", "" if nodes else default.storage_class),
        host_paths=read_host_paths(reader, cluster.get("hostPaths"), "spec.cluster.hostPaths"),
        webhooks=_webhooks(reader, cluster.get("webhooks"), "spec.cluster.webhooks"),
        csi_drivers=reader.list(cluster.get("csiDrivers"), "spec.cluster.csiDrivers", reader.text),
        authorization=reader.choice(cluster.get("authorization"), "spec.cluster.authorization", AUTHORIZATIONS, RBAC),
        event_ttl=reader.span(cluster.get("eventTTL"), "spec.cluster.eventTTL", default.event_ttl, positive=True),
        sandbox=read_sandbox(reader, cluster.get("sandbox"), "spec.cluster.sandbox"),
        pulls=read_pulls(reader, cluster.get("images"), "spec.cluster.images"),
        images=read_images(reader, spec.get("images"), "spec.images"),
        programs=read_programs(reader, spec.get("programs"), "spec.programs"),
        paths=read_paths(reader, spec.get("paths"), "spec.paths"),
        actions=_actions(reader, spec.get("actions"), "spec.actions"),
        traffic=_traffic(reader, spec.get("traffic"), "spec.traffic"),
        metrics=_metrics(reader, spec.get("metrics"), "spec.metrics"),
        expect=_expect(reader, spec.get("expect"), "spec.expect", duration),
    )


def _webhooks(reader: Reader, value: Any, path: str) -> dict[str, WebhookSpec]:
    answers = {}
    for name, item in reader.table(value, path).items():
        where = f"{path}[{name}]"
        given = reader.mapping(item, where, ("denies", "delay"))
        answers[name] = WebhookSpec(reader.text(given.get("denies"), f"{where}.denies"), reader.span(given.get("delay"), f"{where}.delay"))
    return answers


def _actions(reader: Reader, value: Any, path: str) -> tuple[Action, ...]:
    if value is None:
        return ()
    from simulator.scenario.read_actions import read_actions

    return read_actions(reader, value, path)


def _traffic(reader: Reader, value: Any, path: str) -> tuple[Traffic, ...]:
    if value is None:
        return ()
    from simulator.scenario.read_traffic import read_traffic

    return read_traffic(reader, value, path)


def _expect(reader: Reader, value: Any, path: str, duration: int | None) -> tuple[Expectation, ...]:
    if value is None:
        return ()
    from simulator.scenario.read_expect import read_expectations

    return read_expectations(reader, value, path, duration)


def _metrics(reader: Reader, value: Any, path: str) -> dict[str, Any] | None:
    if value is None:
        return None
    from simulator.scenario.read_metrics import read_metrics

    return read_metrics(reader, value, path).as_data()


def _before(reader: Reader, value: Any) -> Before:
    path, default = "spec.before", Before()
    given = reader.mapping(value, path, ("manifests", "since"))
    since = reader.span(given.get("since"), f"{path}.since", default.since, positive=True)
    return Before(reader.list(given.get("manifests"), f"{path}.manifests", reader.text), since)


def _apply(reader: Reader, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    from simulator.scenario.read_apply import read_apply

    return read_apply(reader, value, "spec.apply")


def _time(reader: Reader, value: Any, default: str) -> str:
    meaning = f"an RFC 3339 time such as {default}"
    text = reader.matching(value, "spec.startTime", TIME, meaning) or default
    try:
        parse_time(text)
    except ValueError:
        reader.problem("spec.startTime", f"must be {meaning}, not {text!r}")
        return default
    return text


def _kubelet(reader: Reader, value: Any) -> KubeletSpec:
    path, default = "spec.cluster.kubelet", KubeletSpec()
    shutdown = ("shutdownGracePeriod", "shutdownGracePeriodCriticalPods")
    given = reader.mapping(value, path, ("relistPhase", "relistPeriod", "serializeImagePulls", "maxContainerRestartPeriod", *shutdown))
    period, critical = (reader.span(given.get(key), f"{path}.{key}", 0) for key in shutdown)
    if critical > period:
        reader.problem(f"{path}.{shutdown[1]}", f"must not be longer than {shutdown[0]}")
    longest = reader.span(given.get("maxContainerRestartPeriod"), f"{path}.maxContainerRestartPeriod", default.max_container_restart_period)
    return KubeletSpec(
        reader.span(given.get("relistPhase"), f"{path}.relistPhase", default.relist_phase),
        reader.span(given.get("relistPeriod"), f"{path}.relistPeriod", default.relist_period, positive=True),
        reader.flag(given.get("serializeImagePulls"), f"{path}.serializeImagePulls", True),
        longest,
        period,
        critical,
    )


def _network(reader: Reader, value: Any) -> NetworkSpec:
    path, default = "spec.cluster.network", NetworkSpec()
    given = reader.mapping(value, path, ("endpointUpdates", "proxySync", "proxyMode", "hosts"))
    return NetworkSpec(
        reader.span(given.get("endpointUpdates"), f"{path}.endpointUpdates", default.endpoint_updates),
        reader.span(given.get("proxySync"), f"{path}.proxySync", default.proxy_sync),
        tuple(
            _host(reader, name, item, f"{path}.hosts[{name}]") for name, item in reader.table(given.get("hosts"), f"{path}.hosts").items()
        ),
        reader.choice(given.get("proxyMode"), f"{path}.proxyMode", PROXY_MODES, default.proxy_mode),
    )


def _host(reader: Reader, name: str, value: Any, path: str) -> HostSpec:
    given = reader.mapping(value, path, ("resolves", "refuses", "delay"))
    return HostSpec(
        name,
        reader.flag(given.get("resolves"), f"{path}.resolves", True),
        reader.flag(given.get("refuses"), f"{path}.refuses"),
        reader.span(given.get("delay"), f"{path}.delay"),
    )
