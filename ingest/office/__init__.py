"""Reads Word, PowerPoint, Excel, CSV, Markdown and plain text."""
