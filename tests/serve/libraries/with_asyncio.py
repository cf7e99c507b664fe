"""kubernetes_asyncio: create, watch, log, patch, exec over WebSocket, delete."""

import asyncio

from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.stream import WsApiClient

CONTAINER = {"name": "c", "image": "busybox:1.36", "command": ["sh", "-c", "echo up; sleep infinity"]}
POD = {"metadata": {"name": "one", "labels": {"a": "b"}}, "spec": {"containers": [CONTAINER]}}
STREAMS = {"stderr": True, "stdin": False, "stdout": True, "tty": False}


async def main() -> None:
    await config.load_kube_config()
    async with client.ApiClient() as api:
        core = client.CoreV1Api(api)
        await core.create_namespaced_pod("default", POD)
        async with watch.Watch().stream(core.list_namespaced_pod, "default", timeout_seconds=60) as events:
            async for event in events:
                if event["object"].status.phase == "Running":
                    break
        assert await core.read_namespaced_pod_log("one", "default") == "up\n"
        await core.patch_namespaced_pod("one", "default", {"metadata": {"labels": {"x": "y"}}})
        assert (await core.read_namespaced_pod("one", "default")).metadata.labels == {"a": "b", "x": "y"}
        async with WsApiClient() as sockets:
            said = await client.CoreV1Api(sockets).connect_get_namespaced_pod_exec("one", "default", command=["echo", "hi"], **STREAMS)
        assert said == "hi\n"
        await core.delete_namespaced_pod("one", "default", grace_period_seconds=0)
        assert (await core.list_namespaced_pod("default")).items == []


asyncio.run(main())
