"""The region's own: name, logo, colour, contact and welcome, and the accessibility statement in its name.

A colour that text could not be read in is refused. The statement has the form that the Swedish authority for digital
government asks for; what it says of conformance comes from the file that the browser tests write: the states that
axe-core went through, with the faults it found, and what else was tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from pydantic import TypeAdapter

from assistant.catalogue import Catalogue
from assistant.settings import Settings, SettingsError
from ui.markup import render

RESULTS = Path(__file__).parent / "static" / "accessibility.json"

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LEAST_CONTRAST = 4.5
LOGO_TYPES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


def check_brand(settings: Settings) -> None:
    """Raise SettingsError for a colour or a logo that cannot be used."""
    colour, logo = settings.region_colour, settings.region_logo
    if colour is not None and not _COLOUR.fullmatch(colour):
        raise SettingsError("RUS_REGION_COLOUR ska vara en färg som #0b5345: sex siffror eller bokstäver a–f.")
    if colour is not None and (found := contrast(colour, "#ffffff")) < _LEAST_CONTRAST:
        raise SettingsError(
            f"RUS_REGION_COLOUR {colour} har kontrasten {found:.1f} mot vitt, och minst {_LEAST_CONTRAST} krävs för "
            "att text ska gå att läsa: välj en mörkare färg."
        )
    if logo is not None and not (logo.suffix.lower() in LOGO_TYPES and logo.is_file()):
        raise SettingsError(
            f"RUS_REGION_LOGO {logo} är ingen bild som finns: ange en PNG-, SVG-, WebP- eller JPEG-fil."
        )


def contact_address(contact: str | None) -> str:
    """Where the contact leads: a web page, or a letter."""
    return contact if contact and contact.startswith(("http://", "https://")) else f"mailto:{contact}"


def colours(colour: str | None) -> str:
    """Style rules that put the region's colour in place of the green; lighter on dark ground."""
    if colour is None:
        return ""
    light, lighter = (f"oklch(from {colour} max(l, {least}) c h)" for least in (0.78, 0.86))
    return (
        f":root{{--rus-strong:{colour};--rus-green:light-dark({colour},{light});"
        f"--rus-green-dark:light-dark(color-mix(in srgb,{colour} 75%,black),{lighter})}}"
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours "#rrggbb", 1 to 21 (WCAG 2.1, definition of contrast ratio)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.1)."""
    shares = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True, slots=True)
class ScanResults:
    """What the browser tests found. `states` is the number of faults by state of the page, `made` an ISO date."""

    made: str
    tool: str
    browser: str
    states: Mapping[str, int]
    checks: tuple[str, ...]

    @staticmethod
    def load() -> ScanResults:
        """What the tests wrote last."""
        return TypeAdapter(ScanResults).validate_json(RESULTS.read_bytes())


def statement_html(results: ScanResults, settings: Settings, catalogue: Catalogue, style: str) -> str:
    """The page at /tillganglighet. `style` is the service's style sheet."""
    faults = sum(results.states.values())
    values = {
        "name": settings.region_name or catalogue.text("ui.statement.owner"),
        "title": catalogue.text("ui.title"),
        "made": results.made,
        "count": str(faults),
        "states": str(len(results.states)),
        "tool": results.tool,
        "browser": results.browser,
    }
    shown = {"results": results, "faults": faults, "contact": settings.region_contact, "values": values}
    address = contact_address(settings.region_contact)
    more = {"address": address, "language": catalogue.language, "style": Markup(style)}
    return render("statement", catalogue, shown | more)
