"""`podsim apply`: files, standard input, several mistakes at once, unknown fields, names that are missing; dry runs."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.conftest import Podsim, Result

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: a, image: b, EXTRA}]}\n"


def pod(name: str = "a", extra: str = "") -> str:
    return POD.replace("NAME", name).replace(", EXTRA", f", {extra}" if extra else "")


@pytest.fixture
def apply(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Podsim:
    monkeypatch.chdir(tmp_path)

    def call(files: dict[str, str], *options: str) -> Result:
        for name, text in files.items():
            Path(name).write_text(text, encoding="utf-8")
        return podsim("apply", *(word for name in files for word in ("-f", name)), *options)

    return call


def test_a_missing_file(apply: Podsim) -> None:
    assert apply({}, "-f", "nosuch.yaml") == Result(1, "", 'error: the path "nosuch.yaml" does not exist\n')


def test_standard_input_is_called_so(podsim: Podsim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(pod().replace("name: a}", "name: a, namespace: nosuch}", 1)))
    result = podsim("apply", "-f", "-")
    assert result.err == 'Error from server (NotFound): error when creating "STDIN": namespaces "nosuch" not found\n'


def test_several_errors_are_told_in_a_line_each(apply: Podsim) -> None:
    result = apply({"m.yaml": f"{pod('a', 'bad: 1')}---\n{pod('b', 'bad: 1')}"})
    unknown = 'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].bad"\n'
    assert result == Result(1, "", f'Error from server (BadRequest): error when creating "m.yaml": {unknown}' * 2)


def test_good_documents_before_a_broken_one_are_applied(apply: Podsim) -> None:
    result = apply({"m.yaml": f"{pod()}---\na: [\n"})
    assert (result.code, result.out) == (1, "pod/a created\n")
    assert result.err.startswith("error: error parsing m.yaml: error converting YAML to JSON: yaml: ")


@pytest.mark.parametrize(("validate", "err"), [("warn", 'Warning: unknown field "spec.containers[0].bad"\n'), ("ignore", "")])
def test_unknown_fields_need_not_be_errors(validate: str, err: str, apply: Podsim) -> None:
    assert apply({"m.yaml": pod("a", "bad: 1")}, f"--validate={validate}") == Result(0, "pod/a created\n", err)


def test_a_name_must_be_given(apply: Podsim) -> None:
    result = apply({"m.yaml": pod().replace("{name: a}", "{labels: {a: b}}", 1)})
    resource = 'Resource: "/v1, Resource=pods", GroupVersionKind: "/v1, Kind=Pod"\nName: "", Namespace: "default"'
    head = "error: error when retrieving current configuration of:\n"
    assert result == Result(1, "", f'{head}{resource}\nfrom server for: "m.yaml": resource name may not be empty\n')


def test_generated_names_are_not_for_apply(apply: Podsim) -> None:
    result = apply({"m.yaml": pod().replace("{name: a}", "{generateName: a-}", 1)})
    assert result == Result(1, "", "error: from a-: cannot use generate name with apply\n")


def test_applying_the_same_again_changes_nothing(apply: Podsim) -> None:
    assert apply({"1.yaml": pod(), "2.yaml": pod()}).out == "pod/a created\npod/a unchanged\n"
    assert apply({"1.yaml": pod()}).out == "pod/a unchanged\n"


def test_the_namespace_of_an_object_must_be_that_of_the_command(apply: Podsim) -> None:
    result = apply({"m.yaml": pod().replace("name: a}", "name: a, namespace: one}", 1)}, "-n", "two")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith('error: the namespace from the provided object "one" does not match the namespace "two". You must pass ')


def test_older_releases_have_older_words(apply: Podsim) -> None:
    spec = "{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: b}]}}}"
    text = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\nspec: {spec}\n"
    sentence = "`selector` does not match template `labels`\n"
    for release, value in (("1.32", 'map[string]string{"a":"c"}'), ("1.34", '{"a":"c"}')):
        err = apply({"m.yaml": text}, "--kubernetes", release).err
        assert err == f'The Deployment "d" is invalid: spec.template.metadata.labels: Invalid value: {value}: {sentence}'


def test_what_was_created_may_be_applied_with_a_warning(apply: Podsim, podsim: Podsim) -> None:
    assert podsim("create", "configmap", "a", "--from-literal=x=1").out == "configmap/a created\n"
    result = apply({"m.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '2'}\n"})
    assert result.out == "configmap/a configured\n"
    assert result.err.startswith(
        "Warning: resource configmaps/a is missing the kubectl.kubernetes.io/last-applied-configuration annotation"
    )


def test_what_is_left_out_of_a_manifest_goes(apply: Podsim, podsim: Podsim) -> None:
    both = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '1', y: '2'}\n"
    apply({"m.yaml": both})
    assert apply({"m.yaml": both.replace(", y: '2'", "")}).out == "configmap/a configured\n"
    assert podsim("get", "configmap", "a", "-o", "jsonpath={.data}").out == '{"x":"1"}'


def test_dry_runs_change_nothing(apply: Podsim, podsim: Podsim) -> None:
    assert apply({"m.yaml": pod()}, "--dry-run=client").out == "pod/a created (dry run)\n"
    assert apply({"m.yaml": pod()}, "--dry-run=server").out == "pod/a created\n"
    assert "there is no last run" in podsim("get", "pods").err
