"""The fixture `podsim_server`, with a client that comes with Python."""

from __future__ import annotations

import json
import ssl
from typing import Any
from urllib.request import Request, urlopen

import pytest

from simulator.serve.kubeconfig import read_back
from simulator.testing.served import PodsimServer
from tests.conftest import ROOT


def ask(server: PodsimServer, path: str, body: Any = None) -> Any:
    address, token, authority = read_back(server.kubeconfig.read_text())
    data = None if body is None else json.dumps(body).encode()
    request = Request(address + path, data, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    with urlopen(request, context=ssl.create_default_context(cadata=authority)) as answer:
        return json.load(answer)


@pytest.mark.podsim(str(ROOT / "scenarios" / "await-redis"), clock="manual")
def test_clients_and_the_test_see_one_cluster(podsim_server: PodsimServer) -> None:
    pods = "/api/v1/namespaces/pb/pods"
    assert podsim_server.clock.step("2m") == 120
    assert podsim_server.cluster.pod("data-tier-*").ready
    names = [item["metadata"]["name"] for item in ask(podsim_server, pods)["items"]]
    assert names == [pod.name for pod in podsim_server.cluster.pods()]
    assert ask(podsim_server, "/api/v1/namespaces/pb/configmaps", {"metadata": {"name": "x"}})["kind"] == "ConfigMap"
    assert podsim_server.cluster.object("configmap/x") is not None
    podsim_server.cluster.scale("deployment/data-tier", 2)
    podsim_server.clock.step("30s")
    assert len(ask(podsim_server, f"{pods}?labelSelector=tier%3Ddata")["items"]) == 2
    assert podsim_server.kubeconfig.stat().st_mode & 0o777 == 0o600
