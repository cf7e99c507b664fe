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
        "run": Row("run_command", "Simulate manifests and report what happened."),
        "gallery": Row("gallery_command", "List, read, run or copy the bundled scenarios."),
        "serve": Row("serve_command", "Serve the Kubernetes API over a simulation."),
        "clock": Row("clock_command", "Print or move the time of a session of `podsim serve`."),
        "explain": Row("explain_command", "Print the complete Scenario of a run, assumptions included."),
        "infer": Row("infer_command", "Write a Scenario from the pods and events of a real cluster."),
        "compare": Row("compare_command", "Hold a real cluster against its simulation."),
    },
    "Inspect (like kubectl)": {
        "get": Row(KUBECTL, "Display objects as a table, YAML, JSON or custom columns."),
        "describe": Row(KUBECTL, "Show details of an object, with its events."),
        "events": Row(KUBECTL, "List events, oldest first."),
        "logs": Row(KUBECTL, "Print the logs of containers."),
        "rollout": Row(KUBECTL, "Show, pause, resume, restart or undo a rollout."),
        "wait": Row(KUBECTL, "Check whether, and when, a condition is met."),
        "auth": Row(KUBECTL, "Check whether RBAC allows an action."),
        "top": Row(KUBECTL, "Print what pods and nodes use of CPU and memory."),
        "klog": Row("klog_command", "Print the kubelets' own logs, in klog's format."),
    },
    "Understand": {
        "timeline": Row("timeline_command", "Draw containers as bars: restarts, probes, readiness."),
        "play": Row("play_command", "Replay a run in the terminal: pause, seek, change speed."),
        "story": Row("story_command", "List everything that happened: when, who, what, why."),
        "why": Row("why_command", "Trace an object's state back to its YAML and program."),
        "graph": Row("graph_command", "Show dependencies, the critical path and circular waits."),
        "traffic": Row("traffic_command", "Show what clients of a Service get, second by second."),
        "metrics": Row("metrics_command", "Measure a run: time to ready, restarts, downtime."),
    },
    "Change (kubectl's verbs; they continue the last run)": {
        "apply": Row(KUBECTL, "Create or update objects from manifests."),
        "create": Row(KUBECTL, "Create objects from manifests or from flags."),
        "replace": Row(KUBECTL, "Replace existing objects."),
        "expose": Row(KUBECTL, "Create a Service for the pods of an object."),
        "autoscale": Row(KUBECTL, "Create a HorizontalPodAutoscaler for a workload."),
        "scale": Row(KUBECTL, "Set the number of replicas."),
        "set": Row(KUBECTL, "Set images, resources or environment variables."),
        "patch": Row(KUBECTL, "Update fields of an object."),
        "label": Row(KUBECTL, "Add, change or remove labels."),
        "annotate": Row(KUBECTL, "Add, change or remove annotations."),
        "taint": Row(KUBECTL, "Add or remove taints on nodes."),
        "cordon": Row(KUBECTL, "Mark a node unschedulable."),
        "uncordon": Row(KUBECTL, "Mark a node schedulable."),
        "drain": Row(KUBECTL, "Cordon a node and evict its pods."),
        "delete": Row(KUBECTL, "Delete objects."),
        "exec": Row(KUBECTL, "Run a command in a container."),
        "debug": Row(KUBECTL, "Add a container to a pod, or run a pod on a node, to debug it."),
        "edit": Row(KUBECTL, "Not supported: use patch, set, apply or replace."),
        "actions": Row("actions_command", "Print the commands typed since the last run as Scenario actions."),
    },
    "What if": {
        "sweep": Row("sweep_command", "Run with several values of a field and compare."),
        "diff": Row("diff_command", "Compare start-up and rollout of two sets of manifests."),
        "advise": Row("advise_command", "Check time budgets, find common mistakes, solve for settings."),
    },
    "Learn": {
        "learn": Row("learn_command", "Take a lesson: predict, run, explain, fix a manifest."),
        "notebooks": Row("notebooks_command", "Copy the notebooks, to run in JupyterLab."),
        "lab": Row("lab_command", "Open podsim in a browser: editor, sliders, timeline, terminal."),
    },
    "Test": {
        "init": Row("init_command", "Write a first test for your manifests, based on a run of them."),
        "test": Row("test_command", "Run tests and check their expectations."),
        "check": Row("check_command", "Check that a run obeys Kubernetes' invariants."),
    },
    "Share": {
        "report": Row("report_command", "Write a run as one interactive HTML page."),
        "plot": Row("plot_command", "Draw a timeline, or the rollout of a Deployment, as a picture."),
        "export": Row("export_command", "Export a run: JSON, CSV, traces, spans, Mermaid, YAML files."),
    },
    "Other": {
        "versions": Row("klog_command", "List behaviour changes between Kubernetes releases."),
        "schema": Row("schema_command", "Print JSON Schemas of Scenario, Expectations and lesson files."),
        "completion": Row("completion_command", "Print a shell completion script."),
        "help": Row("help_command", "Show help for a command: help create deployment."),
    },
}
"""Title -> its commands, in the order of the help."""
ROWS: dict[str, Row] = {name: row for rows in SECTIONS.values() for name, row in rows.items()}
