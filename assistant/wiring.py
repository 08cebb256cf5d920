"""The one place where the parts of the assistant are put together from the settings."""

from __future__ import annotations

from collections.abc import Callable

from assistant.assistant import Assistant
from assistant.generation import open_chat_generator
from assistant.library import Library
from assistant.settings import Settings
from assistant.synonyms import Synonyms
from ingest.embedding.embedder import Embedder, open_embedder
from ingest.environment import prepare_environment


def embedder_of(settings: Settings, progress: Callable[[str], None]) -> Embedder:
    """The embedder that the settings name. `progress` is told when the default model is built on first use."""
    return open_embedder(settings.embedding_model, settings.cache_dir, settings.threads, progress)


def open_assistant(settings: Settings, progress: Callable[[str], None] = lambda _: None) -> Assistant:
    """The assistant over the index that the settings name.

    :raises IndexUnusable: when there is no index or it was made by another model.
    :raises ModelUnavailable: when the embedding or chat model cannot be had.
    """
    prepare_environment()
    synonyms = Synonyms.load(settings.synonyms_file)
    library = Library(settings.index_dir, embedder_of(settings, progress), synonyms, settings.chroma_server())
    generator = None
    if settings.chat_model is not None:
        key = settings.chat_api_key.get_secret_value() if settings.chat_api_key else None
        generator = open_chat_generator(settings.chat_model, settings.chat_base_url, key, settings.chat_timeout_seconds)
    return Assistant(library, generator, settings.question_maximum_chars)
