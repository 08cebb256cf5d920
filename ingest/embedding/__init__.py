"""Turns texts into vectors, and builds the default model that does it."""
