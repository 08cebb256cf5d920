"""Adobe's Symbol encoding (PDF 1.7, annex D.5): the letters and signs that its codes stand for."""

from __future__ import annotations

SYMBOL_FONT = 0xF000
"""Where fonts without a Unicode encoding, such as Symbol, have their codes."""
_LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SIGNS = dict(zip("\xa3\xb0\xb1\xb3\xb4\xb9\xbb", "≤°±≥×≠≈", strict=True))


def symbol(code: int) -> str | None:
    """What a code of the font stands for, with or without the offset of `SYMBOL_FONT`; None for one not told here."""
    plain = chr(code - SYMBOL_FONT if code >= SYMBOL_FONT else code)
    return _LETTERS.get(plain) or _SIGNS.get(plain)
