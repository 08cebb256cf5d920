"""The evaluation report: one HTML page in Swedish, without scripts or outside files, with everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from assistant.answers import Answer, Citation
from evals.bootstrap import Estimate
from evals.gate import Baseline, Breach
from evals.scoring import LOWER_IS_BETTER, Judged

WORST = 15
"""Questions listed among the worst."""

_NAMES = {
    "evidence_recall@1": "Belägg i den första passagen",
    "evidence_recall@3": "Belägg bland de tre första passagerna",
    "evidence_recall@5": "Belägg bland de fem första passagerna",
    "evidence_recall@10": "Belägg bland de tio första passagerna",
    "evidence_hit@5": "Minst ett belägg bland de fem första",
    "mrr@10": "Första beläggets plats (MRR)",
    "ndcg@10": "Beläggens ordning (nDCG)",
    "key_fact_recall": "Fakta som finns med i svaret",
    "quote_verbatim": "Citat som står ordagrant på sidan",
    "citation_precision": "Citat som rör rätt ställe",
    "citation_recall": "Belägg som citeras",
    "uncited_statements": "Påståenden utan källa",
    "list_precision": "Rader som hör hemma i listan",
    "list_recall": "Listans rader som kom med",
    "refusal_precision": "Avböjda frågor som borde avböjas",
    "refusal_recall": "Frågor utan svar som avböjdes",
    "refusal_type": "Rätt skäl när frågan avböjdes",
    "over_refusal": "Frågor med svar som ändå avböjdes",
    "seconds_p50/search": "Söktid, median (sekunder)",
    "seconds_p50/answer": "Svarstid, median (sekunder)",
    "seconds_p95/search": "Söktid, 95:e percentilen (sekunder)",
    "seconds_p95/answer": "Svarstid, 95:e percentilen (sekunder)",
}
_IN_KIND_TABLE = (
    "evidence_recall@5",
    "mrr@10",
    "key_fact_recall",
    "citation_precision",
    "citation_recall",
    "list_recall",
    "refusal_recall",
    "over_refusal",
)
_STATUS = {"answered": "besvarad", "partial": "delvis besvarad", "refused": "avböjd"}
_STYLE = """
:root{color-scheme:light dark;--line:#767676;--quiet:#f2f2f2;--bad:#8a1c1c;--good:#14532d}
@media (prefers-color-scheme:dark){:root{--quiet:#262626;--bad:#ffb4ab;--good:#a6e3b5}}
body{font:1rem/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:bold}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
details{border:1px solid var(--line);margin:.5rem 0;padding:.3rem .8rem}summary{cursor:pointer}
blockquote{margin:.3rem 0;padding:.2rem .8rem;border-left:.3rem solid var(--line);background:var(--quiet)}
.answer{white-space:pre-wrap;background:var(--quiet);padding:.5rem .8rem;overflow-wrap:anywhere}
.bad{color:var(--bad);font-weight:bold}.good{color:var(--good);font-weight:bold}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
"""


def render_report(
    judged: Sequence[Judged],
    figures: Mapping[str, Estimate],
    by_kind: Mapping[str, Mapping[str, Estimate]],
    limits: Baseline | None,
    broken: Sequence[Breach],
) -> str:
    """The whole page. `limits` and `broken` are the baseline of the run and what fell outside it."""
    numbered = list(enumerate(judged, start=1))
    passed = sum(not one.failed for one in judged)
    generators = ", ".join(sorted({one.answer.generator for one in judged}))
    return "\n".join(
        (
            '<!doctype html><html lang="sv"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>Utvärdering av RUS-assistenten</title><style>{_STYLE}</style></head><body>",
            '<a class="skip" href="#innehall">Hoppa till innehållet</a><main id="innehall">',
            "<h1>Utvärdering av RUS-assistenten</h1>",
            f"<p>{passed} av {len(judged)} frågor godkända. Svaren skrevs av: {escape(generators)}. "
            f"Index: {escape(judged[0].answer.index_id)}.</p>",
            _gate_section(limits, broken),
            _summary_table(figures, limits),
            _kind_table(by_kind, judged),
            _worst_section(numbered),
            "<h2>Alla frågor</h2>",
            *(_question(number, one) for number, one in numbered),
            "</main></body></html>\n",
        )
    )


def describe(breach: Breach) -> str:
    """A Swedish sentence about a figure on the wrong side of its limit."""
    value = "saknas" if breach.value is None else f"är {_number(breach.value, 4)}"
    return f"{breach.metric} {value} men {'får högst' if breach.is_ceiling else 'ska minst'} vara " + (
        f"{_number(breach.limit, 4)}."
    )


def _gate_section(limits: Baseline | None, broken: Sequence[Breach]) -> str:
    if limits is None:
        return "<h2>Baslinje</h2><p>Körningen jämfördes inte med någon baslinje.</p>"
    if not broken:
        return '<h2>Baslinje</h2><p class="good">Godkänd: alla mått håller baslinjens gränser.</p>'
    items = "".join(f"<li>{escape(describe(breach))}</li>" for breach in broken)
    return f'<h2>Baslinje</h2><p class="bad">Underkänd:</p><ul>{items}</ul>'


def _summary_table(figures: Mapping[str, Estimate], limits: Baseline | None) -> str:
    rows = []
    for name, figure in figures.items():
        limit = _limit(name, limits)
        interval = "–" if figure.low is None or figure.high is None else f"{_number(figure.low)}–{_number(figure.high)}"
        better = "lägre" if name in LOWER_IS_BETTER or name.startswith("seconds") else "högre"
        rows.append(
            f'<tr><th scope="row">{escape(_NAMES[name])}<br><code>{escape(name)}</code></th>'
            f'<td class="number">{_value(figure)}</td><td class="number">{interval}</td>'
            f'<td class="number">{figure.n}</td><td class="number">{limit}</td><td>{better}</td></tr>'
        )
    heads = ("Mått", "Värde", "95 % intervall", "Antal frågor", "Gräns", "Bättre är")
    return "<h2>Sammanfattning</h2>" + _table("Alla frågor", heads, rows)


def _kind_table(by_kind: Mapping[str, Mapping[str, Estimate]], judged: Sequence[Judged]) -> str:
    rows = []
    for kind, figures in by_kind.items():
        of_kind = [one for one in judged if one.question.kind == kind]
        passed = sum(not one.failed for one in of_kind)
        cells = "".join(f'<td class="number">{_value(figures[name])}</td>' for name in _IN_KIND_TABLE)
        rows.append(
            f'<tr><th scope="row">{escape(kind)}</th><td class="number">{passed} av {len(of_kind)}</td>{cells}</tr>'
        )
    heads = ("Slag", "Godkända", *(_NAMES[name] for name in _IN_KIND_TABLE))
    return "<h2>Per slag av fråga</h2>" + _table("Mått per slag av fråga", heads, rows)


def _worst_section(numbered: Iterable[tuple[int, Judged]]) -> str:
    failing = sorted(((number, one) for number, one in numbered if one.failed), key=lambda pair: -len(pair[1].failed))
    if not failing:
        return "<h2>Sämsta svaren</h2><p>Alla frågor är godkända.</p>"
    items = "".join(
        f'<li><a href="#fraga-{number}">{escape(one.question.id)}: {escape(one.question.question)}</a> '
        f"({escape(_reasons(one))})</li>"
        for number, one in failing[:WORST]
    )
    return f"<h2>Sämsta svaren</h2><p>{len(failing)} frågor är underkända.</p><ol>{items}</ol>"


def _question(number: int, one: Judged) -> str:
    question, answer = one.question, one.answer
    verdict = '<span class="bad">Underkänd</span>' if one.failed else '<span class="good">Godkänd</span>'
    history = f"<p>Tidigare frågor: {escape(' / '.join(question.history))}</p>" if question.history else ""
    reasons = f"<p>Brister: {escape(_reasons(one))}.</p>" if one.failed else ""
    refusal = f" ({escape(answer.refusal)})" if answer.refusal else ""
    return (
        f'<details id="fraga-{number}"{" open" if one.failed else ""}><summary>{verdict} · '
        f"{escape(question.id)} · {escape(question.kind)} · {escape(question.question)}</summary>{history}{reasons}"
        f"<h3>Svar: {_STATUS[answer.status]}{refusal}</h3>"
        f'<div class="answer">{escape(answer.text)}</div>{_rows(answer)}'
        f"<h3>Källor</h3>{_citations(answer.citations)}<h3>Facit</h3>{_gold(one)}"
        f"<h3>Mått</h3>{_scores(one)}</details>"
    )


def _rows(answer: Answer) -> str:
    if answer.rows is None:
        return ""
    names = "".join(f"<li>{escape(row.name)}</li>" for row in answer.rows)
    return f"<p>{len(answer.rows)} rader i listan:</p><ul>{names}</ul>"


def _citations(citations: Sequence[Citation]) -> str:
    if not citations:
        return "<p>Inga källor.</p>"
    items = "".join(
        f"<li>[{citation.mark}] {escape(citation.title)}"
        f"{'' if citation.page is None else f', s. {citation.page}'}"
        f"{escape(''.join(f' › {heading}' for heading in citation.section))}"
        f"<blockquote>{escape(citation.quote)}</blockquote></li>"
        for citation in citations
    )
    return f"<ul>{items}</ul>"


def _gold(one: Judged) -> str:
    question = one.question
    lines = [] if question.answerable else ["Dokumenten har inget svar: frågan ska avböjas."]
    lines += [f"Svar: {question.answer}"] if question.answer else []
    lines += [f"Belägg: {piece}" for piece in question.evidence]
    lines += [f"Ska finnas med: {pattern}" for pattern in question.key_facts]
    lines += [f"Rad: {' / '.join(names)}" for names in question.rows or ()]
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _scores(one: Judged) -> str:
    applicable = [(name, value) for name, value in one.scores.items() if value is not None]
    return f"<p>{', '.join(f'{escape(name)} {_number(value)}' for name, value in applicable)}</p>"


def _reasons(one: Judged) -> str:
    return ", ".join(_NAMES[name].lower() for name in one.failed)


def _limit(name: str, limits: Baseline | None) -> str:
    if limits and name in limits.floors:
        return f"minst {_number(limits.floors[name])}"
    if limits and name in limits.ceilings:
        return f"högst {_number(limits.ceilings[name])}"
    return "–"


def _value(figure: Estimate) -> str:
    return "–" if figure.value is None else _number(figure.value)


def _number(value: float, decimals: int = 3) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def _table(caption: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
