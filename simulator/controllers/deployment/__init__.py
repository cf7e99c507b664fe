"""Deployments: revisions as ReplicaSets, and the way from one to the next (pkg/controller/deployment)."""
