"""The kubelet's wording and behaviour, release by release. Each row: the first release, and the value from there on."""

from __future__ import annotations

from typing import Any

FIRST = "1.0"

WORDING: dict[str, list[tuple[str, str]]] = {
    # Events of a container (pkg/kubelet/kuberuntime, pkg/kubelet/images)
    "container.created": [
        (FIRST, "Created container {name}"),
        ("1.30.10 1.31.6 1.32", "Created container: {name}"),
        ("1.35", "Container created"),
    ],
    "container.started": [(FIRST, "Started container {name}"), ("1.35", "Container started")],
    "container.killing": [(FIRST, "Stopping container {name}")],
    "container.back_off": [(FIRST, "Back-off restarting failed container {name} in pod {pod}")],
    "container.back_off_error": [(FIRST, "back-off {delay} restarting failed container={name} pod={pod}")],
    "container.failed": [(FIRST, "Error: {error}")],
    "container.definition_changed": [(FIRST, "Container {name} definition changed")],
    "container.failed_liveness": [(FIRST, "Container {name} failed liveness probe")],
    "container.failed_startup": [(FIRST, "Container {name} failed startup probe")],
    "init.definition_changed": [(FIRST, "Init container {name} definition changed")],
    "init.failed_liveness": [(FIRST, "Init container {name} failed liveness probe")],
    "init.failed_startup": [(FIRST, "Init container {name} failed startup probe")],
    "container.resize_restart": [(FIRST, "Container {name} resize requires restart")],
    "container.restart_suffix": [(FIRST, "{message}, will be restarted")],
    "image.present": [
        (FIRST, 'Container image "{image}" already present on machine'),
        ("1.35", 'Container image "{image}" already present on machine and can be accessed by the pod'),
    ],
    "image.pulling": [(FIRST, 'Pulling image "{image}"')],
    "image.pulled": [
        (FIRST, 'Successfully pulled image "{image}" in {duration} ({waited} including waiting)'),
        ("1.30", 'Successfully pulled image "{image}" in {duration} ({waited} including waiting). Image size: {size} bytes.'),
    ],
    "image.failed": [(FIRST, 'Failed to pull image "{image}": {error}')],
    "image.back_off": [(FIRST, 'Back-off pulling image "{image}"')],
    "image.back_off_error": [
        (FIRST, 'Back-off pulling image "{image}"'),
        ("1.32", 'Back-off pulling image "{image}": ErrImagePull: {error}'),
    ],
    "image.never": [(FIRST, 'Container image "{image}" is not present with pull policy of Never')],
    "image.invalid": [(FIRST, 'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": {problem}')],
    # Events of a pod
    "pod.sandbox_failed": [(FIRST, "Failed to create pod sandbox: {error}")],
    "pod.sandbox_changed": [(FIRST, "Pod sandbox changed, it will be killed and re-created.")],
    "pod.deadline": [(FIRST, "Pod was active on the node longer than the specified deadline")],
    # Probes and hooks
    "probe.failed": [(FIRST, "{probe} probe failed: {output}")],
    "probe.warning": [(FIRST, "{probe} probe warning: {output}")],
    "probe.errored": [(FIRST, "{probe} probe errored: {error}"), ("1.33", "{probe} probe errored and resulted in unknown state: {error}")],
    "probe.exec_timeout": [(FIRST, 'command "{command}" timed out'), ("1.31", 'command timed out: "{command}" timed out after {timeout}')],
    "probe.not_ready": [(FIRST, ""), ("1.32", "not ready")],  # in the log line of a readiness probe's result
    "hook.post_start_failed": [(FIRST, "PostStartHook failed")],
    "hook.pre_stop_failed": [(FIRST, "PreStopHook failed")],
}

SWITCHES: dict[str, list[tuple[str, Any]]] = {
    # The recorder's spam filter counts normal events and warnings apart (client-go getSpamKey).
    "spam_filter_counts_by_type": [(FIRST, False), ("1.32", True)],
    # A manually triggered readiness probe restarts the probe's period (prober/worker.go).
    "readiness_trigger_resets_ticker": [(FIRST, False), ("1.32", True)],
    # A startup probe's worker rests after success, as it does after failure (prober/worker.go).
    "startup_probe_rests_after_success": [(FIRST, False), ("1.32", True)],
    # preStop hooks may sleep by a field of their own (gate PodLifecycleSleepAction, beta).
    "offers_pre_stop_sleep": [(FIRST, False), ("1.30", True)],
    # The PLEG relists a pod at once after a sync that did something (gate PLEGOnDemandRelist).
    "relists_on_demand": [(FIRST, False), ("1.36", True)],
    # PodReadyToStartContainers is written as soon as the sandbox is ready (OnPodSandboxReady).
    "reports_ready_sandbox_at_once": [(FIRST, False), ("1.36", True)],
    # The kubelet logs pods that it does not admit, with the reason (kubelet.go canAdmitPod).
    "logs_denied_admission": [(FIRST, False), ("1.31", True)],
    "names_admission_operation": [(FIRST, False), ("1.36", True)],
    # After CrashLoopBackOff the worker is requeued for the end of the back-off instead of after 10 s (kubecontainer.MinBackoffExpiration).
    "requeues_at_back_off_end": [(FIRST, False), ("1.35", True)],
    # All pods follow the init container rules that support sidecars (computeInitContainerActions).
    "init_rules_know_sidecars": [(FIRST, False), ("1.33", True)],
    # status.observedGeneration and the conditions' own (gate PodObservedGenerationTracking).
    "reports_observed_generation": [(FIRST, False), ("1.34", True)],
    # Pods can be resized, and status.containerStatuses[].resources is what containers have (gate InPlacePodVerticalScaling).
    "resizes_pods": [(FIRST, False), ("1.33", True)],
    # Pending resizes are tried again when another pod frees capacity, and every 3 minutes; before, at each sync (allocation_manager.go).
    "retries_resizes_for_capacity": [(FIRST, False), ("1.34", True)],
    # Events about resizes (pkg/kubelet/events).
    "resize_events": [
        (FIRST, ()),
        ("1.34", ("ResizeCompleted",)),
        ("1.35", ("ResizeCompleted", "ResizeStarted", "ResizeDeferred", "ResizeInfeasible", "ResizeError")),
    ],
    "resize_events_name_the_generation": [(FIRST, False), ("1.35", True)],
    # Once True, Initialized stays True (gate RestartAllContainersOnContainerExits).
    "initialized_is_final": [(FIRST, False), ("1.36", True)],
    # Probe workers and waiting states follow the container's own restart policy, not the pod's (gate ContainerRestartRules).
    "containers_follow_own_policies": [(FIRST, False), ("1.35", True)],
    # The startup latency tracker also reports pulls and init containers.
    "startup_log_tells_of_pulls": [(FIRST, False), ("1.34", True)],
    # A kubelet that starts again keeps what the last one has written about containers (gate ChangeContainerStatusOnKubeletRestart is off).
    "keeps_statuses_over_restarts": [(FIRST, False), ("1.35", True)],
    # The probes of a sidecar continue with its next run, whatever the pod's restart policy (kubernetes#133072).
    "sidecar_probes_outlive_runs": [(FIRST, False), ("1.33.6 1.34.2 1.35", True)],
    # From the deletion on, exec readiness probes are cancelled (kubernetes#140881).
    "deletion_cancels_exec_probes": [(FIRST, False), ("1.35", True), ("1.36", False), ("1.36.3", True)],
    # A sidecar that was started before its kubelet has a startup result at once (kubernetes#136910).
    "sidecars_stay_started": [(FIRST, False), ("1.35.4 1.36", True)],
    # Restart counts and last states outlive containers that were removed (gate RestartAllContainersOnContainerExits).
    "keeps_statuses_of_removed_containers": [(FIRST, False), ("1.36", True)],
    # A hook's failure is logged as information, with the error behind the other values.
    "hook_failures_are_information": [(FIRST, False), ("1.34", True)],
}
