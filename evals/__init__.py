"""Runs question files against the assistant and measures the answers. Knows nothing of the user interface."""
