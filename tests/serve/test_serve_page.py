"""docs/serve.md: its lesson is played with the real kubectl, its program is a test."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.public.simulated_cluster import SimulatedCluster
from simulator.testing.served import served
from tests.conftest import ROOT
from tests.documents.pages import Block, blocks, read, with_blocks
from tests.serve.clients import client

pytest_plugins = ["pytester"]
PAGE = "docs/serve.md"


def test_the_lesson(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    kubectl = client("kubectl-1.37")
    [manifest] = [block for block in blocks(read(PAGE)) if block.title == "web.yaml"]
    file = tmp_path / "web.yaml"
    file.write_text(manifest.text)
    programs = {"kubectl": [str(kubectl)], "podsim": [sys.executable, "-m", "simulator"]}
    with served(SimulatedCluster(str(file)), "manual", tmp_path / "kubeconfig") as server:
        environment = {**os.environ, "KUBECONFIG": str(server.kubeconfig), "HOME": str(tmp_path)}

        def typed(block: Block) -> str:
            if block.language != "console":
                return block.text
            lines = []
            for line in (line for line in block.text.splitlines() if line.startswith("$ ")):
                name, *words = shlex.split(line.removeprefix("$ "))
                run = subprocess.run([*programs[name], *words], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
                lines += [line, *(text.rstrip() for text in (run.stderr + run.stdout).splitlines())]
            return "".join(f"{line}\n" for line in lines)

        renewed = with_blocks(read(PAGE), typed)
    if request.config.getoption("--update-golden"):
        (ROOT / PAGE).write_text(renewed, encoding="utf-8")
    else:
        assert read(PAGE) == renewed


def test_the_program(pytester: pytest.Pytester) -> None:
    [program] = [block.text for block in blocks(read(PAGE)) if block.language == "python"]
    [manifest] = [block.text for block in blocks(read(PAGE)) if block.title == "web.yaml"]
    pytester.path.joinpath("web.yaml").write_text(manifest)
    pytester.makepyfile(test_page=program)
    script = f"#!{sys.executable}\n" + DEPLOY
    pytester.path.joinpath("deploy.sh").write_text(script)
    pytester.path.joinpath("deploy.sh").chmod(0o755)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


DEPLOY = """
import json, os, ssl, urllib.request
config = json.load(open(os.environ["KUBECONFIG"]))
import base64
cluster = config["clusters"][0]["cluster"]
context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
headers = {"Authorization": "Bearer " + config["users"][0]["user"]["token"]}
path = "/apis/apps/v1/namespaces/default/deployments/web"
while True:
    request = urllib.request.Request(cluster["server"] + path, headers=headers)
    with urllib.request.urlopen(request, context=context) as answer:
        if json.load(answer)["status"].get("readyReplicas") == 2:
            break
"""
"""A deploy script that polls: on `auto` time passes as it asks again."""
