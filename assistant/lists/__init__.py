"""Lists: initiatives that meet constraints, points that a text counts up, goals beside their outcomes."""
