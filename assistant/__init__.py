"""Searches the index and answers with proved quotes. Knows nothing of browsers or benchmarks."""
