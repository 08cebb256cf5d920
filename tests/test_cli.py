"""The command line on the project's own corpus: answers, exit codes, and one Swedish sentence for each bad input."""

import hashlib
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

import rus

ROOT = Path(__file__).resolve().parents[1]
PAGE = "<html><body><h1>Plan</h1><p>Länet ska ha fler lärlingar inom trähus.</p></body></html>"
TRACES = ("Traceback", "Error", "[Errno")
ANSWER_FIELDS = {
    "id", "question", "standalone_question", "answer", "status", "refusal", "citations", "passages", "rows",
    "generator", "seconds", "index_id",
}  # fmt: skip
PASSAGE_FIELDS = {"passage_id", "document_id", "title", "page", "page_end", "section", "kind", "text", "start", "end"}


@pytest.fixture(scope="module")
def index(bundled_directory, tmp_path_factory):
    """A copy of the bundled index, so that these tests may write to it."""
    return shutil.copytree(bundled_directory, tmp_path_factory.mktemp("cli") / "index")


@pytest.fixture
def run(index, request, monkeypatch, capsys):
    """Runs `rus` in this process; gives exit code, standard output and standard error."""
    monkeypatch.setenv("RUS_INDEX_DIR", str(index))
    monkeypatch.setenv("RUS_CACHE_DIR", str(request.config.cache.mkdir("models")))
    monkeypatch.setenv("RUS_WORKERS", "1")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["rus", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            rus.main()
        captured = capsys.readouterr()
        return end.value.code or 0, captured.out, captured.err

    return call


def is_told(text, *words):
    """Whether the text is for people: the words are in it and no trace of the program is."""
    return all(word in text for word in words) and not any(trace in text for trace in TRACES)


def test_help_is_quick_to_load_and_tells_each_command():
    done = subprocess.run(
        [sys.executable, "-m", "rus", "--help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    for name in ("ingest", "ask", "serve", "eval", "documents", "forget", "passages", "register"):
        assert f" {name} " in done.stdout


def test_an_answer_is_printed_with_its_sources(run):
    code, out, _ = run("ask", "Vilken sysselsättningsgrad ska nås 2025?")
    assert code == 0
    assert "80 procent" in out
    assert "[1] Gröna Kronoberg 2025: sammanfattning av strategin\n    »" in out


def test_an_answer_as_json_is_one_record_and_nothing_else(run):
    code, out, _ = run("ask", "--json", "Och till 2025?", "--history", "Hur hög ska sysselsättningsgraden vara?")
    record = json.loads(out)
    assert code == 0
    assert set(record) >= ANSWER_FIELDS
    assert record["question"] == "Och till 2025?"
    assert "sysselsättningsgrad" in record["standalone_question"]
    assert len(record["passages"]) >= 10


def test_search_keeps_to_the_chosen_document(run):
    _, out, _ = run("ask", "--json", "Vilka mål finns?", "--document", "gk2025-uppfoljning-sammanfattning")
    assert {passage["document_id"] for passage in json.loads(out)["passages"]} == {"gk2025-uppfoljning-sammanfattning"}
    code, out, err = run("ask", "Vilka mål finns?", "--document", "okänt")
    assert (code, out) == (2, "")
    assert is_told(err, "okänt", "rus documents")


def test_what_documents_do_not_say_is_an_honest_answer(run):
    code, out, _ = run("ask", "--json", "Vad kostar en bussbiljett mellan Norrby och Sunnanå?")
    assert code == 0
    assert json.loads(out)["status"] == "refused"


def test_a_question_that_is_no_unicode_is_answered(run):
    code, out, _ = run("ask", "--json", "Vilka mål har strategin\udcff?")
    assert code == 0
    assert json.loads(out)["question"].startswith("Vilka mål")


def test_passages_register_and_documents_are_printed(run):
    code, out, _ = run("passages")
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert records
    assert all(set(record) >= PASSAGE_FIELDS for record in records)
    assert json.loads(run("register", "--json")[1])
    rows = json.loads(run("documents", "--json")[1])
    assert {"gk2025-strategi-sammanfattning", "gk2025-uppfoljning-sammanfattning"} <= {row["id"] for row in rows}


@pytest.mark.parametrize(
    "question", ["", "  \n ", "Vad är målet? " * 1430], ids=["empty", "blank", "20,000 characters"]
)
def test_a_question_that_cannot_be_asked(run, question):
    code, out, err = run("ask", question)
    assert (code, out) == (2, "")
    assert is_told(err, "Frågan är")
    assert len(err.splitlines()) == 1


def empty(folder):
    (folder / "tom.pdf").write_bytes(b"")
    return folder / "tom.pdf"


def damaged(folder):
    (folder / "skadad.pdf").write_bytes((ROOT / "corpus/uppfoljning.pdf").read_bytes()[:3000])
    return folder / "skadad.pdf"


def locked(folder):
    with PdfWriter(clone_from=ROOT / "corpus/uppfoljning.pdf") as writer:
        writer.encrypt("rätt lösenord")
        writer.write(folder / "last.pdf")
    return folder / "last.pdf"


def scanned(folder):
    Image.new("RGB", (620, 877), "white").save(folder / "skannad.pdf")
    return folder / "skannad.pdf"


def web_page_named_pdf(folder):
    (folder / "webb.pdf").write_text(PAGE, encoding="utf-8")
    return folder / "webb.pdf"


def unreachable(_folder):
    return "https://finns-inte.invalid/rapport.pdf"


def own_network(_folder):
    return "http://127.0.0.1:9/rapport.pdf"


UNREADABLE = {
    empty: ("tom.pdf är tom",),
    damaged: ("skadad.pdf är skadad", "hämta filen på nytt"),
    locked: ("last.pdf", "lösenordet stämmer inte", "RUS_PDF_PASSWORD"),
    scanned: ("skannad.pdf är skannad", "Tesseract"),
    web_page_named_pdf: ("webb.pdf heter som en .pdf-fil", "webbsida"),
    unreachable: ("https://finns-inte.invalid/rapport.pdf kan inte nås",),
    own_network: ("http://127.0.0.1:9/rapport.pdf hämtas inte", "internt nätverk"),
}


def test_documents_that_cannot_be_read_are_told_and_the_others_are_kept(run, tmp_path, monkeypatch):
    monkeypatch.setenv("RUS_OCR", "false")
    monkeypatch.setenv("RUS_PDF_PASSWORD", "fel lösenord")
    before = run("passages")[1]
    good = tmp_path / "plan.html"
    good.write_text(PAGE, encoding="utf-8")
    code, out, err = run("ingest", *(make(tmp_path) for make in UNREADABLE), good)
    assert (code, out) == (1, "")
    lines = err.splitlines()
    for words in UNREADABLE.values():
        (line,) = (line for line in lines if all(word in line for word in words))
        assert is_told(line, "inte läst")
    assert sum("inläst" in line for line in lines) == 1
    assert set(before.splitlines()) < set(run("passages")[1].splitlines())


def test_a_document_is_read_once_and_forgotten_when_told(run, tmp_path):
    text = PAGE.replace("Plan", "Plan [red] [/] utkast").replace("trähus", "stenhus")
    (tmp_path / "glömd.html").write_text(text, encoding="utf-8")
    code, _, err = run("ingest", tmp_path)
    assert code == 0
    assert is_told(err, "Plan [red] [/] utkast", "inläst")
    code, _, err = run("ingest", tmp_path)
    assert code == 0
    assert is_told(err, "oförändrat")
    assert "stenhus" in run("passages")[1]
    assert run("forget", "glomd", "--yes")[0] == 0
    assert "stenhus" not in run("passages")[1]
    code, _, err = run("forget", "glomd", "--yes")
    assert code == 1
    assert is_told(err, "glomd", "rus documents")


def test_a_path_that_does_not_exist_and_a_folder_with_nothing_to_read(run, tmp_path):
    for path, words in ((tmp_path / "borta.pdf", "finns inte"), (tmp_path, "innehåller inga filer")):
        code, _, err = run("ingest", path)
        assert code == 2
        assert is_told(err, str(path), words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[document]]\nid = "a"\ntitel = "A"\npath = "a.html"\n', ("titel",)),
        ("x = [", ("kan inte läsas",)),
        (None, ("finns inte", "RUS_SOURCES_FILE")),
    ],
)
def test_a_list_of_sources_that_cannot_be_used(run, tmp_path, monkeypatch, text, words):
    if text is not None:
        (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("RUS_SOURCES_FILE", str(tmp_path / "sources.toml"))
    code, _, err = run("ingest")
    assert code == 2
    assert is_told(err, "sources.toml", *words)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("RUS_SOK", "1", "RUS_SOK finns inte"),
        ("RUS_PORT", "sjutusen", "RUS_PORT har ett värde som inte går att använda: det ska vara ett heltal"),
        ("RUS_THREADS", "0", "det ska vara minst 1"),
        ("RUS_LANGUAGE", "de", "det ska vara 'sv' or 'en'"),
    ],
)
def test_a_setting_that_is_unknown_or_cannot_be_used(run, monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    code, _, err = run("ask", "Vilka mål har strategin?")
    assert code == 2
    assert is_told(err, words)


@pytest.mark.parametrize(
    "command",
    [("ask", "Vilka mål?"), ("passages",), ("register",), ("documents",), ("serve",), ("forget", "x", "--yes")],
    ids=lambda command: command[0],
)
def test_without_an_index_each_command_says_how_to_make_one(run, tmp_path, command):
    code, out, err = run(*command, "--index", tmp_path)
    assert (code, out) == (3, "")
    assert is_told(err, "Det finns inget index", "rus ingest")


def test_a_file_in_the_place_of_the_index_is_no_index(run, tmp_path):
    (tmp_path / "index").touch()
    assert run("ask", "Vilka mål?", "--index", tmp_path / "index")[0] == 3
    code, _, err = run("ingest", ROOT / "corpus/strategi.html", "--index", tmp_path / "index")
    assert code == 2
    assert is_told(err, str(tmp_path / "index"))


def test_an_index_of_another_model_is_refused_with_the_command_that_mends_it(run, index, tmp_path):
    other = shutil.copytree(index, tmp_path / "index")
    for manifest in other.rglob("manifest.json"):
        text = manifest.read_text("utf-8").replace("multilingual-e5-small/", "annan-modell/")
        before = hashlib.sha256(manifest.read_bytes()).hexdigest()
        manifest.write_text(text, encoding="utf-8")
        for sums in other.rglob("checksums.json"):
            sums.write_text(sums.read_text().replace(before, hashlib.sha256(text.encode()).hexdigest()))
    code, out, err = run("ask", "Vilka mål har strategin?", "--index", other)
    assert (code, out) == (3, "")
    assert is_told(err, "annan-modell", "rus ingest --rebuild")


def test_a_taken_port_is_told(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = run("serve", "--port", port)
    assert code == 1
    assert is_told(err, f"port {port}", "--port")


def test_a_question_file_that_is_not_there_or_not_right(run, tmp_path):
    (tmp_path / "fel.jsonl").write_text("{}\n", encoding="utf-8")
    for name in ("borta.jsonl", "fel.jsonl"):
        code, _, err = run("eval", tmp_path / name, "--out", tmp_path / "ut")
        assert code == 2
        assert name in err
    assert not (tmp_path / "ut").exists()
