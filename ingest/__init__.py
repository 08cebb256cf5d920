"""Reads documents, cuts them into passages, embeds and indexes them. Knows nothing of questions."""
