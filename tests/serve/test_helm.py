"""helm against a served cluster: install, upgrade that removes a field, rollback, tests, a wait that fails, uninstall."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.serve.clock import Pace
from tests.serve.clients import client
from tests.serve.serving import served
from tests.serve.talk import session

CHART = Path(__file__).with_name("chart")
ALL = bool(os.environ.get("PODSIM_ALL_CLIENTS"))
FAILS = {
    "helm-3": "Error: UPGRADE FAILED: context deadline exceeded",
    "helm-4": "Error: UPGRADE FAILED: resource Deployment/default/shop-web not ready. status: Failed, message: Progress deadline exceeded",
}


@pytest.mark.parametrize(
    "name", ["helm-4", pytest.param("helm-3", marks=pytest.mark.skipif(not ALL, reason="make test-clients: it polls"))]
)
def test_a_release(name: str, tmp_path: Path) -> None:
    helm, kubectl = client(name), client("kubectl-1.37")
    with served(session(), tmp_path, Pace("auto")) as at:

        def run(*args: str | Path) -> str:
            ran = at.run(helm, *args)
            assert ran.code == 0, ran
            return ran.out

        def data() -> str:
            return at.run(kubectl, "get", "configmap", "shop-settings", "-o", "jsonpath={.data}").out

        assert "STATUS: deployed\nREVISION: 1" in run("install", "shop", CHART, "--wait", "--timeout", "2m")
        assert at.run(kubectl, "get", "deployment", "shop-web", "-o", "jsonpath={.status.readyReplicas}").out == "2"
        assert "REVISION: 2" in run("upgrade", "shop", CHART, "--set", "extra=", "--wait", "--timeout", "2m")
        assert data() == '{"colour":"blue"}', "what the chart no longer names is removed"
        assert run("rollback", "shop", "1", "--wait") == "Rollback was a success! Happy Helming!\n"
        assert data() == '{"colour":"blue","extra":"yes"}'
        assert "Phase:          Succeeded" in run("test", "shop")
        failed = at.run(helm, "upgrade", "shop", CHART, "--set", "probe=81", "--wait", "--timeout", "5s")
        assert (failed.code, failed.err.strip().splitlines()[-1]) == (1, FAILS[name])
        assert [line.split("\t")[2].strip() for line in run("history", "shop").splitlines()[1:]] == [
            "superseded", "superseded", "deployed", "failed",
        ]  # fmt: skip
        assert run("uninstall", "shop", "--wait") == 'release "shop" uninstalled\n'
        assert at.run(kubectl, "get", "deployments,services,configmaps", "-l", "app.kubernetes.io/managed-by=Helm").out == ""
