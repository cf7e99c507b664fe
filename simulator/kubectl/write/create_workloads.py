"""`kubectl create deployment|job|cronjob`: pods of an image."""

from __future__ import annotations

import hashlib

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import Verb, one_name, options
from simulator.kubectl.write.create import MADE, described, new
from simulator.objects.base import JSON

LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def deployment(words: Words, name: str) -> JSON:
    """A Deployment: containers are called like their images."""
    command = words.args[1:]
    if len(words["image"]) > 1 and command:
        raise Refusal("cannot specify multiple --image options and command")
    own = {"command": command} if command else {}
    containers: list[JSON] = [{**own, "image": image, "name": _container_name(image), "resources": {}} for image in words["image"]]
    if words["port"] >= 0 and containers:
        containers[0]["ports"] = [{"containerPort": words["port"]}]
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    spec = {"replicas": words["replicas"], "selector": {"matchLabels": labels}, "strategy": {}, "template": template}
    return {**new("apps/v1", "Deployment", name, spec=spec, status={}), "metadata": {"name": name, "labels": labels}}


def _container_name(image: str) -> str:
    """The last part of an image's name, without tag and digest. Where letters had to be replaced five more follow (not by chance)."""
    name = image.rpartition("/")[2].partition(":")[0].partition("@")[0]
    if "_" not in name and "." not in name:
        return name
    suffix = "".join(LETTERS[byte % len(LETTERS)] for byte in hashlib.sha256(image.encode()).digest()[:5])
    return f"{name.replace('_', '-').replace('.', '-')}-{suffix}"


def _container(words: Words, name: str) -> JSON:
    command = words.args[1:]
    return {**({"command": command} if command else {}), "image": words["image"], "name": name, "resources": {}}


def job(words: Words, name: str) -> JSON:
    """A Job that runs once."""
    if not words["image"]:
        raise Refusal("either --image or --from must be specified")
    template = {"metadata": {}, "spec": {"containers": [_container(words, name)], "restartPolicy": "Never"}}
    return new("batch/v1", "Job", name, spec={"template": template}, status={})


def cron_job(words: Words, name: str) -> JSON:
    """A CronJob."""
    pod = {"containers": [_container(words, name)], "restartPolicy": words["restart"] or "OnFailure"}
    template = {"metadata": {"name": name}, "spec": {"template": {"metadata": {}, "spec": pod}}}
    return new("batch/v1", "CronJob", name, spec={"jobTemplate": template, "schedule": words["schedule"]}, status={})


def _create_job(words: Words) -> Request:
    if not words["from"]:
        request: Request = described(job)(words)
        return request
    name = one_name(words)
    if words["image"]:
        raise Refusal("either --image or --from must be specified")
    if len(words.args) > 1:
        raise Refusal("cannot specify --from and command")
    return Request("create", f"job/{name}", options(words, "from"))


IMAGE = Flag("image", required=True, metavar="IMAGE", help="Image of the container.")


VERBS: tuple[Verb, ...] = (
    Verb(("create", "deployment"), "deployment NAME --image=image -- [COMMAND] [args...]", "Create a Deployment.",
         (Flag("image", "slice", required=True, metavar="IMAGE", help="Image of a container. Repeatable: one container each."),
          Flag("port", "int32", default=-1, metavar="PORT", help="Port of the container."),
          Flag("replicas", "int32", "r", default=1, metavar="COUNT", help="Number of replicas."), *MADE), described(deployment),
         ("create deployment shop --image=nginx --replicas=2",), ("deploy",)),
    Verb(("create", "job"), "job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]", "Create a Job.",
         (Flag("image", metavar="IMAGE", help="Image of the container."),
         Flag("from", metavar="CRONJOB", help="Create the Job from a CronJob: cronjob/NAME."), *MADE),
         _create_job, ("create job once --image=busybox -- date", "create job now --from=cronjob/tick")),
    Verb(("create", "cronjob"), "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]", "Create a CronJob.",
         (IMAGE, Flag("schedule", required=True, metavar="SCHEDULE", help="Schedule in cron format."),
          Flag("restart", metavar="POLICY", help="OnFailure or Never."), *MADE), described(cron_job),
         ("create cronjob tick --image=busybox --schedule='*/1 * * * *' -- date",), ("cj",)),
)  # fmt: skip
