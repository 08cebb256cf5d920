"""Who takes part in an initiative that the question names, and which municipalities there are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.lists.constraints import ListQuestion
from assistant.lists.draft import ListDraft, ListFeatures, ListRow
from assistant.lists.material import Material
from assistant.lists.windows import Window
from ingest.facts.types import Attribute, Entity, Stretch

_MEMBERS = re.compile(
    r"(?:skol)?kommuner(?:na)?|aktörer(?:na)?|parter(?:na)?|medlemmar(?:na)?|organisationer(?:na)?"
    r"|företag(?:en)?|deltagare"
    r"|partner|partners|myndigheter(?:na)?|members|municipalities|partners",
    re.IGNORECASE,
)
_MUNICIPALITIES = re.compile(r"(?:skol)?kommuner(?:na)?|municipalities", re.IGNORECASE)
_TAKES_PART = re.compile(
    r"\b(?:delta\w*|medverka\w*|med i|är med|var med|ingår|ingick|består av|medlem\w*|gemensam\w*"
    r"|omfattar|samarbet\w*|samverka\w*"
    r"|tillsammans med|anslut\w*|drivs av|genomförs i|gäller|berör|erbjuds i|finns i)\b",
    re.IGNORECASE,
)

_LISTED = re.compile(
    r"\b(?:består av|ingår|sitter|medlemmar(?:na)? är|deltar|parter(?:na)? är|deltagare är"
    r"|samordnat av [^,.]*, med|tillsammans med|Parter)"
    r"(?: även| också)?:? (?P<items>[^.:;]{8,400})"
)


def members(asked: ListQuestion, material: Material) -> ListDraft | None:
    """Those who take part in the one initiative that the question names; None for other questions."""
    if not (_MEMBERS.fullmatch(asked.noun) or not asked.noun) or len(asked.about) != 1:
        return None
    entity = next(one for one in material.efforts if one.name == asked.about[0])
    places = [name for name, municipality in material.parties.items() if municipality]
    own = material.windows[material.efforts.index(entity)]
    named: dict[str, Stretch] = {}
    only_places = bool(_MUNICIPALITIES.fullmatch(asked.noun))
    said = [] if only_places else list(_listed(own, material))
    for name, proof in said or _said(entity, own, places, only_places):
        if not any(name.startswith(other) or other.startswith(name) for other in named):
            named.setdefault(name, proof)
    if not named:
        return None
    rows = tuple(ListRow(name, (), proof) for name, proof in named.items())
    counted = 0.5 if asked.count is None else float(asked.count == len(rows))
    return ListDraft(
        lead_key="list.members",
        lead_values={"found": str(len(rows)), "noun": asked.noun, "name": entity.name},
        rows=rows,
        examined=len(rows),
        complete=False,
        features=ListFeatures(asked.read, 0.7, 1.0, counted, points=False),
    )


def _said(
    entity: Entity, windows: tuple[Window, ...], places: list[str], only_places: bool
) -> Iterator[tuple[str, Stretch]]:
    """The participants that facts or the entity's windows name, in order."""
    for fact in entity.facts:
        if fact.attribute is Attribute.PARTICIPANT or (fact.attribute is Attribute.OWNER and not only_places):
            inside = list(_places(places, fact.value))
            yield from ((place, fact.proof) for place in inside)
            if not inside and not only_places:
                yield fact.value, fact.proof
    for window in windows:
        if re.search(r"\b(?:utanför|inte med)\b", window.text):
            continue
        if not only_places and (match := _LISTED.search(window.text)):
            for part in re.split(r",\s+(?:och |samt )?|\s+(?:och|samt)\s+", match["items"]):
                if part[:1].isupper() and len(part.split()) <= 6:
                    yield next(_places(places, part), part.strip(" .")), window.stretch
        if _TAKES_PART.search(window.text):
            yield from ((place, window.stretch) for place in _places(places, window.text))


def _places(places: list[str], text: str) -> Iterator[str]:
    """The municipalities that a text names, as it first writes them."""
    for place in places:
        if match := re.search(rf"\b{re.escape(place)}s?(?: kommun)?\b", text):
            yield match[0] if match[0].endswith("kommun") else place


def _listed(windows: tuple[Window, ...], material: Material) -> Iterator[tuple[str, Stretch]]:
    """The items of a list of members under the entity's heading or in its passage."""
    own = {window.stretch.passage_id for window in windows}
    for one in material.lists:
        if one.form == "items" and one.proof.passage_id in own and _LEADS.search(one.lead):
            yield from one.items


_LEADS = re.compile(
    r"\b(?:ledamöter|medlemmar|parter|deltagare|finns|ingår|består|sitter|deltar|medverkar)\b", re.IGNORECASE
)
