"""The one place where the parts of the assistant are put together from the settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.assistant import Assistant
from assistant.inquiry import Library
from assistant.matching import Synonyms
from assistant.model.chat_model import ChatModel, ChatOptions, open_chat, open_model
from assistant.settings import Settings, SettingsError
from ingest.embedder import Embedder, open_embedder
from ingest.enrichment import Enricher
from ingest.environment import prepare_environment

if TYPE_CHECKING:
    from ingest.gather import Gathered
    from ingest.indexing.planning import BuildOptions


def embedder_of(settings: Settings, progress: Callable[[str], None]) -> Embedder:
    """The embedder that the settings name. `progress` is told when the default model is built on first use."""
    return open_embedder(settings.embedding_model, settings.cache_dir, settings.threads, progress)


def build_options(settings: Settings, full: bool = False, rebuild: bool = False) -> BuildOptions:
    """How documents are read, as the settings say; `full` and `rebuild` as in BuildOptions."""
    from ingest.documents import ReadOptions
    from ingest.indexing.planning import BuildOptions
    from ingest.indexing.reader_pool import Limits

    return BuildOptions(
        full=full,
        rebuild=rebuild,
        workers=settings.workers,
        reading=ReadOptions(ocr=settings.ocr, maximum_pages=settings.maximum_pages, libreoffice=settings.libreoffice),
        limits=Limits(settings.read_memory_mib << 20, settings.read_timeout_seconds),
        server=settings.chroma_server(),
    )


def gathered_by(settings: Settings, what: Sequence[str], folder: Path, follow: int | None = None) -> Gathered:
    """What is to be read: these files, folders and addresses, or the list where none are named.

    What has an address is fetched into `folder`, with links followed so many steps.
    """
    from ingest.gather import gather_listed, gather_named
    from ingest.store.generations import known_records
    from ingest.web.fetch import FetchLimits

    limits, password = FetchLimits(timeout_seconds=settings.fetch_timeout_seconds), settings.opening_password()
    records = known_records(settings.index_dir)
    if what:
        return gather_named(what, folder, password, limits, follow, records)
    return gather_listed(settings.sources_file, folder, password, limits, records)


def chat_of(settings: Settings) -> ChatModel | None:
    """The chat model that the settings name with its fallbacks, None where they name none.

    :raises ModelUnavailable: when a provider is unknown or its package is missing.
    """
    return None if settings.chat_model is None else open_chat(_chat_options(settings.chat_model, settings))


def enricher_of(settings: Settings) -> Enricher:
    """The chat model that the settings name, as a reader of passages.

    :raises SettingsError: when they name none.
    :raises ModelUnavailable: when its provider is unknown or its package is missing.
    """
    from assistant.model.consulting import ChatEnricher

    if settings.chat_model is None:
        raise SettingsError("Att berika indexet kräver en språkmodell: ställ in RUS_CHAT_MODEL.")
    name = settings.chat_model
    return ChatEnricher(name, open_model(name, _chat_options(name, settings), settings.chat_timeout_seconds))


def _chat_options(model: str, settings: Settings) -> ChatOptions:
    others = (name.strip() for name in (settings.chat_fallback_models or "").split(","))
    return ChatOptions(
        models=(model, *(name for name in others if name)),
        base_url=settings.chat_base_url,
        api_key=settings.chat_api_key.get_secret_value() if settings.chat_api_key else None,
        silence_seconds=settings.chat_silence_seconds,
        whole_seconds=settings.chat_timeout_seconds,
    )


def library_of(settings: Settings, progress: Callable[[str], None] = lambda _: None) -> Library:
    """The index that the settings name, with its embedder.

    :raises IndexUnusable: when there is no index or it was made by another model.
    :raises ModelUnavailable: when the embedding model cannot be had.
    """
    prepare_environment()
    synonyms = Synonyms.load(settings.synonyms_file)
    return Library(settings.index_dir, embedder_of(settings, progress), synonyms, settings.chroma_server())


def open_assistant(settings: Settings, progress: Callable[[str], None] = lambda _: None) -> Assistant:
    """The assistant over the index that the settings name; raises as `library_of` and `chat_of` do."""
    return Assistant(
        library_of(settings, progress),
        chat_of(settings),
        settings.question_maximum_chars,
        settings.chat_context_tokens,
        settings.chat_rewrites,
    )
