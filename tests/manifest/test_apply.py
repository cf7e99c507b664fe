"""`podsim apply --dry-run=server` against what kubectl and a real API server said, word for word."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli.apply_command import apply

HERE = Path(__file__).parent
ROWS = json.loads((HERE / "data/api_errors.json").read_text())
RECORDED = HERE.parents[2] / "shared/cluster/api-errors.json"


def masked(text):
    """Without uids and the random letters of token volumes."""
    return re.sub(r"kube-api-access-\w{5}", "kube-api-access-*****", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UID", text))


def applied(tmp_path, monkeypatch, files, *options):
    monkeypatch.chdir(tmp_path)
    for name, text in files.items():
        Path(name).write_text(text)
    arguments = [word for name in files for word in ("-f", name)]
    result = CliRunner().invoke(apply, ["--dry-run=server", "-n", "api-errors", *options, *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, masked(result.stdout), masked(result.stderr)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_says_what_kubectl_said(row, tmp_path, monkeypatch):
    if "first" in row:
        files = {f"{name}.json": json.dumps(row[name]) for name in ("first", "second")}
    elif "manifest" in row:
        files = {"manifest.json": json.dumps(row["manifest"])}
    else:
        files = {"manifest.yaml": row["yaml"]}
    code, out, err = applied(tmp_path, monkeypatch, files)
    assert (code, out, err) == (row["rc"], row.get("before", "") + row["out"], masked(row["err"]))


@pytest.mark.skipif(not RECORDED.exists(), reason="the recording itself is not here")
def test_the_copy_has_every_recorded_manifest():
    recorded = {case["id"] for case in json.loads(RECORDED.read_text())["cases"] if {"manifest", "yaml", "first"} & set(case)}
    assert {row["id"] for row in ROWS} == recorded


def test_a_missing_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(apply, ["-f", "nosuch.yaml"])
    assert (result.exit_code, result.stderr) == (1, 'error: the path "nosuch.yaml" does not exist\n')


def test_standard_input_is_called_STDIN():  # noqa: N802
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: nosuch}\nspec: {containers: [{name: a, image: b}]}\n"
    result = CliRunner().invoke(apply, ["-f", "-"], input=text)
    assert result.stderr == 'Error from server (NotFound): error when creating "STDIN": namespaces "nosuch" not found\n'


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: a, image: b, EXTRA}]}\n"


def test_several_errors_are_told_in_a_line_each(tmp_path, monkeypatch):
    text = "---\n".join(POD.replace("NAME", name).replace("EXTRA", "bad: 1") for name in ("a", "b"))
    code, out, err = applied(tmp_path, monkeypatch, {"m.yaml": text})
    unknown = 'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].bad"\n'
    assert (code, out, err) == (1, "", f'Error from server (BadRequest): error when creating "m.yaml": {unknown}' * 2)


def test_good_documents_before_a_broken_one_are_applied(tmp_path, monkeypatch):
    text = POD.replace("NAME", "a").replace(", EXTRA", "") + "---\na: [\n"
    code, out, err = applied(tmp_path, monkeypatch, {"m.yaml": text})
    assert (code, out) == (1, "pod/a created\n")
    assert err.startswith("error: error parsing m.yaml: error converting YAML to JSON: yaml: ")


@pytest.mark.parametrize(("validate", "err"), [("warn", 'Warning: unknown field "spec.containers[0].bad"\n'), ("ignore", "")])
def test_unknown_fields_need_not_be_errors(validate, err, tmp_path, monkeypatch):
    text = POD.replace("NAME", "a").replace("EXTRA", "bad: 1")
    assert applied(tmp_path, monkeypatch, {"m.yaml": text}, f"--validate={validate}") == (0, "pod/a created\n", err)


def test_a_name_must_be_given(tmp_path, monkeypatch):
    code, _, err = applied(tmp_path, monkeypatch, {"m.yaml": POD.replace("name: NAME", "labels: {a: b}").replace(", EXTRA", "")})
    resource = 'Resource: "/v1, Resource=pods", GroupVersionKind: "/v1, Kind=Pod"\nName: "", Namespace: "api-errors"'
    head = "error: error when retrieving current configuration of:\n"
    assert (code, err) == (1, f'{head}{resource}\nfrom server for: "m.yaml": resource name may not be empty\n')


def test_generated_names_are_not_for_apply(tmp_path, monkeypatch):
    code, _, err = applied(tmp_path, monkeypatch, {"m.yaml": POD.replace("name: NAME", "generateName: a-").replace(", EXTRA", "")})
    assert (code, err) == (1, "error: from a-: cannot use generate name with apply\n")


def test_applying_the_same_again_changes_nothing(tmp_path, monkeypatch):
    text = POD.replace("NAME", "a").replace(", EXTRA", "")
    assert applied(tmp_path, monkeypatch, {"1.yaml": text, "2.yaml": text})[1] == "pod/a created\npod/a unchanged\n"


def test_older_releases_have_older_words(tmp_path, monkeypatch):
    spec = "{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: b}]}}}"
    text = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\nspec: {spec}\n"
    sentence = "`selector` does not match template `labels`\n"
    for release, value in (("1.32", 'map[string]string{"a":"c"}'), ("1.34", '{"a":"c"}')):
        err = applied(tmp_path, monkeypatch, {"m.yaml": text}, "--kubernetes", release)[2]
        assert err == f'The Deployment "d" is invalid: spec.template.metadata.labels: Invalid value: {value}: {sentence}'
