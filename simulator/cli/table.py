"""The commands of podsim by section: where each one lives, and its line in the help. Nothing is imported to print that help."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A command: the module of this package that has it in its list COMMANDS (or KUBECTL), and what it is for, in one line."""

    home: str
    short: str


KUBECTL = "kubectl"
"""The home of kubectl's verbs: each is made of what `simulator.kubectl` says of it."""

SECTIONS: dict[str, dict[str, Row]] = {
    "Run": {
        "run": Row("run_command", "Play manifests and show what happened."),
        "gallery": Row("gallery_command", "The scenarios that come with podsim: list, read, run, copy."),
        "explain": Row("explain_command", "The complete Scenario that a run assumes, ready to edit."),
        "infer": Row("infer_command", "A Scenario from the pods and events of a real cluster."),
    },
    "Look at it (as kubectl does)": {
        "get": Row(KUBECTL, "Objects as tables, YAML, JSON, or whatever you ask for."),
        "describe": Row(KUBECTL, "All about an object, with its events."),
        "events": Row(KUBECTL, "Events, oldest first."),
        "logs": Row(KUBECTL, "What containers printed."),
        "rollout": Row(KUBECTL, "How a roll-out went; pause, resume, restart or undo it."),
        "wait": Row(KUBECTL, "Whether, and when, a condition comes true."),
        "auth": Row(KUBECTL, "Whether RBAC lets a user or ServiceAccount do something."),
        "klog": Row("klog_command", "The kubelets' own logs, in klog's format."),
    },
    "See why": {
        "timeline": Row("timeline_command", "Containers as bars on a time axis: restarts, probes, readiness."),
        "play": Row("play_command", "A run as time goes by: pause, seek, faster, event by event."),
        "story": Row("story_command", "Everything that happened, one line each: when, who, what, why."),
        "why": Row("why_command", "Why an object is as it is, back to its YAML and program."),
        "graph": Row("graph_command", "Who waits for whom, the critical path to ready, circles."),
        "traffic": Row("traffic_command", "What clients of a Service see, second by second."),
        "metrics": Row("metrics_command", "Numbers of a run: time to ready, restarts, downtime."),
    },
    "Change it (kubectl's verbs; the last run goes on)": {
        "apply": Row(KUBECTL, "Create objects of manifests, or merge them into what is there."),
        "create": Row(KUBECTL, "Create objects of manifests, or one that is described."),
        "replace": Row(KUBECTL, "Put objects in the place of those that are there."),
        "expose": Row(KUBECTL, "A Service for the pods of an object."),
        "autoscale": Row(KUBECTL, "A HorizontalPodAutoscaler: kept, but it scales nothing here."),
        "scale": Row(KUBECTL, "Set how many replicas are wanted."),
        "set": Row(KUBECTL, "Change images, resources, variables."),
        "patch": Row(KUBECTL, "Change fields of an object."),
        "label": Row(KUBECTL, "Add, change and remove labels."),
        "annotate": Row(KUBECTL, "Add, change and remove annotations."),
        "taint": Row(KUBECTL, "Add and remove taints of nodes."),
        "cordon": Row(KUBECTL, "Keep new pods from a node."),
        "uncordon": Row(KUBECTL, "Let them come again."),
        "drain": Row(KUBECTL, "Evict the pods of a node."),
        "delete": Row(KUBECTL, "Delete objects."),
        "exec": Row(KUBECTL, "Run a command in a container."),
        "edit": Row(KUBECTL, "Refused: use patch, set, apply or replace."),
        "actions": Row("actions_command", "What was typed since the last run, as lines of a Scenario."),
    },
    "What if": {
        "sweep": Row("sweep_command", "What if a value were another one? Many runs, one table."),
        "diff": Row("diff_command", "What a change of manifests does to start-up and rollout."),
        "advise": Row("advise_command", "Start-up budgets and classic mistakes; the smallest budget."),
    },
    "Test": {
        "init": Row("init_command", "Write a first test of your manifests: what is true of today's run."),
        "test": Row("test_command", "Hold Scenarios against what is expected of them."),
    },
    "Share": {
        "report": Row("report_command", "One page to scrub through a run: texts, logs, timeline, story."),
        "plot": Row("plot_command", "Pictures for slides: the timeline, or a Deployment's roll-out."),
        "export": Row("export_command", "Journal, JSON, CSV, traces, spans, Mermaid, objects as files."),
    },
    "Other": {
        "versions": Row("klog_command", "What differs from one Kubernetes release to the next."),
        "schema": Row("schema_command", "JSON Schemas of Scenario and Expectations files, for editors."),
        "completion": Row("completion_command", "A script that completes podsim's words on the Tab key."),
        "help": Row("help_command", "Help about a command: help create deployment."),
    },
}
"""Title -> its commands, in the order of the help."""
ROWS: dict[str, Row] = {name: row for rows in SECTIONS.values() for name, row in rows.items()}
