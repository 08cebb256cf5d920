"""Builds the index, generation by generation, and opens it for reading."""
