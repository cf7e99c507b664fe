"""Which files the scripts of manifests create."""

from __future__ import annotations

import pytest

from simulator.scenario.created_paths import created_paths


@pytest.mark.parametrize(
    ("script", "path", "is_created"),
    [
        ("touch /data/ready", "/data/ready", True),
        ("touch /data/ready", "/elsewhere/ready", True),
        ("mkdir -p -m 0755 /data/db /data/log/", "/data/log/", True),
        ("echo 1 >/data/a; echo 2 >> b", "/x/b", True),
        ("cmd 2>&1 >/dev/null", "/data/1", False),
        ("date | tee -a /data/log", "/data/log", True),
        ("dd if=/dev/zero of=/data/disk", "/data/disk", True),
        ("cp /src/a.conf /data/", "/data/a.conf", True),
        ("cp /src/a.conf /data/", "/src/a.conf", False),
        ("mv /data/tmp /data/final", "/data/final", True),
        ("curl -so /data/model.bin http://x", "/data/model.bin", True),
        ("cat /data/config", "/data/config", False),
        ("test -f '/data/x' && touch '/data/x'", "/data/x", True),
    ],
)
def test_a_script_creates(script: str, path: str, is_created: bool) -> None:
    manifest = {"spec": {"containers": [{"command": ["sh", "-c", script]}]}}
    assert created_paths([manifest]).has(path) == is_created


def test_command_lines_and_scripts_in_config_maps_count() -> None:
    made = created_paths([{"command": ["touch", "/work/done"]}, {"data": {"run.sh": "#!/bin/sh\nmkdir /work/out\n"}}])
    assert made.has("/work/done")
    assert made.has("/work/out")
