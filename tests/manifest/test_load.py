"""From files to objects: what is read, what is refused, and where it stood."""

import io
from pathlib import Path

import pytest
import yaml

from simulator.errors import ManifestError
from simulator.manifest.load import load
from simulator.objects.kinds import Unstructured

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared"
CASES = yaml.safe_load((HERE / "data/validation.yaml").read_text())
OTHERWISE = {
    "valid-001": "a finalizer without a domain in front of a slash: the API server refuses it, a check of schemas does not",
    "valid-017": "a key that is written twice: kubectl takes the last one, and so do we, with a warning",
    "valid-022": "a custom kind whose definition nobody gave: kept as it is",
    "valid-023": "a port that is named twice: the API server takes it with a warning; only a schema check refuses it",
}
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n"


def read(tmp_path, text, **options):
    path = tmp_path / "m.yaml"
    path.write_text(text)
    return load([str(path)], **options)


def problems(tmp_path, text, **options):
    with pytest.raises(ManifestError) as caught:
        read(tmp_path, text, **options)
    return [(p.line, p.column, p.path, p.message) for p in caught.value.problems]


def test_a_directory_is_read_by_name_and_not_deeper(tmp_path):
    for name in ("b.yaml", "a.yml", "c.json", "d.txt"):
        (tmp_path / name).write_text(POD.replace("name: a}", f"name: {name[0]}}}"))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "e.yaml").write_text(POD)
    loaded = load([str(tmp_path)])
    assert [manifest.object.metadata.name for manifest in loaded.manifests] == ["a", "b", "c"]
    sub = tmp_path / "sub"
    assert [warning.message for warning in loaded.warnings] == [f"manifests in subdirectories are not read: use -R, or also name {sub}"]


def test_an_empty_directory_is_a_mistake(tmp_path):
    with pytest.raises(ManifestError, match=r"no manifests .* in this directory$"):
        load([str(tmp_path)])
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "e.yaml").write_text(POD)
    with pytest.raises(ManifestError, match=r"in this directory; -R also reads .*base$"):
        load([str(tmp_path)])


def test_standard_input():
    assert load(["-"], stdin=io.StringIO(POD)).manifests[0].file == "-"


def test_lists_are_opened_and_keep_their_lines(tmp_path):
    items = [f"- apiVersion: v1\n  kind: ConfigMap\n  metadata: {{name: {name}}}\n" for name in "aA"]
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(items)
    assert [problem[:3] for problem in problems(tmp_path, text)] == [(9, 14, "metadata.name")]
    loaded = read(tmp_path, text.replace("name: A", "name: b"))
    assert [(manifest.line, manifest.object.metadata.name) for manifest in loaded.manifests] == [(4, "a"), (7, "b")]


def test_every_problem_of_every_file_at_once(tmp_path):
    (tmp_path / "a.yaml").write_text(POD.replace("image: b", "image: ''") + "---\n" + POD.replace("name: a\n", "name: A_\n"))
    (tmp_path / "b.yaml").write_text("a: [\n")
    with pytest.raises(ManifestError) as caught:
        load([str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), str(tmp_path / "nosuch.yaml")])
    shown = [(Path(p.file).name, p.line, p.path) for p in caught.value.problems]
    assert shown == [
        ("a.yaml", 7, "spec.containers[0].image"),
        ("a.yaml", 14, "spec.containers[0].name"),
        ("b.yaml", 2, ""),
        ("nosuch.yaml", 0, ""),
    ]
    assert str(caught.value).splitlines()[0].endswith("a.yaml:7:5: spec.containers[0].image: Required value")


def test_unknown_fields(tmp_path):
    text = POD + "    imagePullSecret: x\n"
    assert problems(tmp_path, text) == [(8, 5, "spec.containers[0].imagePullSecret", 'unknown field "spec.containers[0].imagePullSecret"')]
    assert [warning.line for warning in read(tmp_path, text, validate="warn").warnings] == [8]
    assert read(tmp_path, text, validate="ignore").warnings == []


def test_wrong_types(tmp_path):
    text = POD.replace("image: b", 'image: 5\n    ports: [{containerPort: "80"}]\n    resources: {limits: {cpu: x}}')
    told = [message for _, _, _, message in problems(tmp_path, text)]
    assert told == [
        "json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string",
        "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32",
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ]


def test_nulls_are_dropped_and_numbers_become_quantities(tmp_path):
    text = POD + "    command: null\n    resources: {limits: {cpu: 1, memory: 64Mi}}\n"
    container = read(tmp_path, text).manifests[0].object.spec.containers[0]
    assert container.command == []
    assert container.resources.limits == {"cpu": "1", "memory": "64Mi"}


def test_namespaces(tmp_path):
    text = (
        POD + "---\n" + POD.replace("name: a}", "name: b, namespace: own}") + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ns}\n"
    )
    assert [m.object.metadata.namespace for m in read(tmp_path, text, namespace="given").manifests] == ["given", "own", ""]


def test_kinds_that_are_only_kept_are_named_once(tmp_path):
    role = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: NAME}\nspec: {controller: example.com/c}\n"
    own = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {a: 1}\n"
    loaded = read(tmp_path, "---\n".join([role.replace("NAME", "a"), role.replace("NAME", "b"), own]))
    assert [(warning.line, warning.message) for warning in loaded.warnings] == [(1, "kinds IngressClass, Widget are stored, not simulated")]
    assert loaded.stored == loaded.warnings[0]
    assert isinstance(loaded.manifests[2].object, Unstructured)
    assert loaded.manifests[2].object.content == {"spec": {"a": 1}}


def test_kinds_that_are_read_as_they_are_stored_are_not_named(tmp_path):
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\n"
    storage = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: a}\nprovisioner: example.com/disks\n"
    assert read(tmp_path, "---\n".join([role, storage])).warnings == []


def test_fields_of_which_nothing_follows_are_named_where_they_stand(tmp_path):
    text = POD + "  resourceClaims: [{name: gpu, resourceClaimName: gpu}]\n"
    [warning] = read(tmp_path, text).warnings
    assert warning.path == "spec.resourceClaims"
    assert text.splitlines()[warning.line - 1].startswith("  resourceClaims")


def test_versions_that_are_no_longer_served(tmp_path):
    ((line, _, _, message),) = problems(tmp_path, "\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n")
    assert (line, message) == (2, 'no matches for kind "PodDisruptionBudget" in version "policy/v1beta1" (it is served as policy/v1)')
    for version in ("v1", "extensions/v1beta1"):
        ((*_, message),) = problems(tmp_path, f"apiVersion: {version}\nkind: Deployment\nmetadata: {{name: a}}\n")
        assert message == f'no matches for kind "Deployment" in version "{version}" (it is served as apps/v1)'


def test_a_kustomization_is_no_object(tmp_path):
    loaded = read(tmp_path, "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n---\n" + POD)
    assert [manifest.object.kind for manifest in loaded.manifests] == ["Pod"]
    assert f": podsim run -k {tmp_path} runs" in loaded.warnings[0].message
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]\n")
    loaded = load([str(tmp_path / "kustomization.yaml")])
    assert (loaded.manifests, len(loaded.warnings)) == ([], 1)
    # kustomize reads the folders of its directory: -R would be the wrong advice.
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "a.yaml").write_text(POD)
    assert not any("-R" in warning.message for warning in load([str(tmp_path)]).warnings)


def test_what_is_no_manifest_is_named_with_a_way_to_make_one(tmp_path):
    (tmp_path / "compose.yaml").write_text("services:\n  web: {image: nginx}\n")
    with pytest.raises(ManifestError, match=r"kind not set.*kompose convert -f \S*compose.yaml --stdout \| podsim run -"):
        load([str(tmp_path / "compose.yaml")])
    with pytest.raises(ManifestError, match=r"curl -sSL https://example.com/a.yaml \| podsim run -"):
        load(["https://example.com/a.yaml"])


def test_tests_beside_manifests_are_no_manifests(tmp_path):
    (tmp_path / "a.yaml").write_text(POD)
    (tmp_path / "a.podsim.yaml").write_text("apiVersion: podsim/v1\nkind: Expectations\nspec: {}\n")
    for recursive in (False, True):
        assert len(load([str(tmp_path)], recursive=recursive).manifests) == 1
    with pytest.raises(ManifestError, match=r"podsim test \S*a.podsim.yaml"):
        load([str(tmp_path / "a.podsim.yaml")])


def test_many_unread_folders_are_counted(tmp_path):
    for name in "abcde":
        (tmp_path / name).mkdir()
        (tmp_path / name / "pod.yaml").write_text(POD)
    with pytest.raises(ManifestError, match=r"-R also reads \S+a, \S+b, \S+c and 2 more"):
        load([str(tmp_path)])


def test_only_a_file_with_more_documents_is_read_no_further(tmp_path):
    (tmp_path / "values.yaml").write_text("replicas: 1\n")
    assert load([str(tmp_path)], fail_fast=False).warnings == []
    (tmp_path / "values.yaml").write_text("replicas: 1\n---\n" + POD)
    assert [warning.message for warning in load([str(tmp_path)], fail_fast=False).warnings] == [
        "the rest of the file is ignored, as kubectl does"
    ]


def test_a_file_of_a_chart_is_no_manifest(tmp_path):
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: web\n")
    with pytest.raises(ManifestError, match=r"kind not set .*podsim run \S+ runs what helm makes of it"):
        load([str(tmp_path / "Chart.yaml")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "invalid object to validate"),
        ("hello\n", "invalid object to validate"),
        ("kind: Pod\n", "apiVersion not set"),
        ("apiVersion: v1\n", "kind not set"),
        ("a: 1\n", "[apiVersion not set, kind not set]"),
        ("apiVersion: 1\nkind: Pod\n", "apiVersion isn't string type"),
    ],
)
def test_what_is_no_object_at_all(text, message, tmp_path):
    assert [found for *_, found in problems(tmp_path, text)] == [message]


def test_templates_are_recognised(tmp_path):
    ((line, _, _, message),) = problems(tmp_path, POD.replace("image: b", "image: {{ .Values.image }}"))
    assert line == 7
    assert "render it first" in message


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_takes_what_kubectl_validate_takes(case, tmp_path):
    if case["id"] in OTHERWISE:
        pytest.skip(OTHERWISE[case["id"]])
    try:
        read(tmp_path, case["manifest"])
        valid = True
    except ManifestError:
        valid = False
    assert valid == case["expect"]["valid"]


def corpus(name):
    root = SHARED / name
    found = [path for path in root.rglob("*") if path.suffix in (".yaml", ".yml", ".json") and path.is_file()]
    return [pytest.param(path, id=str(path.relative_to(root))) for path in sorted(found) if path.parent != root]


@pytest.mark.parametrize("path", corpus("corpus"))
def test_real_manifests_load_or_are_refused_with_a_place(path):
    try:
        loaded = load([str(path)])
    except ManifestError as error:
        refused = error.problems
    else:
        refused = []
        assert all(manifest.object.metadata.name or manifest.object.metadata.generate_name for manifest in loaded.manifests)
    assert all(problem.line > 0 and problem.message for problem in refused)


@pytest.mark.parametrize("path", corpus("corpus-invalid"))
def test_broken_manifests_are_refused_with_file_line_and_reason(path):
    with pytest.raises(ManifestError) as caught:
        load([str(path)])
    assert all(problem.file == str(path) and problem.line > 0 and problem.message for problem in caught.value.problems)
