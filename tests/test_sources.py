from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.descriptions import load_sources
from ingest.errors import DamagedFile, SourcesInvalid
from ingest.gather import document_ids, find_files, slug

DOCUMENT = '[[document]]\nid = "plan"\ntitle = "Planen"\npath = "plan.txt"\nyear = 2023\n'
ORIGINAL = (
    '[[original]]\nid = "original"\ntitle = "Originalet"\nurl = "https://region.example/plan"\nreplaces = "plan"\n'
)


def write(folder: Path, text: str) -> Path:
    (folder / "plan.txt").write_text("Planen.", encoding="utf-8")
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return folder / "sources.toml"


def test_documents_and_originals_are_listed(tmp_path: Path) -> None:
    (document, _), (original, replaces) = load_sources(write(tmp_path, DOCUMENT + ORIGINAL))
    assert (document.id, document.path, document.year) == ("plan", tmp_path / "plan.txt", 2023)
    assert (original.url, replaces, original.path) == ("https://region.example/plan", "plan", None)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (DOCUMENT + 'colour = "röd"\n', "colour"),
        (DOCUMENT.replace("[[document]]", "[[documents]]"), "documents"),
        (DOCUMENT.replace('title = "Planen"\n', ""), "title"),
        (DOCUMENT.replace("2023", '"2023"'), "year"),
        (DOCUMENT.replace('"plan"', '"Plan A"'), "Plan A"),
        (DOCUMENT.replace("plan.txt", "saknas.txt"), "saknas.txt"),
        (DOCUMENT + DOCUMENT, "plan"),
        (DOCUMENT + ORIGINAL.replace('replaces = "plan"', 'replaces = "annan"'), "annan"),
        (ORIGINAL + 'path = "plan.txt"\n', "path"),
        ("[document]\n", "[[document]]"),
        ("= fel", "sources.toml"),
    ],
)
def test_a_wrong_list_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SourcesInvalid) as caught:
        load_sources(write(tmp_path, text))
    assert named in caught.value.message


def test_checksum(tmp_path: Path) -> None:
    right = hashlib.sha256(b"Planen.").hexdigest()
    ((good, _),) = load_sources(write(tmp_path, f'{DOCUMENT}sha256 = "{right}"\n'))
    ((bad, _),) = load_sources(write(tmp_path, f'{DOCUMENT}sha256 = "{right[::-1]}"\n'))
    assert good.failure is None and isinstance(bad.failure, DamagedFile)


def test_a_folder_is_walked_with_all_but_hidden_files(tmp_path: Path) -> None:
    for name in (
        "b/Årsrapport 2023.pdf",
        "a.HTML",
        ".dold/x.pdf",
        "bild.png",
        "~$plan.docx",
        "b/c/årsrapport-2023.docx",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = find_files(tmp_path)
    paths = {source.path.relative_to(tmp_path).as_posix() for source in found if source.path}
    assert paths == {
        "a.HTML",
        "b/c/årsrapport-2023.docx",
        "b/Årsrapport 2023.pdf",
        "bild.png",
    }
    assert len({source.id for source in found}) == 4
    assert find_files(tmp_path) == found


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("Årsrapport 2023 (slutlig).pdf", "arsrapport-2023-slutlig"),
        ("mapp/Föreläsning.docx", "forelasning"),
        ("https://www.region.example/utveckling/strategi/", "strategi"),
        ("https://region.example/filer/Plan%20B.pdf", "plan-b"),
        ("https://region.example", "region-example"),
        ("https://region.example/visa?id=7", "visa-id-7"),
        ("計画.pdf", "dokument"),
    ],
)
def test_slug(origin: str, expected: str) -> None:
    assert slug(origin) == expected


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=12))
def test_ids_are_unique_and_stable(names: list[str]) -> None:
    origins = [f"{number}/{name}" for number, name in enumerate(names)]
    ids = document_ids(origins)
    assert len(set(ids)) == len(ids)
    assert document_ids(origins) == ids
