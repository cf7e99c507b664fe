"""The Kubernetes API over a running simulation: kubectl, helm and client libraries work against it, with a clock of its own."""
