"""`kubectl create namespace|serviceaccount|quota|poddisruptionbudget|priorityclass`."""

from __future__ import annotations

import re

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.verb import Verb
from simulator.kubectl.write.create import MADE, described, new
from simulator.manifest.selectors import parse_labels
from simulator.objects.base import JSON
from simulator.units import parse_quantity

AMOUNT = re.compile(r"[0-9]+%?")


def namespace(_words: Words, name: str) -> JSON:
    """A Namespace."""
    return new("v1", "Namespace", name, spec={}, status={})


def service_account(_words: Words, name: str) -> JSON:
    """A ServiceAccount."""
    return new("v1", "ServiceAccount", name)


def quota(words: Words, name: str) -> JSON:
    """A ResourceQuota."""
    hard = {}
    for term in filter(None, words["hard"].split(",")):
        parts = term.split("=")
        if len(parts) != 2:
            raise Refusal(f"Invalid argument syntax {term}, expected <resource>=<value>")
        try:
            parse_quantity(parts[1])
        except ValueError:
            raise Refusal("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'") from None
        hard[parts[0]] = parts[1]
    scopes = words["scopes"].split(",") if words["scopes"] else []
    if "" in scopes:
        raise Refusal('invalid resource quota scope ""')
    spec = {**({"hard": hard} if hard else {}), **({"scopes": scopes} if scopes else {})}
    return new("v1", "ResourceQuota", name, spec=spec, status={})


def disruption_budget(words: Words, name: str) -> JSON:
    """A PodDisruptionBudget."""
    least, most = words["min-available"], words["max-unavailable"]
    if not words["selector"]:
        raise Refusal("a selector must be specified")
    if not least and not most:
        raise Refusal("one of min-available or max-unavailable must be specified")
    if least and most:
        raise Refusal("min-available and max-unavailable cannot be both specified")
    for field, text in (("min-available", least), ("max-unavailable", most)):
        if text and not AMOUNT.fullmatch(text):
            raise Refusal(f"invalid format specified for {field}")
    field, text = ("minAvailable", least) if least else ("maxUnavailable", most)
    spec = {field: int(text) if text.isdigit() else text, "selector": _selector(words["selector"])}
    counts = dict.fromkeys(("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"), 0)
    return new("policy/v1", "PodDisruptionBudget", name, spec=spec, status=counts)


def _selector(text: str) -> JSON:
    """A selector as text, in the form that objects have. Raises Refusal."""
    try:
        terms = parse_labels(text)
    except ValueError as error:
        raise Refusal(f'couldn\'t parse the selector string "{text}": {error}') from error
    operators = {"in": "In", "notin": "NotIn", "!=": "NotIn", "exists": "Exists", "!": "DoesNotExist"}
    equal = {term.key: term.values[0] for term in terms if term.operator in ("=", "==")}
    other = [
        {"key": term.key, "operator": operators[term.operator], **({"values": list(term.values)} if term.values else {})}
        for term in terms
        if term.operator in operators
    ]
    return {**({"matchLabels": equal} if equal else {}), **({"matchExpressions": other} if other else {})}


def priority_class(words: Words, name: str) -> JSON:
    """A PriorityClass."""
    parts: JSON = {"value": words["value"], "preemptionPolicy": words["preemption-policy"]}
    parts |= {"description": words["description"]} if words["description"] else {}
    parts |= {"globalDefault": True} if words["global-default"] else {}
    return new("scheduling.k8s.io/v1", "PriorityClass", name, **parts)


VERBS: tuple[Verb, ...] = (
    Verb(("create", "namespace"), "namespace NAME [--dry-run=server|client|none]", "Create a Namespace.", MADE, described(namespace),
         ("create namespace shop",), ("ns",)),
    Verb(("create", "quota"), "quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]",
         "Create a ResourceQuota.", (Flag("hard", metavar="AMOUNTS", help="pods=3,cpu=1"), Flag("scopes", metavar="SCOPES"), *MADE),
         described(quota), ("create quota small --hard=pods=3",), ("resourcequota",)),
    Verb(("create", "serviceaccount"), "serviceaccount NAME [--dry-run=server|client|none]", "Create a ServiceAccount.", MADE,
         described(service_account), ("create serviceaccount robot",), ("sa",)),
    Verb(("create", "poddisruptionbudget"),
         "poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]", "Create a PodDisruptionBudget.",
         (Flag("selector", metavar="LABELS", help="Labels of its pods."),
         Flag("min-available", metavar="NUMBER|PERCENT", help="Minimum number of available pods."),
          Flag("max-unavailable", metavar="NUMBER|PERCENT", help="Maximum number of unavailable pods."), *MADE),
          described(disruption_budget),
         ("create poddisruptionbudget web --selector=app=web --min-available=1",), ("pdb",)),
    Verb(("create", "priorityclass"), "priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]",
         "Create a PriorityClass.",
         (Flag("value", "int32", default=0, metavar="VALUE", help="Priority of its pods."),
         Flag("global-default", "bool", help="Use this class for pods that don't name one."),
          Flag("description", metavar="TEXT"), Flag("preemption-policy", default="PreemptLowerPriority", metavar="POLICY"), *MADE),
         described(priority_class), ("create priorityclass high --value=1000",), ("pc",)),
)  # fmt: skip
