"""What lists are made from, gathered once for an index or a part of it: facts, passages, and what follows from them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from assistant.lists.enumerations import Enumeration, enumerations
from ingest.documents import Passage, PassageKind
from ingest.facts.figures import kronor
from ingest.facts.rows import BETWEEN
from ingest.facts.types import BODIES, Attribute, Entity, EntityKind, Fact, FactBase, Stretch
from ingest.facts.vocabulary import is_area, meaning_of, statuses, table
from ingest.swedish import stem, words
from ingest.titles import title_parts

_FIRST = 120
"""Characters of the first passage of a document that say what it is."""
_PART = re.compile(
    r"(\d{1,2})\.? (?=[A-ZÅÄÖ])|([A-Z])\. (?=[A-ZÅÄÖ])"
    r"|(?!Tabell|Figur|Bild|Diagram|Bilaga|Kapitel|Avsnitt)[A-ZÅÄÖ][a-zåäö]{3,} (\d{1,2}|[A-Z])[.:]? (?=[A-ZÅÄÖ])"
)
"""The number of a part, alone or after the strategy's own word for its parts: "B. …", "Spår B: …"."""
_WORD = re.compile(r"[a-zåäö]{5,}")
_REGION = re.compile(r"\bRegion\s+([A-ZÅÄÖ][\wåäö]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that speaks of an entity, with its words and those of the headings over it."""

    stretch: Stretch
    words: frozenset[str]
    named: bool


@dataclass(frozen=True, eq=False)
class Material:
    """Facts, and the passages that they are found in, by id in reading order. All else is gathered when it is asked."""

    facts: FactBase
    passages: Mapping[str, Passage]
    replaced: frozenset[str] = frozenset()
    """The documents that others have replaced."""

    @cached_property
    def efforts(self) -> tuple[Entity, ...]:
        """The entities that are no bodies."""
        return self.facts.efforts

    @cached_property
    def pieces(self) -> tuple[tuple[Piece, ...], ...]:
        """What speaks of each effort."""
        said: dict[Stretch, frozenset[str]] = {}  # several efforts may stand in one stretch
        return tuple(tuple(_pieces(entity, self.passages, said)) for entity in self.efforts)

    @cached_property
    def _actions(self) -> tuple[tuple[Entity, tuple[Piece, ...]], ...]:
        said: dict[Stretch, frozenset[str]] = {}
        return tuple((one, tuple(_pieces(one, self.passages, said))) for one in self.facts.actions)

    def actions_called(self, noun: str) -> Iterator[tuple[Entity, tuple[Piece, ...]]]:
        """The rows about what is no initiative whose column's head is the noun of a question, and what says it."""
        called = stem(noun.lower()) if noun else ""
        return (one for one in self._actions if stem(one[0].kind_word.split()[0]) == called)

    @cached_property
    def lists(self) -> tuple[Enumeration, ...]:
        """Every list of the text."""
        return tuple(enumerations(self.passages))

    @cached_property
    def words(self) -> Mapping[str, Sequence[int]]:
        """For each word of the lists, in which of them it stands."""
        spoken: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(self.lists):
            for word in one.said[-1]:
                spoken[word].append(number)
        return spoken

    @cached_property
    def parties(self) -> Mapping[str, bool]:
        """The bodies and places that the documents know, and whether each is a municipality."""
        return _parties(self.facts)

    @cached_property
    def region(self) -> str:
        """The name that the county goes by, in lower case."""
        named = (name for one in self.passages.values() for name in _REGION.findall(one.text))
        return next((name.lower() for name, _ in Counter(named).most_common(1)), "")

    @cached_property
    def participants(self) -> frozenset[str]:
        """Those who are told to take part in some effort, in lower case."""
        told = (fact for entity in self.efforts for fact in entity.facts if fact.attribute is Attribute.PARTICIPANT)
        return frozenset(fact.value.lower() for fact in told)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What each document calls itself, in lower case: name, title and, where that does not tell, first lines."""
        titles: dict[str, str] = {}
        for one in self.passages.values():
            if one.document_id not in titles:
                titles[one.document_id] = f"{one.document_id} {one.title} {one.text[:_FIRST]}".lower()
        return titles

    @cached_property
    def title_parts(self) -> Mapping[str, tuple[str, ...]]:
        """The parts of each document's title that are several words and no body, in lower case: "granland växer"."""
        titles = {one.document_id: one.title.lower() for one in self.passages.values()}
        bodies = {f"region {self.region}", *(name.lower() for name in self.parties)}
        return {
            name: tuple(one for one in title_parts(title) if len(one.split()) > 1 and one not in bodies)
            for name, title in titles.items()
        }

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The states that the documents' tables tell in words of their own, in lower case, the longest first."""
        told = {fact.value for entity in self.efforts for fact in entity.facts if fact.attribute is Attribute.STATUS}
        return tuple(sorted(told - statuses() - table("status_beside").keys(), key=len, reverse=True))

    @cached_property
    def parts(self) -> tuple[Entity, ...]:
        """The parts that the strategy sets out."""
        return (*self.facts.priorities, *self.facts.focus_areas, *self.facts.areas)

    @cached_property
    def part_words(self) -> tuple[str, ...]:
        """What the strategy calls its parts, in lower case: "spår"; no noun that asks for what is done."""
        said = dict.fromkeys(part.kind_word.lower() for part in self.parts)
        return tuple(word for word in said if word.isalpha() and kinds_of(word) is None)

    @cached_property
    def goal_words(self) -> tuple[str, ...]:
        """What the documents call their goals, as the head over several of them in a table says, in lower case."""
        heads = Counter(
            self.passages[goal.proof.passage_id].head_row.split(BETWEEN)[0].lower()
            for goal in self.facts.goals
            if self.is_row(goal.proof)
        )
        named = (word for word, times in heads.items() if times > 1 and _WORD.fullmatch(word))
        return tuple(word for word in named if meaning_of(word) in (None, "goal", "indicator"))

    @cached_property
    def numbered(self) -> tuple[str, ...]:
        """The headings of numbered parts."""
        headings = dict.fromkeys(heading for passage in self.passages.values() for heading in passage.section)
        return tuple(heading for heading in headings if part_number(heading))

    def is_row(self, stretch: Stretch) -> bool:
        """Whether a stretch is a row of a table."""
        return self.passages[stretch.passage_id].kind is PassageKind.TABLE


@cache
def kinds_of(noun: str) -> tuple[frozenset[EntityKind], str] | None:
    """The kinds that a noun asks for and the first part of its compound ("turism" of "turismprojekt")."""
    wide: dict[str, tuple[EntityKind, ...]] = {
        "any": (),
        "project": ("project", "programme", "service", "tool", "other"),
        "programme": ("programme", "plan"),
        "plan": ("strategy", "plan"),
        "network": ("network",),
        "tool": ("tool",),
        "service": ("service",),
    }
    for name, nouns in () if is_area(noun) else table("asked_kinds").items():
        for word in nouns.split():
            first = noun.removesuffix(word)
            if first != noun and (not first or len(first) > 2):
                return frozenset(wide[name]), first.rstrip("-").removesuffix("s") if len(first) > 3 else ""
    return None


@lru_cache(maxsize=10_000)
def part_number(heading: str) -> str | None:
    """The number of a heading that names a numbered part of the strategy: "Prioritering 2: …", "3. …"."""
    words = "|".join(table("questions")["parts"].split())
    found = re.search(rf"\b(?:{words}|\w+område) (\d{{1,2}}|[A-Z])\b", heading, re.IGNORECASE) or _PART.match(heading)
    return found[found.lastindex or 0].upper() if found else None


def _pieces(entity: Entity, passages: Mapping[str, Passage], said: dict[Stretch, frozenset[str]]) -> Iterator[Piece]:
    """The stretches that name an entity and those that go on about it; `said` keeps what was read of a stretch."""
    name = frozenset(words(entity.name))
    for stretches, named in ((entity.mentions, True), (entity.about, False)):
        for stretch in stretches:
            if stretch not in said:
                passage = passages[stretch.passage_id]
                own = words(passage.text[stretch.start : stretch.end])
                said[stretch] = frozenset(own) | _heading_words(passage.section[-2:])
            yield Piece(stretch, said[stretch] | name, named)


@lru_cache(maxsize=2000)
def _heading_words(headings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(words(" ".join(headings)))


def _parties(facts: FactBase) -> dict[str, bool]:
    """The bodies and places that the documents know, as written, and whether each is a municipality."""
    found = {entity.name: entity.kind == "municipality" for entity in facts.entities if entity.kind in BODIES}
    for entity in facts.entities:
        for fact in entity.facts:
            if fact.attribute in (Attribute.OWNER, Attribute.PARTICIPANT, Attribute.FUNDER) and len(fact.value) > 2:
                found.setdefault(fact.value, False)
    known = {f"{place}{ending}" for place in found if found[place] for ending in (" kommun", "s kommun", "s")}
    return {name: place for name, place in found.items() if name not in known}


def all_of(entity: Entity, attribute: Attribute) -> tuple[Fact, ...]:
    """The facts of one attribute, oldest first."""
    return tuple(fact for fact in entity.facts if fact.attribute is attribute)


def written(fact: Fact) -> str:
    """The value in the words of its proof: a status is said in many ways, though a bare year says none."""
    said = fact.unit or ""
    return said if said and fact.attribute is Attribute.STATUS and not said.isdigit() else fact.value


def holding(entity: Entity, attribute: Attribute) -> Fact | None:
    """The fact of one attribute that holds."""
    return next((fact for fact in reversed(entity.facts) if fact.attribute is attribute), None)


def sums_of(entity: Entity) -> list[tuple[Fact, float, str]]:
    """The sums of an entity in kronor, each with its fact and as it is written."""
    return [
        (fact, value, written)
        for fact in all_of(entity, Attribute.SUM)
        for value, written in kronor(f"{fact.value} {fact.unit or ''}".strip())
    ]


def shown(entity: Entity, attribute: Attribute) -> Fact | None:
    """The fact that a column shows: the one that holds; of sums the whole, the largest where the last one stands."""
    last = holding(entity, attribute)
    if attribute is not Attribute.SUM or last is None:
        return last
    beside = (one for one in sums_of(entity) if one[0].proof.passage_id == last.proof.passage_id)
    return max(beside, key=lambda one: one[1], default=(last,))[0]
