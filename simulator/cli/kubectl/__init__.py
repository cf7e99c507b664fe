"""kubectl's verbs as commands of podsim: click dispatches and prints help, everything else is in `simulator.kubectl`."""
