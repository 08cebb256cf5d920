"""Fetches and reads web pages: what is content, its structure, its dates."""
