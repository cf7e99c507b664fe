"""The Scenario: what stands beside the manifests, what is inferred where nothing stands, and the actions of a run."""
