"""CronJobs: Jobs by the clock (pkg/controller/cronjob)."""
