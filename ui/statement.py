"""The accessibility statement, in the form that the Swedish authority for digital government asks for.

What it says of conformance comes from the file that the browser tests write: the states that axe-core went through,
with the faults it found, and what else was tried. Builds a whole HTML page; every text is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from assistant.catalogue import Catalogue
from ui.brand import Brand

RESULTS = Path(__file__).parent / "static" / "accessibility.json"


@dataclass(frozen=True, slots=True)
class ScanResults:
    """What the browser tests found. `states` is the number of faults by state of the page, `made` an ISO date."""

    made: str
    tool: str
    browser: str
    states: Mapping[str, int]
    checks: tuple[str, ...]

    @staticmethod
    def load(path: Path = RESULTS) -> ScanResults:
        """What the tests wrote last."""
        return TypeAdapter(ScanResults).validate_json(path.read_bytes())

    @property
    def faults(self) -> int:
        """All faults together."""
        return sum(self.states.values())


def statement_html(results: ScanResults, brand: Brand, catalogue: Catalogue, style: str) -> str:
    """The page at /tillganglighet. `style` is the service's style sheet."""
    text = catalogue.text
    name = brand.name or text("ui.statement.owner")
    values = {"name": name, "title": text("ui.title"), "made": results.made}
    conforms = text(
        "ui.statement.no_faults" if results.faults == 0 else "ui.statement.faults", {"count": str(results.faults)}
    )
    parts = [
        _paragraphs(text("ui.statement.intro", values)),
        _section("how", _paragraphs(text("ui.statement.how_text")), catalogue),
        _section("cannot", _paragraphs(text("ui.statement.cannot_text")) + _contact(brand, catalogue), catalogue),
        _section("report", _paragraphs(text("ui.statement.report_text")) + _contact(brand, catalogue), catalogue),
        _section("authority", _authority(catalogue), catalogue),
        _section("technical", _paragraphs(text("ui.statement.technical_text", values)), catalogue),
        _section("known", _list(text("ui.statement.known_text").strip().splitlines()), catalogue),
        _section("burden", _paragraphs(text("ui.statement.burden_text")), catalogue),
        _section("exempt", _paragraphs(text("ui.statement.exempt_text")), catalogue),
        _section("tested", f"<p>{html.escape(conforms)}</p>{_tested(results, catalogue)}", catalogue),
        f"<p>{html.escape(text('ui.statement.date', values))}</p>",
        f'<p><a href="./">{html.escape(text("ui.statement.back"))}</a></p>',
    ]
    heading = html.escape(text("ui.statement.heading", values))
    return (
        f'<!doctype html><html lang="{catalogue.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{heading}</title>'
        f'<style>{style}</style></head><body class="gradio-container rus-plain"><main><h1>{heading}</h1>'
        f"{''.join(parts)}</main></body></html>"
    )


def _tested(results: ScanResults, catalogue: Catalogue) -> str:
    """What was tried: the tool, the states and the further checks."""
    values = {"tool": results.tool, "browser": results.browser, "count": str(len(results.states))}
    states = ", ".join(catalogue.text(f"ui.statement.state_{state}") for state in results.states)
    checks = _list([catalogue.text(f"ui.statement.check_{check}") for check in results.checks])
    return f"<p>{html.escape(catalogue.text('ui.statement.tool', values))} {html.escape(states)}.</p>{checks}"


def _authority(catalogue: Catalogue) -> str:
    address = catalogue.text("ui.statement.authority_address")
    link = f'<a href="{html.escape(address)}" rel="noopener noreferrer">{html.escape(address)}</a>'
    return f"{_paragraphs(catalogue.text('ui.statement.authority_text'))}<p>{link}</p>"


def _contact(brand: Brand, catalogue: Catalogue) -> str:
    if not brand.contact:
        return f"<p>{html.escape(catalogue.text('ui.statement.no_contact'))}</p>"
    return f'<p><a href="{html.escape(brand.contact_address)}">{html.escape(brand.contact)}</a></p>'


def _section(key: str, body: str, catalogue: Catalogue) -> str:
    return f"<h2>{html.escape(catalogue.text(f'ui.statement.{key}'))}</h2>{body}"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(part)}</p>" for part in text.strip().split("\n"))


def _list(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(item)}</li>' for item in items)}</ul>"
