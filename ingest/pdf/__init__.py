"""Reads PDF files: characters and their boxes, lines, columns, blocks, headings, footnotes, tables, scans, page images."""
