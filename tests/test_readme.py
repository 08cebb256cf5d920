"""The README says what the program does: every setting, every command of the house, the two commands."""

import re
from pathlib import Path

import typer

import rus
from assistant.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SETTING_ROW = re.compile(r"^\| `(RUS_\w+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
COMMAND_ROW = re.compile(r"^\| `rus ([a-z-]+)", re.MULTILINE)
OWN_FOLDERS = {"index_dir": "user data folder", "cache_dir": "user cache folder"}


def default_of(name, field):
    """A default as the README writes it."""
    if name in OWN_FOLDERS:
        return OWN_FOLDERS[name]
    if field.default is None:
        return "none"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return f"`{field.default:g}`" if isinstance(field.default, float) else f"`{field.default}`"


def test_the_table_of_settings_is_true():
    expected = [
        (f"RUS_{name.upper()}", default_of(name, field), field.description)
        for name, field in Settings.model_fields.items()
    ]
    assert SETTING_ROW.findall(README) == expected


def test_every_command_and_each_of_its_options_is_described():
    commands = typer.main.get_command(rus.app).commands
    assert sorted(COMMAND_ROW.findall(README)) == sorted(commands)
    for name, command in commands.items():
        (row,) = re.findall(rf"^\| `rus {name}\b.*$", README, re.MULTILINE)
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        missing = {option for option in options - {"--index", "--help"} if option not in row}
        assert missing == set(), name


def test_the_contract_of_commands_is_kept():
    commands = typer.main.get_command(rus.app).commands
    options = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in commands.items()
    }
    assert options["ingest"] >= {"--index", "--rebuild"}
    assert options["ask"] >= {"--index", "--history", "--document", "--json"}
    assert options["serve"] >= {"--index", "--host", "--port"}
    assert options["eval"] >= {"--index", "--out", "--baseline"}
    assert options["passages"] >= {"--index"}
    assert options["register"] >= {"--index", "--json"}


def test_the_two_commands_are_there_and_ci_runs_the_second():
    for target in ("start", "test"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)
    assert re.search(r"^make\b.*\btest\b", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)


def test_files_that_the_readme_links_to_are_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_versions_are_pinned_by_name_alone():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.]+", line)] == []
    assert "torch==2.13.0" in pins
