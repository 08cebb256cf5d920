"""The LangChain retriever, and the chain that the README builds on it."""

from __future__ import annotations

import re
from pathlib import Path

from assistant_tools import StemEmbedder
from langchain_core.language_models import FakeListChatModel

from assistant import retriever
from assistant.inquiry import Library
from assistant.matching import Synonyms
from assistant.retriever import PassageRetriever

README = Path(__file__).parents[1] / "README.md"


def test_passages_come_with_where_they_stand(invented_directory):
    found = PassageRetriever(library=Library(invented_directory, StemEmbedder(), Synonyms()), count=2).invoke(
        "Skogsbruk"
    )
    assert len(found) == 2 and "Skogsbruket" in found[0].page_content
    keys = {"passage_id", "document_id", "title", "page", "section", "kind", "score", "url"}
    assert all(set(one.metadata) == keys for one in found)
    assert found[0].metadata["title"] == "Vidingestrategin 2035" and found[0].metadata["section"][-1] == "Skog och trä"


def test_the_readmes_chain_runs(invented_directory, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?open_retriever.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    library = Library(invented_directory, StemEmbedder(), Synonyms())
    monkeypatch.setattr(retriever, "open_retriever", lambda _: PassageRetriever(library=library))
    named = {"chat_model": FakeListChatModel(responses=["4 200 personer"])}
    exec(code, named)
    assert named["answer"] == "4 200 personer"
