"""Many runs: sweeps over values of a field, distributions over seeds, and the effect of a change of manifests."""
