"""What the API server of each release refuses, and its messages (features of pkg/features/kube_features.go)."""

from __future__ import annotations

from typing import Any

FIRST = "1.0"

WORDING: dict[str, list[tuple[str, str]]] = {
    "validation.env_source": [
        (FIRST, "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"),
        ("1.35", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"),
    ],
    "validation.sleep": [
        (FIRST, "must be greater than 0 and less than terminationGracePeriodSeconds ({grace})"),
        (
            "1.32",
            "must be greater than 0 and less than terminationGracePeriodSeconds ({grace}). "
            "Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.",
        ),
        ("1.33", "must be non-negative and less than terminationGracePeriodSeconds ({grace})"),
    ],
    "validation.statefulset_update": [
        (
            FIRST,
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
            "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
        (
            "1.34",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
            "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
    ],
}

SWITCHES: dict[str, list[tuple[str, Any]]] = {
    # Invalid values that are no string or number: in Go's notation, later as JSON.
    "values_in_errors_are_json": [(FIRST, False), ("1.34", True)],
    # RelaxedEnvironmentVariableValidation
    "env_names_may_be_any_text": [(FIRST, False), ("1.32", True)],
    # ContainerRestartRules, RestartAllContainersOnContainerExits
    "every_container_has_a_restart_policy": [(FIRST, False), ("1.35", True)],
    "restart_rules_may_restart_the_pod": [(FIRST, False), ("1.36", True)],
    # Memory limits may become smaller without a restart (ValidatePodResize).
    "memory_limits_may_shrink_in_place": [(FIRST, False), ("1.34", True)],
    # Requests for more than a node has are refused before they are stored (plug-in PodResizeValidator).
    "too_large_resizes_are_refused": [(FIRST, False), ("1.36", True)],
    # PodLifecycleSleepActionAllowZero
    "sleep_of_zero_seconds": [(FIRST, False), ("1.33", True)],
    # RecoverVolumeExpansionFailure
    "claims_may_ask_for_less": [(FIRST, False), ("1.32", True)],
    # StrictIPCIDRValidation
    "networks_are_written_strictly": [(FIRST, False), ("1.36", True)],
    # RelaxedServiceNameValidation
    "service_names_may_begin_with_a_digit": [(FIRST, False), ("1.36", True)],
    # RelaxedDNSSearchValidation
    "search_domains_may_have_underscores": [(FIRST, False), ("1.33", True)],
    # MatchLabelKeysInPodTopologySpreadSelectorMerge
    "spread_keys_join_the_selector": [(FIRST, False), ("1.34", True)],
    # PreferSameTrafficDistribution
    "traffic_may_prefer_the_same_zone": [(FIRST, False), ("1.34", True)],
}
