"""What an index keeps and how it is opened: Chroma, BM25, readings, and the generations that tie them together."""
