"""Deployments: revisions as ReplicaSets, and rollouts from one to the next (pkg/controller/deployment)."""
