"""`rus ingest --enrich` with a scripted model: what is stored, what is refused, going on, and the gain."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from assistant_tools import DOCUMENTS, StemEmbedder, incoming, passage
from model_server import ModelServer

from assistant.model.chat_model import ChatOptions, open_model
from assistant.model.consulting import ChatEnricher
from assistant.question import read_question
from assistant.retrieval import retrieve
from ingest.enrichment import FoundFact, enrich, load_enriched, locked
from ingest.indexing.building import build, forget
from ingest.indexing.planning import BuildOptions
from ingest.store.passage_index import open_index

TEXT = (
    "Grön verkstad drivs av Norrby kommun. Grön verkstad kostade 6,5 miljoner kronor. Alboga kommun deltar inte i Grön "
    "verkstad. Grön verkstad ska hjälpa 40 företag."
)
HOME = "Kan man få hjälp att laga sin cykel gratis?"


@pytest.mark.parametrize(
    ("fact", "kept"),
    [
        (("Grön verkstad", "owner", "Norrby kommun", 1), True),
        (("Grön verkstad", "sum", "6,5 miljoner kronor", 2), True),
        (("Grön verkstad", "owner", "Sunnanå kommun", 1), False),
        (("Grön verkstad", "funder", "Norrby kommun", 1), False),
        (("Grön verkstad", "participant", "Alboga kommun", 3), False),
        (("Grön verkstad", "sum", "6,5 miljarder kronor", 2), False),
        (("Grön verkstad", "sum", "6,5 miljoner kronor", 1), False),
        (("Grön verkstad", "result", "40 företag", 4), False),
        (("Blå verkstad", "owner", "Norrby kommun", 1), False),
        (("Norrby kommun", "owner", "Norrby kommun", 1), False),
        (("Grön verkstad", "boss", "Norrby kommun", 1), False),
        (("Grön verkstad", "owner", "Norrby kommun", 9), False),
        (("Grön verkstad", "owner", "", 1), False),
    ],
)
def test_a_fact_is_kept_only_where_its_sentence_says_it(fact, kept):
    one = passage(TEXT)
    found = locked(FoundFact(*fact), one)
    assert (found is not None) == kept
    assert found is None or fact[2] in one.text[found.start : found.end]


@pytest.fixture
def index_folder(tmp_path):
    documents = [incoming(tmp_path, name) for name in DOCUMENTS]
    build(documents, tmp_path / "index", StemEmbedder(), BuildOptions(workers=1))
    return tmp_path / "index"


def reply(prompt: str) -> str:
    """What a capable model, one wrong fact included, finds in the report's passage on Grön verkstad."""
    facts, questions = [], []
    for line in prompt.splitlines():
        number, _, sentence = line.partition("] ")
        if "Utvärderingen gjordes" in sentence:
            facts += [fact(int(number[1:]), "Utvärderingen", "Norrby högskola"), fact(int(number[1:]), "X", "Borg")]
        if "minska sitt svinn" in sentence:
            facts.append(fact(int(number[1:]), "Grön verkstad", "38 företag", "result"))
            questions = [HOME, "Hur många företag fick hjälp?", "Hur gick det 1999 för företagen?", "Ingen fråga."]
    return json.dumps({"facts": facts, "questions": questions}, ensure_ascii=False)


def fact(sentence: int, entity: str, value: str, attribute: str = "participant") -> dict[str, object]:
    return {"entity": entity, "attribute": attribute, "value": value, "sentence": sentence}


def enricher(server: ModelServer, name: str = "prov") -> ChatEnricher:
    return ChatEnricher(name, open_model("openai:prov", ChatOptions(("openai:prov",), server.url, "nyckel", 2, 5), 4.0))


def run(folder, server, name="prov"):
    told = []
    ended = enrich(open_index(folder, "stems"), enricher(server, name), StemEmbedder(), told.append)
    return ended, told


def test_facts_and_ways_in_are_stored_and_used(index_folder):
    before = open_index(index_folder, "stems")
    with ModelServer(reply_to=reply) as server:
        ended, told = run(index_folder, server)
    assert not before.is_current()
    after = open_index(index_folder, "stems")
    assert ended.done == ended.passages == len(server.prompts) > 0 and ended.failure is None
    assert (ended.questions, ended.refused_facts, ended.tokens) == (1, 2, 100 * ended.done)
    assert told[-1] == ended and told[1].seconds_left is not None
    (own,) = [one for one in after.facts.entities if one.name == "Grön verkstad"]
    assert "38 företag" in [one.value for one in own.facts]
    assert not any(entity.name in ("X", "Utvärderingen") for entity in after.facts.entities)
    assert "Hur många företag fick hjälp?" not in json.dumps([one.text for one in after.passages])


def test_a_question_leads_to_its_passage(index_folder):
    asked = "Hur många företag fick hjälp?"
    vector = np.array(StemEmbedder().embed_query(asked), np.float32)
    with ModelServer(reply_to=reply) as server:
        run(index_folder, server)
    index = open_index(index_folder, "stems")
    found = retrieve(index, read_question(asked), vector)
    best = index.passages[found.rows[0]]
    assert "38 företag" in best.text and found.fused[0] == found.fused.max()
    narrowed = retrieve(index, read_question(asked), vector, documents=frozenset({"strategi"}))
    assert {index.passages[row].document_id for row in narrowed.rows} == {"strategi"}


def test_a_run_goes_on_where_it_ended_and_reads_nothing_twice(index_folder):
    with ModelServer(reply_to=reply) as server:
        run(index_folder, server)
        calls = len(server.prompts)
        lines = (index_folder / "enriched.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (index_folder / "enriched.jsonl").write_text("".join(lines[:-2]) + lines[-1][:40], encoding="utf-8")
        again, _ = run(index_folder, server)
        assert again.done == len(server.prompts) - calls == 2 and again.known == calls - 2
        other, _ = run(index_folder, server, "other")
        assert other.done == calls, "another model reads for itself"


@pytest.mark.parametrize(("status", "word"), [(401, "nyckeln"), (429, "fler frågor")])
def test_a_model_that_fails_ends_the_run_with_its_cause(index_folder, status, word):
    with ModelServer(status=status) as server:
        ended, _ = run(index_folder, server)
    assert ended.failure and word in ended.failure and "nyckel-" not in ended.failure and ended.done == 0


def test_a_reply_that_cannot_be_read_is_counted_and_tried_again_next_time(index_folder):
    with ModelServer(("Visst! Här är uppgifterna.",)) as server:
        ended, _ = run(index_folder, server)
    assert ended.unread == ended.done > 0 and ended.failure is None and not load_enriched(index_folder)


def test_what_is_forgotten_is_forgotten_here_too(index_folder):
    with ModelServer(reply_to=reply) as server:
        run(index_folder, server)
    forget("rapport", index_folder)
    assert "38 företag" not in (index_folder / "enriched.jsonl").read_text(encoding="utf-8")
    assert load_enriched(index_folder), "the other document's lines stay"


def test_an_index_without_it_is_as_it_was(index_folder, tmp_path):
    copy = shutil.copytree(index_folder, tmp_path / "copy")
    query = StemEmbedder().embed_query("Hur många företag fick hjälp?")
    index = open_index(copy, "stems")
    assert index.ways_in.nearest(query, None, 5).shape == (0,) and index.is_current()
