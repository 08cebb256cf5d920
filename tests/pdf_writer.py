"""A very small PDF writer for tests: lines of Latin-1 text at given places, rules and bookmarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FONTS = {"regular": "Helvetica", "bold": "Helvetica-Bold", "italic": "Helvetica-Oblique", "mono": "Courier"}


@dataclass
class Sheet:
    """One page in points; `texts` are (x, y, size, font, text) with y from the bottom, `rules` (x0, y, x1).

    `walls` are upright rules (x, y0, y1), `turned` texts as above that run upwards, `bars` filled
    rectangles (x, y, width, height).
    """

    texts: list[tuple[float, float, float, str, str]] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)
    walls: list[tuple[float, float, float]] = field(default_factory=list)
    bars: list[tuple[float, float, float, float]] = field(default_factory=list)
    turned: list[tuple[float, float, float, str, str]] = field(default_factory=list)
    width: float = 595
    height: float = 842
    rotate: int = 0
    crop: tuple[float, float, float, float] | None = None

    def write(self, x: float, y: float, text: str, size: float = 10, font: str = "regular") -> Sheet:
        self.texts.append((x, y, size, font, text))
        return self

    def paragraph(self, x: float, y: float, lines: list[str], size: float = 10, leading: float = 13) -> float:
        for line in lines:
            self.write(x, y, line, size)
            y -= leading
        return y


def save(
    path: Path, sheets: list[Sheet], title: str | None = None, outline: list[tuple[str, int]] | None = None
) -> Path:
    """Writes the file; `outline` are (title, page index) bookmarks of one level."""
    objects: list[bytes] = [b"", b""]

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    fonts = b" ".join(
        b"/%s %d 0 R"
        % (
            name.encode(),
            add(b"<< /Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /BaseFont /%s >>" % base.encode()),
        )
        for name, base in FONTS.items()
    )
    pages = []
    for sheet in sheets:
        drawn = [
            f"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj ET"
            for x, y, size, font, text in sheet.texts
        ]
        drawn += [
            f"BT /{font} {size} Tf 0 1 -1 0 {x} {y} Tm ({_escaped(text)}) Tj ET"
            for x, y, size, font, text in sheet.turned
        ]
        drawn += [f"{x0} {y} m {x1} {y} l S" for x0, y, x1 in sheet.rules]
        drawn += [f"{x} {y} {width} {height} re f" for x, y, width, height in sheet.bars]
        drawn += [f"{x} {y0} m {x} {y1} l S" for x, y0, y1 in sheet.walls]
        data = "\n".join(drawn).encode("cp1252")
        contents = add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data))
        box = sheet.width, sheet.height, sheet.rotate
        crop = b"/CropBox [%g %g %g %g]" % sheet.crop if sheet.crop else b""
        pages.append(
            add(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Rotate %d %s /Contents %d 0 R"
                b" /Resources << /Font << %s >> >> >>" % (*box, crop, contents, fonts)
            )
        )
    marks = _bookmarks(outline or [], pages, add)
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % marks
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids)
    info = add(b"<< /Title (%s) >>" % _escaped(title).encode("cp1252")) if title else 0
    path.write_bytes(_file(objects, info))
    return path


def _bookmarks(outline: list[tuple[str, int]], pages: list[int], add) -> bytes:
    if not outline:
        return b""
    first = add(b"") - 1
    numbers = [add(b"") for _ in outline]
    objects = add.__closure__[0].cell_contents
    for index, (title, page) in enumerate(outline):
        following = b"/Next %d 0 R" % numbers[index + 1] if index + 1 < len(numbers) else b""
        objects[numbers[index] - 1] = b"<< /Title (%s) /Parent %d 0 R /Dest [%d 0 R /Fit] %s >>" % (
            _escaped(title).encode("cp1252"),
            first + 1,
            pages[page],
            following,
        )
    objects[first] = b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % (
        numbers[0],
        numbers[-1],
        len(numbers),
    )
    return b"/Outlines %d 0 R" % (first + 1)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: list[bytes], info: int) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    stated = b"/Info %d 0 R" % info if info else b""
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, stated, start)
    return bytes(out)
