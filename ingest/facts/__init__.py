"""Typed facts: what the documents say of their initiatives, goals and bodies, each with its quote."""
