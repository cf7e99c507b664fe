"""How manifests are delivered by helm and Argo CD: hooks, waves, what each waits for, and what it says. Only loaded for such runs."""
