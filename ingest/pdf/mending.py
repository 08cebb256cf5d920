"""Puts a cut-off or damaged PDF file together again from the objects that are still whole.

A PDF's index stands at its end, so a file that was cut off has none. The objects themselves name their numbers; those
in compressed object streams are unpacked, as far as the stream goes, and a new index is written. A page that lacks
anything it draws with, such as a font, would show wrong text, so it is emptied and counts as lost.
"""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+(\d{1,5})\s+obj\b")
_ROOT = re.compile(rb"/Root\s+(\d{1,9})\s+\d{1,5}\s+R")
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b")
_REFERENCE = re.compile(rb"(?<![\d.])(\d{1,9})\s+\d{1,5}\s+R\b")
_PARENT = re.compile(rb"/Parent\s+(\d{1,9})\s+\d{1,5}\s+R\b")
_NOT_DRAWN = re.compile(
    rb"/(?:Parent|StructParents?|Annots|B|Kids|Metadata|Dest|Thumb)\s*(?:\[[^\]]*\]|\d+\s+\d+\s+R\b|\d+)"
)
_CONTENTS = re.compile(rb"/Contents\b")
_MAXIMUM_OBJECT_NUMBER = 2_000_000
_MAXIMUM_UNPACKED_BYTES = 200_000_000


def mend(data: bytes) -> bytes | None:
    """The file with a new index, or None where it is encrypted or holds no whole page."""
    if b"/Encrypt" in data:
        return None
    objects = _objects(data)
    pages = [number for number, body in objects.items() if _PAGE.search(body)]
    broken = [number for number in pages if not _is_whole(number, objects)]
    if len(broken) == len(pages):
        return None
    for number in broken:
        objects[number] = _CONTENTS.sub(b"/Lost", objects[number])
    root = _root(data, objects)
    return _write(objects, root)


def _objects(data: bytes) -> dict[int, bytes]:
    """The body of each whole object by number; a later one replaces an earlier."""
    starts = list(_OBJECT.finditer(data))
    objects: dict[int, bytes] = {}
    room = _MAXIMUM_UNPACKED_BYTES
    for index, match in enumerate(starts):
        number = int(match.group(1))
        limit = starts[index + 1].start() if index + 1 < len(starts) else len(data)
        end = data.rfind(b"endobj", match.end(), limit)
        body = data[match.end() : end if end >= 0 else limit]
        if _OBJECT_STREAM.search(body[:2000]):
            unpacked = _unpack(body, room)
            room -= sum(len(part) for part in unpacked.values())
            objects.update(unpacked)
        elif end >= 0 and number <= _MAXIMUM_OBJECT_NUMBER:
            objects[number] = body
    return objects


def _unpack(body: bytes, room: int) -> dict[int, bytes]:
    """The objects inside a compressed object stream, as many as are whole, in at most `room` bytes."""
    head, found, stream = body.partition(b"stream")
    first, count = re.search(rb"/First\s+(\d+)", head), re.search(rb"/N\s+(\d+)", head)
    if not found or first is None or count is None or b"/FlateDecode" not in head:
        return {}
    try:
        plain = zlib.decompressobj().decompress(stream.lstrip(b"\r\n"), max(room, 1))
    except zlib.error:
        return {}
    start = int(first.group(1))
    numbers = [int(word) for word in plain[:start].split() if word.isdigit()]
    pairs = list(zip(numbers[0::2], numbers[1::2], strict=False))[: int(count.group(1))]
    unpacked = {}
    for index, (number, offset) in enumerate(pairs):
        end = pairs[index + 1][1] if index + 1 < len(pairs) else len(plain) - start
        if start + end <= len(plain) and number <= _MAXIMUM_OBJECT_NUMBER:
            unpacked[number] = plain[start + offset : start + end]
    return unpacked


def _is_whole(page: int, objects: dict[int, bytes]) -> bool:
    """Whether all that the page draws with is there: its contents, and its and its parents' resources."""
    waiting, seen = [page], {page}
    parent = _PARENT.search(objects[page])
    while parent and int(parent.group(1)) in objects and int(parent.group(1)) not in seen:
        above = int(parent.group(1))
        waiting.append(above)
        seen.add(above)
        parent = _PARENT.search(objects[above])
    while waiting:
        body = objects.get(waiting.pop())
        if body is None:
            return False
        drawn = _NOT_DRAWN.sub(b"", body.partition(b"stream")[0])
        for match in _REFERENCE.findall(drawn):
            if int(match) not in seen:
                seen.add(int(match))
                waiting.append(int(match))
    return True


def _root(data: bytes, objects: dict[int, bytes]) -> int:
    """The number of the document's catalog; one is made, with all pages in order of number, where none is left."""
    stated = [int(match) for match in _ROOT.findall(data) if int(match) in objects]
    catalogs = [number for number, body in objects.items() if _CATALOG.search(body)]
    for number in (*reversed(stated), *reversed(catalogs)):
        return number
    pages = sorted(number for number, body in objects.items() if _PAGE.search(body))
    tree = max(objects) + 1
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    objects[tree] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids)
    objects[tree + 1] = b"<< /Type /Catalog /Pages %d 0 R >>" % tree
    return tree + 1


def _write(objects: dict[int, bytes], root: int) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number in sorted(objects):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number].strip(b"\r\n"))
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in offsets.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, offset)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (max(offsets) + 1, root, start)
    return bytes(out)
