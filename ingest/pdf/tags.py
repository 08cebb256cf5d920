"""What a tagged PDF (from a browser, Word or a typesetter) says of its text: which marked contents are headings."""

from __future__ import annotations

import ctypes
import re

import pypdfium2
import pypdfium2.raw as raw

_HEADING = re.compile(r"H([1-6])")
_MAXIMUM_ELEMENTS = 50_000


def heading_tags(page: pypdfium2.PdfPage) -> dict[int, int]:
    """Heading level, 1 to 6, by number of marked content; empty for a page without tags. The caller holds the lock."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return {}
    levels: dict[int, int] = {}
    try:
        roots = (raw.FPDF_StructTree_GetChildAtIndex(tree, i) for i in range(raw.FPDF_StructTree_CountChildren(tree)))
        waiting = [(element, 0) for element in roots if element]
        for _ in range(_MAXIMUM_ELEMENTS):
            if not waiting:
                break
            element, level = waiting.pop()
            level = level or _level_of(element)
            for index in range(raw.FPDF_StructElement_CountChildren(element)):
                child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
                if child:
                    waiting.append((child, level))
                elif level:
                    levels[raw.FPDF_StructElement_GetChildMarkedContentID(element, index)] = level
    finally:
        raw.FPDF_StructTree_Close(tree)
    return levels


def _level_of(element: object) -> int:
    buffer = ctypes.create_string_buffer(64)
    length = raw.FPDF_StructElement_GetType(element, buffer, len(buffer))
    match = _HEADING.fullmatch(buffer.raw[: max(length - 2, 0)].decode("utf-16-le", errors="replace"))
    return int(match[1]) if match else 0
