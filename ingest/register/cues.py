"""What Swedish strategy documents call their initiatives: the words that name a kind, and those that rule a name out.

These are words of the language and of public administration, never of one document. Kinds are those of the register.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HEADS: dict[str, str] = {
    "strategy": "strategi policy papper agenda färdplan",
    "plan": "plan",
    "programme": "program lyft",
    "project": "projekt satsning förstudie initiativ kampanj pilot turnéserie serie process arbete insats utställning "
    "residens tävling festival mässa utbildning testbädd turné",
    "network": (
        "nätverk forum råd kluster partnerskap allians samverkan samarbete ledningsgrupp samverkansgrupp plattform "
        "beredning pakt överenskommelse"
    ),
    "tool": "verktyg modell metod arbetsmetod trappa hjul atlas system koncept",
    "service": (
        "portal webbplats skola mötesplats arena check checkar tjänst rådgivning stöd direktstöd timme "
        "stipendium stipendier lots"
    ),
    "organisation": "labb kontor center centrum college hubb",
}
_KIND_OF_HEAD = {head: kind for kind, heads in _HEADS.items() for head in heads.split()}

COMPOUND_HEADS = frozenset(
    "strategi policy papper agenda färdplan plan program nätverk forum råd kluster verktyg modell hjul trappa "
    "check checkar labb kontor projekt satsning college hubb partnerskap stipendier lots mässa pakt lyft".split()
)
"""Heads that make a compound the name of something, "kustmiljöstrategin". The others need a cue or a capital letter."""

CAPITAL_HEADS = COMPOUND_HEADS | frozenset("samverkan samarbete allians ledningsgrupp timme".split())

_NEUTER = frozenset(
    "papper program lyft projekt initiativ arbete residens nätverk forum råd kluster partnerskap samarbete verktyg "
    "hjul system koncept stöd direktstöd stipendium labb kontor center centrum college".split()
)
_PLURAL_HEADS = {"checkar": "checkarna", "stipendier": "stipendierna"}


def _definite(head: str) -> tuple[str, ...]:
    """The definite forms of a head: "planen", "satsningen", "strategin", "arbetet", "programmet"."""
    if head in _PLURAL_HEADS:
        return (_PLURAL_HEADS[head],)
    if head in _NEUTER:
        return (head + "t",) if head.endswith("e") else (head + "et", head + "met")
    return (head + ("n" if head[-1] in "aeiuyé" else "en"),)


_FORMS: dict[str, tuple[str, bool]] = {
    form: (head, form != head) for head in _KIND_OF_HEAD for form in (head, *_definite(head))
}
"""Each form with its head and whether it is definite."""
_LONGEST_FIRST = sorted(_FORMS, key=len, reverse=True)

PLURAL = (
    r"\w*(?:projekt|satsningar|insatser|initiativ|program|nätverk|plattformar|forum|strategier|planer|verktyg|metoder|"
    r"modeller|styrdokument|understrategier|samarbeten|kampanjer|stödformer|checkar)"
)
PLURALS = re.compile(PLURAL + r"\Z")

_GENERIC_FIRST = frozenset(
    """
    utvecklings handlings arbets under del verksamhets kommunikations genomförande genomförandes budget styr huvud
    uppdrags pilot eu europa samverkans samarbets projekt affärs finansierings beräknings resurs tid tids spel
    uppföljnings utvärderings aktivitets prov kurs läro skol studie utbildnings yrkes process referens bestånds detalj
    översikts analys planerings metod data dator it språk grund bas region regions kommun läns lands landstings stads
    post skatte social lokal service förvaltnings personal diskussions debatt webb nät flyg stöd expert kontakt chefs
    ledar forsknings insats ramverks ram större tekniska eruf esf leader interreg organisations styrnings ersättnings
    pris löne avtals rätts för sam om in till upp mät test rapporterings åtgärds gemensamma barn års fler lång rese
    koncern mål hjälp stor miljon tv radio nyhets parti val regerings reform besparings minnes med fri folk krigs
    vapen kraft tak mark över brev bil järn far stats förhandlings visnings hem
    """.split()
)
"""First parts that make a compound a mere type of thing ("handlingsplan", "delprojekt"), not something's name."""

_ACTOR_END = re.compile(
    r"(?:(?<!nät)verkets?|myndigheten|myndigheter|styrelsen|styrelsens|styrelse|förmedlingen|kassan|"
    r"nämnden|nämnd|fullmäktige|"
    r"departementet|departement|universitetet?|universitets|högskolan?|institutet?|teatern|teater|"
    r"domstolen|domstol|kammaren|"
    r"kommun|kommuner|kommunen|kommuns|län|läns|länet|region|regionen|regionerna|regioner|museum|museet|museer|bolaget|"
    r"företagen|företagarna|arkivet|biblioteket|kyrkan|partiet|polisen|riksdagen|regeringen|kansliet|"
    r"skolverket|förbundet|"
    r"förbund|stiftelsen|föreningen|förening|centralen|unionen|kommissionen|parlamentet|radion|televisionen|banken|"
    r"inspektionen|ombudsmannen|utredningen|kommittén|kommitté|lagen|balken|förordningen|direktivet|konventionen|"
    r"fakulteten|sjukhuset|kronan|hovrätten|staten|staden|(?<!verk)stad|ministern|minister|tinget|landstinget|landsting|"
    r"utskottet|utskott|organisationen|fonden|fonderna|aktiebolag|delegationen|pandemin|förvaltningen|"
    r"(?:kultur|vetenskaps|europa|europeiska|minister|forsknings|lag|folkbildnings|högskole|"
    r"säkerhets|flykting)rådets?)\Z",
    re.IGNORECASE,
)
_ACTOR_START = frozenset(
    "Region Regionen Regionerna Länsstyrelsen Länsstyrelserna Kommunerna Svenska Sveriges Statens Högsta Kungliga "
    "Europaparlamentet Handelskammaren Näringsdepartementet Kommunal Bolaget Företaget Stiftelsen Föreningen Nordiska "
    "Europeiska Science Universitetet".split()
)
ACTOR_NOUNS = re.compile(
    r"\w*(?:bolag|bolaget|företag|företaget|organisation|organisationen|förening|föreningen|myndigheten|myndighet|"
    r"kommunen|kommun|stiftelsen|stad|staden|orten|tätorten|museet|region|regionen|län|länet|universitet|parti|partiet|"
    r"minister|ministern|professor|direktör|ordförande|ledamot|förvaltningen|avdelningen|enheten|nämnden|utskottet|"
    r"kontoret|bruket|tidningen|banken|statsråd(?:et)?|kommunalråd(?:et)?|regionråd(?:et)?)\Z"
)
_PLACES = frozenset(
    """
    sverige norge danmark finland tyskland polen england skottland kina usa ukraina ryssland europa norden stockholm
    göteborg malmö uppsala lund bryssel shanghai london paris blekinge dalarna dalarnas gotland gotlands gävleborg
    gävleborgs halland hallands jämtland jämtlands härjedalen jönköping jönköpings kalmar kronoberg kronobergs
    norrbotten norrbottens skåne södermanland södermanlands sörmland sörmlands värmland värmlands västerbotten
    västerbottens västernorrland västernorrlands västmanland västmanlands örebro östergötland östergötlands småland
    smålands götaland svealand norrland öland bohuslän dalsland västergötland uppland närke ångermanland medelpad
    hälsingland gästrikland lappland sydsverige mellansverige norra södra östra västra sydöstra sydvästra mellersta
    januari februari mars april maj juni juli augusti september oktober november december hela
    """.split()
)


@lru_cache(maxsize=50_000)
def head_of(word: str) -> tuple[str, str, bool] | None:
    """First part, head and definiteness of a lower-case word that ends in a head; the first part may be empty."""
    for form in _LONGEST_FIRST:
        if word.endswith(form):
            head, definite = _FORMS[form]
            first = word[: -len(form)].rstrip("-:")
            if first.endswith("om") and head == "råd":  # området
                return None
            if first and (len(first) < 3 or not any(letter in "aeiouyåäö" for letter in first)):
                continue
            return first, head, definite
    return None


def kind_of_head(head: str) -> str:
    """The register's kind for a head that `head_of` gave."""
    return _KIND_OF_HEAD[head]


def is_generic(first: str) -> bool:
    """Whether a compound with this first part is a mere type of thing."""
    return not first or first in _GENERIC_FIRST or first + "s" in _GENERIC_FIRST or first.rstrip("s") in _GENERIC_FIRST


@lru_cache(maxsize=50_000)
def is_actor(name: str) -> bool:
    """Whether a name is that of an authority, a company, a council or an ordinary organisation."""
    parts = name.split()
    if any(part in {"i", "för", "av", "till"} for part in parts[1:-1]):
        parts = parts[:1]
    return "AB" in parts or parts[0] in _ACTOR_START or any(_ACTOR_END.search(part) for part in (parts[0], parts[-1]))


def is_place(name: str) -> bool:
    """Whether every word of a name is that of a place or a month, as far as a short list of Swedish counties tells."""
    parts = [part.lower() for part in re.split(r"[\s–-]+", name) if part and not part.isdigit()]
    return all(part in _PLACES or part.removesuffix("s") in _PLACES for part in parts)


def plural_head(word: str) -> tuple[str, str, bool] | None:
    """What `head_of` gives for a plural form ("projekten", "modeller")."""
    for ending in ("en", "arna", "erna", "ar", "er"):
        head = head_of(word.removesuffix(ending)) if word.endswith(ending) else None
        if head:
            return head
    return None
