"""Regions that the program was not made for: an index of each, its questions asked, the figures beside kept ones.

    python -m benchmarks.regions [FOLDER …] [--only NAME …] [--shared FOLDER] [--work FOLDER] [--reuse] [--jobs N]
                                 [--keep-figures]

Without folders: those in ../shared/regions and benchmarks/invented, the documents of ../shared/corpus, and the bundled
corpus; what is not there is told and left out. FOLDER holds documents/, questions.jsonl and, where someone wrote it,
register.json.
Everything runs through the command line, as a user's would. `--reuse` asks the indexes that an earlier run left in the
work folder; `--keep-figures` writes the figures of this run over the kept ones (benchmarks/regions_baseline.json).
A figure is marked ! where it lies outside the interval that the kept one had, on the worse side; timings are not, since
they belong to the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks.register_score import score_register
from evals.scoring import LOWER_IS_BETTER

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "benchmarks" / "regions_baseline.json"
WORK = user_cache_path("rus-assistent", appauthor=False) / "regions"
BY_KIND = ("evidence_recall@500w", "key_fact_recall", "confidently_wrong", "sure_share", "citation_recall")
BY_KIND_TOO = ("list_recall", "list_precision", "declined", "over_refusal")

Figures = Mapping[str, Any]
"""overall: measure to {value, n, low, high}; by_kind: kind to measure to value; register: measure to value."""


@dataclass(frozen=True, slots=True)
class Region:
    """Documents with questions about them. `documents` is None for those that corpus/sources.toml lists."""

    name: str
    documents: Path | None
    questions: Path
    register: Path | None = None


def region_of(folder: Path) -> Region:
    """The region in a folder of its own."""
    register = folder / "register.json"
    return Region(
        folder.name, folder / "documents", folder / "questions.jsonl", register if register.exists() else None
    )


def usual_regions(shared: Path) -> list[Region]:
    """The regions that are measured where none is named; `shared` is the folder of development sets."""
    folders = [*(shared / "regions").glob("*"), *(ROOT / "benchmarks" / "invented").glob("*")]
    regions = [region_of(folder) for folder in sorted(folders) if folder.is_dir()]
    regions.append(Region("originals", shared / "corpus", shared / "datasets" / "rus_dev" / "questions.jsonl"))
    regions.append(Region("bundled", None, ROOT / "evals" / "questions.jsonl"))
    return regions


def measure(region: Region, work: Path, reuse: bool) -> Figures:
    """Build the index unless it is there to be reused, ask the questions, read the register; the figures of all."""
    index, out = work / region.name / "index", work / region.name / "out"
    out.mkdir(parents=True, exist_ok=True)
    if not (reuse and index.exists()):
        what = [] if region.documents is None else [str(region.documents)]
        _rus("ingest", *what, "--rebuild", "--index", str(index), allowed=(0, 1))
    _rus("eval", str(region.questions), "--index", str(index), "--out", str(out))
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    by_kind = {kind: _values(of_kind) for kind, of_kind in metrics["by_kind"].items()}
    figures = {"overall": _plain(metrics["overall"]), "by_kind": by_kind}
    if region.register is None:
        return figures
    found = json.loads(_rus("register", "--json", "--index", str(index)))
    (out / "register.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return figures | {"register": score_register(found, json.loads(region.register.read_text(encoding="utf-8")))}


def _rus(*arguments: str, allowed: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run([sys.executable, "-m", "rus", *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in allowed:
        raise SystemExit(f"rus {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def _plain(figures: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Measures by name, rounded, the timings as "seconds_p50/search"; those without questions left out."""
    flat: dict[str, Any] = {}
    for name, figure in figures.items():
        of_name = {f"{name}/{part}": one for part, one in figure.items()} if "value" not in figure else {name: figure}
        flat |= {key: one for key, one in of_name.items() if one["n"]}
    return {key: {part: round(value, 4) for part, value in one.items()} for key, one in flat.items()}


def _values(figures: Mapping[str, Any]) -> dict[str, float]:
    """The values alone, without timings."""
    return {name: one["value"] for name, one in _plain(figures).items() if not name.startswith("seconds")}


def table(name: str, now: Figures, kept: Figures) -> Iterator[str]:
    """The figures of a region as lines of text: overall, by kind, register."""
    yield f"\n== {name}"
    yield f"{'measure':<24}{'now':>8}{'kept':>8}{'change':>8}{'kept interval':>17}{'n':>5}"
    for measure_name, figure in now["overall"].items():
        was = kept.get("overall", {}).get(measure_name)
        yield f"{measure_name:<24}{_beside(measure_name, figure, was)}{figure['n']:>5}"
    measured = [one for one in (*BY_KIND, *BY_KIND_TOO) if one in now["overall"]]
    yield "\n" + f"{'kind: now (kept)':<16}" + "".join(f"{one[:20]:>22}" for one in measured)
    for kind, figures in now["by_kind"].items():
        was = kept.get("by_kind", {}).get(kind, {})
        yield f"{kind:<16}" + "".join(f"{_pair(figures.get(one), was.get(one)):>22}" for one in measured)
    if "register" in now:
        yield "\n" + f"{'register':<24}{'now':>8}{'kept':>8}"
        for measure_name, value in now["register"].items():
            was = kept.get("register", {}).get(measure_name)
            yield f"{measure_name:<24}{value:>8.3f}{'–' if was is None else f'{was:.3f}':>8}"


def _beside(name: str, now: Mapping[str, float], kept: Mapping[str, float] | None) -> str:
    if kept is None:
        return f"{now['value']:>8.3f}{'–':>8}{'':>25}"
    worse = now["value"] > kept["high"] if name in LOWER_IS_BETTER else now["value"] < kept["low"]
    worse = worse and not name.startswith("seconds")
    change = f"{now['value'] - kept['value']:+.3f}{'!' if worse else ''}"
    interval = f"{kept['low']:.3f}–{kept['high']:.3f}"
    return f"{now['value']:>8.3f}{kept['value']:>8.3f}{change:>8}{interval:>17}"


def _pair(now: float | None, kept: float | None) -> str:
    if now is None:
        return ""
    return f"{now:.2f}" + ("" if kept is None else f" ({kept:.2f})")


def _is_there(region: Region) -> bool:
    missing = [path for path in (region.documents, region.questions) if path is not None and not path.exists()]
    if missing:
        sys.stderr.write(f"{region.name} is left out: there is no {missing[0]}\n")
    return not missing


def main() -> None:
    """Measure the regions and print their figures beside the kept ones."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder of the development sets")
    parser.add_argument("--work", type=Path, default=WORK, help="where indexes and answers are written")
    parser.add_argument("--only", action="append", help="the name of a region; may be given several times")
    parser.add_argument("--reuse", action="store_true", help="ask the indexes that are there")
    parser.add_argument("--jobs", type=int, default=1, help="regions measured side by side")
    parser.add_argument("--keep-figures", action="store_true", help="write this run's figures over the kept ones")
    given = parser.parse_args()
    named = [region_of(folder) for folder in given.folders] or usual_regions(given.shared)
    regions = [region for region in named if (not given.only or region.name in given.only) and _is_there(region)]
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    with ThreadPoolExecutor(given.jobs) as pool:
        measured = pool.map(partial(measure, work=given.work, reuse=given.reuse), regions)
        for region, figures in zip(regions, measured, strict=True):
            sys.stdout.write("\n".join(table(region.name, figures, kept.get(region.name, {}))) + "\n")
            sys.stdout.flush()
            kept[region.name] = figures
    if given.keep_figures:
        KEPT.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
