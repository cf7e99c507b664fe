"""Many runs: what would be if a value were another one, how a run is spread over its luck, what a change of manifests does."""
