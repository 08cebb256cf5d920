"""The command line: `rus ingest`, `ask`, `serve`, `eval`, `documents`, `forget`, `passages`, `register`.

The one file that knows both the user interface and the evaluation. Answers go to standard output, all else to standard
error. Every command imports what it needs when it runs, so that `rus ask` is quick.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from assistant.settings import Settings, SettingsError, load_settings
from ingest.environment import prepare_environment
from ingest.errors import BadQuestion, IndexUnusable, RusError

if TYPE_CHECKING:
    from ingest.embedder import Embedder
    from ingest.enrichment import Enricher
    from ingest.indexing.building import BuildReport, Progress
    from ingest.store.passage_index import PassageIndex

_LOWER_PRIORITY = 10
"""By how much an ingest and its processes give way to those that answer on the same machine."""
WRONG_USAGE = 2
NO_INDEX = 3

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Frågor och svar om regionens strategidokument, med belägg på sidan.",
)
Index = Annotated[Path | None, typer.Option("--index", help="Indexets mapp.")]
AsJson = Annotated[bool, typer.Option("--json", help="Skriv JSON.")]


def main() -> None:
    """Run the command line; each error becomes one sentence and an exit code."""
    prepare_environment()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without some character shows "?" instead
    try:
        app()
    except IndexUnusable as error:
        _fail(error.message, NO_INDEX)
    except RusError as error:
        _fail(error.message, WRONG_USAGE if isinstance(error, SettingsError | BadQuestion) else 1)
    except OSError as error:
        name = error.filename or "En fil"
        _fail(f"{name} går inte att använda ({error.strerror}): kontrollera rättigheter och plats.", 1)


def _fail(message: str, code: int) -> NoReturn:
    _tell(message)
    sys.exit(code)


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


@app.command()
def ingest(
    what: Annotated[list[str] | None, typer.Argument(help="Filer, mappar eller adresser; utan: sources.toml.")] = None,
    index: Index = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Läs och bygg om allt.")] = False,
    follow: Annotated[int | None, typer.Option("--follow", min=0, max=5, help="Följ länkar så här djupt.")] = None,
    enrich: Annotated[bool, typer.Option("--enrich", help="Låt språkmodellen läsa varje stycke.")] = False,
) -> None:
    """Läs in dokument i indexet."""
    from assistant.wiring import build_options, embedder_of, enricher_of, gathered_by
    from ingest.descriptions import described, load_descriptions
    from ingest.indexing.building import build
    from ingest.store.generations import fetched_folder

    if hasattr(os, "nice"):
        os.nice(max(0, _LOWER_PRIORITY - os.nice(0)))
    settings = load_settings(index_dir=index)
    enricher = enricher_of(settings) if enrich else None
    try:
        with fetched_folder(settings.index_dir) as folder:
            gathered = gathered_by(settings, what or (), folder, follow)
            for note in gathered.notes:
                _tell(note)
            embedder, options = embedder_of(settings, _tell), build_options(settings, not what, rebuild)
            incoming = described(gathered.incoming, load_descriptions(settings.index_dir))
            with _progress_line() as show:
                report = build(incoming, settings.index_dir, embedder, options, show)
    except RusError as error:  # nothing is stored; 1 would say that the rest is
        _fail(error.message, WRONG_USAGE)
    _print_table(report)
    whole = enricher is None or _enriched(enricher, embedder, settings)
    raise typer.Exit(0 if report.all_read and whole else 1)


def _enriched(enricher: Enricher, embedder: Embedder, settings: Settings) -> bool:
    """Let the model read the passages, with progress and cost; whether it came to the end."""
    from ingest.enrichment import Enrichment, enrich
    from ingest.store.passage_index import open_index

    def show(now: Enrichment) -> None:
        left = "" if now.seconds_left is None else f", ca {now.seconds_left / 60:.0f} min kvar"
        read = f"{now.done} av {now.passages} stycken ({now.known} lästa förut)"
        print(f"\rSpråkmodellen läser: {read}, {now.tokens} tokens{left}   ", end="", file=sys.stderr)

    ended = enrich(open_index(settings.index_dir, embedder.name, settings.chroma_server()), enricher, embedder, show)
    _tell(
        f"\n{ended.facts} uppgifter låsta till sin mening, {ended.refused_facts} förkastade; {ended.questions} frågor; "
        f"{ended.unread} stycken gav inget läsbart svar; {ended.tokens} tokens."
    )
    if ended.failure:
        _tell(f"{ended.failure} Kör samma kommando igen: det fortsätter där det slutade.")
    return ended.failure is None


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="Frågan.")],
    index: Index = None,
    history: Annotated[list[str] | None, typer.Option("--history", help="Tidigare frågor, äldst först.")] = None,
    document: Annotated[list[str] | None, typer.Option("--document", help="Id för dokument att söka i.")] = None,
    as_json: AsJson = False,
    evidence: Annotated[Path | None, typer.Option("--evidence", help="Skriv de citerade sidorna som PDF.")] = None,
) -> None:
    """Svara på en fråga."""
    from assistant.catalogue import Catalogue
    from assistant.evidence import evidence_pdf, place_text
    from assistant.wiring import open_assistant

    settings = load_settings(index_dir=index)
    assistant = open_assistant(settings, _tell)
    if unknown := set(document or ()) - {known.id for known in assistant.index.documents}:
        told = f"Det finns inget läst dokument med beteckningen {min(unknown)}. Se vilka som finns: rus documents"
        _fail(told, WRONG_USAGE)
    answer = assistant.ask(question, history or (), document or ())
    if evidence is not None:
        catalogue = Catalogue.load(settings.language)
        pages = evidence_pdf(answer, assistant.index, catalogue, date.today(), settings.opening_password())
        evidence.write_bytes(pages)
        _tell(f"Beläggen skrevs till {evidence}.")
    if as_json:
        print(json.dumps(answer.to_record(), ensure_ascii=False))
        return
    print(answer.text)
    for one in answer.citations:
        place = place_text(one.title, one.page, one.page_label, Catalogue.load("sv"))
        print(f"\n[{one.mark}] {place}\n    »{' '.join(one.quote.split())}«")
    for sentence in (*answer.notices, *answer.suggestions):
        _tell(sentence)


@app.command()
def serve(
    index: Index = None,
    host: Annotated[str | None, typer.Option("--host", help="Adress att lyssna på.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port att lyssna på.")] = None,
) -> None:
    """Starta chatten i webbläsaren."""
    from assistant.wiring import open_assistant

    settings = load_settings(index_dir=index, host=host, port=port)
    assistant = open_assistant(settings, _tell)
    from ui.app import serve as serve_chat  # loads long: what is wrong with the index is told before

    _tell(f"Chatten startar på http://{settings.host}:{settings.port} …")
    serve_chat(assistant, settings)


@app.command()
def mcp(index: Index = None) -> None:
    """Svara språkmodeller och agenter över MCP, på standardströmmarna."""
    from assistant.wiring import open_assistant
    from ui.doors import create_mcp_server

    create_mcp_server(open_assistant(load_settings(index_dir=index), _tell)).run("stdio")


@app.command()
def feedback(index: Index = None, as_json: AsJson = False) -> None:
    """Skriv användarnas omdömen som rader i en frågefil."""
    from ui.export import question_lines

    lines = tuple(question_lines(load_settings(index_dir=index).feedback_folder()))
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    if not as_json:
        _tell(f"{len(lines)} omdömen, varav {sum(bool(line['good']) for line in lines)} om bra svar.")


@app.command(name="check-model")
def check_model() -> None:
    """Pröva den inställda språkmodellen på fem frågor och säg vad som fungerar."""
    from assistant.model.consulting import check_model as check
    from assistant.wiring import chat_of

    chat = chat_of(load_settings())
    if chat is None:
        _fail("Ingen språkmodell är inställd. Sätt RUS_CHAT_MODEL.", 1)
    verdicts = []
    for result in check(chat):
        verdicts.append(result.right)
        print(f"{'ja ' if result.right else 'nej'}  {result.question}\n     {result.told} ({result.seconds:.1f} s)")
    print(f"{chat.name}: {sum(verdicts)} av {len(verdicts)} som väntat.")
    raise typer.Exit(0 if verdicts.count(False) <= 1 else 1)


@app.command(name="eval")
def evaluate(
    questions: Annotated[Path, typer.Argument(help="Frågefil: JSONL, CSV eller XLSX.")],
    index: Index = None,
    out: Annotated[Path, typer.Option("--out", help="Mapp för resultaten.")] = Path("eval-out"),
    baseline: Annotated[Path | None, typer.Option("--baseline", help="Golv som inte får underskridas.")] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Frågor samtidigt; utan: en per kärna.")] = None,
) -> None:
    """Kör en frågefil och mät svaren.

    En rad är en fråga. Fält: id, question, kind (fact, number, list …), answerable (om dokumenten har ett svar).
    Facit: evidence (ordagranna stycken ur dokumenten), key_facts (reguljära uttryck som ett rätt svar har med),
    answer, rows (listans alla namn), rows_optional. Dessutom: history (tidigare frågor), lang, region.
    I CSV och XLSX står fältens namn i första raden, och flera värden på var sin rad i cellen.
    Mall: evals/template.csv. Resultat: answers.jsonl, metrics.json och report.html.
    """
    from assistant.wiring import open_assistant
    from evals.evaluation import evaluate as run

    settings = load_settings(index_dir=index)
    assistant = open_assistant(settings, _tell)
    told = {name: str(value) for name, value in settings.model_dump().items() if value is not None}
    raise typer.Exit(run(assistant, questions, out, _tell, baseline, jobs or os.cpu_count() or 1, told))


def _opened(index: Path | None) -> PassageIndex:
    from ingest.store.passage_index import open_index

    settings = load_settings(index_dir=index)
    return open_index(settings.index_dir, None, settings.chroma_server())


@app.command()
def documents(index: Index = None, as_json: AsJson = False) -> None:
    """Lista alla dokument med status, skäl, datum, sidor och stycken."""
    from ui.doors import document_record

    rows = [document_record(record) for record in _opened(index).records]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        cells = (" ".join(value) if isinstance(value, list) else value for value in row.values())
        print("\t".join("" if cell is None else str(cell) for cell in cells))


@app.command()
def forget(
    document: Annotated[str, typer.Argument(help="Dokumentets id.")],
    index: Index = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fråga inte.")] = False,
) -> None:
    """Ta bort ett dokument ur indexet och från disken."""
    from ingest.descriptions import keep_description
    from ingest.indexing.building import forget as erase

    settings = load_settings(index_dir=index)
    if not yes and not typer.confirm(f"Ska {document} raderas ur indexet och från disken?", err=True):
        raise typer.Exit(0)
    erase(document, settings.index_dir, settings.chroma_server())
    keep_description(settings.index_dir, document, None)
    _tell(f"{document} är raderat.")


@app.command()
def passages(index: Index = None) -> None:
    """Skriv alla stycken som JSONL."""
    from ui.doors import passage_record

    for passage in _opened(index).passages:
        print(json.dumps(passage_record(passage), ensure_ascii=False))


@app.command()
def register(index: Index = None, as_json: AsJson = False) -> None:
    """Skriv registret över insatser, mål, utmaningar och insatsområden."""
    from ingest.facts.record import register_record
    from ingest.facts.types import BODIES

    opened = _opened(index)
    if as_json:
        print(json.dumps(register_record(opened.facts, opened.passages), ensure_ascii=False))
        return
    facts = opened.facts
    for heading, names in (
        ("Insatser", [entity.name for entity in facts.entities if entity.kind not in BODIES]),
        ("Mål", [goal.title for goal in facts.goals]),
        ("Utmaningar", [challenge.name for challenge in facts.challenges]),
        ("Insatsområden", [area.name for area in facts.focus_areas]),
        ("Prioriteringar", [priority.name for priority in facts.priorities]),
        ("Organisationer", [entity.name for entity in facts.entities if entity.kind in BODIES]),
    ):
        print(f"{heading}: {len(names)}", *(f"  {name}" for name in names), sep="\n")


@contextmanager
def _progress_line() -> Iterator[Callable[[Progress], None]]:
    """A progress line on standard error where that is a terminal; elsewhere silence."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as ProgressBar

    from ingest.indexing.building import Step

    steps = {Step.READING: "Läser", Step.EMBEDDING: "Beräknar vektorer", Step.STORING: "Sparar"}
    console = Console(stderr=True)
    columns = TextColumn("{task.fields[step]}"), MofNCompleteColumn(), TextColumn("{task.description}")
    silent = not console.is_terminal
    with ProgressBar(*columns, TimeRemainingColumn(), console=console, transient=True, disable=silent) as bar:
        task = bar.add_task("", total=None, step="")

        def show(now: Progress) -> None:
            read = f"{now.pages} sidor, {now.passages} stycken  " if now.pages else ""
            told = f"{read}{escape(now.name)}"
            bar.update(task, step=steps[now.step], description=told, completed=now.done, total=now.total)

        yield show


def _print_table(report: BuildReport) -> None:
    from rich.console import Console
    from rich.table import Table

    from assistant.catalogue import Catalogue

    text = Catalogue.load("sv").text
    table = Table("Dokument", "Sidor", "Stycken", "Status", "Skäl")
    for one in report.outcomes:
        record = one.record
        title = record.document.title or record.document.id
        pages, passages = str(record.report.pages), str(record.passages)
        reasons = " ".join(filter(None, (record.reason, *record.report.warnings)))
        table.add_row(title, pages, passages, text(f"ui.manage.action_{one.action}").lower(), reasons)
    # Where nobody watches, no line is broken, so that a log can be searched for a reason.
    Console(stderr=True, markup=False, width=None if sys.stderr.isatty() else 400).print(table)


if __name__ == "__main__":
    main()
