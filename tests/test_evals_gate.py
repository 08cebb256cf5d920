import json

import pytest

from evals import gate
from evals.gate import Baseline, BaselineUnusable, breaches, load_baseline, save_baseline, updated

SAME = ("q", "c")


def test_a_figure_may_touch_its_limit_but_not_pass_it():
    baseline = Baseline(*SAME, {"mrr@10": 0.8}, {"over_refusal": 0.05, "seconds_p50/search": 0.05})
    good = {"mrr@10": 0.799, "over_refusal": 0.051, "seconds_p50/search": 0.01}
    assert breaches(baseline, good) == ()
    bad = {"mrr@10": 0.79, "over_refusal": 0.06}
    found = breaches(baseline, bad)
    assert [(one.metric, one.is_ceiling, one.value) for one in found] == [
        ("mrr@10", False, 0.79),
        ("over_refusal", True, 0.06),
        ("seconds_p50/search", True, None),  # a figure that is gone is a breach, never a pass
    ]


def test_limits_only_tighten_unless_told():
    old = Baseline(*SAME, {"mrr@10": 0.8, "list_recall": 0.9}, {"over_refusal": 0.05, "seconds_p50/search": 0.1})
    worse = Baseline(*SAME, {"mrr@10": 0.7, "ndcg@10": 0.6}, {"over_refusal": 0.2})
    kept = updated(old, worse)
    assert kept.floors == {"mrr@10": 0.8, "list_recall": 0.9, "ndcg@10": 0.6}
    assert kept.ceilings == {"over_refusal": 0.05, "seconds_p50/search": 0.1}
    lowered = updated(old, worse, lower=True)
    assert lowered.floors == {"mrr@10": 0.7, "ndcg@10": 0.6}
    assert lowered.ceilings == {"over_refusal": 0.2, "seconds_p50/search": 0.1}
    better = updated(old, Baseline("q2", "c2", {"mrr@10": 0.9}, {"over_refusal": 0.0}))
    assert better.floors["mrr@10"] == 0.9
    assert better.ceilings["over_refusal"] == 0.0
    assert (better.questions_sha256, better.corpus_sha256) == ("q2", "c2")


def test_saved_and_read_again_is_the_same(tmp_path):
    baseline = Baseline(*SAME, {"mrr@10": 0.8123}, {"over_refusal": 0.05})
    save_baseline(baseline, tmp_path / "b.json")
    assert load_baseline(tmp_path / "b.json") == baseline
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"questions_sha256": "q", "corpus_sha256": "c", "floors": {"mrr@10": "hög"}}',
        '{"questions_sha256": "q", "corpus_sha256": "c", "floors": {"mrr@11": 0.5}}',
        '{"questions_sha256": "q", "corpus_sha256": "c", "floors": [1]}',
    ],
)
def test_broken_baselines_are_refused(tmp_path, text):
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(BaselineUnusable, match=r"b\.json"):
        load_baseline(path)


def test_other_questions_or_documents_are_told_apart():
    baseline = Baseline(*SAME, {"mrr@10": 0.8})
    gate.require_same(baseline, *SAME)
    with pytest.raises(BaselineUnusable, match="frågorna har ändrats"):
        gate.require_same(baseline, "q2", "c")
    with pytest.raises(BaselineUnusable, match="frågorna och dokumenten i indexet"):
        gate.require_same(baseline, "q2", "c2")


def test_fingerprints_see_content_and_nothing_else(tmp_path):
    for name, data in {"unix": b"a\nb\n", "windows": b"a\r\nb", "other": b"a\nc\n"}.items():
        (tmp_path / name).write_bytes(data)
    unix, windows, other = (gate.fingerprint_questions(tmp_path / name) for name in ("unix", "windows", "other"))
    assert unix == windows != other
    documents = [("plan", "1"), ("rapport", "2")]
    assert gate.fingerprint_corpus(documents) == gate.fingerprint_corpus(documents[::-1])
    assert gate.fingerprint_corpus(documents) != gate.fingerprint_corpus(documents[:1])
    assert gate.fingerprint_corpus(documents) != gate.fingerprint_corpus([("plan", "1"), ("rapport", "3")])


def metrics_file(path, value):
    overall = {name: {"value": None} for name in gate.SHARES} | {"mrr@10": {"value": value}}
    path.write_text(
        json.dumps({"fingerprints": {"questions_sha256": "q", "corpus_sha256": "c"}, "overall": overall}),
        encoding="utf-8",
    )
    return str(path)


def test_update_command_makes_raises_and_lowers_only_with_the_flag(tmp_path, capsys):
    baseline = tmp_path / "b.json"
    assert gate.main(["update", metrics_file(tmp_path / "m.json", 0.8), str(baseline)]) == 0
    assert gate.main(["update", metrics_file(tmp_path / "m.json", 0.7), str(baseline)]) == 0
    assert load_baseline(baseline).floors == {"mrr@10": 0.8}
    assert "behölls: mrr@10" in capsys.readouterr().out
    assert gate.main(["update", metrics_file(tmp_path / "m.json", 0.7), str(baseline), "--lower"]) == 0
    assert load_baseline(baseline).floors == {"mrr@10": 0.7}
    (tmp_path / "m.json").write_text("{}")
    assert gate.main(["update", str(tmp_path / "m.json"), str(baseline)]) == 2
    assert "är inte en metrics.json" in capsys.readouterr().err
