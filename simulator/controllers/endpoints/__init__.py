"""Who is behind a Service: EndpointSlices and Endpoints."""
