"""A small invented archive, an assistant that answers all of it rightly, and what the gate says when it gets worse."""

import json
import re
import threading
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.answers import Answer, Citation, Hit, Row
from evals import compare
from evals.evaluation import evaluate
from ingest.documents import Document, Page, Passage, PassageKind, Span, passage_id
from ingest.errors import BadQuestion

PAGES = {
    ("plan", 1): "Planen för Ekdalen antogs av rådet i maj 2018 och gäller till och med 2026.",
    (
        "plan",
        2,
    ): "Målet är att 75 procent av alla gårdar ska ha egen brunn år 2026. Brunnar ska inte grävas i åkermark.",
    ("plan", 3): "Tre nätverk samordnar arbetet: Brunnsrådet, Stigarnas vänner och Kvarnlaget.",
    ("uppföljning", 1): "Vid mätningen 2022 låg andelen med eget vatten på 61 procent, nio enheter högre.",
    ("uppföljning", 2): "Kvarnlaget fick 140 000 kronor för att laga dammen vid norra kvarnen.",
    ("webb", None): "Anmälan till vandringen görs hos Stigarnas vänner senast den 3 juni.",
}
DOCUMENTS = tuple(
    Document(id=name, title=name.title(), sha256=name, media_type="pdf" if pages else "html", page_count=pages)
    for name, pages in (("plan", 3), ("uppföljning", 2), ("webb", None))
)


def passage(place):
    text = PAGES[place]
    document, page = place
    return Passage(
        id=passage_id(document, (), text, 0),
        document_id=document,
        title=document.title(),
        section=("Inledning",),
        kind=PassageKind.PARAGRAPH,
        text=text,
        spans=(Span(page, 0, len(text)),),
        sentences=((0, len(text)),),
    )


def cite(mark, place, quote):
    document, page = place
    return Citation(mark, document, document.title(), page, ("Inledning",), quote, None, passage(place).id)


def answer(question, text, *proofs, rows=None):
    """An answered question; each proof is (place, quote), its page's passage first among the hits."""
    places = list(dict.fromkeys([place for place, _ in proofs] + list(PAGES)))
    hits = tuple(Hit(passage(place), 1 - rank / 10, 0) for rank, place in enumerate(places))
    citations = tuple(cite(mark, place, quote) for mark, (place, quote) in enumerate(proofs, start=1))
    listed = None if rows is None else tuple(Row(name, (), (1,)) for name in rows)
    return Answer(question, question, text, "answered", None, citations, hits, listed, "extractive", 0.01, 0.1, "gen")


def refusal(question, kind):
    return replace(answer(question, "Det framgår inte av dokumenten."), status="refused", refusal=kind, citations=())


NETWORKS = ["Brunnsrådet", "Stigarnas vänner", "Kvarnlaget"]
RIGHT = {
    "antagen": answer(
        "När antogs planen?", "Planen antogs i maj 2018 [1].", (("plan", 1), "antogs av rådet i maj 2018 och gäller")
    ),
    "mål": answer(
        "Hur många gårdar ska ha brunn?",
        "75 procent av alla gårdar [1].",
        (("plan", 2), "Målet är att 75 procent av alla gårdar ska ha egen brunn år 2026."),
    ),
    "åker": answer(
        "Får brunnar grävas i åkermark?",
        "Nej, brunnar ska inte grävas i åkermark [1].",
        (("plan", 2), "Brunnar ska inte grävas i åkermark."),
    ),
    "nätverk": answer(
        "Vilka nätverk samordnar arbetet?",
        "Tre nätverk:\n- Brunnsrådet [1]\n- Stigarnas vänner [1]\n- Kvarnlaget [1]",
        (("plan", 3), "Tre nätverk samordnar arbetet: Brunnsrådet, Stigarnas vänner och Kvarnlaget."),
        rows=NETWORKS,
    ),
    "utfall": answer(
        "Hur gick det med brunnarna?",
        "Målet är 75 procent [1]. År 2022 var det 61 procent [2].",
        (("plan", 2), "Målet är att 75 procent av alla gårdar ska ha egen brunn år 2026."),
        (("uppföljning", 1), "låg andelen med eget vatten på 61 procent"),
    ),
    "anmälan": answer(
        "Och när är sista dag?",
        "Senast den 3 juni [1].",
        (("webb", None), "Anmälan till vandringen görs hos Stigarnas vänner senast den 3 juni."),
    ),
    "borgmästare": refusal("Vem är borgmästare?", "not_in_documents"),
    "väder": refusal("Blir det regn i morgon?", "out_of_scope"),
    "tom": refusal(" ", "too_vague"),
}
GOLD = {
    "antagen": {"kind": "fact", "evidence": ["antogs av rådet i maj 2018"], "key_facts": ["maj 2018"]},
    "mål": {
        "kind": "number",
        "evidence": ["75 procent av alla gårdar ska ha egen brunn"],
        "key_facts": [r"75\s*procent"],
    },
    "åker": {"kind": "fact", "evidence": ["Brunnar ska inte grävas i åkermark"], "key_facts": ["inte|nej"]},
    "nätverk": {"kind": "list", "evidence": ["Tre nätverk samordnar arbetet"], "key_facts": NETWORKS, "rows": NETWORKS},
    "utfall": {
        "kind": "goal_outcome",
        "evidence": ["75 procent av alla gårdar ska ha egen brunn", "andelen med eget vatten på 61 procent"],
        "key_facts": ["75", "61"],
    },
    "anmälan": {"kind": "followup", "evidence": ["senast den 3 juni"], "history": ["Vem ordnar vandringen?"]},
    "borgmästare": {"kind": "unanswerable", "refusal": "not_in_documents"},
    "väder": {"kind": "unanswerable", "refusal": "out_of_scope"},
    "tom": {"kind": "abuse", "refusal": "too_vague"},
}


class Index:
    id = "gen"

    def __init__(self, documents=DOCUMENTS):
        self.documents = documents

    def page(self, document_id, number):
        return Page(number, PAGES[document_id, number])


class Fake:
    """Gives the prepared answers; `heard` is what it was asked."""

    def __init__(self, answers, index=None):
        self.index = index or Index()
        self.answers = {one.question: one for one in answers.values()}
        self.heard = []

    def ask(self, question, history=(), documents=()):
        self.heard.append((question, tuple(history)))
        return self.answers[question]


@pytest.fixture
def questions(tmp_path):
    lines = [
        json.dumps({"id": name, "question": RIGHT[name].question, "answerable": "refusal" not in gold, **gold})
        for name, gold in GOLD.items()
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def baseline(questions, tmp_path):
    """The baseline that the right answers earn, by the commands a person would use."""
    assert evaluate(Fake(RIGHT), questions, tmp_path / "first", say=lambda _: None) == 0
    return tmp_path / "first" / "baseline.json"


def test_right_answers_score_full_marks_overall_and_by_kind(questions, tmp_path):
    fake = Fake(RIGHT)
    said = []
    assert evaluate(fake, questions, tmp_path / "out", say=said.append) == 0
    record = json.loads((tmp_path / "out" / "metrics.json").read_text())
    overall = record["overall"]
    for name in ("evidence_recall@1", "quote_verbatim", "key_fact_recall", "list_recall", "refusal_type"):
        expected = 5 / 6 + 0.5 / 6 if name == "evidence_recall@1" else 1.0  # "utfall" needs two passages
        assert overall[name]["value"] == pytest.approx(expected), name
    assert overall["mrr@10"] == {"value": 1.0, "n": 6, "low": 1.0, "high": 1.0}
    assert (overall["over_refusal"]["value"], overall["uncited_statements"]["value"]) == (0.0, 0.0)
    assert (overall["refusal_recall"]["n"], overall["refusal_precision"]["n"]) == (3, 3)
    assert overall["seconds_p50"]["search"]["value"] == pytest.approx(0.01)
    assert overall["seconds_p95"]["answer"]["value"] == pytest.approx(0.1)
    assert record["by_kind"]["list"]["list_recall"]["n"] == 1
    assert record["by_kind"]["fact"]["list_recall"] == {"value": None, "n": 0, "low": None, "high": None}
    assert (record["passed"], record["questions"], record["generators"]) == (9, 9, ["extractive"])
    assert ("Och när är sista dag?", ("Vem ordnar vandringen?",)) in fake.heard
    assert "9 av 9 frågor godkända" in said[-1]


def test_answers_are_written_as_records_with_their_scores(questions, tmp_path):
    evaluate(Fake(RIGHT), questions, tmp_path, say=lambda _: None)
    records = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert [record["id"] for record in records] == list(GOLD)
    assert records[3]["rows"][0]["name"] == "Brunnsrådet"
    assert records[3]["scores"]["list_recall"] == 1.0
    assert records[3]["failed"] == []


def test_twenty_equal_runs_raise_no_alarm(questions, baseline, tmp_path):
    outputs = set()
    for _ in range(20):
        assert evaluate(Fake(RIGHT), questions, tmp_path / "again", baseline=baseline, say=lambda _: None) == 0
        outputs.add((tmp_path / "again" / "metrics.json").read_text())
    assert len(outputs) == 1


def first_citation(name, **changes):
    right = RIGHT[name]
    return {name: replace(right, citations=(replace(right.citations[0], **changes), *right.citations[1:]))}


def hits(name, order):
    return {name: replace(RIGHT[name], hits=tuple(RIGHT[name].hits[place] for place in order))}


def text(name, old, new):
    assert old in RIGHT[name].text
    return {name: replace(RIGHT[name], text=RIGHT[name].text.replace(old, new))}


def rows(names):
    listed = None if names is None else tuple(Row(name, (), (1,)) for name in names)
    return {"nätverk": replace(RIGHT["nätverk"], rows=listed)}


def without_document(name):
    """Every answer as if the document had fallen out of the index."""
    return {
        key: replace(
            one,
            hits=tuple(hit for hit in one.hits if hit.passage.document_id != name),
            citations=tuple(citation for citation in one.citations if citation.document_id != name),
        )
        for key, one in RIGHT.items()
    }


REGRESSIONS = {
    "wrong page": first_citation("antagen", page=2),
    "page out of range": first_citation("antagen", page=99),
    "page of a web page": first_citation("anmälan", page=1),
    "unknown document": first_citation("antagen", document_id="annan"),
    "altered figure in a quote": first_citation("mål", quote="Målet är att 85 procent av alla gårdar"),
    "negation lost from a quote": first_citation("åker", quote="Brunnar ska grävas i åkermark."),
    "case altered in a quote": first_citation("mål", quote="målet är att 75 procent av alla gårdar ska ha egen brunn"),
    "empty quote": first_citation("mål", quote=""),
    "quote beside the point": first_citation("mål", quote="Brunnar ska inte grävas i åkermark."),
    "padding citation": {
        "mål": replace(RIGHT["mål"], citations=(*RIGHT["mål"].citations, cite(2, ("plan", 1), PAGES["plan", 1])))
    },
    "one of two proofs missing": {"utfall": replace(RIGHT["utfall"], citations=RIGHT["utfall"].citations[:1])},
    "dropped document": without_document("uppföljning"),
    "dropped web page": without_document("webb"),
    "mark missing": text("utfall", " [2]", ""),
    "unproved sentence added": text("antagen", "[1].", "[1]. Alla var nöjda."),
    "wrong figure in the answer": text("mål", "75", "57"),
    "list item missing in the text": text("nätverk", "\n- Kvarnlaget [1]", ""),
    "list row dropped": rows(NETWORKS[:2]),
    "list row invented": rows([*NETWORKS, "Skogsrådet"]),
    "list row twice": rows([*NETWORKS, "Kvarnlaget"]),
    "table lost": rows(None),
    "best passage second": hits("mål", (1, 0, 2, 3, 4, 5)),
    "best passage sixth": hits("mål", (1, 2, 3, 4, 5, 0)),
    "second proof last": hits("utfall", (0, 2, 3, 4, 5, 1)),
    "no passages": hits("antagen", ()),
    "refuses a good question": {"antagen": refusal(RIGHT["antagen"].question, "not_in_documents")},
    "answers what is not there": {
        "borgmästare": answer("Vem är borgmästare?", "Rådet [1].", (("plan", 1), "antogs av rådet i maj 2018"))
    },
    "wrong type of refusal": {"väder": refusal(RIGHT["väder"].question, "unsafe")},
    "refuses everything": {name: refusal(one.question, "not_in_documents") for name, one in RIGHT.items()},
}


@pytest.mark.parametrize("name", REGRESSIONS)
def test_regression_is_caught(name, questions, baseline, tmp_path):
    said = []
    worse = Fake({**RIGHT, **REGRESSIONS[name]})
    assert evaluate(worse, questions, tmp_path / "worse", baseline=baseline, say=said.append) == 1
    assert any("ska minst" in line or "får högst" in line for line in said)
    assert json.loads((tmp_path / "worse" / "metrics.json").read_text())["breaches"]


def test_changed_documents_and_questions_are_refused_before_anything_is_asked(questions, baseline, tmp_path):
    said = []
    fewer = Fake(RIGHT, Index(DOCUMENTS[:2]))
    assert evaluate(fewer, questions, tmp_path / "out", baseline=baseline, say=said.append) == 2
    assert "dokumenten i indexet har ändrats" in said[0]
    questions.write_text(questions.read_text().replace("maj 2018", "juni 2018"))
    assert evaluate(Fake(RIGHT), questions, tmp_path / "out", baseline=baseline, say=said.append) == 2
    assert "frågorna har ändrats" in said[1]
    assert not fewer.heard
    assert not (tmp_path / "out").exists()


def test_unusable_files_give_two_and_a_sentence(questions, tmp_path):
    said = []
    assert evaluate(Fake(RIGHT), tmp_path / "missing.jsonl", tmp_path / "out", said.append) == 2
    assert evaluate(Fake(RIGHT), questions, tmp_path / "out", said.append, tmp_path / "missing.json") == 2
    assert evaluate(Fake(RIGHT), questions, questions / "inside", said.append) == 2
    assert len(said) == 3


def test_a_question_that_cannot_be_asked_counts_as_refused_with_its_message(questions, tmp_path):
    class Strict(Fake):
        def ask(self, question, history=(), documents=()):
            if not question.strip():
                raise BadQuestion("Frågan är tom: skriv en fråga.")
            return super().ask(question, history, documents)

    assert evaluate(Strict(RIGHT), questions, tmp_path, say=lambda _: None) == 0
    record = json.loads((tmp_path / "answers.jsonl").read_text().splitlines()[-1])
    assert (record["status"], record["answer"]) == ("refused", "Frågan är tom: skriv en fråga.")
    assert record["scores"]["refusal_recall"] == 1.0


class Outline(HTMLParser):
    """Tags, attributes and balance of a page."""

    VOID = frozenset({"meta", "br", "!doctype", "input"})

    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.ids, self.links = [], [], set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        self.ids.add(given.get("id"))
        self.links += [given["href"]] if "href" in given else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_report_is_whole_self_contained_and_accessible(questions, tmp_path):
    evaluate(Fake({**RIGHT, **REGRESSIONS["wrong page"]}), questions, tmp_path, say=lambda _: None)
    page = (tmp_path / "report.html").read_text()
    outline = Outline(page)
    assert not outline.open
    assert ("html", {"lang": "sv"}) in outline.tags
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in outline.tags}
    assert all(link.startswith("#") and link[1:] in outline.ids for link in outline.links)
    assert all("scope" in given for tag, given in outline.tags if tag == "th")
    assert sum(tag == "caption" for tag, _ in outline.tags) == sum(tag == "table" for tag, _ in outline.tags) >= 2
    for shown in (
        "8 av 9 frågor godkända",
        "Underkända svar",
        "Underkänd",
        "Planen antogs i maj 2018 [1].",
        "maj 2018",
    ):
        assert shown in page
    assert '<details class="one slag-1 " id="fraga-1" open>'.replace("slag-1", kind_class(page, "fact")) in page


def kind_class(page, kind):
    """The class by which the filter of a kind finds its questions."""
    return re.search(rf'<input type="radio" name="Slag" id="([^"]+)"> {kind}<', page)[1]


def test_report_lists_every_failure_filters_them_and_tells_the_circumstances(questions, tmp_path):
    records = [json.loads(line) for line in questions.read_text().splitlines()]
    for number, record in enumerate(records):
        record["region"] = ("Ekdalen", "Ås <län>")[number % 2]
    questions.write_text("\n".join(json.dumps(record) for record in records))
    worse = Fake({**RIGHT, **REGRESSIONS["refuses everything"]})
    evaluate(worse, questions, tmp_path, say=lambda _: None, settings={"threads": "2"})
    page = (tmp_path / "report.html").read_text()
    listed = page.partition("Underkända svar")[2].partition("Alla frågor")[0]
    assert [name for name in RIGHT if f">{name}: " in listed] == [name for name in RIGHT if "refusal" not in GOLD[name]]
    for region in ("Ekdalen", "Ås &lt;län&gt;"):
        (choice,) = re.findall(rf'name="Region" id="([^"]+)"> {region}<', page)
        assert f"main:has(#{choice}:checked) .one:not(.{choice}){{display:none}}" in page
        assert page.count(f' {choice}" id="fraga-') in (4, 5)
    assert "<code>threads</code> 2" in page and "<code>numpy</code>" in page
    assert re.search(r"Körd \d{4}-\d\d-\d\d \d\d:\d\d", page)


def test_the_stated_confidence_is_held_against_being_right(questions, tmp_path):
    sure = {name: replace(one, confidence=0.75) for name, one in RIGHT.items()}
    evaluate(Fake(sure), questions, tmp_path, say=lambda _: None)
    assert "Kalibreringsfel" in (tmp_path / "report.html").read_text()
    trust = json.loads((tmp_path / "metrics.json").read_text())["confidence"]
    # One answer a bin: six right ones are 0.25 from their confidence, three without an answer 0.75.
    assert [one["n"] for one in trust["bins"]] == [1] * 9
    assert trust["calibration_error"] == pytest.approx((6 * 0.25 + 3 * 0.75) / 9)


def test_evidence_that_stands_nowhere_is_told_by_line(questions, tmp_path):
    questions.write_text("\n" + questions.read_text().replace("i maj 2018", "i maj 1918"))
    said = []
    assert evaluate(Fake(RIGHT), questions, tmp_path, say=said.append) == 0
    told = [line for line in said if "inläst dokument" in line]
    assert told == [
        "Rad 2 (antagen): belägget »antogs av rådet i maj 1918« står inte ordagrant i något inläst dokument."
    ]
    assert "1918« står inte" in (tmp_path / "report.html").read_text()


def test_questions_asked_side_by_side_give_the_same(questions, tmp_path):
    class Uneven(Fake):
        def ask(self, question, history=(), documents=()):
            threading.Event().wait(0.02 / (1 + len(self.heard)))  # the first take longest
            return super().ask(question, history, documents)

    for name, jobs in (("one", 1), ("four", 4)):
        evaluate(Uneven(RIGHT), questions, tmp_path / name, say=lambda _: None, jobs=jobs)
    for file in ("answers.jsonl", "metrics.json"):
        assert (tmp_path / "one" / file).read_text() == (tmp_path / "four" / file).read_text()


def test_report_escapes_documents_answers_and_questions(tmp_path):
    bad = '<script>alert("x")</script>'
    asked = answer(bad, f"{bad} [1].", (("plan", 1), bad), rows=[bad])
    asked = replace(asked, citations=(replace(asked.citations[0], title=bad, section=(bad,)),), index_id=bad)
    path = tmp_path / "questions.jsonl"
    gold = {
        "id": bad,
        "question": bad,
        "kind": bad,
        "answerable": True,
        "evidence": [bad],
        "answer": bad,
        "rows": [bad],
    }
    path.write_text(json.dumps({**gold, "key_facts": ["<script>"], "history": [bad]}))
    evaluate(Fake({"a": asked}), path, tmp_path, say=lambda _: None)
    page = (tmp_path / "report.html").read_text()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 10


def test_two_runs_are_compared_question_by_question(questions, tmp_path, capsys):
    evaluate(Fake(RIGHT), questions, tmp_path / "a", say=lambda _: None)
    everything_refused = Fake({**RIGHT, **REGRESSIONS["refuses everything"]})
    evaluate(everything_refused, questions, tmp_path / "b", say=lambda _: None)
    paths = [str(tmp_path / name / "answers.jsonl") for name in ("a", "b")]
    assert compare.main(paths) == 0
    out = capsys.readouterr().out
    lines = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    # Every answerable question of b is refused: over_refusal goes from 0 to 1 on all six.
    assert lines["over_refusal"].split()[1] == "+1.0000"
    assert lines["over_refusal"].endswith("6  sämre")
    assert lines["refusal_recall"].split()[1] == "+0.0000"
    assert "sämre" not in lines["refusal_recall"]
    assert "8 frågor bedöms annorlunda." in out
    changed = out.partition("\nantagen: När antogs planen?")[2].partition("\n\n")[0]
    assert "over_refusal 0.00 → 1.00" in changed
    assert "A (answered): Planen antogs i maj 2018 [1]." in changed
    assert "B (refused): Det framgår inte av dokumenten." in changed
    assert compare.main([paths[0], paths[0]]) == 0
    assert "bättre" not in capsys.readouterr().out


def test_a_slower_run_is_shown_and_not_judged(questions, tmp_path, capsys):
    slower = {name: replace(one, search_seconds=0.5, answer_seconds=5.0) for name, one in RIGHT.items()}
    for name, answers in (("a", RIGHT), ("b", slower)):
        evaluate(Fake(answers), questions, tmp_path / name, say=lambda _: None)
    assert compare.main([str(tmp_path / name / "answers.jsonl") for name in ("a", "b")]) == 0
    out = capsys.readouterr().out
    assert "+4.9000" in out
    assert "sämre" not in out and "0 frågor bedöms annorlunda" in out


def test_comparing_other_files_says_what_to_do(questions, tmp_path, capsys):
    evaluate(Fake(RIGHT), questions, tmp_path, say=lambda _: None)
    (tmp_path / "other.jsonl").write_text(
        '{"id": "z", "question": "?", "answer": "", "status": "refused", "scores": {"mrr@10": 1.0}}\n'
    )
    run = str(tmp_path / "answers.jsonl")
    assert compare.main([run, str(questions)]) == 2
    assert compare.main([run, str(tmp_path / "other.jsonl")]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert "är inte en answers.jsonl" in errors[0]
    assert "inga frågor gemensamt" in errors[1]
