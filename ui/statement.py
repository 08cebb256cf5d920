"""The accessibility statement, in the form that the Swedish authority for digital government asks for.

What it says of conformance comes from the file that the browser tests write: the states that axe-core went through,
with the faults it found, and what else was tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from pydantic import TypeAdapter

from assistant.catalogue import Catalogue
from ui.brand import Brand
from ui.templating import render

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
    values = {
        "name": brand.name or catalogue.text("ui.statement.owner"),
        "title": catalogue.text("ui.title"),
        "made": results.made,
        "count": str(results.faults),
        "states": str(len(results.states)),
        "tool": results.tool,
        "browser": results.browser,
    }
    shown = {"results": results, "brand": brand, "language": catalogue.language, "values": values}
    return render("statement", catalogue, {**shown, "style": Markup(style)})
