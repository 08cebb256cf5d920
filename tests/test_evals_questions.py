import json
from pathlib import Path

import pytest

from evals.questions import QuestionFileError, load_questions

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
    assert (question.refusal, question.split, question.evidence) == ("too_vague", "dev", ("x",))


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
