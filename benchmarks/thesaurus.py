"""Makes assistant/texts/thesaurus_sv.txt from the Swedish thesaurus of LibreOffice.

    python -m benchmarks.thesaurus th_sv_SE_v2.dat

The source is th_sv_SE_v2.dat (MyThes format, ISO 8859-1), which LibreOffice and Debian's package mythes-sv carry. Only
single words are kept, for the lexical leg scores words one by one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parent.parent / "assistant" / "texts" / "thesaurus_sv.txt"
NOTICE = """\
# Swedish thesaurus. Copyright 2009 Viggo Kann.
#
# THIS MATERIAL IS PROVIDED AS IS, WITH ABSOLUTELY NO WARRANTY EXPRESSED OR IMPLIED. ANY USE IS AT YOUR OWN RISK.
#
# Permission is hereby granted to use or copy this program for any purpose, provided the above notices are retained on
# all copies. Permission to modify the code and to distribute modified code is granted, provided the above notices are
# retained, and a notice that the code was modified is included with the above copyright notice.
#
# Modified: single words in lower case, one headword a line, made by `python -m benchmarks.thesaurus`.
"""


def entries(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each headword with its synonyms, single words in lower case."""
    lines = iter(text.lower().splitlines())
    for line in lines:
        headword, _, meanings = line.partition("|")
        if not meanings.isdigit():
            continue
        listed = (word for _ in range(int(meanings)) for word in next(lines).split("|")[1:])
        single = tuple(dict.fromkeys(word for word in listed if word.isalpha() and word != headword))
        if headword.isalpha() and single:
            yield headword, single


def main() -> None:
    """Write the file."""
    found = dict(entries(Path(sys.argv[1]).read_text(encoding="iso-8859-1")))
    body = "".join(f"{headword}: {', '.join(words)}\n" for headword, words in sorted(found.items()))
    TARGET.write_text(NOTICE + body, encoding="utf-8")


if __name__ == "__main__":
    main()
