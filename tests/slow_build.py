"""A build in a process of its own, slow enough to be killed at any point: slow_build.py INDEX FILE …"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path

from index_tools import FAKE_READER, WordEmbedder, options

import ingest.indexing.building
from ingest.indexing.reader_pool import ReaderPool
from ingest.store.records import Incoming


class SlowEmbedder(WordEmbedder):
    def embed_documents(self, texts):
        time.sleep(0.1)
        return super().embed_documents(texts)


if __name__ == "__main__":
    ingest.indexing.building.ReaderPool = partial(ReaderPool, reader=FAKE_READER)
    incoming = [Incoming(Path(name).stem, Path(name)) for name in sys.argv[2:]]
    ingest.indexing.building.build(incoming, Path(sys.argv[1]), SlowEmbedder(), options())
