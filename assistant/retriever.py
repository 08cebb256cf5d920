"""The product's retrieval as a LangChain retriever, so that it can stand in any chain."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as Found
from langchain_core.retrievers import BaseRetriever

from assistant.answers import Hit
from assistant.inquiry import Library, look_up
from assistant.settings import Settings
from assistant.wiring import library_of
from ingest.documents import Document


class PassageRetriever(BaseRetriever):
    """Returns at most `count` passages (at most 10), best first, each with where it stands."""

    library: Library
    count: int = 5

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Found]:
        self.library.refresh()
        inquiry = look_up(query, (), frozenset(), self.library)
        documents = {document.id: document for document in inquiry.index.documents}
        return [_found(hit, documents[hit.passage.document_id]) for hit in inquiry.hits()[: self.count]]


def open_retriever(settings: Settings, count: int = 5) -> PassageRetriever:
    """The retriever over the index that the settings name.

    :raises IndexUnusable: when there is no index or it was made by another model.
    :raises ModelUnavailable: when the embedding model cannot be had.
    """
    return PassageRetriever(library=library_of(settings), count=count)


def _found(hit: Hit, document: Document) -> Found:
    passage = hit.passage
    return Found(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "passage_id": passage.id,
            "document_id": passage.document_id,
            "title": passage.title,
            "page": passage.page,
            "section": list(passage.section),
            "kind": passage.kind.value,
            "score": hit.score,
            "url": document.url,
        },
    )
