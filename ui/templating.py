"""The chat's HTML: templates in which every value is escaped, with the texts of the page's language at hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assistant.catalogue import Catalogue


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("ui"), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )


def render(name: str, catalogue: Catalogue, values: Mapping[str, object]) -> Markup:
    """The template `name`.html with `values`; in it, `text` gives a text of the catalogue and `counted` one by number.

    What comes back is markup: put into another template it is not escaped again.
    """

    def counted(key: str, count: int) -> str:
        return catalogue.text(f"{key}_one" if count == 1 else key, {"count": str(count)})

    template = _environment().get_template(f"{name}.html")
    return Markup(template.render({"text": catalogue.text, "counted": counted, **values}).strip())
