"""An SDMX server over the store: structures as data, pure writers, requests, routes."""
