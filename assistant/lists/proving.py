"""Whether an entity meets a constraint of a list question: how surely, in which words, and where that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from assistant.lists.constraints import Amount, Constraint, Party, Priority, Role, Standing, Subject, Years
from assistant.lists.material import all_of, holding, sums_of, written
from ingest.facts.figures import kronor
from ingest.facts.types import Attribute, Entity, Fact, Stretch
from ingest.facts.vocabulary import statuses

FACT, BOUND, BESIDE, NEAR = 1.0, 0.9, 0.7, 0.5
"""How sure: a cell of a table; said in a sentence that names it; said further on; nothing speaks against it."""
_ROLES: Mapping[Role, tuple[Attribute, ...]] = {
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


def column_of(constraint: Constraint) -> str:
    """The column of a list that shows what a constraint asks."""
    if isinstance(constraint, Party):
        return "participant" if constraint.role == "any" else constraint.role
    if isinstance(constraint, Years):
        return {"during": "period", "over": "end"}.get(constraint.event, constraint.event)
    return {Amount: "sum", Priority: "priority"}.get(type(constraint), "status")


def prove(constraint: Constraint, entity: Entity, is_row: Callable[[Stretch], bool]) -> Proof | None:
    """The surest proof that an entity meets a constraint, None where nothing says so."""

    def proof(fact: Fact, value: str = "") -> Proof:
        strength = FACT if is_row(fact.proof) else BOUND if fact.proof in entity.mentions else BESIDE
        return Proof(strength, value or written(fact), fact.proof)

    found: Iterable[Proof] = ()
    match constraint:
        case Standing():
            last = holding(entity, Attribute.STATUS)
            beside = constraint.states - statuses()  # said beside the status (delayed), at any time
            told = (fact for fact in all_of(entity, Attribute.STATUS) if fact is last or fact.value in beside)
            found = (proof(fact) for fact in told if fact.value in constraint.states)
        case Party():
            if constraint.apart and any(constraint.is_party(fact.value) for fact in all_of(entity, Attribute.OWNER)):
                return None
            own = [fact for role in _ROLES[constraint.role] for fact in all_of(entity, role)]
            partly = [fact for fact in own if constraint.is_party(fact.value)]
            if constraint.denied:  # what tells of others, and of it not
                partly = [] if partly else own
            found = (proof(fact, fact.value) for fact in partly)
        case Years():
            return _years(constraint, entity, proof)
        case Amount():
            found = (proof(fact, said) for fact, said in _amounts(constraint, entity, is_row))
        case Priority():
            found = (
                proof(fact, fact.value)
                for fact in all_of(entity, Attribute.PRIORITY)
                if constraint.is_named(fact.value)
            )
    return max(found, key=lambda one: one.strength, default=None)


def is_known(constraint: Constraint, entity: Entity) -> bool:
    """Whether the documents say anything of what a constraint asks about an entity."""
    match constraint:
        case Subject():
            return True
        case Party():
            asked = _ROLES[constraint.role]
        case Years():
            asked = (Attribute.END,) if constraint.event in ("end", "over") else (Attribute.START, Attribute.END)
        case _:
            asked = (Attribute(column_of(constraint)),)
    return any(fact.attribute in asked for fact in entity.facts)


def _years(asked: Years, entity: Entity, proof: Callable[[Fact], Proof]) -> Proof | None:
    start, end = holding(entity, Attribute.START), holding(entity, Attribute.END)
    if asked.event in ("start", "end"):
        fact = start if asked.event == "start" else end
        if fact is None or fact.year is None or not asked.first <= fact.year <= asked.last:
            return None
        return proof(fact)
    # Going on in those years, or being over, cannot be read off one sentence: it holds unless what is known denies it.
    last = end if asked.event == "over" else start
    late = last is not None and (last.year or 0) > asked.last
    early = end is not None and (end.year or 9999) < asked.first
    if late or early:
        return None
    known = start or end
    return Proof(BOUND, known.value, known.proof) if known else Proof(NEAR, "", entity.mentions[entity.introduced])


def _amounts(asked: Amount, entity: Entity, is_row: Callable[[Stretch], bool]) -> Iterator[tuple[Fact, str]]:
    if asked.payer is not None and (paid := _paid(asked.payer, entity)):
        yield from ((fact, said) for fact, value, said in paid if (value > asked.kronor) == asked.over)
        return
    sums = sums_of(entity)
    told = [one for one in sums if is_row(one[0].proof)] or sums
    # what is less than an amount is so as a whole, and not by a part of it
    for fact, value, said in told if asked.over else [max(told, key=lambda one: one[1])] if told else ():
        if value > asked.kronor if asked.over else value < asked.kronor:
            yield fact, said.removesuffix(fact.unit or "\0").strip()


def _paid(payer: Party, entity: Entity) -> list[tuple[Fact, float, str]]:
    """What a funder pays, in kronor, where the documents tell it beside its name: "Tillväxtverket 13 500"."""
    own = (fact for fact in all_of(entity, Attribute.FUNDER) if payer.is_party(fact.value))
    return [(fact, value, fact.value) for fact in own for value, _ in kronor(f"{fact.value} {fact.unit or ''}".strip())]
