"""The table of rules: one row for each common mistake, with the function that finds it."""

from __future__ import annotations

from simulator.advice.finding import ERROR, NOTE, WARNING, Rule
from simulator.advice.rules import access, probes, rollout, start, stopping, stuck, waiting
from simulator.errors import UsageError
from simulator.whatif.fields import hint

RULES = (
    Rule(
        "slow-start",
        ERROR,
        "Start-up takes longer than the probes allow",
        "A startup probe (or a liveness probe, if there is no startup probe) kills a container that does not answer in time. "
        "The container starts over, takes as long, and is killed again. Add a startupProbe that allows three times the start-up "
        "time.",
        start.slow_start_killed,
        rests_on_program=True,
    ),
    Rule(
        "no-startup-budget",
        NOTE,
        "Liveness probe without a start-up budget",
        "Without a startupProbe, the delay, period and failureThreshold of the livenessProbe limit how long start-up may take. "
        "Start-up on a cold or busy node takes longer than on a laptop. A startupProbe gives start-up its own budget, so the "
        "livenessProbe can stay strict.",
        start.no_startup_budget,
        rests_on_program=True,
    ),
    Rule(
        "delay-as-budget",
        NOTE,
        "initialDelaySeconds instead of a startup probe",
        "A fixed delay makes fast starts wait, and slow starts are still killed. A startupProbe checks from the beginning: it "
        "ends as soon as the container answers, and the liveness probe takes over.",
        start.delay_as_budget,
    ),
    Rule(
        "readiness-delay",
        NOTE,
        "Readiness probe starts late",
        "A failing readiness probe costs nothing, so it can start right away; initialDelaySeconds only delays traffic to a "
        "container that could already serve it.",
        start.readiness_delay,
        rests_on_program=True,
    ),
    Rule(
        "unknown-port",
        ERROR,
        "A probe names a port that is not declared",
        "The API server accepts any port name. The kubelet looks it up among the container's ports for each probe and does not "
        "find it, so each probe is an error: a readiness or startup probe never succeeds.",
        start.unknown_port,
    ),
    Rule(
        "silent-port",
        ERROR,
        "A probe targets a port that nothing listens on",
        "Connections are refused forever: the container never becomes ready, and startup and liveness probes kill it again and again.",
        start.silent_port,
    ),
    Rule(
        "liveness-equals-readiness",
        WARNING,
        "Liveness and readiness probes are the same",
        "A container that temporarily cannot serve should leave its Services until it recovers. With the same check and the "
        "same failureThreshold it is restarted instead, and its load moves to the other pods, which fail next. Let the liveness "
        "probe check something cheaper, or allow it far more failures.",
        probes.liveness_equals_readiness,
    ),
    Rule(
        "liveness-asks-others",
        WARNING,
        "Liveness probe checks a dependency",
        "A restart does not fix another service. When that service is down, every container whose liveness probe calls it is "
        "restarted, backs off, and is late when the service returns. If a probe checks dependencies at all, it should be the "
        "readinessProbe.",
        probes.liveness_asks_others,
    ),
    Rule(
        "timeout-exceeds-period",
        NOTE,
        "Probe timeout is longer than its period",
        "A probe that waits for its timeout skips ticks; the next probe starts only after it. The failures then take "
        "failureThreshold × timeoutSeconds instead of failureThreshold × periodSeconds.",
        probes.timeout_exceeds_period,
    ),
    Rule(
        "many-successes",
        NOTE,
        "Readiness needs several successes",
        "successThreshold counts consecutive successes, one per period. Every return to the Services takes that long, even "
        "after a single failure. (For liveness and startup probes the API server only accepts 1.)",
        probes.many_successes,
    ),
    Rule(
        "never-restarted",
        WARNING,
        "Liveness probe in a pod that never restarts",
        "A failed liveness probe kills the container; with restartPolicy Never, the pod ends.",
        probes.never_restarted,
    ),
    Rule(
        "readiness-missing",
        WARNING,
        "Container behind a Service without a readiness probe",
        "Without a readinessProbe, a container counts as ready as soon as its process runs. The Service sends it requests "
        "before it listens, and a rollout removes old pods that could have served them.",
        stopping.readiness_missing,
        rests_on_program=True,
    ),
    Rule(
        "prestop-missing",
        WARNING,
        "Shutdown starts before the Service is updated",
        "A deletion reaches the kubelet and the EndpointSlices at the same time. The container gets SIGTERM immediately; "
        "kube-proxy is updated a moment later and sends requests to a closed port until then. A preStop sleep keeps the old pod "
        "serving for that moment.",
        stopping.prestop_missing,
        rests_on_program=True,
    ),
    Rule(
        "prestop-eats-grace",
        ERROR,
        "preStop uses most of the grace period",
        "terminationGracePeriodSeconds includes the preStop hook. The time that the hook takes is missing for the shutdown; if "
        "none is left, the container gets 2 s and is killed.",
        stopping.prestop_eats_grace,
    ),
    Rule(
        "grace-too-short",
        WARNING,
        "Shutdown takes longer than the grace period",
        "A container that still runs when the grace period expires gets SIGKILL: open requests are cut off and nothing is cleaned up.",
        stopping.grace_too_short,
        rests_on_program=True,
    ),
    Rule(
        "deadline-too-short",
        WARNING,
        "Rollout deadline is shorter than the start-up budget",
        "progressDeadlineSeconds is the longest time without progress. If probes allow a longer start-up, or minReadySeconds "
        "adds to it, a rollout that would have succeeded is reported as failed, and a pipeline stops.",
        rollout.deadline_too_short,
    ),
    Rule(
        "crash-after-ready",
        WARNING,
        "A crash soon after readiness counts as a successful rollout",
        "With minReadySeconds 0, a pod is available as soon as it is ready, and the rollout continues with the next one. If the "
        "program exits shortly after that, all old pods are gone before anyone notices.",
        rollout.crash_after_ready,
        rests_on_program=True,
    ),
    Rule(
        "circular-wait",
        ERROR,
        "Circular wait at start-up",
        "A pod becomes ready, and its Service gets endpoints, only after its own wait has ended. In a cycle, that never "
        "happens. One of the workloads has to start without the other: let its program retry, instead of waiting in an init "
        "container.",
        rollout.circular_wait,
    ),
    Rule(
        "update-never-finishes",
        ERROR,
        "A rolling update waits for what its old pods hold",
        "maxSurge creates a new pod before an old one is deleted, and maxUnavailable is rounded down: 25 % of 3 is 0. If the new "
        "pod needs what the old pods hold (a node of its own, a host port, a quota, a volume for one node, the last CPUs), it "
        "waits for them and they wait for it. Let one old pod go first.",
        stuck.update_never_finishes,
    ),
    Rule(
        "waits-for-later-pod",
        ERROR,
        "A pod of a StatefulSet waits for a later one",
        "With OrderedReady, a StatefulSet creates each pod when the one before it is ready. Members of a cluster that need each "
        "other to become ready have to be created together: Parallel. The policy cannot be changed later; the StatefulSet has to "
        "be deleted with --cascade=orphan and created again.",
        stuck.waits_for_later_pod,
        rests_on_program=True,
    ),
    Rule(
        "job-never-ends",
        ERROR,
        "A container keeps a Job running",
        "A Job's pod has succeeded when all its containers have ended with 0. A proxy or log shipper beside the work never does. As a "
        "sidecar (an init container with restartPolicy Always, since 1.29) it is stopped when the work has ended.",
        stuck.job_never_ends,
        rests_on_program=True,
    ),
    Rule(
        "missing-role",
        ERROR,
        "A container's API requests are forbidden",
        "A ServiceAccount has no access to API objects until a Role is bound to it: kubectl in its containers exits with 1 and "
        "Forbidden, so a loop that waits for an object never ends. Bind a Role with the required verbs (kubectl wait needs get, "
        "list and watch).",
        access.missing_role,
    ),
    Rule(
        "wait-never-ends",
        ERROR,
        "A wait loop that never ends",
        "nslookup in BusyBox 1.31 and later fails for short names: it either tries every domain of the search list, where a "
        "single NXDOMAIN is an error, or looks up a name with a dot as is. nc has -z only since 1.28. A cluster IP does not "
        "answer pings. Use the full name (NAME.NAMESPACE.svc.cluster.local), check a port, or use an image in which the tool "
        "works.",
        waiting.wait_never_ends,
    ),
    Rule(
        "wait-ends-at-once",
        ERROR,
        "A wait loop that does not wait",
        "nslookup in BusyBox 1.29 and 1.30 succeeds whenever a DNS server answers, even if the answer is that the name does not "
        "exist. The loop ends at its first try, and the container starts too early. Use another release; since 1.31, with the "
        "full name.",
        waiting.wait_ends_at_once,
    ),
)
"""In the order in which findings about one container are reported."""


def rule(name: str) -> Rule:
    """The rule with that id. Raises UsageError that lists them all."""
    match = next((one for one in RULES if one.id == name), None)
    if match is None:
        raise UsageError(f"unknown rule {name!r}; {hint(name, [one.id for one in RULES])} (podsim advise --explain all)")
    return match
