"""Reads PDF files: characters and boxes, lines, columns, headings, footnotes, tables, scans, page images."""
