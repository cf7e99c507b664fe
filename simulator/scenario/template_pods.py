"""The pods of workloads' templates, so that a Scenario can describe containers that have not started."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator.journal.store import Store
from simulator.objects.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.batch import CronJob, Job
from simulator.objects.kinds import Object
from simulator.objects.meta import ObjectMeta, OwnerReference
from simulator.objects.pod import Pod
from simulator.objects.replication import ReplicationController
from simulator.scenario.programs import ProgramTable


def infer_all(programs: ProgramTable, store: Store, manifests: Iterable[Object]) -> None:
    """Look up the programs and images of all pods, and of those that templates would create."""
    for pod in [*store.typed(Pod), *template_pods(manifests)]:
        for container in (*pod.spec.init_containers, *pod.spec.containers):
            programs.program(pod, container)
            programs.image(container.image)


def template_pods(manifests: Iterable[Object]) -> Iterator[Pod]:
    """One pod for each workload, as its template would create it."""
    for item in manifests:
        if isinstance(item, CronJob) and item.spec.job_template:
            template = item.spec.job_template.spec.template
        elif isinstance(item, Deployment | ReplicaSet | StatefulSet | DaemonSet | Job | ReplicationController) and item.spec.template:
            template = item.spec.template
        else:
            continue
        owners = [OwnerReference(api_version=item.api_version, kind=item.kind, name=item.metadata.name, uid="", controller=True)]
        if isinstance(item, CronJob):
            owners.append(OwnerReference(api_version="batch/v1", kind="Job", name=item.metadata.name, uid=""))
        meta = ObjectMeta(name=item.metadata.name, namespace=item.metadata.namespace, owner_references=owners)
        yield Pod(metadata=meta, spec=template.spec)
