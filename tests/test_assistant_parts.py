"""Settings, synonyms, starters and the library that follows its index."""

from __future__ import annotations

from dataclasses import replace

import pytest
from assistant_tools import StemEmbedder, candidate, incoming, passage

from assistant.answers import Hit
from assistant.catalogue import Catalogue
from assistant.library import Library
from assistant.matching import is_named
from assistant.premise import unheard_of
from assistant.question import read_question
from assistant.settings import Settings, SettingsError, load_settings
from assistant.starters import starters, topics
from assistant.synonyms import Synonyms
from assistant.wanted import explains
from assistant.wiring import open_assistant
from ingest.build.building import build
from ingest.build.planning import BuildOptions
from ingest.errors import IndexMismatch, IndexMissing
from ingest.swedish import stem


def test_flags_beat_the_environment_and_none_is_no_flag(monkeypatch):
    monkeypatch.setenv("RUS_PORT", "8001")
    monkeypatch.setenv("RUS_HOST", "0.0.0.0")
    settings = load_settings(port=9000, host=None)
    assert (settings.port, settings.host) == (9000, "0.0.0.0")


@pytest.mark.parametrize("name", ["RUS_PROT", "RUS_CHATMODEL"])
def test_an_unknown_setting_is_refused_by_name(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=name):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "hundra"), ("PORT", "0"), ("CHAT_TIMEOUT_SECONDS", "-1"), ("LANGUAGE", "no")]
)
def test_a_value_that_cannot_be_used_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(f"RUS_{name}", value)
    with pytest.raises(SettingsError, match=f"RUS_{name}"):
        load_settings()


def test_secrets_are_not_shown(monkeypatch):
    monkeypatch.setenv("RUS_CHAT_API_KEY", "hemligt-värde")
    settings = load_settings()
    assert settings.chat_api_key is not None and "hemligt" not in repr(settings)


def test_every_setting_is_described_and_units_stand_in_names():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        if field.annotation is float:
            assert name.endswith("_seconds"), name


def test_the_index_lies_outside_the_source_tree():
    assert Settings().index_dir.is_absolute()


def test_synonyms_stand_for_each_other_in_any_form(tmp_path):
    path = tmp_path / "synonymer.txt"
    path.write_text("# regionens ord\nbuss, kollektivtrafik, linjetrafik\n\nskog # bara ett\n", encoding="utf-8")
    synonyms = Synonyms.load(path)
    assert synonyms.of(["bussar"])[:2] == ("kollektivtrafik", "linjetrafik")
    assert "kollektivtrafik" not in Synonyms.load(None).of(["buss"]) and synonyms.of(["lövträrådet"]) == ()


def test_the_thesaurus_knows_words_in_any_form():
    assert {"arbete", "sysselsättning"} <= set(Synonyms.load(None).of(["jobben"]))


def test_a_word_of_two_groups_has_the_synonyms_of_both(tmp_path):
    path = tmp_path / "synonymer.txt"
    path.write_text("resa, färd\nresa, tripp\n", encoding="utf-8")
    assert set(Synonyms.load(path).of(["resa"])[:2]) == {"färd", "tripp"}


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_synonyms_that_cannot_be_read_name_the_setting(tmp_path, content):
    path = tmp_path / "synonymer.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match="RUS_SYNONYMS_FILE"):
        Synonyms.load(path)


def test_starters_are_made_of_what_the_documents_hold(invented_index):
    questions = starters(invented_index, Catalogue.load("sv"))
    assert 1 <= len(questions) <= 6 and len(set(questions)) == len(questions)
    names = [entry.name for entry in invented_index.register.initiatives]
    assert any(name in question for name in names for question in questions)
    assert starters(invented_index, Catalogue.load("en")) != questions


def test_sharper_questions_name_what_the_documents_hold(invented_index):
    found = topics(invented_index, Catalogue.load("sv"), ())
    known = {one.section[-1] for one in invented_index.passages} | {e.name for e in invented_index.register.initiatives}
    assert 1 <= len(found) <= 3 and all(any(name in text for name in known) for text in found)


def test_headings_that_any_report_has_are_not_asked_about(invented_index):
    first = invented_index.passages[0]
    hits = tuple(
        Hit(replace(first, id=heading, section=(heading,)), 1.0, 0) for heading in ("Bakgrund", "2.1 Syfte", "3 Skog")
    )
    assert topics(invented_index, Catalogue.load("sv"), hits) == ("Vad säger dokumenten om Skog?",)


def test_a_running_library_picks_up_a_new_generation_and_the_old_one_goes_on(tmp_path):
    directory, embedder = tmp_path / "index", StemEmbedder()
    build([incoming(tmp_path, "rapport")], directory, embedder, BuildOptions(workers=1))
    library = Library(directory, embedder, Synonyms())
    first = library.index
    assert not library.refresh()
    text = "# Nytt\n\nRegionala Utvecklingsrådet (RUR) bildades 2030. RUR möts varje vecka."
    build([incoming(tmp_path, "nytt", text)], directory, embedder, BuildOptions(workers=1))
    assert library.index is first
    assert library.refresh() and not library.refresh()
    assert {document.id for document in library.index.documents} == {"rapport", "nytt"}
    assert len(first.passages) < len(library.index.passages) and first.page("rapport", None).text


def test_abbreviations_of_the_documents_and_synonyms_expand_a_question(tmp_path):
    directory = tmp_path / "index"
    text = "# Nytt\n\nRegionala utvecklingsrådet (RUR) bildades 2030. RUR möts varje vecka."
    build([incoming(tmp_path, "nytt", text)], directory, StemEmbedder(), BuildOptions(workers=1))
    library = Library(directory, StemEmbedder(), Synonyms({"mot": ("sammanträde",)}))
    assert "regionala utvecklingsrådet" in library.expansion(read_question("När möts RUR?")).lower()
    assert library.expansion(read_question("Vad säger dokumenten om bussar?")) == ""


def test_no_index_and_another_models_index_say_which_command_mends_it(tmp_path, invented_directory):
    with pytest.raises(IndexMissing, match="rus ingest"):
        Library(tmp_path, StemEmbedder(), Synonyms())
    other = StemEmbedder()
    other.name = "annan"
    with pytest.raises(IndexMismatch, match="rus ingest --rebuild"):
        Library(invented_directory, other, Synonyms())


def test_the_wiring_opens_what_the_settings_name(bundled_directory, embedder, request):
    cache = request.config.cache.mkdir("models")
    assistant = open_assistant(load_settings(index_dir=bundled_directory, cache_dir=cache))
    assert assistant.index.id and len(assistant.starters()) == 6


@pytest.mark.parametrize(
    ("thing", "there", "named"),
    [
        ("remissvar", {"remiss", "kom", "svar"}, True),
        ("barnfattigdomen", {"barn", "kommun"}, False),
        ("barnfattigdomen", {"fattigdom"}, True),
        ("busshållplats", {"hållplats"}, True),
        ("sjukhus", {"sjukhuschefer"}, False),
        ("organisationr", {"organisationer"}, True),
    ],
)
def test_a_thing_is_named_by_its_head_or_by_all_its_parts(thing, there, named):
    assert is_named(thing, there) is named


@pytest.mark.parametrize(
    ("sentence", "heading", "explaining"),
    [
        ("Validering är en bedömning av kunskaper.", "Utbildning", True),
        ("Med validering avses en bedömning av kunskaper.", "Utbildning", True),
        ("Validering bedömning av kunskaper", "Ordlista", True),
        ("Validering erbjuds i alla kommuner.", "Utbildning", False),
        ("Vi bygger upp ett centrum för validering.", "Ordlista", False),
    ],
)
def test_a_sentence_explains_a_term_where_it_says_what_it_is(sentence, heading, explaining):
    assert explains(read_question("Vad är validering?"), sentence, heading) is explaining


def test_an_end_is_unheard_of_where_nothing_that_names_the_thing_tells_of_it():
    running = passage("Nattbussen har gått sedan 2020. Försöket fortsätter.")
    closed = passage("Kontoret lades ner 2020.")
    candidates = [candidate(running), candidate(closed)]
    assert unheard_of(read_question("Varför lades Nattbussen ner?"), candidates)
    assert not unheard_of(read_question("Varför lades Kontoret ner?"), candidates)


@pytest.mark.parametrize("form", ["områdena", "arbetena", "ärendena"])
def test_definite_neuters_in_the_plural_have_the_stem_of_the_indefinite_plural(form):
    assert stem(form) == stem(form.removesuffix("a"))
    assert stem("mötesarena") == "motesaren"
