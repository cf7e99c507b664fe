"""`kubectl set image|resources` (kubectl/pkg/cmd/set)."""

from __future__ import annotations

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import ALL, BOTH, COMMON, DRY_RUN, SELECTOR, Verb, about, nothing_named, options, pairs, parsed_pairs
from simulator.kubectl.write.acting import SELECTION, Acting, Writing
from simulator.kubectl.write.pod_specs import chosen_containers, update
from simulator.objects.base import JSON


def _set_image(words: Words) -> Request:
    args, changes = pairs(words.args, "image")
    images = parsed_pairs(changes, "image", removes=False)
    wrong = []
    if words["all"] and words["selector"]:
        wrong.append(BOTH)
    if not args and not words["filename"]:
        raise Refusal(nothing_named())
    if not images:
        wrong.append("at least one image update is required")
    elif len(images) > 1 and "*" in images:
        wrong.append("all containers are already specified by *, but saw more than one container_name=container_image pairs")
    if wrong:
        raise Refusal("\n".join(wrong))
    return about("setImage", words, args, options(words, "selector", "all"), **{"with": images})


def _set_resources(words: Words) -> Request:
    if words["all"] and words["selector"]:
        raise Refusal(BOTH)
    if not words["limits"] and not words["requests"]:
        raise Refusal("you must specify an update to requests or limits (in the form of --requests/--limits)")
    chosen = options(words, "selector", "all", "containers", limits=_amounts(words["limits"]), requests=_amounts(words["requests"]))
    return about("setResources", words, words.args, chosen)


def _amounts(text: str) -> dict[str, str] | None:
    """`cpu=100m,memory=64Mi`. Raises Refusal."""
    from simulator.units import parse_quantity

    if not text:
        return None
    amounts = {}
    for term in text.split(","):
        parts = term.split("=")
        if len(parts) != 2:
            raise Refusal(f"invalid argument syntax {term}, expected <resource>=<value>")
        try:
            parse_quantity(parts[1])
        except ValueError:
            pattern = "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            raise Refusal(f"quantities must match the regular expression {pattern}") from None
        amounts[parts[0]] = parts[1]
    return amounts


SET = (SELECTOR, ALL, DRY_RUN, Flag("local", "bool", help="Accepted, but has no effect."), *COMMON)


CONTAINERS = Flag("containers", short="c", default="*", metavar="NAMES", help="Names of the containers; * matches any text.")


def set_image(acting: Acting) -> None:
    """`set image`: containers by name, `*` for all, init containers too."""
    images: dict[str, str] = acting.option("with", {})

    def change(spec: JSON) -> None:
        for name, image in images.items():
            chosen = [item for item in (*(spec.get("initContainers") or []), *spec["containers"]) if name in ("*", item["name"])]
            if not chosen:
                acting.troubles.append(Complaint(f'error: unable to find container named "{name}"'))
            for item in chosen:
                item["image"] = image

    update(acting, change, "image updated", "failed to patch image update to pod template: ")


def set_resources(acting: Acting) -> None:
    """`set resources`: amounts are added to what containers have, those of the same name replaced."""
    desired = {group: acting.option(group) for group in ("limits", "requests") if acting.option(group)}

    def change(spec: JSON) -> None:
        chosen = chosen_containers(acting, spec)
        if not chosen:
            acting.troubles.append(Complaint(f"error: unable to find container named {acting.option('containers', '*')}"))
        for item in chosen:
            resources_of = item.setdefault("resources", {})
            for group, amounts in desired.items():
                resources_of[group] = {**(resources_of.get(group) or {}), **amounts}

    update(acting, change, "resource requirements updated", "failed to patch resources update to pod template ")


VERBS: tuple[Verb, ...] = (
    Verb(("set", "image"), "image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ...", "Set the image of containers.",
    SET, _set_image,
         ("set image deployment/web server=nginx:1.27",)),
    Verb(("set", "resources"), "resources (-f FILENAME | TYPE NAME) [--limits=LIMITS] [--requests=REQUESTS]",
    "Set resource requests and limits.",
         (*SET, CONTAINERS, Flag("limits", metavar="AMOUNTS", help="cpu=200m,memory=512Mi"),
          Flag("requests", metavar="AMOUNTS", help="cpu=100m,memory=256Mi")), _set_resources,
         ("set resources deployment/web --limits=cpu=200m,memory=512Mi",)),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "setImage": Writing(set_image, ("with", *SELECTION)),
    "setResources": Writing(set_resources, ("limits", "requests", "containers", *SELECTION)),
}
