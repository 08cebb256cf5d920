"""Everything that can go wrong and that a person can mend. SettingsError lies with the settings."""

from __future__ import annotations

from typing import Literal


class RusError(Exception):
    """Base of all errors that are shown to a person. `message` is one Swedish sentence that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnreadableDocument(RusError):
    """A document that could not be read. The archive goes on without it and lists it with the reason."""


class EmptyFile(UnreadableDocument):
    """The file has no bytes or no content."""


class DamagedFile(UnreadableDocument):
    """The file is broken beyond what the reader can mend."""


class PasswordNeeded(UnreadableDocument):
    """The file is encrypted and no password, or the wrong one, is given."""


class NoTextLayer(UnreadableDocument):
    """The pages are images, and character recognition is not installed or found nothing."""


class UnreadableFont(UnreadableDocument):
    """The characters have no readable encoding, and character recognition could not replace it."""


class WrongType(UnreadableDocument):
    """The content is not what the file's name says, or a type that is not read."""


class LimitExceeded(UnreadableDocument):
    """Reading passed a limit on size, pages, time or memory."""


class FetchFailed(UnreadableDocument):
    """An address did not answer, answered with an error, or must not be asked."""


class IndexUnusable(RusError):
    """The index cannot serve questions."""


class IndexMissing(IndexUnusable):
    """There is no index in the folder."""


class IndexMismatch(IndexUnusable):
    """The index was made with another embedder or another cleaning version."""


class IndexDamaged(IndexUnusable):
    """Something that the index wrote is gone or is not what it was."""


class StoreUnreachable(IndexUnusable):
    """The Chroma server does not answer."""


def damaged(where: str, cause: str) -> IndexDamaged:
    """The error for an index that has lost something."""
    return IndexDamaged(f"Indexet i {where} är skadat ({cause}). Laga det: rus ingest --rebuild")


def unreachable(url: str) -> StoreUnreachable:
    """The error for a Chroma server that does not answer."""
    return StoreUnreachable(f"Chroma-servern på {url} svarar inte. Kontrollera att den är igång och försök igen.")


class IndexLocked(IndexUnusable):
    """Another process is writing to the index."""


class ModelUnavailable(RusError):
    """An embedding or chat model cannot be loaded or reached."""


class SourcesInvalid(RusError):
    """The list of documents cannot be used: a missing file, a key that nobody knows, two documents with one id."""


class BadQuestion(RusError):
    """The question is empty or too long."""


FailureCause = Literal["away", "refused_key", "too_many", "wrong_name", "too_slow", "cut", "unreadable", "too_long"]


class ModelFailed(RusError):
    """A chat model that did not answer, or not to the end. The sentence says why, and never holds the key."""

    def __init__(self, cause: FailureCause, message: str) -> None:
        super().__init__(message)
        self.cause = cause
