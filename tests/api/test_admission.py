"""What the plug-ins of the API server add to new objects, and what they refuse, in their own words."""

import random

import pytest

from simulator.api import ApiError
from simulator.api.admission import Admission
from simulator.dialect import Dialect
from simulator.objects.base import evolve
from tests.api.shelf import V1, Shelf, admission, limits, made, pod, quota, refusal

TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"
SCHEDULING = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass"}


def account(name="default", **fields):
    return made({**V1, "kind": "ServiceAccount", **fields}, name)


def importance(name, value, **fields):
    return made({**SCHEDULING, "value": value, **fields}, name, "")


class TestNamespace:
    def test_has_to_be_there(self):
        assert refusal(made({**V1, "kind": "ConfigMap"}, namespace="nosuch")) == 'NotFound: namespaces "nosuch" not found'

    @pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
    def test_some_always_are(self, name):
        admission()(made({**V1, "kind": "ConfigMap"}, namespace=name))

    def test_takes_nothing_new_while_it_goes(self):
        going = made({**V1, "kind": "Namespace"}, "m", "", deletionTimestamp="2026-01-01T00:00:00Z")
        expected = 'Forbidden: configmaps "x" is forbidden: unable to create new content in namespace m because it is being terminated'
        assert refusal(made({**V1, "kind": "ConfigMap"}, namespace="m"), going) == expected

    def test_objects_of_the_whole_cluster_need_none(self):
        admission()(importance("high", 5))


class TestServiceAccount:
    def test_the_default_one_is_taken_as_there(self):
        spec = admission()(pod()).spec
        assert (spec.service_account_name, spec.service_account) == ("default", "default")

    def test_another_must_be_there(self):
        expected = 'Forbidden: pods "web" is forbidden: error looking up service account n/nosuch: serviceaccount "nosuch" not found'
        assert refusal(pod(serviceAccountName="nosuch")) == expected

    def test_its_token_is_mounted_in_every_container(self):
        spec = admission()(pod(initContainers=[{"name": "i", "image": "b"}])).spec
        (volume,) = spec.volumes
        assert volume.name.startswith("kube-api-access-")
        assert len(volume.name) == len("kube-api-access-xxxxx")
        for item in (*spec.containers, *spec.init_containers):
            assert [(mount.name, mount.mount_path, mount.read_only) for mount in item.volume_mounts] == [(volume.name, TOKEN, True)]

    def test_pods_of_different_names_have_different_token_volumes(self):
        pods = [pod(name="web"), pod(name="db"), pod(name="", meta={"generateName": "web-"}), pod(name="", meta={"generateName": "db-"})]
        plugins = Admission(Shelf(made({**V1, "kind": "Namespace"}, "n", "")), lambda *name: random.Random("/".join(name)), Dialect())
        assert len({plugins(item).spec.volumes[0].name for item in pods}) == 4

    def test_a_token_volume_that_the_pod_brings_along_is_mounted(self):
        """As in a manifest that was exported from a cluster."""
        volumes = [{"name": "kube-api-access-abcde", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}]
        spec = admission()(pod(volumes=volumes)).spec
        assert [volume.name for volume in spec.volumes] == ["kube-api-access-abcde"]
        assert [mount.name for mount in spec.containers[0].volume_mounts] == ["kube-api-access-abcde"]

    def test_whoever_mounts_something_there_gets_none(self):
        item = pod({"volumeMounts": [{"name": "v", "mountPath": TOKEN}]}, volumes=[{"name": "v", "emptyDir": {}}])
        spec = admission()(item).spec
        assert [volume.name for volume in spec.volumes] == ["v"]
        assert [mount.name for mount in spec.containers[0].volume_mounts] == ["v"]

    @pytest.mark.parametrize(
        ("of_pod", "of_account", "expected"),
        [(None, None, 1), (None, False, 0), (True, False, 1), (False, True, 0), (False, None, 0)],
    )
    def test_the_pod_and_then_the_account_decide_about_the_token(self, of_pod, of_account, expected):
        wish = {} if of_pod is None else {"automountServiceAccountToken": of_pod}
        given = {} if of_account is None else {"automountServiceAccountToken": of_account}
        assert len(admission(account(**given))(pod(**wish)).spec.volumes) == expected

    @pytest.mark.parametrize(("own", "expected"), [([], ["theirs"]), ([{"name": "own"}], ["own"])])
    def test_its_pull_secrets_are_used_by_those_who_have_none(self, own, expected):
        spec = admission(account(imagePullSecrets=[{"name": "theirs"}]))(pod(imagePullSecrets=own)).spec
        assert [secret.name for secret in spec.image_pull_secrets] == expected


class TestPriority:
    def chosen(self, item, *classes):
        spec = admission(*classes)(item).spec
        return spec.priority, spec.priority_class_name, spec.preemption_policy

    def test_is_zero(self):
        assert self.chosen(pod()) == (0, "", "PreemptLowerPriority")

    def test_is_the_class(self):
        high = importance("high", 7, preemptionPolicy="Never")
        assert self.chosen(pod(priorityClassName="high"), high) == (7, "high", "Never")

    def test_is_the_default_class(self):
        assert self.chosen(pod(), importance("usual", 3, globalDefault=True)) == (3, "usual", "PreemptLowerPriority")

    def test_is_the_lowest_of_several_default_classes(self):
        classes = [importance(name, value, globalDefault=True) for name, value in (("a", 5), ("b", 3), ("c", 4))]
        assert self.chosen(pod(), *classes) == (3, "b", "PreemptLowerPriority")

    def test_every_cluster_has_two_classes(self):
        assert self.chosen(pod(priorityClassName="system-node-critical"))[0] == 2_000_001_000
        assert self.chosen(pod(priorityClassName="system-cluster-critical"))[0] == 2_000_000_000

    def test_the_class_must_be_there(self):
        expected = 'Forbidden: pods "web" is forbidden: no PriorityClass with name nosuch was found'
        assert refusal(pod(priorityClassName="nosuch")) == expected

    def test_a_number_of_its_own_must_agree(self):
        expected = (
            'Forbidden: pods "web" is forbidden: the integer value of priority (5) must not be provided in pod spec; '
            "priority admission controller computed 0 from the given PriorityClass name"
        )
        assert refusal(pod(priority=5)) == expected

    def test_a_policy_of_its_own_must_agree(self):
        expected = (
            'Forbidden: pods "web" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; '
            "priority admission controller computed PreemptLowerPriority from the given PriorityClass name"
        )
        assert refusal(pod(preemptionPolicy="Never")) == expected

    def test_there_is_only_one_default(self):
        expected = (
            'Forbidden: priorityclasses.scheduling.k8s.io "b" is forbidden: '
            "PriorityClass a is already marked as default. Only one default can exist"
        )
        assert refusal(importance("b", 2, globalDefault=True), importance("a", 1, globalDefault=True)) == expected


@pytest.mark.parametrize(
    ("own", "added"),
    [
        ([], ["not-ready", "unreachable"]),
        ([{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 2}], ["unreachable"]),
        ([{"operator": "Exists"}], []),
        ([{"operator": "Exists", "effect": "NoSchedule"}], ["not-ready", "unreachable"]),
        ([{"key": "dedicated", "operator": "Exists"}], ["not-ready", "unreachable"]),
    ],
)
def test_tolerations_of_sick_nodes(own, added):
    found = admission()(pod(tolerations=own)).spec.tolerations[len(own) :]
    assert [item.key for item in found] == [f"node.kubernetes.io/{key}" for key in added]
    assert {(item.operator, item.effect, item.toleration_seconds) for item in found} <= {("Exists", "NoExecute", 300)}


def test_a_new_pod_is_pending_with_its_class():
    status = admission()(pod({"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}})).status
    assert (status.phase, status.qos_class) == ("Pending", "Guaranteed")


class TestLimitRange:
    # The recording `limitrange`.
    usual = limits(
        {
            "default": {"cpu": "500m", "memory": "256Mi"},
            "defaultRequest": {"cpu": "100m", "memory": "64Mi"},
            "max": {"cpu": "1", "memory": "512Mi"},
            "min": {"cpu": "50m"},
        }
    )
    note = "kubernetes.io/limit-ranger"

    def test_gives_to_who_asks_for_nothing(self):
        found = admission(self.usual)(pod())
        resources = found.spec.containers[0].resources
        assert resources.requests == {"cpu": "100m", "memory": "64Mi"}
        assert resources.limits == {"cpu": "500m", "memory": "256Mi"}
        expected = "LimitRanger plugin set: cpu, memory request for container web; cpu, memory limit for container web"
        assert found.metadata.annotations == {self.note: expected}

    def test_gives_what_is_missing(self):
        found = admission(self.usual)(pod({"resources": {"limits": {"cpu": "250m"}}}))
        resources = found.spec.containers[0].resources
        assert resources.requests == {"cpu": "250m", "memory": "64Mi"}
        assert resources.limits == {"cpu": "250m", "memory": "256Mi"}
        expected = "LimitRanger plugin set: memory request for container web; memory limit for container web"
        assert found.metadata.annotations == {self.note: expected}

    def test_gives_to_init_containers(self):
        found = admission(self.usual)(pod(initContainers=[{"name": "i", "image": "b"}]))
        assert found.metadata.annotations[self.note].endswith("; cpu, memory limit for init container i")

    @pytest.mark.parametrize(
        ("item", "asked", "expected"),
        [
            ({"max": {"cpu": "1"}}, {"limits": {"cpu": "2"}}, "maximum cpu usage per Container is 1, but limit is 2"),
            ({"min": {"cpu": "50m"}}, {"requests": {"cpu": "1m"}}, "minimum cpu usage per Container is 50m, but request is 1m"),
            (
                {"maxLimitRequestRatio": {"cpu": "2"}},
                {"requests": {"cpu": "1"}, "limits": {"cpu": "3"}},
                "cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000",
            ),
            (
                {"type": "Pod", "min": {"memory": "1Gi"}},
                {"requests": {"memory": "1Mi"}},
                "minimum memory usage per Pod is 1Gi, but request is 1Mi",
            ),
            ({"type": "Pod", "max": {"memory": "1Gi"}}, {}, "maximum memory usage per Pod is 1Gi.  No limit is specified"),
            ({"type": "Pod", "min": {"cpu": "1"}}, {}, "minimum cpu usage per Pod is 1.  No request is specified"),
            (
                {"max": {"cpu": "1", "memory": "1Gi"}},
                {"limits": {"cpu": "2", "memory": "2Gi"}},
                "[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi]",
            ),
        ],
    )
    def test_allows_so_much(self, item, asked, expected):
        assert refusal(pod({"resources": asked}), limits(item)) == f'Forbidden: pods "web" is forbidden: {expected}'

    def test_allows_claims_so_much(self):
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}
        claim = made({**V1, "kind": "PersistentVolumeClaim", "spec": spec})
        expected = (
            'Forbidden: persistentvolumeclaims "x" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi'
        )
        assert refusal(claim, limits({"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}})) == expected


class TestQuota:
    def test_is_used_up(self):
        # The recording `quota-pods`.
        expected = 'Forbidden: pods "web" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'
        assert refusal(pod(), quota({"pods": "2"}, {"pods": "2"})) == expected

    def test_names_what_is_exceeded_and_nothing_else(self):
        full = quota(
            {"requests.cpu": "1", "requests.memory": "1Gi", "pods": "9"}, {"requests.cpu": "900m", "requests.memory": "0", "pods": "1"}
        )
        expected = (
            'Forbidden: pods "web" is forbidden: exceeded quota: q, requested: requests.cpu=200m, '
            "used: requests.cpu=900m, limited: requests.cpu=1"
        )
        assert refusal(pod({"resources": {"requests": {"cpu": "200m", "memory": "1Mi"}}}), full) == expected

    def test_obliges_containers_to_ask(self):
        two = [{"name": "b", "image": "i"}, {"name": "a", "image": "i", "resources": {"requests": {"memory": "1Mi"}}}]
        expected = (
            'Forbidden: pods "web" is forbidden: failed quota: q: must specify limits.memory for: a,b; requests.cpu for: a,b; '
            "requests.memory for: b"
        )
        assert refusal(pod(containers=two), quota({"requests.cpu": "1", "requests.memory": "1Gi", "limits.memory": "1Gi"})) == expected

    def test_counts_the_new_one_in(self):
        hard = {"pods": "5", "requests.cpu": "2", "count/pods": "4", "secrets": "3"}
        (charged,) = admission(quota(hard)).charge(pod({"resources": {"requests": {"cpu": "250m"}}}))
        assert charged.status.used == {"pods": "1", "requests.cpu": "250m", "count/pods": "1", "secrets": "0"}

    @pytest.mark.parametrize(
        ("spec", "item", "counted"),
        [
            ({"scopes": ["BestEffort"]}, {}, True),
            ({"scopes": ["NotBestEffort"]}, {}, False),
            ({"scopes": ["Terminating"]}, {"activeDeadlineSeconds": 5}, True),
            ({"scopes": ["NotTerminating"]}, {"activeDeadlineSeconds": 5}, False),
            ({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["a"]}]}}, {}, False),
        ],
    )
    def test_has_scopes(self, spec, item, counted):
        having = admission(quota({"pods": "1"}, **spec))
        assert bool(having.charge(having.admit(pod(**item)))) is counted

    @pytest.mark.parametrize(
        ("kind", "spec", "used"),
        [
            ("Service", {"type": "NodePort", "ports": [{"port": 80}]}, {"services": "1", "services.nodeports": "1"}),
            ("Service", {"type": "LoadBalancer", "ports": [{"port": 1, "name": "a"}]}, {"services.loadbalancers": "1"}),
            ("PersistentVolumeClaim", {"resources": {"requests": {"storage": "3Gi"}}}, {"requests.storage": "3Gi"}),
            ("PersistentVolumeClaim", {"storageClassName": "fast"}, {"fast.storageclass.storage.k8s.io/persistentvolumeclaims": "1"}),
        ],
    )
    def test_counts_other_things(self, kind, spec, used):
        (charged,) = admission(quota(dict.fromkeys(used, "10Gi"))).charge(made({**V1, "kind": kind, "spec": spec}))
        assert charged.status.used == used

    def test_counts_any_kind(self):
        item = made({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {}}}, "d")
        (charged,) = admission(quota({"count/deployments.apps": "2"})).charge(item)
        assert charged.status.used == {"count/deployments.apps": "1"}


class TestStorageClass:
    marked = {"storageclass.kubernetes.io/is-default-class": "true"}

    def claim(self, *classes, **spec):
        item = made({**V1, "kind": "PersistentVolumeClaim", "spec": {"accessModes": ["ReadWriteOnce"], **spec}})
        return admission(*classes).admit(item).spec.storage_class_name

    def storage(self, name, **meta):
        return made({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "p"}, name, "", **meta)

    def test_the_default_one_is_filled_in(self):
        classes = [self.storage("a"), self.storage("b", annotations=self.marked)]
        assert self.claim(*classes) == "b"
        assert self.claim(*classes, storageClassName="a") == "a"
        assert self.claim(*classes, storageClassName="") == ""
        assert not self.claim(classes[0])

    def test_of_several_defaults_the_newest_counts_then_the_first_by_name(self):
        old, new = ({"annotations": self.marked, "creationTimestamp": f"2026-01-01T00:00:0{second}Z"} for second in (1, 2))
        classes = [self.storage("a", **old), self.storage("d", **new), self.storage("c", **new), self.storage("b", **old)]
        assert self.claim(*classes) == "c"


def test_what_breaks_the_rules_is_invalid():
    assert refusal(pod({"image": ""})) == 'Invalid: Pod "web" is invalid: spec.containers[0].image: Required value'


def test_what_may_not_change():
    old = admission()(pod())
    new = evolve(old, spec=evolve(old.spec, host_network=True))
    with pytest.raises(ApiError, match="pod updates may not change fields other than"):
        admission().validate_update(new, old)


def test_a_pod_without_a_name_is_called_by_its_beginning():
    item = pod(name="", meta={"generateName": "web-"}, serviceAccountName="nosuch")
    assert refusal(item).startswith('Forbidden: pods "web-" is forbidden: ')
