"""Builds the index, generation by generation."""
