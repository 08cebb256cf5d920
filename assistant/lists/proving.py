"""How surely the facts of an entity meet a constraint, in which words, and where that stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.lists.constraints import Amount, Constraint, Priority, Standing, Years
from assistant.lists.material import part_number
from assistant.lists.parties import Party, Role
from ingest.facts.figures import kronor
from ingest.facts.types import Attribute, Entity, Fact, Stretch

FACT, BOUND, BESIDE, NEAR = 1.0, 0.9, 0.7, 0.5
"""How sure: a cell of a table; said in a sentence that names it; said further on; nothing speaks against it."""

_ROLES: dict[Role, tuple[Attribute, ...]] = {
    "owner": (Attribute.OWNER,),
    "funder": (Attribute.FUNDER,),
    "participant": (Attribute.PARTICIPANT, Attribute.OWNER),
    "any": (Attribute.PARTICIPANT, Attribute.OWNER, Attribute.FUNDER),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """How surely (0 to 1) a constraint is met, the value as written and the stretch that says it."""

    strength: float
    value: str
    stretch: Stretch


def prove(constraint: Constraint, entity: Entity, is_row: Callable[[Stretch], bool]) -> Proof | None:
    """The surest proof that an entity meets a constraint, None where nothing says so."""
    named = set(entity.mentions)

    def proof(fact: Fact, value: str = "") -> Proof:
        strength = FACT if is_row(fact.proof) else BOUND if fact.proof in named else BESIDE
        return Proof(strength, value or written(fact), fact.proof)

    found: Iterator[Proof] = iter(())
    match constraint:
        case Standing():
            found = (proof(fact) for fact in _standing(constraint, entity))
        case Party():
            if constraint.apart and any(constraint.is_party(fact.value) for fact in all_of(entity, Attribute.OWNER)):
                return None
            own = (fact for role in _ROLES[constraint.role] for fact in all_of(entity, role))
            found = (proof(fact, fact.value) for fact in own if constraint.is_party(fact.value))
        case Years():
            return _years(constraint, entity, proof)
        case Amount():
            found = (proof(fact, said) for fact, said in _amounts(constraint, entity, is_row))
        case Priority():
            found = (proof(fact, fact.value) for fact in _under(constraint, entity))
    return max(found, key=lambda one: one.strength, default=None)


def is_known(constraint: Constraint, entity: Entity) -> bool:
    """Whether the documents say anything of what a constraint asks about an entity."""
    match constraint:
        case Party():
            asked = _ROLES[constraint.role]
        case Years():
            asked = (Attribute.END,) if constraint.event == "end" else (Attribute.START, Attribute.END)
        case Amount():
            asked = (Attribute.SUM,)
        case Priority():
            asked = (Attribute.PRIORITY,)
        case Standing():
            asked = (Attribute.STATUS,)
        case _:
            return True
    return any(fact.attribute in asked for fact in entity.facts)


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


def _standing(asked: Standing, entity: Entity) -> Iterator[Fact]:
    """The status that holds; what is said beside it (delayed, extended) at any time."""
    last = holding(entity, Attribute.STATUS)
    for fact in all_of(entity, Attribute.STATUS):
        beside = asked.status in ("försenat", "förlängt")
        if fact.value == asked.status and (beside or fact is last):
            yield fact


def _years(asked: Years, entity: Entity, proof: Callable[[Fact], Proof]) -> Proof | None:
    start, end = holding(entity, Attribute.START), holding(entity, Attribute.END)
    if asked.event != "during":
        fact = start if asked.event == "start" else end
        if fact is None or fact.year is None or not asked.first <= fact.year <= asked.last:
            return None
        return proof(fact)
    # Going on in those years cannot be read off one sentence: it holds unless all that is known speaks against it.
    late = start is not None and (start.year or 0) > asked.last
    early = end is not None and (end.year or 9999) < asked.first
    if late or early:
        return None
    known = start or end
    return Proof(BOUND, known.value, known.proof) if known else Proof(NEAR, "", entity.mentions[entity.introduced])


def _amounts(asked: Amount, entity: Entity, is_row: Callable[[Stretch], bool]) -> Iterator[tuple[Fact, str]]:
    sums = _sums(entity)
    told = [one for one in sums if is_row(one[0].proof)] or sums
    # what is less than an amount is so as a whole, and not by a part of it
    for fact, value, written in told if asked.over else [max(told, key=lambda one: one[1])] if told else ():
        if value > asked.kronor if asked.over else value < asked.kronor:
            yield fact, written.removesuffix(fact.unit or "\0").strip()


def _sums(entity: Entity) -> list[tuple[Fact, float, str]]:
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
    beside = (one for one in _sums(entity) if one[0].proof.passage_id == last.proof.passage_id)
    return max(beside, key=lambda one: one[1], default=(last,))[0]


def _under(asked: Priority, entity: Entity) -> list[Fact]:
    """The facts that place an entity under a part, unless more than twice as many place it under another."""
    every = all_of(entity, Attribute.PRIORITY)
    if asked.number and (own := [fact for fact in every if fact.value == asked.number]):
        return own
    fitting = [fact for fact in every if asked.is_named(fact.value)]
    others = Counter(part_number(fact.value) for fact in every if fact not in fitting and part_number(fact.value))
    return fitting if not others or 2 * len(fitting) > max(others.values()) else []
