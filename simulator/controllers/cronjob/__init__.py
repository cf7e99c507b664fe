"""CronJobs: Jobs on a schedule (pkg/controller/cronjob)."""
