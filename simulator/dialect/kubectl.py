"""kubectl's wording and behaviour, release by release, and those of the tables that the API server returns to it.

Read from the tags v0.28.0 to v0.37.0-beta.0 of kubernetes/kubectl (pkg/describe/describe.go, pkg/cmd), and from releases 1.28 to 1.36 of
Kubernetes' pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

from typing import Any

from simulator.dialect.release import parse_release, reached
from simulator.errors import UsageError

FIRST = "1.0"
DEFAULT = "1.37"

WORDING: dict[str, list[tuple[str, str]]] = {
    "debug.legacy": [
        (
            FIRST,
            "--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, "
            'for example "--profile=general".',
        ),
        (
            "1.36",
            "--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, "
            'for example "--profile=general".',
        ),
    ],
    "endpoints.deprecated": [(FIRST, "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n")],
    "logs.not_found": [
        (FIRST, 'Error from server (NotFound): {resource} "{name}" not found'),
        ("1.30", 'error: error from server (NotFound): {resource} "{name}" not found in namespace "{namespace}"'),
    ],
    "probe.thresholds": [
        (FIRST, "#success={success} #failure={failure}"),
        ("1.37", "successThreshold={success} failureThreshold={failure}"),
    ],
    "projected.config_map_optional": [(FIRST, "ConfigMapOptional"), ("1.33", "Optional")],
    "projected.secret_optional": [(FIRST, "SecretOptionalName"), ("1.33", "Optional")],
    "service.load_balancer_ip": [(FIRST, "IP"), ("1.31", "Desired LoadBalancer IP")],
}

SWITCHES: dict[str, list[tuple[str, Any]]] = {
    # What `kubectl debug` does to a pod if no profile is given, and whether it says that the old profile will go.
    "debugs_by_general_profile": [(FIRST, False), ("1.36", True)],
    "warns_of_legacy_profile": [(FIRST, False), ("1.32", True)],
    # `describe` of several objects prints no events unless --show-events asks for them.
    "several_described_without_events": [(FIRST, False), ("1.36", True)],
    # The message of an event is prefixed with the part of the object that it is about: `spec.containers{web}: Container started`.
    "events_name_the_field": [(FIRST, False), ("1.35", True)],
    # `optional` of a projected ConfigMap or Secret is printed as a pointer (`<nil>`) or as a value (`false`).
    "optional_is_a_value": [(FIRST, False), ("1.33", True)],
    # `Port:  80/TCP (http)`.
    "ports_have_names": [(FIRST, False), ("1.34", True)],
    # A deleted pod that is Failed or Succeeded is shown with its phase, not as Terminating.
    "ended_pods_are_not_terminating": [(FIRST, False), ("1.31", True)],
    "describes_pod_resources": [(FIRST, False), ("1.32", True)],
    "describes_image_volumes": [(FIRST, False), ("1.32", True)],
    "template_has_tolerations": [(FIRST, False), ("1.30", True)],
    "job_has_limits": [(FIRST, False), ("1.30", True)],
    "cronjob_has_time_zone": [(FIRST, False), ("1.36", True)],
    "daemonset_has_namespace": [(FIRST, False), ("1.33", True)],
    "statefulset_has_policies": [(FIRST, False), ("1.37", True)],
    # The endpoints of a Service are read from its EndpointSlices; in later releases only the ready ones.
    "service_reads_slices": [(FIRST, False), ("1.31", True)],
    "service_shows_ready_only": [(FIRST, False), ("1.32", True)],
    "service_has_internal_policy": [(FIRST, False), ("1.31", True)],
    "service_has_distribution": [(FIRST, False), ("1.34", True)],
    "service_has_app_protocol": [(FIRST, False), ("1.36", True)],
    "config_map_values_end_with_blank_line": [(FIRST, False), ("1.31", True)],
    "service_account_has_secrets": [(FIRST, True), ("1.35", False)],
    "node_has_proxy_version": [(FIRST, True), ("1.36", False)],
    # `-L` with custom columns is refused, not ignored.
    "label_columns_need_a_table": [(FIRST, False), ("1.37", True)],
    "kernel_names_architecture": [(FIRST, False), ("1.37", True)],
    # `top nodes` has the columns CPU(%) and MEMORY(%); before, CPU% and MEMORY%.
    "top_brackets_shares": [(FIRST, False), ("1.32", True)],
}

SERVER_SWITCHES: dict[str, list[tuple[str, Any]]] = {
    # STATUS: a deleted pod that has ended shows how it ended.
    "terminating_yields_to_end": [(FIRST, False), ("1.31", True)],
    # STATUS: among ended containers, a failed one takes precedence over a completed one.
    "failure_beats_completed": [(FIRST, False), ("1.35", True)],
    # The API server warns on requests for Endpoints.
    "endpoints_are_deprecated": [(FIRST, False), ("1.33", True)],
    # `get jobs` has the column STATUS, `get cronjobs` the column TIMEZONE.
    "jobs_have_status": [(FIRST, False), ("1.30", True)],
    "cronjobs_have_time_zone": [(FIRST, False), ("1.30", True)],
    # STATUS of a Job whose success is decided while pods still end.
    "jobs_tell_success_early": [(FIRST, False), ("1.34", True)],
    # `get quota` ends with AGE; before, AGE was its second column.
    "quotas_end_with_age": [(FIRST, False), ("1.33", True)],
    # `get sa` has the column SECRETS.
    "service_accounts_count_secrets": [(FIRST, True), ("1.35", False)],
    # TARGETS of `get hpa` say which resource is meant.
    "autoscalers_name_resources": [(FIRST, False), ("1.30", True)],
}


class KubectlDialect:
    """The output of one release of kubectl, with the columns of an API server of another release.

    Every switch is an attribute. Raises UsageError for what is no release.
    """

    def __init__(self, kubectl: str = "", server: str = "") -> None:
        try:
            client, cluster = parse_release(kubectl or server or DEFAULT), parse_release(server or kubectl or DEFAULT)
        except ValueError as error:
            raise UsageError(str(error)) from error
        self.release = client
        self._wording = {key: _valid(rows, client) for key, rows in WORDING.items()}
        self.__dict__.update({key: _valid(rows, client) for key, rows in SWITCHES.items()})
        self.__dict__.update({key: _valid(rows, cluster) for key, rows in SERVER_SWITCHES.items()})

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no switch {name!r} in kubectl's tables")

    def say(self, key: str, **values: object) -> str:
        """The wording of that key in this release. Raises KeyError for an unknown key."""
        return str(self._wording[key]).format(**values)


def _valid(rows: list[tuple[str, Any]], release: Any) -> Any:
    """The value of the last row that the release has reached."""
    return next(value for since, value in reversed(rows) if reached(release, since))
