"""The numbers of a run: when things happened to pods and Services, and named metrics of it. Pure functions of a snapshot."""
