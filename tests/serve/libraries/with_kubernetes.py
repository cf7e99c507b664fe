"""kubernetes, the official client: create, watch, log, exec, scale, replace, server-side apply, delete."""

from kubernetes import client, config, dynamic, watch
from kubernetes.stream import stream

config.load_kube_config()
core, apps = client.CoreV1Api(), client.AppsV1Api()
container = client.V1Container(name="web", image="busybox:1.36", command=["sh", "-c", "echo up; sleep infinity"])
template = client.V1PodTemplateSpec(metadata={"labels": {"app": "web"}}, spec=client.V1PodSpec(containers=[container]))
spec = client.V1DeploymentSpec(replicas=2, selector={"matchLabels": {"app": "web"}}, template=template)
apps.create_namespaced_deployment("default", client.V1Deployment(metadata=client.V1ObjectMeta(name="web"), spec=spec))

running, kinds = set(), []
watcher = watch.Watch()
for event in watcher.stream(core.list_namespaced_pod, "default", timeout_seconds=60, label_selector="app=web"):
    kinds.append(event["type"])
    if event["object"].status.phase == "Running":
        running.add(event["object"].metadata.name)
    if len(running) == 2:
        watcher.stop()
assert kinds[0] == "ADDED"
assert "MODIFIED" in kinds

pod = min(running)
assert core.read_namespaced_pod_log(pod, "default") == "up\n"
command = ["sh", "-c", "echo hi; echo no >&2"]
said = stream(core.connect_get_namespaced_pod_exec, pod, "default", command=command, stderr=True, stdin=False, stdout=True, tty=False)
assert said == "hi\nno\n"
apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 3}})
deployment = apps.read_namespaced_deployment("web", "default")
assert deployment.spec.replicas == 3
deployment.spec.template.spec.containers[0].env = [client.V1EnvVar(name="A", value="b")]
assert apps.replace_namespaced_deployment("web", "default", deployment).metadata.generation == 3
deployment.metadata.resource_version = "1"
try:
    apps.replace_namespaced_deployment("web", "default", deployment)
    status = 200
except client.ApiException as error:
    status = error.status
assert status == 409

config_maps = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="ConfigMap")
for data in ({"a": "1", "b": "2"}, {"a": "1"}):
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied", "namespace": "default"}, "data": data}
    assert config_maps.server_side_apply(body, field_manager="me").data.to_dict() == data
apps.delete_namespaced_deployment("web", "default")
