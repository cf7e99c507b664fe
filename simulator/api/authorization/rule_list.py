"""The rules of a user as a list (`kubectl auth can-i --list`), as kubectl breaks them down and compacts them."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.api.authorization.rules import Rule


def rule_rows(rules: Iterable[Rule]) -> list[list[str]]:
    """A row for each resource, name and URL: resource, URLs, names, verbs; in kubectl's order."""
    compact = sorted(_compacted([part for rule in rules for part in _broken_down(rule)]), key=_go_string)
    return [[_resource(rule), _go(rule.non_resource_urls), _go(rule.resource_names), _go(rule.verbs)] for rule in compact]


def _broken_down(rule: Rule) -> list[Rule]:
    """A rule as rules of one verb, one group, one resource and at most one name each, or one verb and one URL."""
    names: list[tuple[str, ...]] = [(name,) for name in rule.resource_names] or [()]
    resources = [
        Rule((verb,), (group,), (resource,), name)
        for group in rule.api_groups
        for resource in rule.resources
        for verb in rule.verbs
        for name in names
    ]
    return [*resources, *(Rule(verbs=(verb,), non_resource_urls=(url,)) for url in rule.non_resource_urls for verb in rule.verbs)]


def _compacted(rules: list[Rule]) -> list[Rule]:
    """Rules about the same resource and name as one, with all their verbs; a verb that two rules allow is there twice."""
    verbs: dict[Rule, tuple[str, ...]] = {}
    urls = []
    for rule in rules:
        if rule.non_resource_urls:
            urls.append(rule)
            continue
        about = Rule((), rule.api_groups, rule.resources, rule.resource_names)
        verbs[about] = (*verbs.get(about, ()), *rule.verbs)
    return [*urls, *(Rule(allowed, about.api_groups, about.resources, about.resource_names) for about, allowed in verbs.items())]


def _go(values: tuple[str, ...]) -> str:
    return f"[{' '.join(values)}]"


def _go_string(rule: Rule) -> str:
    """What kubectl sorts by: the rule as Go prints it."""
    return (
        f"&PolicyRule{{Verbs:{_go(rule.verbs)},APIGroups:{_go(rule.api_groups)},Resources:{_go(rule.resources)},"
        f"ResourceNames:{_go(rule.resource_names)},NonResourceURLs:{_go(rule.non_resource_urls)},}}"
    )


def _resource(rule: Rule) -> str:
    """`deployments.apps/scale`."""
    if not rule.resources:
        return ""
    resource, slash, subresource = rule.resources[0].partition("/")
    return f"{resource}{f'.{rule.api_groups[0]}' if rule.api_groups[0] else ''}{slash}{subresource}"
