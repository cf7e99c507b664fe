"""lightkube: create, wait, log, server-side apply that removes a field, patch, watch, delete."""

from lightkube import Client
from lightkube.models.core_v1 import Container, PodSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import ConfigMap, Pod

client = Client(field_manager="lightkube")
spec = PodSpec(containers=[Container("c", image="busybox:1.36", command=["sh", "-c", "echo up; sleep infinity"])])
client.create(Pod(metadata=ObjectMeta(name="one", labels={"a": "b"}), spec=spec))
client.wait(Pod, "one", for_conditions=["Ready"])
assert list(client.log("one")) == ["up\n"]
settings = ConfigMap(metadata=ObjectMeta(name="settings", namespace="default"), data={"a": "1"})
assert client.apply(settings).data == {"a": "1"}
settings.data = {"c": "3"}
assert client.apply(settings).data == {"c": "3"}
assert client.patch(ConfigMap, "settings", {"data": {"d": "4"}}).data == {"c": "3", "d": "4"}
change, pod = next(iter(client.watch(Pod, labels={"a": "b"}, server_timeout=1)))
assert (change, pod.metadata.name) == ("ADDED", "one")
client.delete(Pod, "one", grace_period=0)
assert list(client.list(Pod)) == []
