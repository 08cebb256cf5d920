import json
from dataclasses import asdict

import pytest

from evals import gate
from evals.gate import Baseline, BaselineUnusable, breaches, load_baseline

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


def test_a_run_gives_the_baseline_that_holds_it(tmp_path):
    values = dict.fromkeys(gate.SHARES) | {"mrr@10": 0.81234, "over_refusal": 0.05, "seconds_p50/search": 0.1}
    made = gate.baseline_of(*SAME, values)
    assert made == Baseline(*SAME, {"mrr@10": 0.8123}, {"over_refusal": 0.05})
    assert breaches(made, values) == ()
    (tmp_path / "b.json").write_text(json.dumps(asdict(made)))
    assert load_baseline(tmp_path / "b.json") == made


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
