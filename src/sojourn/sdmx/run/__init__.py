"""From a request to a query to a writer."""
