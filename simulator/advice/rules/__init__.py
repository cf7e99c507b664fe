"""The table of rules: one row for each classic mistake, with the function that looks for it."""

from __future__ import annotations

from simulator.advice.finding import ERROR, NOTE, WARNING, Rule
from simulator.advice.rules import access, probes, rollout, start, stopping, waiting
from simulator.errors import UsageError
from simulator.whatif.fields import hint

RULES = (
    Rule(
        "slow-start",
        ERROR,
        "The start takes longer than the probes wait",
        "A startup probe, or a liveness probe where there is none, kills a container that does not answer in time; it begins "
        "again from the start, takes as long, and is killed again. Give the start a startupProbe that waits three times as long"
        " as the start takes.",
        start.slow_start_killed,
        rests_on_program=True,
    ),
    Rule(
        "no-startup-budget",
        NOTE,
        "Liveness without a budget for the start",
        "Without a startupProbe the livenessProbe decides how long a start may take, by its delay, period and failureThreshold."
        " On a cold or busy node starts take longer than on a laptop. A startupProbe waits patiently for the start; liveness "
        "may then be as strict as before.",
        start.no_startup_budget,
        rests_on_program=True,
    ),
    Rule(
        "delay-as-budget",
        NOTE,
        "initialDelaySeconds instead of a startup probe",
        "A fixed delay is waited for by the quick starts too, and a slow one is killed all the same. A startupProbe asks from "
        "the beginning: it ends when the container answers, and the liveness probe takes over at once.",
        start.delay_as_budget,
    ),
    Rule(
        "readiness-delay",
        NOTE,
        "Readiness begins late",
        "A readiness probe that fails costs nothing, so it may ask from the beginning; initialDelaySeconds only keeps a "
        "container that could serve away from its Services.",
        start.readiness_delay,
        rests_on_program=True,
    ),
    Rule(
        "unknown-port",
        ERROR,
        "A probe names a port that is not declared",
        "The API server accepts any name. The kubelet looks it up among the container's ports when it probes, finds none, and "
        "the probe is an error each time: a readiness or startup probe never succeeds.",
        start.unknown_port,
    ),
    Rule(
        "silent-port",
        ERROR,
        "A probe asks a port on which nobody listens",
        "Connections are refused for ever: readiness never comes, startup and liveness kill the container again and again.",
        start.silent_port,
    ),
    Rule(
        "liveness-equals-readiness",
        WARNING,
        "Liveness asks what readiness asks, and gives up as soon",
        "A container that cannot serve for a while should leave its Services until it recovers. With the same check and the "
        "same patience it is restarted instead; its load moves to the others, which fail next. Let liveness ask something "
        "cheaper, or give it far more failures.",
        probes.liveness_equals_readiness,
    ),
    Rule(
        "liveness-asks-others",
        WARNING,
        "Liveness depends on somebody else",
        "A restart does not heal another service, but when that one is down, everybody who asks it in a liveness probe is "
        "restarted, and backs off, and is late when it comes back. What others do belongs into the readinessProbe, if anywhere.",
        probes.liveness_asks_others,
    ),
    Rule(
        "timeout-exceeds-period",
        NOTE,
        "A probe may wait longer than its period",
        "A probe that waits misses ticks; the next one begins when it is over. So many failures then take failureThreshold × "
        "timeoutSeconds, not failureThreshold × periodSeconds.",
        probes.timeout_exceeds_period,
    ),
    Rule(
        "many-successes",
        NOTE,
        "Readiness has to succeed many times",
        "successThreshold counts successes in a row, one for each period. Each return to the Services takes that long, also "
        "after a single failure. (Liveness and startup probes may only have 1; the API server refuses anything else.)",
        probes.many_successes,
    ),
    Rule(
        "never-restarted",
        WARNING,
        "Liveness in a pod that restarts nothing",
        "A failed liveness probe kills the container; with restartPolicy Never that is the end of the pod.",
        probes.never_restarted,
    ),
    Rule(
        "readiness-missing",
        WARNING,
        "A Service's container without a readiness probe",
        "Without a readinessProbe a container counts as ready as soon as its process runs. The Service sends it requests before"
        " it listens, and a rollout removes the old pods that could have served them.",
        stopping.readiness_missing,
        rests_on_program=True,
    ),
    Rule(
        "prestop-missing",
        WARNING,
        "It ends before its Service has heard of it",
        "Deletion tells the kubelet and the EndpointSlices at the same time. The container gets SIGTERM at once; kube-proxy "
        "hears a moment later, and until then sends requests to a closed port. A preStop sleep keeps the old pod serving for "
        "that moment.",
        stopping.prestop_missing,
        rests_on_program=True,
    ),
    Rule(
        "prestop-eats-grace",
        ERROR,
        "preStop leaves little of the grace period",
        "terminationGracePeriodSeconds begins with the preStop hook. What the hook takes is not there for the shutdown; when "
        "nothing is left, the container gets 2 s and is killed.",
        stopping.prestop_eats_grace,
    ),
    Rule(
        "grace-too-short",
        WARNING,
        "The shutdown takes longer than the grace period",
        "What is not over when the grace period is over gets SIGKILL: open requests are cut off and nothing is cleaned up.",
        stopping.grace_too_short,
        rests_on_program=True,
    ),
    Rule(
        "deadline-too-short",
        WARNING,
        "The rollout's deadline is shorter than the budget of its probes",
        "progressDeadlineSeconds is the longest time without progress. Probes that wait longer than that for a start, or "
        "minReadySeconds on top of it, let a rollout be called failed (and a pipeline stop) that would have come to its end.",
        rollout.deadline_too_short,
    ),
    Rule(
        "crash-after-ready",
        WARNING,
        "A crash soon after readiness passes for success",
        "With minReadySeconds 0 a pod is available in the moment in which it is ready, and the rollout goes on to the next one."
        " If the program ends shortly after that, all old pods are gone by the time anybody sees it.",
        rollout.crash_after_ready,
        rests_on_program=True,
    ),
    Rule(
        "circle",
        ERROR,
        "It waits for somebody who waits for it",
        "A pod is ready, and its Service has endpoints, only when its own waiting is over. In a circle that never happens. One "
        "of them has to start without the other: let its program ask again by itself instead of an init container.",
        rollout.circular_wait,
    ),
    Rule(
        "missing-role",
        ERROR,
        "A container asks the API server what its ServiceAccount may not",
        "A ServiceAccount may do nothing with the API server's objects until a Role is bound to it: kubectl in its containers ends "
        "with 1 and Forbidden, so that a loop which waits for an object never ends. Bind a Role with the verbs that it needs "
        "(kubectl wait needs get, list and watch).",
        access.missing_role,
    ),
    Rule(
        "wait-never-ends",
        ERROR,
        "A wait loop that never ends",
        "nslookup of BusyBox 1.31 and later fails for short names: it asks every domain of the search list, and one NXDOMAIN is "
        "an error, or it asks for a name with a dot as it stands. nc has -z only from 1.28. A cluster IP answers no ping. Use the "
        "full name (NAME.NAMESPACE.svc.cluster.local), ask for a port, or take an image in which the tool works.",
        waiting.wait_never_ends,
    ),
    Rule(
        "wait-ends-at-once",
        ERROR,
        "A wait loop that does not wait",
        "nslookup of BusyBox 1.29 and 1.30 succeeds whenever a DNS server answers, also that there is no such name. The loop ends at its "
        "first try, and what comes after it starts too early. Take another release; from 1.31 on, with the full name.",
        waiting.wait_ends_at_once,
    ),
)
"""In the order in which findings about one container are reported."""


def rule(name: str) -> Rule:
    """The rule with that id. Raises UsageError that lists them all."""
    match = next((one for one in RULES if one.id == name), None)
    if match is None:
        raise UsageError(f"there is no rule {name!r}; {hint(name, [one.id for one in RULES])} (podsim advise --explain all)")
    return match
