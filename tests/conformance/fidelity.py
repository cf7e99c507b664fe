"""Write docs/fidelity.md: how far the simulated kubelet agrees with recorded real ones.

usage: python -m tests.conformance.fidelity [--check]      (--check: fail when the page is out of date, write nothing)
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.conformance.agreement import LOOSE, SHARP
from tests.conformance.judge import Judgement, judge
from tests.conformance.klog import FAMILIES
from tests.conformance.play import SEEDS
from tests.conformance.test_traces import PAGE, UNEXPLAINED
from tests.conformance.traces import RELEASES, Case, all_cases

MEANINGS = {
    "config": "missing ConfigMaps, Secrets and keys; later repaired",
    "deadline": "activeDeadlineSeconds",
    "delete": "graceful termination: grace periods, SIGKILL, deletion during init and back-off",
    "env": "environment variables of Services",
    "host": "hostNetwork",
    "image": "pull policies, serial and parallel pulls, back-off, bad names",
    "init": "init containers: order, failures, back-off, OOM, start and create errors",
    "live": "liveness probes over HTTP, TCP, gRPC and exec",
    "long": "a crash loop up to the cap of 5 minutes",
    "patch": "a container's image changed in place",
    "poststart": "postStart hooks",
    "prestop": "preStop hooks",
    "qos": "QoS classes",
    "ready": "readiness probes, thresholds, gates",
    "restart": "restart policies and back-off",
    "sandbox": "sandboxes that fail to come up",
    "sidecar": "native sidecars",
    "startup": "startup probes",
}
NOT_MODELLED = (
    "Real CPU and memory: nothing is throttled, OOM kills come from the program (`reason: OOMKilled`); no eviction for pressure.",
    "Volumes other than emptyDir, ConfigMap, Secret, projected and downwardAPI mount at once; attach, detach and CSI are not played.",
    "Ephemeral containers, in-place resize, container checkpoints, device plugins, user namespaces, static pods and mirror pods.",
    "Container-level restartPolicyRules and RestartAllContainers (1.34 to 1.36, behind gates).",
    "Evented PLEG (alpha, off), a runtime that is not ready, container-manager updates, garbage collection of images and containers.",
    "A probe's connection cut off by the kill of its container (`connection reset by peer`): an answer comes before or after it.",
    "Registry rate limits (`registryPullQPS`), image credential providers, imagePullSecrets that are missing.",
)


@dataclass
class _Row:
    """One family of one release."""

    good: int = 0
    total: int = 0
    log_good: int = 0
    error: float = 0.0
    failed: list[str] = field(default_factory=list)

    def add(self, case: Case, judgement: Judgement) -> None:
        self.total += 1
        self.good += judgement.agrees
        self.log_good += judgement.log == {}
        if judgement.agrees:
            self.error = max(self.error, judgement.verdict.largest_error)
        else:
            self.failed.append(str(case))


def _judged(case: Case) -> Judgement:
    return judge(case, with_log=True)


def page(judgements: Iterable[tuple[Case, Judgement]]) -> str:
    """The whole page."""
    rows: dict[tuple[str, str], _Row] = defaultdict(_Row)
    for case, judgement in judgements:
        for key in ((case.family, case.release), (case.family, ""), ("", case.release), ("", "")):
            rows[key].add(case, judgement)
    families = sorted({family for family, _ in rows if family})
    whole = rows["", ""]
    return "\n".join(
        [
            "# Fidelity",
            "",
            "How far the simulated kubelet agrees with real ones. Made by `python -m tests.conformance.fidelity`; do not edit.",
            "",
            f"{whole.total} pods were played by real kubelets ({', '.join(RELEASES)}) against a scripted runtime; podsim plays them too.",
            f"**{whole.good} of {whole.total} agree** in every event, phase, condition and container status. The kubelet's own log",
            f"({len(FAMILIES)} families of lines: message and values, in order) agrees in {whole.log_good} of {whole.total}.",
            "",
            f"A case agrees when one of {SEEDS} seeds agrees with one of its recordings, as the real kubelet flips coins too. What follows",
            f"from spec, program and relists must come within {SHARP} s; what follows a random wait has {LOOSE} s for each such wait.",
            "",
            f"| family | what | {' | '.join(RELEASES)} | log | largest error |",
            f"|---|---|{'---:|' * (len(RELEASES) + 2)}",
            *(_line(family, MEANINGS[family], rows) for family in families),
            _line("", "all", rows),
            "",
            "The largest error is that of moments which must come within the sharp tolerance, in the runs that agree.",
            "",
            "## What does not agree",
            "",
            *(f"- `{name}`: {UNEXPLAINED.get(name, 'no reason known')}." for name in whole.failed),
            "",
            "The recorded 1.32 kubelet was a fork that printed no `Observed pod startup duration` and gave no Service variables:",
            "for these, 1.32 follows its sources.",
            "",
            "## What is not modelled",
            "",
            *(f"- {text}" for text in NOT_MODELLED),
            "",
        ]
    )


def _line(family: str, what: str, rows: dict[tuple[str, str], _Row]) -> str:
    shown = [f"{rows[family, release].good}/{rows[family, release].total}" for release in RELEASES]
    row = rows[family, ""]
    return f"| {family or '**all**'} | {what} | {' | '.join(shown)} | {row.log_good}/{row.total} | {row.error * 1000:.0f} ms |"


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    cases = all_cases()
    with ProcessPoolExecutor(args.jobs) as pool:
        text = page(zip(cases, pool.map(_judged, cases, chunksize=8), strict=True))
    if args.check:
        return int(PAGE.read_text() != text)
    PAGE.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
