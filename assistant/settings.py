"""Every setting of the product in one object, read once from the environment (prefix RUS_).

Knows nothing of what the settings do. The README's table is kept true by a test that reads `Settings.model_fields`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import RusError
from ingest.store.chroma import ChromaServer

_PREFIX = "RUS_"
_WANTED = {
    "int_parsing": "det ska vara ett heltal",
    "float_parsing": "det ska vara ett tal",
    "bool_parsing": "det ska vara true eller false",
    "greater_than": "det ska vara större än {gt:g}",
    "greater_than_equal": "det ska vara minst {ge:g}",
    "less_than_equal": "det ska vara högst {le:g}",
    "literal_error": "det ska vara {expected}",
}
"""Pydantic's reasons for refusing a value, in words for people."""


class SettingsError(RusError):
    """A setting is unknown or has a value that cannot be used."""


class Settings(BaseSettings):
    """What a server can be told without flags. Unknown RUS_ variables are refused by `load_settings`."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    index_dir: Path = Field(
        default_factory=lambda: user_data_path("rus-assistent", appauthor=False) / "index",
        description="Folder of the index.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("rus-assistent", appauthor=False),
        description="Folder where the default embedding model is built on first use.",
    )
    sources_file: Path = Field(
        default=Path("corpus/sources.toml"), description="The list of documents that `rus ingest` reads."
    )
    embedding_model: str = Field(
        default="multilingual-e5-small",
        description="`multilingual-e5-small`, or a sentence-transformers model by name or folder.",
    )
    threads: int = Field(default=2, ge=1, le=64, description="Threads for embedding.")
    workers: int = Field(default=2, ge=1, le=32, description="Processes that read documents side by side.")
    ocr: bool = Field(default=True, description="Read scans by Tesseract where it is installed.")
    pdf_password: SecretStr | None = Field(default=None, description="Password for protected PDF files.")
    read_timeout_seconds: float = Field(default=60.0, gt=0, description="Longest time for reading one document.")
    libreoffice: str | None = Field(
        default=None, description="LibreOffice (soffice), by which .doc, .xls, .ppt and OpenDocument are read."
    )
    read_memory_mib: int = Field(default=2048, ge=256, description="Memory that reading one document may take.")
    fetch_timeout_seconds: float = Field(default=20.0, gt=0, description="Longest time for fetching one address.")
    maximum_pages: int = Field(default=5000, ge=1, description="Longest document that is read, in pages.")
    chroma_url: str | None = Field(
        default=None, description="Address of a Chroma server that keeps the vectors; none keeps them in the index."
    )
    chroma_token: SecretStr | None = Field(
        default=None, description="Token sent to the Chroma server (`Authorization: Bearer …`)."
    )
    synonyms_file: Path | None = Field(
        default=None, description="The region's own synonyms, one group of words a line."
    )
    chat_model: str | None = Field(
        default=None, description="Chat model in LangChain's form `provider:model`; none gives extractive answers."
    )
    chat_fallback_models: str | None = Field(
        default=None, description="Chat models to ask when the first one cannot answer, with commas between."
    )
    chat_base_url: str | None = Field(default=None, description="Address of an OpenAI-compatible server.")
    chat_api_key: SecretStr | None = Field(default=None, description="Key for the chat model.")
    chat_timeout_seconds: float = Field(default=30.0, gt=0, description="How long the chat model may take.")
    chat_silence_seconds: float = Field(
        default=5.0, gt=0, description="How long the chat model may be silent, before its first word or between two."
    )
    chat_rewrites: bool = Field(
        default=True, description="The chat model may put a question in other words when the search is unsure."
    )
    chat_context_tokens: int = Field(
        default=6000, ge=500, description="How much text of the documents the chat model is shown, in tokens."
    )
    language: Literal["sv", "en"] = Field(default="sv", description="Language of the user interface.")
    host: str = Field(default="127.0.0.1", description="Address that the chat listens on.")
    port: int = Field(default=7860, ge=1, le=65535, description="Port that the chat listens on.")
    feedback: bool = Field(
        default=True, description="Users may say what is wrong with an answer; kept on this machine."
    )
    documents_tab: bool | None = Field(
        default=None,
        description="Documents may be added, described and removed in the chat; none: only from the same machine.",
    )
    upload_maximum_mib: int = Field(default=200, ge=1, description="Largest upload of documents, in MiB.")
    upload_maximum_files: int = Field(default=100, ge=1, description="Most files in one upload.")
    region_name: str | None = Field(default=None, description="Name of the region, shown in the head of the chat.")
    region_logo: Path | None = Field(default=None, description="The region's logo: a PNG, SVG, WebP or JPEG file.")
    region_colour: str | None = Field(
        default=None, description="The region's colour (`#0b5345`); its contrast to white must be at least 4.5."
    )
    region_contact: str | None = Field(
        default=None,
        description="Web page or e-mail address for questions on the service and its accessibility; the law asks for a "
        "form, so that an address alone does not do.",
    )
    region_welcome: str | None = Field(default=None, description="Text that greets in an empty conversation.")
    question_maximum_chars: int = Field(default=2000, ge=50, description="Longest question.")

    def feedback_folder(self) -> Path:
        """Where users' feedback is kept: beside the index, whose folder is replaced when it is rebuilt."""
        return self.index_dir.parent / "feedback"

    def opening_password(self) -> str | None:
        """The password that opens protected PDF files, None where there is none."""
        return self.pdf_password.get_secret_value() if self.pdf_password else None

    def chroma_server(self) -> ChromaServer | None:
        """The Chroma server that keeps the vectors, None where they lie in the index."""
        token = self.chroma_token.get_secret_value() if self.chroma_token else None
        return ChromaServer(self.chroma_url, token) if self.chroma_url else None


def load_settings(**flags: object) -> Settings:
    """The settings from the environment, with those flags that are not None on top.

    :raises SettingsError: for an unknown RUS_ variable or a value that cannot be used; the sentence names it.
    """
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    if unknown:
        raise SettingsError(
            f"Inställningen {unknown[0]} finns inte. Ta bort den eller välj en av: {', '.join(sorted(known))}."
        )
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = _PREFIX + str(first["loc"][0]).upper()
        wanted = _WANTED.get(first["type"], first["msg"]).format(**first.get("ctx", {}))
        raise SettingsError(f"Inställningen {name} har ett värde som inte går att använda: {wanted}.") from error
