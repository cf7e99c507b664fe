"""What the API server adds to every new pod: its service account's token, its priority, tolerations of unreachable nodes."""

from __future__ import annotations

import random

from simulator.api.admission_refusal import forbidden
from simulator.api.authorization.tokens import DEFAULT_ACCOUNT, TOKEN_PATH
from simulator.api.names import suffix
from simulator.journal.reads import Reads
from simulator.manifest.qos import qos_class
from simulator.objects import labels
from simulator.objects.affinity import Toleration
from simulator.objects.base import evolve
from simulator.objects.config import ServiceAccount
from simulator.objects.container import Container, ObjectFieldSelector, VolumeMount
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.scheduling import PriorityClass
from simulator.objects.volume import (
    ConfigMapProjection,
    DownwardAPIProjection,
    DownwardAPIVolumeFile,
    KeyToPath,
    ProjectedVolumeSource,
    ServiceAccountTokenProjection,
    Volume,
    VolumeProjection,
)

TOKEN_VOLUME = "kube-api-access-"
TOKEN_SECONDS = 3607
FILE_MODE = 0o644
TOLERATION_SECONDS = 300
TOLERATED_TAINTS = (labels.NOT_READY, labels.UNREACHABLE)
SYSTEM_CLASSES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""Priority classes that every cluster has."""
PREEMPT = "PreemptLowerPriority"


def service_account(pod: Pod, reads: Reads, stream: random.Random) -> Pod:
    """Set the account, mount its token, use its pull secrets (plug-in ServiceAccount). Raises ApiError (Forbidden).

    The account `default` may be missing: its controller creates it with the namespace.
    """
    name = pod.spec.service_account_name or DEFAULT_ACCOUNT
    account = reads.get(Key("ServiceAccount", pod.metadata.namespace, name))
    if not isinstance(account, ServiceAccount):
        if name != DEFAULT_ACCOUNT:
            place = f"{pod.metadata.namespace}/{name}"
            raise forbidden(pod, f'error looking up service account {place}: serviceaccount "{name}" not found')
        account = ServiceAccount()
    spec = evolve(pod.spec, service_account_name=name, service_account=name)
    spec = evolve(spec, image_pull_secrets=spec.image_pull_secrets or account.image_pull_secrets)
    settings = (spec.automount_service_account_token, account.automount_service_account_token)
    automount = next((setting for setting in settings if setting is not None), True)
    pod = evolve(pod, spec=spec)
    return _with_token(pod, stream) if automount else pod


def _with_token(pod: Pod, stream: random.Random) -> Pod:
    """Add the token's volume and mount it in every container that has nothing mounted at its path."""
    spec = pod.spec
    present = next((volume.name for volume in spec.volumes if volume.name.startswith(TOKEN_VOLUME)), "")
    name = present or TOKEN_VOLUME + suffix(stream)
    needed = any(_needs_token(item) for item in (*spec.containers, *spec.init_containers))
    return evolve(
        pod,
        spec=evolve(
            spec,
            containers=[_mounted(item, name) for item in spec.containers],
            init_containers=[_mounted(item, name) for item in spec.init_containers],
            volumes=[*spec.volumes, token_volume(name)] if needed and not present else spec.volumes,
        ),
    )


def _needs_token(item: Container) -> bool:
    return all(mount.mount_path != TOKEN_PATH for mount in item.volume_mounts)


def _mounted(item: Container, name: str) -> Container:
    if not _needs_token(item):
        return item
    return evolve(item, volume_mounts=[*item.volume_mounts, VolumeMount(name=name, read_only=True, mount_path=TOKEN_PATH)])


def token_volume(name: str) -> Volume:
    """The volume with the token, the cluster's certificate and the namespace's name."""
    field = ObjectFieldSelector(api_version="v1", field_path="metadata.namespace")
    sources = [
        VolumeProjection(service_account_token=ServiceAccountTokenProjection(expiration_seconds=TOKEN_SECONDS, path="token")),
        VolumeProjection(config_map=ConfigMapProjection(name="kube-root-ca.crt", items=[KeyToPath(key="ca.crt", path="ca.crt")])),
        VolumeProjection(downward_api=DownwardAPIProjection(items=[DownwardAPIVolumeFile(path="namespace", field_ref=field)])),
    ]
    return Volume(name=name, projected=ProjectedVolumeSource(sources=sources, default_mode=FILE_MODE))


def priority(pod: Pod, reads: Reads) -> Pod:
    """Set the priority of the pod's class, or of the default class (plug-in Priority). Raises ApiError (Forbidden)."""
    chosen = _class_of(pod, reads)
    spec, value, policy = pod.spec, chosen.value or 0, chosen.preemption_policy or PREEMPT
    if spec.priority is not None and spec.priority != value:
        raise forbidden(
            pod,
            f"the integer value of priority ({spec.priority}) must not be provided in pod spec; "
            f"priority admission controller computed {value} from the given PriorityClass name",
        )
    if spec.preemption_policy and spec.preemption_policy != policy:
        raise forbidden(
            pod,
            f"the string value of PreemptionPolicy ({spec.preemption_policy}) must not be provided in pod spec; "
            f"priority admission controller computed {policy} from the given PriorityClass name",
        )
    return evolve(pod, spec=evolve(spec, priority=value, priority_class_name=chosen.metadata.name, preemption_policy=policy))


def _class_of(pod: Pod, reads: Reads) -> PriorityClass:
    name = pod.spec.priority_class_name
    if not name:
        defaults = [item for item in reads.typed(PriorityClass) if item.global_default]
        # Several defaults are possible only after a race: the lowest counts.
        return min(defaults, key=lambda item: item.value or 0, default=PriorityClass())
    named = reads.get(Key("PriorityClass", "", name))
    if isinstance(named, PriorityClass):
        return named
    if name not in SYSTEM_CLASSES:
        raise forbidden(pod, f"no PriorityClass with name {name} was found")
    none = PriorityClass()
    return evolve(none, metadata=evolve(none.metadata, name=name), value=SYSTEM_CLASSES[name])


def tolerations(pod: Pod) -> Pod:
    """Tolerate an unreachable node for five minutes, unless the pod has such tolerations (plug-in DefaultTolerationSeconds)."""
    present = pod.spec.tolerations
    missing = [
        Toleration(key=key, operator="Exists", effect="NoExecute", toleration_seconds=TOLERATION_SECONDS)
        for key in TOLERATED_TAINTS
        if not any(item.key in (key, "") and item.effect in ("NoExecute", "") for item in present)
    ]
    return evolve(pod, spec=evolve(pod.spec, tolerations=[*present, *missing])) if missing else pod


def with_status(pod: Pod) -> Pod:
    """Set the status of a new pod: Pending, with the QoS class of its resources after admission."""
    return evolve(pod, status=evolve(pod.status, phase="Pending", qos_class=qos_class(pod.spec)))
