"""Containers whose commands are interpreted: played in a whole cluster, from YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.cluster import simulate
from simulator.journal.journal import Journal
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus
from simulator.scenario.inputs import Choices
from simulator.units import SECOND


def container(name: str, *command: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": f"{name}:1", "command": list(command), **more}


def sh(name: str, script: str, **more: Any) -> dict[str, Any]:
    return container(name, "sh", "-c", script, **more)


def pod(name: str, *containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    meta = {"name": name, "labels": {"app": name}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"restartPolicy": "Never", **spec, "containers": list(containers)}}


def service(name: str, port: int, target: int) -> dict[str, Any]:
    spec = {"selector": {"app": name}, "ports": [{"port": port, "targetPort": target}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def reader(*resources: str, verbs: tuple[str, ...] = ("get", "list", "watch")) -> list[dict[str, Any]]:
    """A Role for the ServiceAccount `default`, and its binding."""
    group = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": ["*"], "resources": list(resources), "verbs": list(verbs)}]
    role = {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": {"name": "reader"}, "rules": rules}
    subject = {"kind": "ServiceAccount", "name": "default", "namespace": "default"}
    ref = {"apiGroup": group, "kind": "Role", "name": "reader"}
    binding = {"apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": {"name": "reader"}, "roleRef": ref, "subjects": [subject]}
    return [role, binding]


@pytest.fixture
def play(tmp_path: Path) -> Any:
    def run(*objects: dict[str, Any], seconds: int = 60, **scenario: Any) -> Journal:
        (tmp_path / "app.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
        paths = [str(tmp_path / "app.yaml")]
        if scenario:
            whole = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": {"manifests": ["app.yaml"], **scenario}}
            (tmp_path / "scenario.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
            paths = [str(tmp_path / "scenario.yaml")]
        return simulate(paths, Choices(duration=seconds * SECOND))

    return run


def status(journal: Journal, name: str, container: str, at: int | None = None) -> ContainerStatus:
    item = journal.at(journal.end if at is None else at).get(Key("Pod", "default", name))
    assert isinstance(item, Pod)
    return next(s for s in (*item.status.init_container_statuses, *item.status.container_statuses) if s.name == container)


def ended(journal: Journal, name: str, container: str) -> Any:
    state = status(journal, name, container).state.terminated
    assert state is not None, status(journal, name, container).state
    return state


def logs(journal: Journal, container: str) -> list[str]:
    return [line.line for line in journal.at(journal.end).logs() if line.container == container]


def assumed(journal: Journal) -> str:
    return "\n".join(f"{item['subject']}: {item['text']}" for item in journal.header.assumptions or [])


def exits(journal: Journal, container: str) -> list[float]:
    return [fact.t / SECOND for fact in journal.at(journal.end).facts("container.exited") if fact.data["container"] == container]


def starts(journal: Journal, container: str) -> list[float]:
    return [fact.t / SECOND for fact in journal.at(journal.end).facts("container.started") if fact.data["container"] == container]


def test_a_script_prints_and_ends_with_its_code(play: Any) -> None:
    journal = play(pod("a", sh("main", "echo one; sleep 5; echo two >&2; printf three; exit 3")))
    assert logs(journal, "main") == ["one", "two", "three"]
    assert (ended(journal, "a", "main").exit_code, ended(journal, "a", "main").reason) == (3, "Error")
    assert exits(journal, "main")[0] - starts(journal, "main")[0] == pytest.approx(5)


def test_the_kubelet_expands_references_in_commands_but_not_in_scenario_scripts(play: Any) -> None:
    main = container("main", "echo", "$(WHO)", "$$(WHO)", "$(NOBODY)", env=[{"name": "WHO", "value": "you"}])
    assert logs(play(pod("a", main)), "main") == ["you $(WHO) $(NOBODY)"]
    program = {"match": {"container": "main"}, "script": 'echo "$(echo inner) $WHO"'}
    assert logs(play(pod("a", main), programs=[program]), "main") == ["inner you"]


def test_an_init_container_waits_for_a_service_that_becomes_ready(play: Any) -> None:
    server = sh(
        "server",
        "sleep 7; exec python3 -m http.server 8000",
        readinessProbe={"tcpSocket": {"port": 8000}, "periodSeconds": 1},
    )
    wait = sh("wait", "until nslookup db; do sleep 1; done; until nc -z db 80; do echo refused; sleep 1; done")
    app = pod("app", sh("main", "echo up"), initContainers=[wait])
    journal = play(app, pod("db", server), service("db", 80, 8000))
    assert "refused" in logs(journal, "wait")
    programmed = [fact.t / SECOND for fact in journal.at(journal.end).facts("proxy.programmed") if fact.data["ready"] == 1]
    assert programmed[0] <= exits(journal, "wait")[0] <= programmed[0] + 1
    assert logs(journal, "main") == ["up"]


def test_an_init_container_without_its_service_waits_forever(play: Any) -> None:
    wait = sh("wait", "until nslookup nobody; do sleep 2; done")
    journal = play(pod("app", sh("main", "true"), initContainers=[wait]), seconds=120)
    assert status(journal, "app", "wait").state.running is not None
    assert not starts(journal, "main")


def test_term_reaches_a_trap_and_kill_ends_a_shell_that_ignores_it(play: Any) -> None:
    polite = sh("polite", "trap 'echo bye; exit 0' TERM; while true; do sleep 1; done")
    deaf = sh("deaf", "sleep 1000; echo never")
    spec = {"terminationGracePeriodSeconds": 9}
    journal = play(pod("a", polite, deaf, **spec), actions=[{"at": "20s", "delete": "pod/a"}])
    assert logs(journal, "polite") == ["bye"]
    assert exits(journal, "polite")[0] == pytest.approx(20, abs=1.1)
    assert exits(journal, "deaf")[0] == pytest.approx(29, abs=0.1)
    codes = {f.data["container"]: f.data["exitCode"] for f in journal.at(journal.end).facts("container.exited")}
    assert codes == {"polite": 0, "deaf": 137}


def test_a_loop_without_a_sleep_keeps_running_and_its_log_says_so(play: Any) -> None:
    journal = play(pod("a", sh("loop", "while :; do :; done"), sh("load", "while true; do run-load --once; echo done; done")))
    for name in ("loop", "load"):
        assert status(journal, "a", name).state.running is not None
        assert sum("a loop without a sleep" in line for line in logs(journal, name)) == 1
        assert f"pod/a {name}: " in assumed(journal)
    assert 20 <= len(logs(journal, "load")) <= 40


def test_unknown_commands_are_steps_or_work_and_named(play: Any) -> None:
    main = sh("main", "migrate --all; exec serve --port 8080", readinessProbe={"tcpSocket": {"port": 8080}, "periodSeconds": 1})
    journal = play(pod("a", main, initContainers=[sh("prepare", "fetch x && exec unpack")]))
    assert status(journal, "a", "main").ready
    text = assumed(journal)
    assert "`migrate --all` exits with 0 at once" in text
    assert "`serve --port 8080` runs forever, listens on 8080" in text
    assert ended(journal, "a", "prepare").exit_code == 0


def test_a_script_of_the_scenario_does_the_work_of_its_container(play: Any) -> None:
    main = {"name": "main", "image": "app", "ports": [{"containerPort": 9000}], "readinessProbe": {"tcpSocket": {"port": 9000}}}
    program = {"match": {"container": "main"}, "script": "sleep 10; exec app --serve"}
    journal = play(pod("a", main), programs=[program])
    assert not status(journal, "a", "main", at=9 * SECOND).ready
    assert status(journal, "a", "main").ready


def test_probes_run_beside_the_script_and_see_its_files(play: Any) -> None:
    probe = {"exec": {"command": ["cat", "/tmp/healthy"]}, "periodSeconds": 1}
    script = "sleep 5; touch /tmp/healthy; sleep 10; rm /tmp/healthy; sleep 60"
    probe["failureThreshold"] = 1
    journal = play(pod("a", sh("main", script, readinessProbe=probe)))
    begin = round(starts(journal, "main")[0] * SECOND)
    ready = [status(journal, "a", "main", at=begin + t * SECOND).ready for t in (4, 8, 14, 20)]
    assert ready == [False, True, True, False]


def test_a_probe_that_takes_too_long_is_cut_off(play: Any) -> None:
    probe = {"exec": {"command": ["sh", "-c", "sleep 5"]}, "periodSeconds": 2, "timeoutSeconds": 1}
    journal = play(pod("a", sh("main", "sleep 1000", readinessProbe=probe)))
    assert not status(journal, "a", "main").ready
    events = [write.item for write in journal.at(journal.end).writes() if write.item.kind == "Event"]
    assert any("timed out" in event.message and "sleep 5" in event.message for event in events)


def test_a_probe_of_an_unknown_image_succeeds_when_only_its_files_are_missing(play: Any) -> None:
    main = {"name": "main", "image": "app", "readinessProbe": {"exec": {"command": ["cat", "/app/ready"]}}}
    journal = play(pod("a", main))
    assert status(journal, "a", "main").ready
    assert "/app/ready exists" in assumed(journal)


def test_exec_rules_of_the_scenario_come_first(play: Any) -> None:
    main = sh("main", "sleep 100", readinessProbe={"exec": {"command": ["true"]}, "periodSeconds": 1})
    program = {"match": {"container": "main"}, "runs": [{"exec": [{"command": "true", "exit": 1}]}]}
    assert not status(play(pod("a", main), programs=[program]), "a", "main").ready
    assert status(play(pod("a", main)), "a", "main").ready


def test_hooks_take_their_time_and_can_stop_their_container(play: Any) -> None:
    stop = {"preStop": {"exec": {"command": ["sh", "-c", "sleep 4; nginx -s quit"]}}}
    journal = play(pod("a", {"name": "main", "image": "nginx", "lifecycle": stop}), actions=[{"at": "20s", "delete": "pod/a"}])
    # Asked by its own command, nginx needs another 100 ms: the catalogue has it.
    assert exits(journal, "main") == [pytest.approx(24.1, abs=0.05)]
    events = [write.item.reason for write in journal.at(journal.end).writes() if write.item.kind == "Event"]
    assert "FailedPreStopHook" not in events


def test_kubectl_in_a_container_reads_the_simulated_cluster(play: Any) -> None:
    script = (
        "until kubectl get pod db -o jsonpath='{.status.phase}' | grep -q Running; do sleep 1; done; kubectl get pods -l app=db -o name"
    )
    journal = play(pod("db", sh("db", "sleep 100")), pod("look", sh("main", script)), *reader("pods"))
    assert logs(journal, "main")[-1] == "pod/db"


def test_the_same_seed_gives_the_same_journal(play: Any) -> None:
    objects = [pod("a", sh("main", "for i in 1 2 3; do echo $RANDOM; sleep 1; done; shuf -i 1-100 | head -1"))]
    assert logs(play(*objects), "main") == logs(play(*objects), "main")


def test_containers_share_their_network(play: Any) -> None:
    client = sh("client", "until wget -qO- http://localhost:8000/; do sleep 1; done")
    server = sh("server", "mkdir /srv/www; echo hello > /srv/www/index.html; sleep 2; exec python3 -m http.server 8000 -d /srv/www")
    assert logs(play(pod("a", server, client)), "client")[-1] == "hello"


def test_hosts_outside_are_taken_to_answer_unless_the_scenario_says_otherwise(play: Any) -> None:
    script = "for h in up.example.com gone.example.org shut.example.net; do nc -z -w 2 $h 443 && echo $h yes || echo $h no; done"
    hosts = {"*.example.org": {"resolves": False}, "shut.*": {"refuses": True}, "slow.example.com": {"delay": "5s"}}
    slow = sh("slow", "wget -T 3 -qO- http://slow.example.com/ || echo late")
    journal = play(pod("a", sh("main", script), slow), cluster={"network": {"hosts": hosts}})
    answers = [line for line in logs(journal, "main") if line.endswith((" yes", " no"))]
    assert answers == ["up.example.com yes", "gone.example.org no", "shut.example.net no"]
    assert logs(journal, "slow")[-1] == "late"
    assert exits(journal, "slow")[0] - starts(journal, "slow")[0] == pytest.approx(3)
    assert "host up.example.com exists and answers" in assumed(journal)
    assert "host shut" not in assumed(journal)


def test_an_unknown_command_that_decides_a_loop_and_names_a_server_waits_for_it(play: Any) -> None:
    init = sh("init", "until some-client --host db --port 5432 ping; do sleep 1; done")
    server = pod("db", sh("server", "sleep 10; nc -lk -p 5432", readinessProbe={"tcpSocket": {"port": 5432}, "periodSeconds": 1}))
    journal = play(pod("a", sh("main", "sleep 100"), initContainers=[init]), server, service("db", 5432, 5432))
    assert exits(journal, "init")[0] > 10
    assert "`some-client --host db --port 5432 ping` succeeds once db:5432 accepts connections" in assumed(journal)


def test_a_program_in_another_language_is_read_where_it_is_a_step_and_not_where_it_is_the_work(play: Any) -> None:
    attempt = "  try:\n    socket.create_connection(('db', 5432))\n    break\n  except OSError:\n    time.sleep(2)\n"
    text = f"import socket, time\nwhile True:\n{attempt}"
    init, main = container("init", "python3", "-c", text), container("main", "python3", "-c", text)
    server = pod("db", sh("server", "sleep 10; nc -lk -p 5432", readinessProbe={"tcpSocket": {"port": 5432}, "periodSeconds": 1}))
    journal = play(pod("a", main, initContainers=[init]), server, service("db", 5432, 5432))
    assert exits(journal, "init")[0] > 10
    assert "waits for db:5432, as its text reads" in assumed(journal)
    assert exits(journal, "main") == []


def test_the_kernel_has_more_settings_than_podsim_knows(play: Any) -> None:
    journal = play(pod("a", sh("main", "echo 262144 > /proc/sys/vm/max_map_count && cat /proc/sys/vm/max_map_count; ls /proc/nothing")))
    assert logs(journal, "main")[0] == "262144"
    assert "No such file" in logs(journal, "main")[1]
