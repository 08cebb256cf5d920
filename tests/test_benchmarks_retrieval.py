import json
from math import log2

import pytest

from benchmarks import retrieval
from benchmarks.retrieval import Query, judge, load_dataset, run, sampled


@pytest.fixture
def folder(tmp_path):
    texts = {"a": "bron över ån", "b": "färjan vid udden", "c": "kvarnen i dalen"}
    queries = {"q1": "bron", "q2": "udden", "q3": "vad som helst"}
    (tmp_path / "corpus.jsonl").write_text(
        "\n".join(json.dumps({"_id": name, "title": f"T{name}", "text": text}) for name, text in texts.items())
    )
    (tmp_path / "queries.jsonl").write_text(
        "\n".join(
            json.dumps({"_id": name, "text": text, "metadata": {"lang": "en" if name == "q2" else "sv"}})
            for name, text in queries.items()
        )
    )
    (tmp_path / "qrels").mkdir()
    judged = "query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tc\t1\nq2\tb\t1\nq2\ta\t0\n"
    (tmp_path / "qrels" / "test.tsv").write_text(judged)
    return tmp_path


def by_words(texts):
    """Texts by the number of the query's words that they hold."""
    return lambda query: sorted(range(len(texts)), key=lambda i: -sum(word in texts[i] for word in query.split()))


def backwards(texts):
    return lambda _: range(len(texts))[::-1]


def test_judging_by_hand():
    query = Query("q", "?", {"a": 2, "c": 1})
    # Grades down the list: 0, 1, 0, 2. The best order: 2, 1.
    dcg = 1 / log2(3) + 2 / log2(5)
    best = 2 / log2(2) + 1 / log2(3)
    assert judge(query, ["b", "c", "d", "a"]) == pytest.approx({"ndcg@10": dcg / best, "recall@5": 1.0, "mrr@10": 0.5})
    far = [f"x{i}" for i in range(5)] + ["c"]
    assert judge(query, far) == pytest.approx(
        {"ndcg@10": (1 / log2(7)) / best, "recall@5": 0.0, "mrr@10": 1 / 6},
    )
    assert judge(query, []) == {"ndcg@10": 0.0, "recall@5": 0.0, "mrr@10": 0.0}


def test_a_folder_is_read_without_questions_that_nothing_answers(folder):
    dataset = load_dataset(folder)
    assert dataset.ids == ("a", "b", "c")
    assert [(query.id, query.grades) for query in dataset.queries] == [("q1", {"a": 2, "c": 1}), ("q2", {"b": 1})]
    assert load_dataset(folder, titles=True).texts[0] == "Ta\nbron över ån"
    assert [query.id for query in load_dataset(folder, lang="en").queries] == ["q2"]
    assert len(sampled(dataset, 1).queries) == 1
    assert sampled(dataset, 5) is dataset


def test_judgements_about_missing_texts_are_an_error(folder):
    with (folder / "qrels" / "test.tsv").open("a") as file:
        file.write("q2\tz\t1\n")
    with pytest.raises(ValueError, match="such as z"):
        load_dataset(folder)


def test_rankers_are_run_and_compared(folder):
    dataset = load_dataset(folder)
    results = {"words": run(dataset, by_words), "backwards": run(dataset, backwards)}
    assert results["words"]["mrr@10"] == [1.0, 1.0]
    assert results["backwards"]["mrr@10"] == [1.0, 0.5]  # c, b, a: q1 finds c first, q2 finds b second
    assert "| words | " in retrieval.table(results)
    assert "| backwards − words | " in retrieval.comparison(results)


def test_the_command_takes_any_ranker(folder, capsys):
    leg = f"{__name__}:by_words"
    assert retrieval.main([str(folder), "--leg", leg]) == 0
    assert "3 texts, 2 questions" in capsys.readouterr().out
    assert retrieval.main([str(folder / "missing"), "--leg", leg]) == 2
    assert "BEIR" in capsys.readouterr().err


def test_the_lexical_leg_ranks_by_stems(folder):
    dataset = load_dataset(folder)
    assert run(dataset, retrieval.find_leg("lexical"))["mrr@10"] == [1.0, 1.0]
