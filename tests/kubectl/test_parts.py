"""The small machines under the views: columns, sorting, JSONPath, YAML, selectors, quantities."""

from __future__ import annotations

import re
from itertools import permutations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from simulator.golang.tabwriter import TableWriter, align
from simulator.golang.yamltext import dump_yaml
from simulator.kubectl import jsonpath
from simulator.kubectl.selectors import parse_labels
from simulator.objects.meta import LabelSelector, LabelSelectorRequirement
from simulator.objects.quantities import total
from simulator.objects.selector_text import selector_text
from simulator.objects.selectors import matches


def test_a_column_ends_where_a_line_has_no_cell_in_it() -> None:
    text = "Name:\tweb\nNamespace:\tdefault\nContainers:\n  a:\tb\n  long:\tc\n"
    assert align(text) == "Name:       web\nNamespace:  default\nContainers:\n  a:     b\n  long:  c\n"


def test_empty_cells_and_last_cells() -> None:
    assert align("a\t\tb\n\t\tc\n") == "a    b\n     c\n"
    assert align("Status:\t\n") == "Status:  \n"


def test_rows_of_a_watch_keep_the_widest_column() -> None:
    writer = TableWriter()
    assert writer.table([["NAME", "STATUS", "AGE"], ["web", "Pending", "1s"]]) == "NAME   STATUS    AGE\nweb    Pending   1s\n"
    assert writer.table([["web", "ContainerCreating", "2s"]]) == "web    ContainerCreating   2s\n"
    assert writer.table([["web", "Running", "3s"]]) == "web    Running             3s\n"


def test_tabs_and_line_breaks_in_a_cell_break_it() -> None:
    assert TableWriter().table([["a", "b\tc"], ["d", "e\nf"]]) == "a     b     c\nd     e\nf\n"


POD = {
    "metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "web"}},
    "spec": {"containers": [{"name": "x", "ports": [1, 2]}, {"name": "y"}]},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}], "n": 3},
}


def test_jsonpath() -> None:
    for template, text in {
        "{.metadata.name}": "a",
        "{.spec.containers[*].name}": "x y",
        "{.spec.containers[0].name}": "x",
        "{.spec.containers[-1:].name}": "y",
        "{.spec.containers[0:2].name}": "x y",
        "{.spec.containers[0,1].name}": "x y",
        "{..name}": "a x y",
        "{.metadata.labels.app\\.kubernetes\\.io/name}": "web",
        "{.metadata.labels['app.kubernetes.io/name']}": "web",
        '{.status.conditions[?(@.type=="Ready")].status}': "True",
        '{.status.conditions[?(@.type!="Ready")].type}': "Other",
        "{.spec.containers[?(@.ports)].name}": "x",
        "{.nothing}": "",
        "name: {.metadata.name}{'\\n'}": "name: a\n",
        '{range .spec.containers[*]}{.name}{"\\t"}{end}!': "x\ty\t!",
        "{.spec.containers[0]}": '{"name":"x","ports":[1,2]}',
        "{.status['n']}": "3",
    }.items():
        assert jsonpath.render(template, POD) == text, template


# PyYAML, unlike Go's, cannot read a bare `=` (to it that is YAML 1.1's default value), and takes `.1_` for a number.
ONLY_PYYAML = re.compile(r"=|\.[0-9][0-9_]*")
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])).filter(lambda text: not ONLY_PYYAML.fullmatch(text))
KEYS = st.text("abcXYZ019./-_ :#", max_size=8).filter(lambda text: not ONLY_PYYAML.fullmatch(text))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_yaml_means_what_was_meant(value: object) -> None:
    assert yaml.safe_load(dump_yaml(value)) == value


def test_numbers_with_underscores_are_quoted() -> None:
    assert dump_yaml({"a": "0._", "b": "1_0", "c": "._1", "d": "_1"}) == 'a: "0._"\nb: "1_0"\nc: ._1\nd: _1\n'


def test_the_order_in_which_keys_come_does_not_matter() -> None:
    """022 < 111 < 1aa < 022: go-yaml's comparison goes in a circle, so its sort algorithm decides."""
    texts = {dump_yaml(dict.fromkeys(order, "")) for order in permutations(["111", "1aa", "022", "a", "2"])}
    assert texts == {'"022": ""\n"111": ""\n1aa: ""\n"2": ""\na: ""\n'}


def test_yaml_as_kubectl_writes_it() -> None:
    value = {"a": ["x", {"k": "v", "b": "1"}], "t": "2026-11-22T11:28:56Z", "e": "", "y": "yes", "m": "one\ntwo\n", "q": "a: b", "z": []}
    assert dump_yaml(value) == (
        'a:\n- x\n- b: "1"\n  k: v\ne: ""\nm: |\n  one\n  two\nq: \'a: b\'\nt: "2026-11-22T11:28:56Z"\n"y": "yes"\nz: []\n'
    )


LONG = "Container image registry.test/app:1 already present on machine and can be accessed by the pod"


def test_long_texts_are_folded_behind_column_80() -> None:
    value = {"a": LONG, "b": ["Error: " + LONG], "c": {"d": f"{LONG}\x1b  {LONG}"}}
    assert dump_yaml(value) == (
        "a: Container image registry.test/app:1 already present on machine and can be accessed\n"
        "  by the pod\n"
        "b:\n"
        "- 'Error: Container image registry.test/app:1 already present on machine and can be\n"
        "  accessed by the pod'\n"
        "c:\n"
        '  d: "Container image registry.test/app:1 already present on machine and can be accessed\n'
        "    by the pod\\e  Container image registry.test/app:1 already present on machine and\n"
        '    can be accessed by the pod"\n'
    )


def test_what_only_double_quotes_or_hints_can_hold() -> None:
    value = {"a": " x\ny", "b": "x \ny", "c": "\U0001f600", "d": "\u00e9\t", "e": "\n", "f": ".12_3"}
    assert dump_yaml(value) == ('a: |2-\n   x\n  y\nb: "x \\ny"\nc: "\\U0001F600"\nd: "\u00e9\\t"\ne: |2+\n\nf: ".12_3"\n')


def test_keys_that_end_in_numbers_are_in_their_order() -> None:
    assert [line[:-3] for line in dump_yaml(dict.fromkeys(["a10", "a2", "b", "a-1", "a"], 1)).splitlines()] == [
        "a",
        "a-1",
        "a2",
        "a10",
        "b",
    ]


def test_selectors() -> None:
    labels = {"app": "web", "tier": "front"}
    for text, selected in {
        "app=web": True,
        "app==web,tier!=db": True,
        "app in (web, db)": True,
        "app notin (web,db)": False,
        "tier": True,
        "!tier": False,
        "none!=x": True,
    }.items():
        assert all(term.matches(labels) for term in parse_labels(text)) is selected, text
    terms = [
        LabelSelectorRequirement(key="tier", operator="In", values=["front", "back"]),
        LabelSelectorRequirement(key="x", operator="Exists"),
    ]
    selector = LabelSelector(match_labels={"app": "web"}, match_expressions=terms)
    assert selector_text(selector) == "app=web,tier in (back,front),x"
    assert matches(selector, {**labels, "x": ""})
    assert not matches(selector, labels)
    assert not matches(None, labels)


def test_sums_of_quantities() -> None:
    assert total(["100m", "1", "900m"]) == "2"
    assert total(["0", "64Mi", "64Mi"]) == "128Mi"
    assert total(["1Gi", "512Mi"]) == "1536Mi"
    assert total(["1500m"]) == "1500m"
    assert total([]) == "0"
