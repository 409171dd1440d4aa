"""Pictures made by the machines of a Ray cluster."""
