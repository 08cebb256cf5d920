"""Finds what the documents name and set: initiatives, goals, challenges, focus areas, abbreviations."""
