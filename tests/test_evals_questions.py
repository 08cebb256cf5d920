import csv
import json
from pathlib import Path

import openpyxl
import pytest

from evals.question_file import QuestionFileError, absent_evidence, load_questions

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT.parent / "shared" / "datasets" / "rus_dev" / "questions.jsonl"


def record(**changes):
    base = {"id": "a", "question": "Vad?", "lang": "sv", "kind": "fact", "history": [], "answerable": True}
    return {**base, "evidence": ["x"], "key_facts": ["x"], "answer": "", **changes}


def write(path, *records):
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_fields_are_read_and_unknown_ones_left_alone(tmp_path):
    path = write(
        tmp_path / "q.jsonl", record(rows=["A", ["B", "Be"]], refusal="too_vague", split="dev", note=3), "", " "
    )
    (question,) = load_questions(path)
    assert question.rows == (("A",), ("B", "Be"))
    assert (question.refusal, question.evidence) == ("too_vague", ("x",))


def test_optional_fields_have_defaults(tmp_path):
    path = write(tmp_path / "q.jsonl", {"id": "a", "question": "", "kind": "abuse", "answerable": False})
    (question,) = load_questions(path)
    assert (question.lang, question.rows, question.key_facts) == ("sv", None, ())


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        ("{", "inte giltig JSON"),
        ("[1]", "JSON-objekt"),
        (record(id=7), '"id" ska vara en text'),
        (record(id=""), '"id" får inte'),
        (record(answerable="ja"), "true eller false"),
        (record(question=" "), "tom fast"),
        (record(history="förra"), '"history" ska vara en lista'),
        (record(evidence=[" "]), "tom sträng"),
        (record(key_facts=["("]), "reguljärt uttryck"),
        (record(rows="A"), '"rows"'),
        (record(rows=[[]]), '"rows"'),
        (record(rows=["A", " "]), '"rows"'),
        (record(answer=1), '"answer" ska vara en text'),
    ],
)
def test_faults_are_told_with_their_line(tmp_path, faulty, said):
    path = write(tmp_path / "q.jsonl", record(id="first"), "", faulty)
    with pytest.raises(QuestionFileError) as caught:
        load_questions(path)
    assert "rad 3: " in caught.value.message
    assert said in caught.value.message


def test_all_faults_are_told_at_once_and_repeated_ids_with_both_lines(tmp_path):
    path = write(tmp_path / "q.jsonl", record(), "x", record())
    with pytest.raises(QuestionFileError) as caught:
        load_questions(path)
    assert "rad 2: inte giltig JSON" in caught.value.message
    assert 'rad 3: id "a" finns redan på rad 1' in caught.value.message


def test_missing_binary_and_empty_files_say_what_to_do(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty").write_text("\n")
    for name in ("missing", "binary", "empty"):
        with pytest.raises(QuestionFileError) as caught:
            load_questions(tmp_path / name)
        assert str(tmp_path / name) in caught.value.message


HEADING = ["id", "question", "kind", "answerable", "evidence", "rows", "Anmärkning"]
ROWS = [
    ["a", "Vad?", "fact", "ja", "Första stycket.\nAndra stycket.", "", "bra"],
    ["", "", "", "", "", "", ""],
    ["b", "Vilka?", "list", "FALSE", "", "Ett\nTvå", ""],
]


def write_workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([{"ja": True, "FALSE": False}.get(cell, cell or None) for cell in row])
    book.save(path)


def write_csv(path, rows, delimiter):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


@pytest.mark.parametrize("kind", ["semicolons.csv", "commas.csv", "book.xlsx"])
def test_tables_load_as_lines_do(tmp_path, kind):
    path = tmp_path / kind
    if kind == "book.xlsx":
        write_workbook(path, [HEADING, *ROWS])
    else:
        write_csv(path, [HEADING, *ROWS], ";" if kind == "semicolons.csv" else ",")
    first, second = load_questions(path)
    assert (first.id, first.answerable, first.evidence) == ("a", True, ("Första stycket.", "Andra stycket."))
    assert (second.answerable, second.rows) == (False, (("Ett",), ("Två",)))


def test_faults_in_tables_are_told_with_their_row(tmp_path):
    write_csv(tmp_path / "q.csv", [HEADING, ROWS[0], ["c", "Vad?", "fact", "kanske"]], ";")
    with pytest.raises(QuestionFileError, match='rad 3: "answerable" ska vara true eller false'):
        load_questions(tmp_path / "q.csv")
    (tmp_path / "q.xlsx").write_bytes(b"id;question")
    with pytest.raises(QuestionFileError, match=r"q\.xlsx kan inte läsas"):
        load_questions(tmp_path / "q.xlsx")


def test_the_template_is_a_question_file_that_shows_what_there_is():
    questions = load_questions(ROOT / "evals" / "template.csv")
    assert {question.kind for question in questions} >= {"fact", "list", "followup", "unanswerable"}
    assert any(question.rows for question in questions) and any(question.history for question in questions)


def test_evidence_is_looked_for_whatever_stands_between_its_words(tmp_path):
    path = write(tmp_path / "q.jsonl", record(evidence=["Bron blev klar", "Färjan lades ned"]))
    said = absent_evidence(load_questions(path), {"plan": "Bron\nblev (sent) klar. bron blev\nklar"})
    assert said == ("Rad 1 (a): belägget »Färjan lades ned« står inte ordagrant i något inläst dokument.",)


@pytest.mark.skipif(not DEV.exists(), reason="the shared question file is not beside the repository")
def test_the_shared_question_file_is_read():
    assert len(load_questions(DEV)) == 60


def test_the_shipped_questions_cover_every_kind_and_enough_refusals():
    questions = load_questions(ROOT / "evals" / "questions.jsonl")
    assert len(questions) >= 80
    assert sum(not question.answerable for question in questions) >= 20
    kinds = "fact number list paraphrase explain compare followup english noisy goal_outcome version unanswerable abuse"
    assert {question.kind for question in questions} >= set(kinds.split())
    assert all(question.evidence for question in questions if question.answerable)
    assert all(question.history for question in questions if question.kind == "followup")
