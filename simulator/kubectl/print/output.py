"""`-o yaml|json|name|jsonpath=…|custom-columns=…`: objects as data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from simulator.golang.tabwriter import TableWriter
from simulator.golang.text import go_value, html_safe
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.view import escaped
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, to_builtins

FORMATS = ("custom-columns", "custom-columns-file", "json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "name", "wide", "yaml")
NOT_PRINTED = ("go-template", "go-template-file", "kyaml", "template", "templatefile")
"""What kubectl can print besides."""


def is_table(output: str) -> bool:
    """Whether `-o` asks for a table for people. Raises KubectlError for a format that there is not."""
    form = output.partition("=")[0]
    if form in NOT_PRINTED:
        raise KubectlError(f"error: podsim does not support -o {form}: use jsonpath or custom-columns", code=2)
    if form and form not in FORMATS:
        raise KubectlError(no_printer(form, (*FORMATS, *NOT_PRINTED)))
    return form in ("", "wide")


def no_printer(form: str, known: Iterable[str]) -> str:
    """kubectl's words about a format that a command does not know."""
    allowed = ",".join(sorted(known))
    return f'error: unable to match a printer suitable for the output format "{form}", allowed formats are: {allowed}'


def as_json(item: Object, managed_fields: bool = False) -> JSON:
    """An object as `kubectl get -o json` shows it."""
    data = to_builtins(item)
    if not managed_fields:
        data.get("metadata", {}).pop("managedFields", None)
    return data


def as_list(items: list[JSON]) -> JSON:
    """Several objects as kubectl's List."""
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}


def print_data(items: list[JSON], output: str, *, single: bool, headers: bool = True) -> str:
    """Objects in the format that `-o` names; `single`: one object that was asked for by name, not a list."""
    form, _, argument = output.partition("=")
    whole: Any = items[0] if single and items else as_list(items)
    match form:
        case "name":
            return "".join(f"{name(item)}\n" for item in items)
        case "json":
            return dump_json(whole)
        case "yaml":
            from simulator.golang.yamltext import dump_yaml

            return dump_yaml(whole)
        case "jsonpath":
            from simulator.kubectl import jsonpath

            return jsonpath.render(_needed(argument), whole)
        case "jsonpath-as-json":
            from simulator.kubectl import jsonpath

            return "".join(map(dump_json, jsonpath.find(_needed(argument), whole)))
        case _:
            return custom_columns(items, argument, headers=headers)


def _needed(template: str) -> str:
    if not template:
        raise KubectlError("error: template format specified but no template given")
    return template


def dump_json(value: Any, *, sort_keys: bool = True) -> str:
    """JSON as Go writes it for kubectl: four blanks, sorted keys, `<`, `>` and `&` escaped."""
    return html_safe(json.dumps(value, indent=4, sort_keys=sort_keys, ensure_ascii=False)) + "\n"


def dump_line(value: Any) -> str:
    """JSON on one line, with its keys as they are."""
    return html_safe(json.dumps(value, separators=(",", ":"), ensure_ascii=False)) + "\n"


def name(item: JSON) -> str:
    """`pod/web-0`, `deployment.apps/web`."""
    group = str(item["apiVersion"]).rpartition("/")[0]
    return f"{item['kind'].lower()}{'.' if group else ''}{group}/{item['metadata']['name']}"


def custom_columns(items: list[JSON], spec: str, *, headers: bool = True) -> str:
    """A table of one's own: `NAME:.metadata.name,IP:.status.podIP`, or two lines of a file."""
    return TableWriter().table(custom_rows(items, spec, headers=headers))


def custom_rows(items: list[JSON], spec: str, *, headers: bool) -> list[list[str]]:
    """The rows of such a table, with one of titles or without. Raises KubectlError for a specification that is none."""
    from simulator.kubectl import jsonpath

    if not spec:
        raise KubectlError("error: custom-columns format specified but no custom columns given")
    lines = spec.strip().splitlines()
    if len(lines) == 2:
        pairs = list(zip(lines[0].split(), lines[1].split(), strict=False))
    else:
        parts = [part.partition(":") for part in spec.split(",")]
        if bad := next((head for head, colon, _ in parts if not colon), None):
            raise KubectlError(f"error: unexpected custom-columns spec: {bad}, expected <header>:<json-path-expr>")
        pairs = [(head, path) for head, _, path in parts]
    templates = [jsonpath.parse_template(jsonpath.relaxed(path)) for _, path in pairs]
    rows = [[head for head, _ in pairs]] if headers else []
    rows += [[_cell(jsonpath.results(template, item)) for template in templates] for item in items]
    return rows


def _cell(values: list[Any]) -> str:
    return escaped(",".join(map(go_value, values))) if values else "<none>"
