"""What the kubelet refuses to mount, and what it reports when image pull secrets are missing."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kubelet.host_paths import MISSING, HostPaths, canonical
from simulator.kubelet.image_manager import invalid_reference
from simulator.objects.volume import HostPathVolumeSource
from tests.kubelet.world import run_with

CSI = 'MountVolume.SetUp failed for volume "v" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name '


def run(*documents: dict[str, Any], duration: str = "60s", **scenario: Any) -> Any:
    return run_with(scenario, *documents, duration=duration)


def pod(volume: dict[str, Any] | None = None, *, name: str = "web", command: list[str] | None = None, **spec: Any) -> dict[str, Any]:
    container: dict[str, Any] = {"name": "c", "image": "busybox:1.36", "command": command or ["sleep", "infinity"]}
    if volume is not None:
        container["volumeMounts"] = [{"name": "v", "mountPath": "/v"}]
        spec["volumes"] = [{"name": "v", **volume}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {**spec, "containers": [container]}}


def warnings(result: Any, reason: str) -> list[str]:
    return [event.message for event in result.events() if event.reason == reason]


# ---- hostPath


def check(type_: str, path: str, stated: dict[str, str] | None = None, *, runtime: str = "containerd") -> str:
    return HostPaths(runtime, stated or {}, lambda _: None).problem(HostPathVolumeSource(path, type_))


@pytest.mark.rule("VOL-04")
@pytest.mark.parametrize(
    ("type_", "path", "problem"),
    [
        ("", "/nowhere", ""),
        ("Directory", "/var/log", ""),
        ("Directory", "/var/log/", ""),
        ("Directory", "/data", "/data is not a directory"),
        ("Directory", "/etc/hosts", "/etc/hosts is not a directory"),
        ("DirectoryOrCreate", "/data/a/b", ""),
        ("DirectoryOrCreate", "/etc/hosts", "/etc/hosts is not a directory"),
        ("File", "/etc/hosts", ""),
        ("File", "/etc/missing", "/etc/missing is not a file"),
        ("File", "/etc", "/etc is not a file"),
        ("FileOrCreate", "/etc/new", ""),
        ("FileOrCreate", "/etc", "/etc is not a file"),
        ("Socket", "/run/containerd/containerd.sock", ""),
        ("Socket", "/var/run/containerd/containerd.sock", ""),
        ("Socket", "/var/run/docker.sock", "/var/run/docker.sock is not a socket file"),
        ("CharDevice", "/dev/null", ""),
        ("CharDevice", "/dev/ttyUSB0", "/dev/ttyUSB0 is not a character device"),
        ("BlockDevice", "/dev/sdz", "/dev/sdz is not a block device"),
        ("Directory", "/sys/class/net", ""),
        ("File", "/proc/cmdline", ""),
    ],
)
def test_the_type_of_a_path_is_checked(type_: str, path: str, problem: str) -> None:
    assert check(type_, path) == (f"hostPath type check failed: {problem}" if problem else "")


@pytest.mark.rule("VOL-04")
def test_a_file_is_not_created_without_its_directory() -> None:
    assert check("FileOrCreate", "/data/new") == "open /data/new: no such file or directory"


def test_a_node_with_docker_has_its_socket() -> None:
    assert check("Socket", "/var/run/docker.sock", runtime="docker") == ""


@pytest.mark.parametrize(
    ("stated", "type_", "path", "is_mounted"),
    [
        ({"/data": "Directory"}, "Directory", "/data", True),
        ({"/data/": "Directory"}, "Directory", "/data", True),
        ({"/data/a/b.conf": "File"}, "Directory", "/data/a", True),
        ({"/data/a/b.conf": "File"}, "FileOrCreate", "/data/a/c.conf", True),
        ({"/dev/ttyUSB0": "CharDevice"}, "CharDevice", "/dev/ttyUSB0", True),
        ({"/var/log": MISSING}, "Directory", "/var/log", False),
        ({"/var/log": MISSING}, "DirectoryOrCreate", "/var/log", True),
        ({"/data": "File"}, "Directory", "/data", False),
    ],
)
def test_a_scenario_states_what_is_at_paths(stated: dict[str, str], type_: str, path: str, is_mounted: bool) -> None:
    assert (check(type_, path, stated) == "") is is_mounted


def test_a_path_that_was_created_is_there_for_others() -> None:
    paths = HostPaths("containerd", {}, lambda _: None)
    assert paths.problem(HostPathVolumeSource("/data/a", "DirectoryOrCreate")) == ""
    assert [paths.problem(HostPathVolumeSource(path, "Directory")) for path in ("/data/a", "/data")] == ["", ""]


@pytest.mark.parametrize(("path", "same"), [("/var/run/x", "/run/x"), ("//a/../b/", "/b"), ("/var/running", "/var/running"), ("/", "/")])
def test_paths_that_are_the_same(path: str, same: str) -> None:
    assert canonical(path) == same


@pytest.mark.rule("VOL-04")
def test_a_pod_waits_for_a_path_that_is_missing() -> None:
    result = run(pod({"hostPath": {"path": "/data", "type": "Directory"}}))
    assert result.at().pod("web").status == "ContainerCreating"
    message = 'MountVolume.SetUp failed for volume "v" : hostPath type check failed: /data is not a directory'
    assert warnings(result, "FailedMount")[0] == message
    (assumption,) = [one for one in result.assumptions if one["subject"].startswith("node ")]
    assert assumption["override"] == 'cluster: {hostPaths: {"/data": Directory}}'


def test_a_pod_starts_once_another_has_made_the_directory() -> None:
    waits = pod({"hostPath": {"path": "/data/sub", "type": "Directory"}})
    makes = pod({"hostPath": {"path": "/data"}}, name="maker", command=["sh", "-c", "sleep 20; mkdir /v/sub; sleep infinity"])
    result = run(waits, makes, duration="2m")
    assert result.at("15s").pod("web").status == "ContainerCreating"
    assert result.at().pod("web").status == "Running"


def test_a_stated_path_is_no_assumption() -> None:
    volume = pod({"hostPath": {"path": "/data", "type": "Directory"}})
    assert run(volume, cluster={"hostPaths": {"/data": "Directory"}}).at().pod("web").status == "Running"
    refused = run(volume, cluster={"hostPaths": {"/data": "Missing"}})
    assert refused.at().pod("web").status == "ContainerCreating"
    assert not [one for one in refused.assumptions if one["subject"].startswith("node ")]


# ---- PersistentVolumes


def bound(source: dict[str, Any]) -> list[dict[str, Any]]:
    """A PersistentVolume, a claim that it is bound to, and a pod with that claim."""
    spec: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    key, terms = "kubernetes.io/hostname", {"operator": "In", "values": ["minikube"]}
    affinity = {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": key, **terms}]}]}}
    more = {"nodeAffinity": affinity} if "local" in source else {}
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}
    return [
        {**volume, "spec": {**spec, "capacity": {"storage": "1Gi"}, **source, **more}},
        {**claim, "spec": {**spec, "volumeName": "disk", "resources": {"requests": {"storage": "1Gi"}}}},
        pod({"persistentVolumeClaim": {"claimName": "data"}}),
    ]


@pytest.mark.rule("VOL-06")
@pytest.mark.parametrize(
    ("source", "message", "override"),
    [
        (
            {"local": {"path": "/mnt/disks/ssd1"}},
            'MountVolume.NewMounter initialization failed for volume "disk" : path "/mnt/disks/ssd1" does not exist',
            'cluster: {hostPaths: {"/mnt/disks/ssd1": Directory}}',
        ),
        (
            {"hostPath": {"path": "/data", "type": "Directory"}},
            'MountVolume.SetUp failed for volume "disk" : hostPath type check failed: /data is not a directory',
            'cluster: {hostPaths: {"/data": Directory}}',
        ),
        ({"local": {"path": "/mnt"}}, "", ""),
        ({"hostPath": {"path": "/data"}}, "", ""),
        ({"hostPath": {"path": "/data/x", "type": "DirectoryOrCreate"}}, "", ""),
        ({"nfs": {"server": "nfs.example.com", "path": "/"}}, "", ""),
    ],
    ids=["local", "typed hostPath", "local that exists", "hostPath", "created hostPath", "nfs"],
)
def test_what_a_claim_is_bound_to_is_checked_on_the_node(source: dict[str, Any], message: str, override: str) -> None:
    result = run(*bound(source))
    assert result.at().pod("web").status == ("ContainerCreating" if message else "Running")
    assert warnings(result, "FailedMount")[:1] == ([message] if message else [])
    assert [one["override"] for one in result.assumptions if one["subject"].startswith("node ")] == ([override] if override else [])
    if override:
        path = override.split('"')[1]
        assert run(*bound(source), cluster={"hostPaths": {path: "Directory"}}).at().pod("web").status == "Running"


# ---- inline CSI volumes


@pytest.mark.rule("VOL-05")
def test_an_inline_volume_of_a_driver_that_is_not_installed_is_never_mounted() -> None:
    result = run(pod({"csi": {"driver": "secrets-store.csi.k8s.io", "readOnly": True}}), duration="5m")
    assert result.at().pod("web").status == "ContainerCreating"
    assert warnings(result, "FailedMount")[0] == f"{CSI}secrets-store.csi.k8s.io not found in the list of registered CSI drivers"
    (assumption,) = [one for one in result.assumptions if one["subject"].startswith("node ")]
    assert assumption["override"] == "cluster: {csiDrivers: [secrets-store.csi.k8s.io]}"


def test_an_inline_volume_of_an_installed_driver_is_mounted() -> None:
    volume = pod({"csi": {"driver": "csi.example.com"}})
    assert run(volume, cluster={"csiDrivers": ["csi.example.com"]}).at().pod("web").status == "Running"
    driver = {"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": {"name": "csi.example.com"}, "spec": {}}
    assert run(driver, volume).at().pod("web").status == "Running"


# ---- image pull secrets


@pytest.mark.rule("IMG-05")
def test_missing_pull_secrets_are_reported_and_the_pull_is_tried() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "there"}}
    result = run(secret, pod(imagePullSecrets=[{"name": "one"}, {"name": "there"}, {"name": "two"}]))
    text = "Unable to retrieve some image pull secrets (one, two); attempting to pull the image may not succeed."
    assert warnings(result, "FailedToRetrieveImagePullSecret")[0] == text
    assert result.at().pod("web").status == "Running"


def test_secrets_that_exist_are_not_reported() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "there"}}
    assert not warnings(run(secret, pod(imagePullSecrets=[{"name": "there"}])), "FailedToRetrieveImagePullSecret")


def test_that_an_unknown_image_needs_no_secret_is_an_assumption() -> None:
    manifest = pod(imagePullSecrets=[{"name": "regcred"}])
    manifest["spec"]["containers"][0]["image"] = "acme/app:1"
    (assumption,) = [one for one in run(manifest).assumptions if "Secret" in one["text"]]
    assert assumption["override"] == 'images: {"acme/app:1": {failTimes: -1}}'


# ---- image names


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        ("${IMAGE}", "invalid reference format: repository name (library/${IMAGE}) must be lowercase"),
        ("Nginx:1.27", "invalid reference format: repository name (library/Nginx) must be lowercase"),
        ("acme/Web:1", "invalid reference format: repository name (acme/Web) must be lowercase"),
        ("registry.example.com/Web", "invalid reference format: repository name (Web) must be lowercase"),
        ("localhost/Web", "invalid reference format: repository name (Web) must be lowercase"),
        ("Web@sha256:abc", "invalid reference format: repository name (library/Web@sha256) must be lowercase"),
        ("web:", "invalid reference format"),
        ("nginx:1.27", None),
    ],
)
def test_the_error_of_an_image_name(image: str, problem: str | None) -> None:
    assert invalid_reference(image) == problem
