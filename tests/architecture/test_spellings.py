"""Each idea has one definition: these spellings of it may not come back elsewhere.

Every rule looks at syntax trees and names the one home in which the spelling is allowed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from simulator.objects import labels
from tests.architecture.source import Module, modules

WELL_KNOWN_NAMES = frozenset(value for value in vars(labels).values() if isinstance(value, str) and "\n" not in value)
WELL_KNOWN_NAME = re.compile(r"(?:[a-z0-9-]+\.)*(?:kubernetes|k8s)\.io/(?!v\d)[A-Za-z.-]+")
CONDITIONS = frozenset({"Ready", "ContainersReady", "Initialized", "PodScheduled", "DisruptionTarget"})
PROBE_NUMBERS = frozenset({"period_seconds", "timeout_seconds", "failure_threshold", "success_threshold"})
PROBE_ACTIONS = frozenset({"http_get", "tcp_socket", "grpc"})
POD_FACTS = frozenset({"condition_of", "has_condition", "has_ended", "is_ready", "is_sidecar", "is_terminating", "restart_policy_of"})
TIME_UNITS = frozenset({"NANOSECOND", "MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY"})


def is_attribute(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in names


def strings(node: ast.AST) -> set[str]:
    """The strings in a literal tuple, list or set, or the string itself."""
    items = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return {item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)}


def compares(node: ast.AST, attribute: str, values: frozenset[str]) -> bool:
    """Whether it compares `x.attribute` with one of some texts."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return False
    sides = (node.left, node.comparators[0])
    return any(is_attribute(a, attribute) and strings(b) & values for a, b in (sides, sides[::-1]))


def ended(node: ast.AST) -> bool:
    both = isinstance(node, ast.Tuple | ast.List | ast.Set) and strings(node) == {"Succeeded", "Failed"} and len(node.elts) == 2
    return both or compares(node, "phase", frozenset({"Succeeded", "Failed"}))


def restarts_always(node: ast.AST) -> bool:
    return compares(node, "restart_policy", frozenset({"Always"}))


def condition(node: ast.AST) -> bool:
    """`x.type == "Ready"`, or a search through conditions by their type."""
    if compares(node, "type", CONDITIONS):
        return True
    if not isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        return False
    over_conditions = any(is_attribute(one.iter, "conditions") for one in node.generators)
    inside = [node.elt, *(test for one in node.generators for test in one.ifs)]
    return over_conditions and any(
        isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq) and is_attribute(part.left, "type")
        for one in inside
        for part in ast.walk(one)
    )


def defines_pod_fact(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.lstrip("_") in POD_FACTS


def disruption_target(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "DisruptionTarget"


def probe_default(node: ast.AST) -> bool:
    """`probe.period_seconds or 10`."""
    return isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and is_attribute(node.values[0], *PROBE_NUMBERS)


def probe_port(node: ast.AST) -> bool:
    """`probe.http_get.port` where `probe.port` says it."""
    return is_attribute(node, "port") and isinstance(node, ast.Attribute) and is_attribute(node.value, *PROBE_ACTIONS)


def well_known_name(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return node.value in WELL_KNOWN_NAMES or WELL_KNOWN_NAME.fullmatch(node.value) is not None


def time_unit(node: ast.AST) -> bool:
    """`SECOND = ...`, or a calculation with a thousand million written out."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id in TIME_UNITS for target in node.targets)
    return (
        isinstance(node, ast.BinOp)
        and not isinstance(node.op, ast.Pow)
        and any(ast.unparse(side) in ("10 ** 9", "1000000000", "1000000000.0") for side in (node.left, node.right))
    )


def exit_code(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value in (137, 143)


def default_path(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "/usr/local/sbin:/usr/local/bin" in node.value


class Rule(NamedTuple):
    """A spelling, and the modules that may use it."""

    matches: Callable[[ast.AST], bool]
    homes: tuple[str, ...]


RULES = {
    "a pod has ended": Rule(ended, ("simulator.objects.pod_facts",)),
    "restartPolicy is Always": Rule(restarts_always, ("simulator.objects.pod_facts",)),
    "a condition is True": Rule(condition, ("simulator.objects.conditions",)),
    "facts about pods are defined": Rule(defines_pod_fact, ("simulator.objects.pod_facts", "simulator.objects.conditions")),
    "the condition DisruptionTarget": Rule(disruption_target, ("simulator.objects.conditions",)),
    "defaults of probes": Rule(probe_default, ("simulator.objects.probes", "simulator.manifest.defaults.container")),
    "the port of a probe": Rule(probe_port, ("simulator.objects.probes",)),
    "well-known names": Rule(well_known_name, ("simulator.objects.labels",)),
    "time units": Rule(time_unit, ("simulator.units",)),
    "exit codes of signals": Rule(exit_code, ("simulator.objects.process",)),
    "PATH of a container": Rule(default_path, ("simulator.objects.process",)),
}


def places(rule: Rule, module: Module) -> Iterator[str]:
    """Where a module breaks a rule."""
    if module.name in rule.homes:
        return
    for node in module.nodes:
        if rule.matches(node):
            yield f"{module.path}:{getattr(node, 'lineno', 0)}"


@pytest.mark.parametrize("name", RULES)
def test_one_idea_has_one_spelling(name: str) -> None:
    rule = RULES[name]
    assert [place for module in modules().values() for place in places(rule, module)] == []


EXAMPLES = {
    "a pod has ended": "pod.status.phase in ('Failed', 'Succeeded')",
    "restartPolicy is Always": "container.restart_policy != 'Always'",
    "a condition is True": "any(c.type == kind for c in pod.status.conditions)",
    "facts about pods are defined": "def _is_ready(pod): ...",
    "the condition DisruptionTarget": "PodCondition(type='DisruptionTarget')",
    "defaults of probes": "(probe.period_seconds or 10) * SECOND",
    "the port of a probe": "probe.http_get.port if probe.http_get else None",
    "well-known names": "labels.get('kubernetes.io/hostname')",
    "time units": "t / 1e9",
    "exit codes of signals": "code == 137",
    "PATH of a container": "PATH = '/usr/local/sbin:/usr/local/bin:/bin'",
}


@pytest.mark.parametrize("name", RULES)
def test_the_rule_sees_its_spelling(name: str) -> None:
    assert any(RULES[name].matches(node) for node in ast.walk(ast.parse(EXAMPLES[name])))
