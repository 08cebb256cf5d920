"""The command line: `rus ingest`, `ask`, `serve`, `eval`, `documents`, `forget`, `passages`, `register`.

The one file that knows both the user interface and the evaluation. Answers go to standard output, all else to standard
error. Every command imports what it needs when it runs, so that `rus ask` is quick.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.settings import SettingsError, load_settings
from ingest.errors import BadQuestion, IndexUnusable, RusError

if TYPE_CHECKING:
    from ingest.index.progress import BuildReport, Progress
    from ingest.index.records import DocumentRecord

WRONG_USAGE = 2
NO_INDEX = 3

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Frågor och svar om regionens strategidokument, med belägg på sidan.",
)
Index = Annotated[Path | None, typer.Option("--index", help="Indexets mapp.")]


def main() -> None:
    """Run the command line; each error becomes one sentence and an exit code."""
    try:
        app()
    except IndexUnusable as error:
        _fail(error, NO_INDEX)
    except RusError as error:
        _fail(error, WRONG_USAGE if isinstance(error, SettingsError | BadQuestion) else 1)


def _fail(error: RusError, code: int) -> None:
    _tell(error.message)
    sys.exit(code)


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


@app.command()
def ingest(
    what: Annotated[list[str] | None, typer.Argument(help="Filer, mappar eller adresser; utan: sources.toml.")] = None,
    index: Index = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Läs och bygg om allt.")] = False,
    follow: Annotated[int | None, typer.Option("--follow", min=0, max=5, help="Följ länkar så här djupt.")] = None,
) -> None:
    """Läs in dokument i indexet."""
    from assistant.wiring import embedder_of
    from ingest.gather import gather_listed, gather_named
    from ingest.index.build import build
    from ingest.index.isolation import Limits
    from ingest.index.passage_index import known_records
    from ingest.index.planning import BuildOptions
    from ingest.read import ReadOptions
    from ingest.web.fetch import FetchLimits

    settings = load_settings(index_dir=index)
    password = settings.pdf_password.get_secret_value() if settings.pdf_password else None
    limits = FetchLimits(timeout_seconds=settings.fetch_timeout_seconds)
    options = BuildOptions(
        full=not what,
        rebuild=rebuild,
        workers=settings.workers,
        reading=ReadOptions(ocr=settings.ocr, maximum_pages=settings.maximum_pages),
        limits=Limits(settings.read_memory_mib << 20, settings.read_timeout_seconds),
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            gathered = (
                gather_named(what, Path(folder), password, limits, follow, known_records(settings.index_dir))
                if what
                else gather_listed(settings.sources_file, Path(folder), password, limits)
            )
        except RusError as error:
            _fail(error, WRONG_USAGE)
            return
        for note in gathered.notes:
            _tell(note)
        embedder = embedder_of(settings, _tell)
        with _progress_line() as show:
            report = build(gathered.incoming, settings.index_dir, embedder, options, show)
    _print_table(report)
    raise typer.Exit(0 if report.all_read else 1)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="Frågan.")],
    index: Index = None,
    history: Annotated[list[str] | None, typer.Option("--history", help="Tidigare frågor, äldst först.")] = None,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="Sök bara i dokumentet med detta id.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv hela svarsposten som JSON.")] = False,
) -> None:
    """Svara på en fråga."""
    from assistant.wiring import open_assistant

    assistant = open_assistant(load_settings(index_dir=index), _tell)
    answer = assistant.ask(question, history or (), document or ())
    if as_json:
        print(json.dumps(answer.to_record(), ensure_ascii=False))
        return
    print(answer.text)
    for citation in answer.citations:
        place = ", ".join(part for part in (citation.title, _page_name(citation.page)) if part)
        print(f"\n[{citation.mark}] {place}\n    »{' '.join(citation.quote.split())}«")
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
    from ui.app import ChatOptions
    from ui.app import serve as serve_chat

    settings = load_settings(index_dir=index, host=host, port=port)
    assistant = open_assistant(settings, _tell)
    _tell(f"Chatten startar på http://{settings.host}:{settings.port} …")
    password = settings.pdf_password.get_secret_value() if settings.pdf_password else None
    options = ChatOptions(language=settings.language, pdf_password=password)
    serve_chat(assistant, settings.host, settings.port, options)


@app.command(name="eval")
def evaluate(
    questions: Annotated[Path, typer.Argument(help="Frågefil, JSONL.")],
    index: Index = None,
    out: Annotated[Path, typer.Option("--out", help="Mapp för resultaten.")] = Path("eval-out"),
    baseline: Annotated[Path | None, typer.Option("--baseline", help="Golv som inte får underskridas.")] = None,
) -> None:
    """Kör en frågefil och mät svaren."""
    from assistant.wiring import open_assistant
    from evals.run import evaluate as run

    assistant = open_assistant(load_settings(index_dir=index), _tell)
    raise typer.Exit(run(assistant, questions, out, baseline, _tell))


@app.command()
def documents(
    index: Index = None, as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False
) -> None:
    """Lista alla dokument med status, skäl, datum, sidor och stycken."""
    from ingest.index.passage_index import open_index

    opened = open_index(load_settings(index_dir=index).index_dir)
    rows = [_document_row(record) for record in opened.records]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print("\t".join("" if value is None else str(value) for value in row.values()))


@app.command()
def forget(
    document: Annotated[str, typer.Argument(help="Dokumentets id.")],
    index: Index = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fråga inte.")] = False,
) -> None:
    """Ta bort ett dokument ur indexet och från disken."""
    from ingest.index.build import forget as erase

    settings = load_settings(index_dir=index)
    if not yes and not typer.confirm(f"Ska {document} raderas ur indexet och från disken?", err=True):
        raise typer.Exit(0)
    erase(document, settings.index_dir)
    _tell(f"{document} är raderat.")


@app.command()
def passages(index: Index = None) -> None:
    """Skriv alla stycken som JSONL."""
    from ingest.index.passage_index import open_index

    for passage in open_index(load_settings(index_dir=index).index_dir).passages:
        record = {
            "passage_id": passage.id,
            "document_id": passage.document_id,
            "title": passage.title,
            "page": passage.page,
            "page_end": passage.page_end,
            "section": list(passage.section),
            "kind": passage.kind,
            "text": passage.text,
            "start": passage.start,
            "end": passage.end,
        }
        print(json.dumps(record, ensure_ascii=False))


@app.command()
def register(index: Index = None, as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False) -> None:
    """Skriv registret över insatser, mål, utmaningar och insatsområden."""
    from ingest.index.passage_index import open_index

    found = open_index(load_settings(index_dir=index).index_dir).register
    if as_json:
        print(json.dumps(found.to_record(), ensure_ascii=False))
        return
    for heading, names in (
        ("Insatser", [initiative.name for initiative in found.initiatives]),
        ("Mål", [goal.title for goal in found.goals]),
        ("Utmaningar", [challenge.text for challenge in found.challenges]),
        ("Insatsområden", [area.text for area in found.focus_areas]),
        ("Prioriteringar", [priority.text for priority in found.priorities]),
    ):
        print(f"{heading}: {len(names)}", *(f"  {name}" for name in names), sep="\n")


def _page_name(page: int | None) -> str:
    return "" if page is None else f"s. {page}"


def _document_row(record: DocumentRecord) -> dict[str, object]:
    document = record.document
    return {
        "id": document.id,
        "title": document.title,
        "status": record.status,
        "reason": record.reason,
        "published": record.published or document.year,
        "valid_from": document.valid_from,
        "valid_to": document.valid_to,
        "supersedes": document.supersedes,
        "pages": record.report.pages,
        "passages": record.passages,
        "near_duplicates": list(record.near_duplicates),
        "url": document.url,
    }


@contextmanager
def _progress_line() -> Iterator[Callable[[Progress], None]]:
    """A progress line on standard error where that is a terminal; elsewhere silence."""
    from rich.console import Console

    with Console(stderr=True).status("Läser …") as status:

        def show(progress: Progress) -> None:
            left = "" if progress.seconds_left is None else f", cirka {progress.seconds_left:.0f} s kvar"
            status.update(
                f"{progress.step} {progress.documents_done} av {progress.documents}: {progress.document} "
                f"({progress.pages} sidor, {progress.passages} stycken{left})"
            )

        yield show


def _print_table(report: BuildReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Dokument", "Sidor", "Stycken", "Status", "Skäl")
    for row in report.rows:
        table.add_row(
            row.title or row.document_id, str(row.pages), str(row.passages), str(row.action), row.reason or ""
        )
    Console(stderr=True).print(table)


if __name__ == "__main__":
    main()
