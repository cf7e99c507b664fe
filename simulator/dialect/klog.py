"""The place in the kubelet's source of each log line, release by release, and the values it has (read from recorded logs).

Releases without recordings use the place of the nearest older one.
"""

from __future__ import annotations

from simulator.dialect.release import Release, reached

FIRST = "1.0"

PLACES: dict[str, list[tuple[str, str]]] = {
    "SyncLoop ADD": [(FIRST, "kubelet.go:2456"), ("1.32", "kubelet.go:2330"), ("1.34", "kubelet.go:2535"), ("1.36", "kubelet.go:2724")],
    "SyncLoop UPDATE": [(FIRST, "kubelet.go:2463"), ("1.32", "kubelet.go:2337"), ("1.34", "kubelet.go:2542"), ("1.36", "kubelet.go:2731")],
    "SyncLoop REMOVE": [(FIRST, "kubelet.go:2466"), ("1.32", "kubelet.go:2340"), ("1.34", "kubelet.go:2545"), ("1.36", "kubelet.go:2734")],
    "SyncLoop DELETE": [(FIRST, "kubelet.go:2472"), ("1.32", "kubelet.go:2346"), ("1.34", "kubelet.go:2551"), ("1.36", "kubelet.go:2740")],
    "SyncLoop (PLEG): event for pod": [
        (FIRST, "kubelet.go:2488"),
        ("1.32", "kubelet.go:2362"),
        ("1.34", "kubelet.go:2566"),
        ("1.36", "kubelet.go:2752"),
    ],
    "SyncLoop (probe)": [(FIRST, "kubelet.go:2560"), ("1.32", "kubelet.go:2451"), ("1.34", "kubelet.go:2654"), ("1.36", "kubelet.go:2841")],
    "Pod admission denied": [
        (FIRST, "kubelet.go:2320"),
        ("1.32", "kubelet.go:2213"),
        ("1.34", "allocation_manager.go:702"),
        ("1.36", "allocation_manager.go:619"),
    ],
    "No sandbox for pod can be found. Need to start a new one": [(FIRST, "util.go:30"), ("1.34", "util.go:34")],
    "No ready sandbox for pod can be found. Need to start a new one": [(FIRST, "util.go:48"), ("1.34", "util.go:52")],
    "Sandbox for pod has no IP address. Need to start a new one": [(FIRST, "util.go:60"), ("1.34", "util.go:64")],
    "Failed to create sandbox for pod": [
        (FIRST, "kuberuntime_sandbox.go:72"),
        ("1.34", "kuberuntime_sandbox.go:71"),
        ("1.36", "kuberuntime_sandbox.go:70"),
    ],
    "CreatePodSandbox for pod failed": [
        (FIRST, "kuberuntime_manager.go:1168"),
        ("1.32", "kuberuntime_manager.go:1229"),
        ("1.34", "kuberuntime_manager.go:1353"),
        ("1.36", "kuberuntime_manager.go:1614"),
    ],
    "Probe failed": [(FIRST, "prober.go:107"), ("1.34", "prober.go:120"), ("1.36", "prober.go:122")],
    "Failed to trigger a manual run": [(FIRST, "prober_manager.go:312")],
    "Pod deletion requested before container has fully started": [(FIRST, "worker.go:252")],
    "Error syncing pod, skipping": [(FIRST, "pod_workers.go:1301"), ("1.34", "pod_workers.go:1324")],
    "Sync exited with context cancellation error": [(FIRST, "pod_workers.go:1298"), ("1.34", "pod_workers.go:1320")],
    "Message for Container of pod": [
        (FIRST, "kuberuntime_manager.go:1025"),
        ("1.32", "kuberuntime_manager.go:1086"),
        ("1.34", "kuberuntime_manager.go:1192"),
        ("1.36", "kuberuntime_manager.go:1374"),
    ],
    "Killing container with a grace period": [
        (FIRST, "kuberuntime_container.go:779"),
        ("1.32", "kuberuntime_container.go:809"),
        ("1.34", "kuberuntime_container.go:873"),
        ("1.36", "kuberuntime_container.go:915"),
    ],
    "PreStop hook not completed in grace period": [
        (FIRST, "kuberuntime_container.go:671"),
        ("1.32", "kuberuntime_container.go:701"),
        ("1.34", "kuberuntime_container.go:764"),
        ("1.36", "kuberuntime_container.go:806"),
    ],
    "PreStop hook failed": [
        (FIRST, "kuberuntime_container.go:662"),
        ("1.32", "kuberuntime_container.go:692"),
        ("1.34", "kuberuntime_container.go:755"),
        ("1.36", "kuberuntime_container.go:797"),
    ],
    "Failed to execute PostStartHook": [
        (FIRST, "kuberuntime_container.go:304"),
        ("1.32", "kuberuntime_container.go:316"),
        ("1.34", "kuberuntime_container.go:328"),
    ],
    "Exec lifecycle hook for Container in Pod failed": [
        (FIRST, "handlers.go:78"),
        ("1.32", "handlers.go:80"),
        ("1.34", "handlers.go:82"),
        ("1.36", "handlers.go:86"),
    ],
    "HTTP lifecycle hook for Container in Pod failed": [(FIRST, "handlers.go:94")],
    "Generic (PLEG): container finished": [(FIRST, "generic.go:334"), ("1.32", "generic.go:358")],
    "Container not found in pod's containers": [(FIRST, "pod_container_deletor.go:80")],
    "RemoveContainer": [(FIRST, "scope.go:117")],
    "Observed pod startup duration": [
        (FIRST, "pod_startup_latency_tracker.go:104"),
        ("1.34", "pod_startup_latency_tracker.go:144"),
        ("1.36", "pod_startup_latency_tracker.go:148"),
    ],
}


def place(release: Release, message: str) -> str:
    """File and line of a message in that release."""
    return next(value for since, value in reversed(PLACES[message]) if reached(release, since))
