"""The results of simulated requests, by second, with what pods and kube-proxy were doing when requests failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from simulator.golang.tabwriter import align
from simulator.journal.records import Fact
from simulator.journal.snapshot import Snapshot
from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.units import SECOND, parse_duration
from simulator.views.styled import Line, Part

RESULTS = ("ok", "refused", "reset", "timed out", "no such host", "failed")


class Second(NamedTuple):
    """The results of the requests of some seconds, from `begin` to `end` (both included), and the reasons of failures."""

    begin: int
    end: int
    counts: dict[str, int]
    slow: int
    reasons: tuple[str, ...]

    @property
    def has_failures(self) -> bool:
        """Whether a request failed."""
        return any(count for result, count in self.counts.items() if result != "ok")


class Calls(NamedTuple):
    """All requests to one Service."""

    service: Key
    seconds: tuple[Second, ...]

    @property
    def totals(self) -> dict[str, int]:
        """The number of requests by result."""
        total: Counter[str] = Counter()
        for second in self.seconds:
            total.update(second.counts)
        return {result: total[result] for result in RESULTS if total[result] or result == "ok"}

    @property
    def failed(self) -> int:
        """The number of failed requests."""
        return sum(count for result, count in self.totals.items() if result != "ok")


def traffic(snapshot: Snapshot, service: str = "", namespace: str | None = None) -> list[Calls]:
    """The requests of a run so far; to one Service, of one namespace, when these are given."""
    requests: dict[Key, dict[int, list[Fact]]] = {}
    for fact in snapshot.facts("request"):
        if service in ("", fact.about.name) and namespace in (None, fact.about.namespace):
            requests.setdefault(fact.about, {}).setdefault(int(fact.data["second"]), []).append(fact)
    evidence = _Evidence(snapshot)
    return [
        Calls(key, tuple(_second(key, t, facts, evidence) for t, facts in sorted(seconds.items())))
        for key, seconds in sorted(requests.items())
    ]


def _second(key: Key, t: int, facts: list[Fact], evidence: _Evidence) -> Second:
    counts: Counter[str] = Counter()
    for fact in facts:
        counts[fact.data["result"]] += fact.data["count"]
    reasons = dict.fromkeys(evidence.reason(key, t, fact.data) for fact in facts if fact.data["result"] != "ok")
    return Second(t, t, dict(counts), sum(fact.data.get("slow", 0) for fact in facts), tuple(sorted(reasons)))


class _Evidence:
    """The facts about pods and proxies that explain failed requests."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._of_pod: dict[tuple[str, str], list[Fact]] = {}
        self._programmed: dict[Key, list[Fact]] = {}
        for fact in snapshot.facts():
            if fact.what in ("container.signalled", "container.exited", "container.listens"):
                self._of_pod.setdefault((fact.about.namespace, fact.about.name), []).append(fact)
            elif fact.what == "proxy.programmed":
                self._programmed.setdefault(fact.about, []).append(fact)
        self._actions = [fact for fact in snapshot.facts("action") if fact.data.get("verb") == "node"]
        self._created = {key: snapshot.writes(key)[0].t for key in snapshot.known("Service")}

    def reason(self, key: Key, second: int, data: JSON) -> str:
        """Why a request of that second failed."""
        result, pod = str(data["result"]), str(data.get("pod", ""))
        if not pod:
            return self._without_pod(key, second, result)
        end = (second + 1) * SECOND
        facts = [fact for fact in self._of_pod.get((key.namespace, pod), []) if fact.t <= end]
        if result == "failed":
            return f"{pod} returned an error"
        if result == "timed out":
            lost = sorted({*self._unreachable(end - SECOND), *self._unreachable(end)})
            return f"{' and '.join(lost)} unreachable" if lost else f"{pod} did not answer in time"
        exited = next((fact for fact in reversed(facts) if fact.what == "container.exited"), None)
        opened = next((fact for fact in reversed(facts) if fact.what == "container.listens"), None)
        if exited is None or (opened is not None and opened.t > exited.t):
            return f"nothing was listening on {pod}"
        return f"{pod} exited at {_at(exited.t)}{_because(exited)}{self._until(key, exited.t)}"

    def _unreachable(self, t: int) -> list[str]:
        """The nodes that are unreachable at `t`."""
        lost = {fact.about.name: _is_cut_off(fact, t) for fact in self._actions if fact.t < t}
        return sorted(name for name, is_lost in lost.items() if is_lost)

    def _without_pod(self, key: Key, second: int, result: str) -> str:
        if key not in self._created or self._created[key] > (second + 1) * SECOND:
            return f"there was no Service {key.name}"
        if result == "timed out":
            return f"kube-proxy had not programmed Service {key.name} yet"
        return f"Service {key.name} had no endpoints"

    def _until(self, key: Key, t: int) -> str:
        """When kube-proxy had removed the endpoint."""
        later = [fact for fact in self._programmed.get(key, []) if fact.t >= t]
        if not later:
            return ""
        nodes = sorted({str(fact.data["node"]) for fact in later if fact.t == later[0].t})
        return f"; kube-proxy on {', '.join(nodes)} was updated at {_at(later[0].t)}"


def _is_cut_off(action: Fact, t: int) -> bool:
    """Whether an action keeps packets from its node at `t`: the node is unreachable, or reboots."""
    reboot = action.data.get("reboot")
    if reboot is None:
        return bool(action.data.get("down") and action.data.get("unreachable"))
    return reboot != "up" and (reboot == "down" or t <= action.t + parse_duration(reboot))


def _because(exited: Fact) -> str:
    rule = exited.cause.rule
    return f" ({rule})" if rule.startswith("SIG") else f" with {exited.data.get('exitCode')}"


def _at(t: int) -> str:
    return f"{t / SECOND:.3f}s"


def folded(seconds: Iterable[Second]) -> list[Second]:
    """The seconds with failures; consecutive ones with the same reasons are one line."""
    lines: list[Second] = []
    for second in seconds:
        if not second.has_failures and not second.slow:
            continue
        last = lines[-1] if lines else None
        if last is not None and last.end + 1 == second.begin and last.reasons == second.reasons:
            counts = Counter(last.counts) + Counter(second.counts)
            lines[-1] = Second(last.begin, second.end, dict(counts), last.slow + second.slow, last.reasons)
        else:
            lines.append(second)
    return lines


def as_text(calls: list[Calls]) -> list[Line]:
    """As text: a summary for each Service, and a line for each second in which requests failed."""
    lines: list[Line] = []
    for one in calls:
        lines += [[], *_of_service(one)] if lines else _of_service(one)
    return lines


def _of_service(calls: Calls) -> list[Line]:
    totals, total = calls.totals, sum(calls.totals.values())
    share = f"{100 * totals['ok'] / total:.2f}".rstrip("0").rstrip(".")
    parts = [f"{count} {result}" for result, count in totals.items() if result != "ok"]
    lines: list[Line] = [
        [
            Part(f"service/{calls.service.name}", "bold"),
            Part(f"  {total} requests, {totals['ok']} ok ({share} %)"),
            Part(f", {', '.join(parts)}" if parts else ", none lost", "red" if parts else "green"),
        ]
    ]
    shown = [result for result in RESULTS if totals.get(result)]
    slow = any(second.slow for second in calls.seconds)
    rows = ["\t".join(["when", *shown, *["slow"] * slow, "why"])]
    for second in folded(calls.seconds):
        when = f"{second.begin}s" if second.begin == second.end else f"{second.begin}s-{second.end}s"
        numbers = [str(second.counts.get(result, "") or "") for result in shown]
        rows.append("\t".join([when, *numbers, *[str(second.slow or "")] * slow, "; ".join(second.reasons)]))
    if len(rows) > 1:
        lines += [[Part(f"  {line.rstrip()}")] for line in align("\n".join(rows)).splitlines()]
    return lines


def as_json(calls: list[Calls]) -> list[JSON]:
    """As JSON values, second by second."""
    return [
        {
            "service": one.service.name,
            "namespace": one.service.namespace,
            "totals": one.totals,
            "failed": one.failed,
            "seconds": [
                {"second": second.begin, **second.counts, **({"slow": second.slow} if second.slow else {}), "reasons": list(second.reasons)}
                for second in one.seconds
            ],
        }
        for one in calls
    ]


def nothing() -> str:
    """The message for a run without clients."""
    return "no client calls a Service in this run: add `traffic: [{to: service/web, rate: 10}]` to spec in a Scenario, or use --to"
