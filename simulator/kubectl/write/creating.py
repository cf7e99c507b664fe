"""kubectl's verbs that make objects: apply, create, replace, run, expose, autoscale. What a command line describes is built here."""

from __future__ import annotations

from typing import Any

from simulator.kubectl.errors import Refusal, Unsupported
from simulator.kubectl.flags import Flag, Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import (
    DRY_RUN,
    FILENAME,
    KUSTOMIZE,
    OUTPUT,
    QUIET,
    RECURSIVE,
    SELECTOR,
    VALIDATE,
    Verb,
    files,
    need_files,
    one_name,
    options,
    target,
    validation,
)
from simulator.kubectl.write.create_objects import (
    config_map,
    cron_job,
    deployment,
    disruption_budget,
    job,
    namespace,
    plain,
    priority_class,
    quota,
    secret,
    service,
)
from simulator.kubectl.write.run_pod import RUN
from simulator.objects.base import JSON

MADE = (OUTPUT, DRY_RUN, VALIDATE, *QUIET)
FILES = (FILENAME, RECURSIVE, KUSTOMIZE)


# ---- from files


def _apply(words: Words) -> Request:
    if words.args:
        raise Refusal(f"Unexpected args: [{' '.join(words.args)}]", usage=True)
    need_files(words)
    for name in ("server-side", "prune", "force"):
        if words[name]:
            raise Unsupported(f"podsim does not know apply --{name}")
    return Request("apply", _named(words), options(words, validate=_validate(words)), files(words))


def _create(words: Words) -> Request:
    if words.args:
        raise Refusal(f"Unexpected args: [{' '.join(words.args)}]", usage=True)
    need_files(words)
    return Request(
        "create", _named(words), options(words, validate=_validate(words), saveConfig=words["save-config"] or None), files(words)
    )


def _replace(words: Words) -> Request:
    grace = words["grace-period"]
    if grace >= 0 and not words["force"]:
        raise Refusal("--grace-period must have --force specified")
    need_files(words)
    more = {"gracePeriodSeconds": grace} if grace >= 0 else {}
    return Request("replace", _named(words), options(words, "force", validate=_validate(words), **more), files(words))


def _named(words: Words) -> str:
    return "\n".join(words["filename"])


def _validate(words: Words) -> str | None:
    found = validation(words)
    return None if found == "strict" else found


# ---- described


def made(build: Any) -> Any:
    """A `create KIND NAME`: `build(words, name)` gives the object."""

    def understand(words: Words) -> Request:
        name = one_name(words)
        data: JSON = build(words, name)
        chosen = options(words, validate=_validate(words), saveConfig=words["save-config"] or None)
        return Request("create", f"{data['kind'].lower()}/{data['metadata']['name']}", {**chosen, "with": data})

    return understand


def _create_job(words: Words) -> Request:
    if not words["from"]:
        request: Request = made(job)(words)
        return request
    name = one_name(words)
    if words["image"]:
        raise Refusal("either --image or --from must be specified")
    if len(words.args) > 1:
        raise Refusal("cannot specify --from and command")
    return Request("create", f"job/{name}", options(words, "from"))


def _expose(words: Words) -> Request:
    names = ("port", "target-port", "protocol", "type", "name", "session-affinity", "labels", "load-balancer-ip")
    chosen = options(
        words, *names, podSelector=words["selector"] or None, clusterIP=words["cluster-ip"] or None, externalIP=words["external-ip"] or None
    )
    for name in ("port", "targetPort"):
        if str(chosen.get(name, "")).isdigit():
            chosen[name] = int(chosen[name])
    if "loadBalancerIp" in chosen:
        chosen["loadBalancerIP"] = chosen.pop("loadBalancerIp")
    return Request("expose", target(words.args), chosen, files(words))


def _autoscale(words: Words) -> Request:
    least, most = words["min"], words["max"]
    if most < 1:
        raise Refusal(f"--max=MAXPODS is required and must be at least 1, max: {most}")
    if most < least:
        raise Refusal(f"--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}")
    if words["cpu-percent"] >= 0 and words["cpu"]:
        raise Refusal("--cpu-percent and --cpu are mutually exclusive")
    percent = words["cpu-percent"] if words["cpu-percent"] > 0 else None
    return Request("autoscale", target(words.args), options(words, "min", "max", "memory", "name", "cpu", cpuPercent=percent), files(words))


IMAGE = Flag("image", required=True, metavar="IMAGE", help="The image.")
FROM_FILE = (
    Flag("from-file", "array", metavar="[KEY=]FILE", help="A file, or all files of a directory."),
    Flag("from-literal", "array", metavar="KEY=VALUE", help="A key and its value."),
    Flag("from-env-file", "array", metavar="FILE", help="A file of KEY=VALUE lines."),
    Flag("append-hash", "bool", help="Refused."),
)
TCP = Flag("tcp", "slice", metavar="PORT[:TARGET]", help="A port.")
SERVICE_USE = "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]"
SERVICES = {
    "clusterip": ("ClusterIP", "shop --tcp=80:8080", (TCP, Flag("clusterip", metavar="IP", help="An address, or None."))),
    "nodeport": (
        "NodePort", "shop-outside --tcp=80:8080", (TCP, Flag("node-port", "int", default=0, metavar="PORT", help="The port of the nodes.")),
    ),
    "loadbalancer": ("LoadBalancer", "shop-public --tcp=80:8080", (TCP,)),
    "externalname": (
        "ExternalName", "mail --external-name=mail.example.com",
        (TCP, Flag("external-name", required=True, metavar="NAME", help="The name.")),
    ),
}  # fmt: skip
"""Name -> the type of Service, an example behind the name, flags."""

USE_CPU = "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU)."
VERBS: tuple[Verb, ...] = (
    RUN,
    Verb(("apply",), "apply (-f FILENAME | -k DIRECTORY)", "Create objects of manifests, or merge them into what is there.",
         (*FILES, SELECTOR, Flag("server-side", "bool", help="Refused."), Flag("prune", "bool", help="Refused."),
          Flag("force", "bool", help="Refused."), Flag("overwrite", "bool", default=True), Flag("wait", "bool"), *MADE), _apply,
         ("apply -f app.yaml", "apply -f - --dry-run=server")),
    Verb(("create",), "create -f FILENAME", "Create objects of manifests, or one that is described.",
         (*FILES, SELECTOR, Flag("edit", "bool"), *MADE), _create,
         ("create -f app.yaml", "create deployment shop --image=nginx --dry-run=client -o yaml")),
    Verb(("create", "deployment"), "deployment NAME --image=image -- [COMMAND] [args...]", "A Deployment.",
         (Flag("image", "slice", required=True, metavar="IMAGE", help="An image; several make several containers."),
          Flag("port", "int32", default=-1, metavar="PORT", help="A port of the container."),
          Flag("replicas", "int32", "r", default=1, metavar="COUNT", help="How many."), *MADE), made(deployment),
         ("create deployment shop --image=nginx --replicas=2",), ("deploy",)),
    Verb(("create", "job"), "job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]", "A Job.",
         (Flag("image", metavar="IMAGE", help="The image."), Flag("from", metavar="CRONJOB", help="cronjob/NAME: run it now."), *MADE),
         _create_job, ("create job once --image=busybox -- date", "create job now --from=cronjob/tick")),
    Verb(("create", "cronjob"), "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]", "A CronJob.",
         (IMAGE, Flag("schedule", required=True, metavar="SCHEDULE", help="When, as cron writes it."),
          Flag("restart", metavar="POLICY", help="OnFailure or Never."), *MADE), made(cron_job),
         ("create cronjob tick --image=busybox --schedule='*/1 * * * *' -- date",), ("cj",)),
    Verb(("create", "configmap"), "configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
         "A ConfigMap.", (*FROM_FILE, *MADE), made(config_map), ("create configmap settings --from-literal=mode=fast",), ("cm",)),
    Verb(("create", "secret", "generic"),
         "generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
         "A Secret.", (*FROM_FILE, Flag("type", metavar="TYPE", help="Its type."), *MADE), made(secret),
         ("create secret generic token --from-literal=key=abc",)),
    *(Verb(("create", "service", name), f"{name} {SERVICE_USE}", f"A Service of type {type_}.", (*flags, *MADE), made(service(type_)),
           (f"create service {name} {example}",))
      for name, (type_, example, flags) in SERVICES.items()),
    Verb(("create", "namespace"), "namespace NAME [--dry-run=server|client|none]", "A Namespace.", MADE, made(namespace),
         ("create namespace shop",), ("ns",)),
    Verb(("create", "quota"), "quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]",
         "A ResourceQuota.", (Flag("hard", metavar="AMOUNTS", help="pods=3,cpu=1"), Flag("scopes", metavar="SCOPES"), *MADE), made(quota),
         ("create quota small --hard=pods=3",), ("resourcequota",)),
    Verb(("create", "serviceaccount"), "serviceaccount NAME [--dry-run=server|client|none]", "A ServiceAccount.", MADE,
         made(plain("v1", "ServiceAccount")), ("create serviceaccount robot",), ("sa",)),
    Verb(("create", "poddisruptionbudget"),
         "poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]", "A PodDisruptionBudget.",
         (Flag("selector", metavar="LABELS", help="Its pods."), Flag("min-available", metavar="NUMBER|PERCENT", help="So many stay."),
          Flag("max-unavailable", metavar="NUMBER|PERCENT", help="So many may go."), *MADE), made(disruption_budget),
         ("create poddisruptionbudget web --selector=app=web --min-available=1",), ("pdb",)),
    Verb(("create", "priorityclass"), "priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]",
         "A PriorityClass.",
         (Flag("value", "int32", default=0, metavar="VALUE", help="How important."), Flag("global-default", "bool", help="For all pods."),
          Flag("description", metavar="TEXT"), Flag("preemption-policy", default="PreemptLowerPriority", metavar="POLICY"), *MADE),
         made(priority_class), ("create priorityclass high --value=1000",), ("pc",)),
    Verb(("replace",), "replace -f FILENAME", "Put objects in the place of those that are there.",
         (*FILES, Flag("force", "bool", help="Delete, then create."), Flag("cascade", default="background", bare="background"),
          Flag("grace-period", "int", default=-1, metavar="SECONDS", help="With --force."), Flag("timeout", "duration", default="0s"),
          Flag("wait", "bool"), Flag("subresource"), *MADE), _replace, ("replace -f app.yaml",)),
    Verb(("expose",), "expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name]",
         "A Service for the pods of an object.",
         (Flag("port", metavar="PORT", help="Its port."), Flag("target-port", metavar="PORT", help="The pods' port."),
          Flag("protocol", metavar="PROTOCOL", help="TCP, UDP or SCTP."), Flag("type", metavar="TYPE", help="ClusterIP, NodePort, ..."),
          Flag("name", metavar="NAME", help="Its name."), Flag("cluster-ip", metavar="IP", help="An address, or None."),
          Flag("external-ip", metavar="IP"), Flag("load-balancer-ip", metavar="IP"), Flag("session-affinity", metavar="HOW"),
          Flag("labels", short="l", metavar="LABELS"), Flag("selector", metavar="LABELS", help="Its pods."), Flag("overrides"),
          *FILES, OUTPUT, DRY_RUN, *QUIET), _expose, ("expose deployment web --port=80 --target-port=8080",)),
    Verb(("autoscale",), "autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]",
         "A HorizontalPodAutoscaler: kept, but it scales nothing here.",
         (Flag("min", "int32", default=-1, metavar="COUNT", help="At least."),
          Flag("max", "int32", default=-1, required=True, metavar="COUNT", help="At most."),
          Flag("cpu", metavar="SHARE|AMOUNT"), Flag("memory", metavar="SHARE|AMOUNT"),
          Flag("cpu-percent", "int32", default=-1, deprecated=USE_CPU),

          Flag("name", metavar="NAME"), *FILES, OUTPUT, DRY_RUN, *QUIET), _autoscale, ("autoscale deployment web --min=1 --max=3",)),
)  # fmt: skip
