"""HorizontalPodAutoscalers, and the metrics-server that they read."""
