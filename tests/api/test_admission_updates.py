"""What may become of an object that is there: what the server adjusts, and what it refuses."""

import msgspec
import pytest

from simulator.api import ApiError
from simulator.objects.affinity import Toleration
from simulator.objects.base import evolve
from simulator.objects.kinds import from_builtins
from tests.api.shelf import V1, admission, made, pod, refusal

STORAGE = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "p"}


def toleration(words):
    """`KEY OPERATOR [VALUE] [EFFECT] [SECONDS]`; the key `-` is empty."""
    key, operator, *rest = words.split()
    value = {"value": rest.pop(0)} if operator == "Equal" else {}
    effect = {"effect": rest.pop(0)} if rest else {}
    return {"key": key.strip("-"), "operator": operator, **value, **effect, **({"tolerationSeconds": int(rest[0])} if rest else {})}


def service(**spec):
    return made({**V1, "kind": "Service", "spec": {"ports": [{"port": 80}], "clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"], **spec}})


def claim(size="1Gi", phase="Bound", capacity="1Gi", **spec):
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": size}}, **spec}
    return made({**V1, "kind": "PersistentVolumeClaim", "spec": spec, "status": {"phase": phase, "capacity": {"storage": capacity}}})


def update(new, old, *items):
    server = admission(*items)
    new = server.admit_update(new, old)
    server.validate_update(new, old)
    server.check_update(new, old)
    return new


def told(new, old, *items):
    with pytest.raises(ApiError) as refused:
        update(new, old, *items)
    return refused.value.message


class TestService:
    @pytest.mark.parametrize("address", ["10.96.0.9", "None"])
    def test_keeps_the_address_that_is_taken_out_of_its_manifest(self, address):
        old = service(clusterIP=address, clusterIPs=[address])
        for left in ([address], []):
            new = update(evolve(old, spec=evolve(old.spec, cluster_ip="", cluster_ips=left)), old)
            assert (new.spec.cluster_ip, new.spec.cluster_ips) == (address, [address])

    def test_loses_what_its_new_type_has_no_use_for(self):
        old = service(
            type="LoadBalancer", ports=[{"port": 80, "nodePort": 30080}], externalTrafficPolicy="Local", healthCheckNodePort=30090
        )
        new = update(evolve(old, spec=evolve(old.spec, type="ClusterIP")), old)
        assert new.spec.ports[0].node_port is None
        assert (new.spec.external_traffic_policy, new.spec.health_check_node_port) == ("", None)
        assert new.spec.allocate_load_balancer_node_ports is None
        assert new.spec.cluster_ip == "10.96.0.9"

    def test_keeps_what_the_user_changed_with_it(self):
        old = service(type="NodePort", ports=[{"port": 80, "nodePort": 30080}])
        spec = evolve(old.spec, type="ClusterIP", external_traffic_policy="Local")
        assert "spec.externalTrafficPolicy" in told(evolve(old, spec=spec), old)

    @pytest.mark.parametrize(("number", "left"), [(30080, None), (30081, 30081)])
    def test_only_node_ports_that_the_user_left_as_they_were_are_dropped(self, number, left):
        old = service(type="NodePort", ports=[{"port": 80, "nodePort": 30080}])
        spec = evolve(old.spec, type="ClusterIP", ports=[evolve(old.spec.ports[0], node_port=number)])
        assert admission().admit_update(evolve(old, spec=spec), old).spec.ports[0].node_port == left

    def test_that_is_only_a_name_has_no_address(self):
        old = service(ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack", internalTrafficPolicy="Cluster")
        spec = update(evolve(old, spec=evolve(old.spec, type="ExternalName", external_name="example.com")), old).spec
        assert (spec.cluster_ip, spec.cluster_ips, spec.ip_families, spec.ip_family_policy) == ("", [], [], "")
        assert not spec.internal_traffic_policy

    def test_keeps_its_address(self):
        old = service()
        message = told(evolve(old, spec=evolve(old.spec, cluster_ip="None")), old)
        assert message == 'Service "x" is invalid: spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set'


def test_tolerations_of_sick_nodes_come_back():
    old = admission().admit(pod())
    wanted = admission().admit(pod(tolerations=[{"key": "a", "operator": "Exists"}])).spec.tolerations[:1]
    new = update(evolve(old, spec=evolve(old.spec, tolerations=wanted)), old)
    assert [item.key for item in new.spec.tolerations] == ["a", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]


class TestClaim:
    growing = made({**STORAGE, "allowVolumeExpansion": True}, "fast", "")

    def test_grows_when_its_class_allows_it(self):
        update(claim("2Gi"), claim(), self.growing)

    @pytest.mark.parametrize("items", [(), (made(STORAGE, "fast", ""),)])
    def test_does_not_grow_without(self, items):
        expected = (
            'persistentvolumeclaims "x" is forbidden: only dynamically provisioned pvc can be resized and '
            "the storageclass that provisions the pvc must support resize"
        )
        assert told(claim("2Gi"), claim(), *items) == expected

    def test_does_not_shrink(self):
        expected = (
            'PersistentVolumeClaim "x" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'
        )
        assert told(claim("1Gi"), claim("2Gi")) == expected

    def test_shrinks_to_what_is_more_than_it_has(self):
        update(claim("2Gi"), claim("3Gi"))

    def test_is_fixed_while_it_waits(self):
        assert "spec is immutable after creation except" in told(claim("2Gi", phase="Pending"), claim(phase="Pending"))

    def test_may_be_given_a_class_once(self):
        update(claim(), claim(storageClassName=None))
        for name in ("slow", ""):
            assert "spec is immutable after creation except" in told(claim(storageClassName=name), claim())
        assert "spec is immutable after creation except" in told(claim(), claim(storageClassName=""))


class TestRuntimeClass:
    gvisor = from_builtins(
        {
            "apiVersion": "node.k8s.io/v1",
            "kind": "RuntimeClass",
            "metadata": {"name": "gvisor"},
            "handler": "runsc",
            "overhead": {"podFixed": {"cpu": "0.25"}},
            "scheduling": {"nodeSelector": {"sandbox": "yes"}, "tolerations": [{"key": "sandbox", "operator": "Exists"}]},
        }
    )

    def test_has_to_be_there(self):
        expected = 'Forbidden: pods "web" is forbidden: pod rejected: RuntimeClass "gvisor" not found'
        assert refusal(pod(runtimeClassName="gvisor")) == expected

    def test_says_what_it_costs_and_where_it_runs(self):
        spec = admission(self.gvisor)(pod(runtimeClassName="gvisor", nodeSelector={"disk": "ssd"})).spec
        assert spec.overhead == {"cpu": "250m"}
        assert spec.node_selector == {"disk": "ssd", "sandbox": "yes"}
        assert "sandbox" in [item.key for item in spec.tolerations]

    def test_narrower_tolerations_are_left_out(self):
        own = [{"key": "sandbox", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}]
        found = admission(self.gvisor)(pod(runtimeClassName="gvisor", tolerations=own)).spec.tolerations
        assert [item.operator for item in found if item.key == "sandbox"] == ["Exists"]

    @pytest.mark.parametrize(
        ("wide", "narrow", "covered"),
        [
            ("k Exists", "k Equal v NoSchedule", True),
            ("k Exists NoSchedule", "k Equal v NoSchedule", True),
            ("k Exists NoExecute", "k Equal v NoSchedule", False),
            ("k Exists NoSchedule", "k Equal v", False),
            ("other Exists", "k Equal v", False),
            ("- Exists", "k Equal v NoExecute", True),
            ("- Exists NoSchedule", "k Exists NoSchedule", True),
            ("k Equal v", "k Equal v NoSchedule", True),
            ("k Equal v", "k Equal w NoSchedule", False),
            ("k Equal v", "k Exists NoSchedule", False),
            ("k Exists NoExecute 60", "k Equal v NoExecute 60", True),
            ("k Exists NoExecute 60", "k Equal v NoExecute 61", False),
            ("k Exists NoExecute 60", "k Equal v NoExecute", False),
            ("k Exists NoExecute", "k Equal v NoExecute 60", True),
        ],
    )
    def test_a_toleration_of_the_class_replaces_those_that_it_covers(self, wide, narrow, covered):
        scheduling = {"tolerations": [toleration(wide)]}
        found = admission(evolve(self.gvisor, content={**self.gvisor.content, "scheduling": scheduling}))
        tolerations = found(pod(runtimeClassName="gvisor", tolerations=[toleration(narrow)])).spec.tolerations
        assert (msgspec.convert(toleration(narrow), Toleration) not in tolerations) is covered

    @pytest.mark.parametrize(
        ("spec", "expected"),
        [
            (
                {"runtimeClassName": "gvisor", "overhead": {"cpu": "1"}},
                "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
            ),
            ({"overhead": {"cpu": "1"}}, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"),
            (
                {"runtimeClassName": "gvisor", "nodeSelector": {"sandbox": "no"}},
                "conflict: runtimeClass.scheduling.nodeSelector[sandbox] = yes; pod.spec.nodeSelector[sandbox] = no",
            ),
        ],
    )
    def test_must_be_agreed_with(self, spec, expected):
        assert refusal(pod(**spec), self.gvisor) == f'Forbidden: pods "web" is forbidden: {expected}'


class TestQuota:
    QUOTA = made({**V1, "kind": "ResourceQuota", "spec": {"hard": {"services.nodeports": "1", "requests.storage": "2Gi"}}})

    def quota(self, **used):
        return evolve(self.QUOTA, status=evolve(self.QUOTA.status, hard=self.QUOTA.spec.hard, used=used))

    def test_more_node_ports_are_counted(self):
        old = service(type="ClusterIP")
        new = evolve(old, spec=evolve(old.spec, type="NodePort"))
        (charged,) = admission(self.quota(**{"services.nodeports": "0"})).recharge(new, old)
        assert charged.status.used["services.nodeports"] == "1"
        with pytest.raises(ApiError) as refused:
            admission(self.quota(**{"services.nodeports": "1"})).recharge(new, old)
        asked = "exceeded quota: x, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1"
        assert refused.value.message == f'services "x" is forbidden: {asked}'

    def test_only_the_growth_of_a_claim_is_counted(self):
        (charged,) = admission(self.quota(**{"requests.storage": "1Gi"})).recharge(claim("2Gi"), claim("1Gi"))
        assert charged.status.used["requests.storage"] == "2Gi"
        with pytest.raises(ApiError, match=r"requested: requests\.storage=2Gi, used: requests.storage=1Gi, limited: requests.storage=2Gi"):
            admission(self.quota(**{"requests.storage": "1Gi"})).recharge(claim("3Gi"), claim("1Gi"))

    def test_what_costs_less_or_no_more_is_not_looked_at(self):
        old = service(type="NodePort")
        assert (
            admission(self.quota(**{"services.nodeports": "1"})).recharge(evolve(old, spec=evolve(old.spec, type="ClusterIP")), old) == []
        )
        assert admission(self.quota(**{"services.nodeports": "1"})).recharge(pod(), pod()) == []
