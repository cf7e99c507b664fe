"""kubectl's verbs: what each does to the cluster, and what kubectl prints about it. Scenarios and the command line both come here."""
