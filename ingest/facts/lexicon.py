"""The closed classes of the facts: kinds, states, funds, table headers, months and numerals. Words of the
language only.

Names of bodies and places are learned from the documents; nothing here names one document's efforts.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.facts.types import Attribute, EntityKind

MONTHS = tuple("januari februari mars april maj juni juli augusti september oktober november december".split())
NUMERALS = {
    word: number
    for number, forms in enumerate(
        "noll|en ett one|två two båda|tre three|fyra four|fem five|sex six|sju seven|åtta eight|nio nine|tio ten|"
        "elva eleven|tolv twelve|tretton|fjorton|femton|sexton|sjutton|arton|nitton|tjugo".split("|")
    )
    for word in forms.split()
}

_KIND_HEADS: dict[EntityKind, str] = {
    "project": "projekt satsning insats förstudie initiativ kampanj pilot försök",
    "programme": "program forskarskola",
    "network": "nätverk råd kluster partnerskap allians forum plattform samverkan",
    "strategy": "strategi policy agenda färdplan",
    "plan": "plan",
    "tool": "verktyg modell karta enkät portal webbplats app koncept",
    "service": "tjänst rådgivning check service mottagning",
    "other": "arena inkubator testbädd mötesplats överenskommelse avsiktsförklaring löfte utbildning mässa festival "
    "hubb lab labb center",
}
_NEUTER = frozenset(
    "projekt initiativ försök program nätverk råd kluster partnerskap forum verktyg koncept löfte "
    "lab labb center".split()
)


def _forms(head: str) -> tuple[str, ...]:
    """A head with its definite and plural forms, genitives left out."""
    if head in _NEUTER:
        ending = "t" if head[-1] == "e" else "met" if head.endswith("um") or head == "program" else "et"
        extra = ("forumet",) if head == "forum" else ()
        return (head, head + ending, head + ("n" if head[-1] == "e" else "en"), head + "men", *extra)
    if head[-1] == "a":
        return (head, head + "n", head[:-1] + "or", head[:-1] + "orna")
    if head[-1] in "iyé":
        return (head, head + "n", head + "er", head + "erna")
    return (head, head + "en", head + "n", head + "ar", head + "er", head + "arna", head + "erna")


_KIND_OF_FORM: dict[str, tuple[EntityKind, str]] = {
    form: (kind, head) for kind, heads in _KIND_HEADS.items() for head in heads.split() for form in _forms(head)
}
_BY_LENGTH = tuple(sorted(_KIND_OF_FORM, key=len, reverse=True))
_NO_KIND = frozenset("området förrådet fordon fordonet transport transporten pensionskort underlag karta".split())


@lru_cache(maxsize=100_000)
def kind_of(word: str) -> tuple[EntityKind, str] | None:
    """Kind and head of a lower-case word that is one of the kind words or a compound ending in one."""
    if word in _NO_KIND:
        return None
    for form in _BY_LENGTH:
        if word.endswith(form):
            first = word[: -len(form)]
            if not first or len(first) >= 3:
                return _KIND_OF_FORM[form]
    return None


def is_bare_kind(word: str) -> bool:
    """Whether a lower-case word is a kind word by itself, no compound, in the definite form: "projektet"."""
    return word in _KIND_OF_FORM and is_definite_kind(word)


def points_back(word: str) -> bool:
    """Whether a definite kind word points to an effort named before, and not to the document or a part of the
    effort.
    """
    found = kind_of(word)
    return found is not None and found[1] not in _PARTS_OR_DOCUMENTS


_PARTS_OR_DOCUMENTS = frozenset(
    "strategi plan policy testbädd mötesplats utbildning karta rådgivning enkät löfte".split()
)
GENERIC_HEADS = frozenset("initiativ insats satsning försök pilot modell".split())
"""Heads that are said of efforts of any kind."""


@lru_cache(maxsize=50_000)
def is_definite_kind(word: str) -> bool:
    """Whether a lower-case word is a definite kind word that can point back or stand before a name: "projektet"."""
    found = kind_of(word)
    return found is not None and not word.endswith(found[1]) and not word.endswith(("ar", "er", "or"))


HEADERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(pattern, re.IGNORECASE))
    for meaning, pattern in (
        ("goal", r"(del)?mål(område|formulering)?$|(effekt|regionala? )mål$|strategins mål$"),
        ("indicator", r"indikator|mått$|nyckeltal|mätetal"),
        (
            "base",
            r"bas(värde|år|linje|nivå)?$|bas(värde|år)|utgångs(värde|läge|punkt)|nuläge|start(värde|läge)|ingångsvärde",
        ),
        ("target", r"mål(värde|nivå|tal|sättning)|mål( år)? ?\d{4}|måltal"),
        (
            "outcome",
            r"(senaste )?utfall|resultat|senaste (värde|utfall)|senast|uppmätt|aktuellt|nuvarande|"
            r"värde( \d{4})?$|(19|20)\d\d$",
        ),
        ("direction", r"riktning|trend|utveckling$|bedömning|måluppfyllelse"),
        (
            "name",
            r"(projekt|insats|initiativ|åtgärd|satsning|aktivitet|verksamhet|program|nätverk)(er|ar|en|s?namn)?$"
            r"|(namn|benämning)( på .*)?$|(projekt|insats|initiativ)\b.{0,25}$",
        ),
        ("kind", r"(slag|typ|kategori|form)( av .*)?$"),
        (Attribute.OWNER, r"ansvar|.*ägare$|huvudman|drivs av|ägs av|(projekt)?värd|sammankallande|.*ansvarig|ledare"),
        (Attribute.PARTICIPANT, r"deltag|medverka|part(er|ners?|nerskap)?$|samverka|kommun(er)?$|medsökande|övriga"),
        (Attribute.FUNDER, r".*finans|.*medel|fond|källa till|bidragsgivare|program$|stöd (från|ur)|betalas"),
        (Attribute.SUM, r".*(belopp|budget|kostnad|beviljat|beviljad|mnkr|mkr|tkr|kronor)|stöd|totalt|summa|varav"),
        (Attribute.START, r"start$|start(datum|år)|från( och med)?$|inled|bildad|sedan|införd"),
        (Attribute.END, r"slut$|slut(datum|år)|till( och med)?$|avslut|klart?$"),
        ("period", r"tid|löptid|projekttid|period|år$|.*tid$|genomför|när$"),
        (Attribute.STATUS, r"status|läge|anmärkning|kommentar"),
        (Attribute.PRIORITY, r"priorit|(insats|fokus|utvecklings)?område|kurs$|inriktning"),
    )
)
"""Meaning of a table header: the first that matches from its beginning counts."""

TYPED_LABEL = re.compile(
    r"(?P<label>(?:projekt)?ägare|projektägare|ansvarig|huvudman|samordnare|finansiär(?:er)?|finansiering|medel från|"
    r"budget|total budget|kostnad|projekttid|period|tid|start|status|läge|deltagare|partner|parter|medverkande)"
    r"\s*:\s*(?P<value>[^\n;]{2,160})",
    re.IGNORECASE,
)

STATUSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (status, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))
    for status, pattern in (
        (
            "nedlagt",
            r"nedlag[dt]a?|ned ?lades|lades ne[dr]|lagts ne[dr]|lade ne[dr]|läggs ne[dr]|avbr(?:öt|ut|yt)\w*|"
            r"dr(?:ogs|agits) in|avvecklad\w*|avvecklats|upphört|att avbryta|i förtid",
        ),
        ("pausat", r"pausa[dt]e?s?|pausats|vilande|stått stilla|står stilla|uppskjut\w+|legat nere"),
        ("permanent", r"permanent(?:a[dt]e?s?|ats|era\w+)?|ordinarie (?:verksamhet|drift)"),
        (
            "avslutat",
            r"avsluta(?:d|t|des|ts|de)|slutförd?t?|slutfördes|gick ut|"
            r"blev klart?|gjordes klart|löpte (?:ut|som planerat)",
        ),
        ("pågår", r"pågår|pågående|löper|fortsätter|drivs|igång|i gång|gäller|på väg|tills vidare"),
        ("planerat", r"planera[dt]e?s?|planeras|förbereds|avses|är tänkt"),
    )
)

FUNDS = re.compile(
    r"ESF ?\+|ESF\b(?!-)|E[Rr][Uu][Ff]\b|A[Mm][Ii][Ff]\b|[Hh]avs-, fiskeri- och vattenbruksfonden|[Ee]gna medel|"
    r"Interreg(?: [A-ZÅÄÖ][\w–-]+(?:[ –-][A-ZÅÄÖ]\w+)*)?|Leader(?: [A-ZÅÄÖ]\w+(?: & [A-ZÅÄÖ]\w+)?)?"
    r"|Europeiska (?:regionala utvecklings|social|havs-[\w ,-]{0,40}|jordbruks)\w*fond\w*(?: plus)?|EU:s [\w-]+fond|"
    r"(?:a|A)syl-, migrations- och integrationsfonden|Klimatklivet|Industriklivet|[Ll]andsbygdsprogrammet|"
    r"Fonden för en rättvis omställning|[Ss]tadsmiljöavtal\w*|Horisont Europa|Erasmus\+|[Aa]nslag(?:et)? 1:1|1:1-medel|"
    r"[Ss]tatsbidrag\w*(?: (?:från )?[A-ZÅÄÖ]\w+| god och nära vård)?|LOVA|LONA|"
    r"(?:[Rr]egionens?|[Rr]egionala|egna) (?:egna )?(?:projekt|folkhälso|kultur)?medel|"
    r"Vinnova|Tillväxtverket|Energimyndigheten|Naturvårdsverket|Trafikverket|Skolverket|Post- och telestyrelsen|PTS|"
    r"Formas|Vetenskapsrådet|Allmänna arvsfonden|Arvsfonden|Jordbruksverket|Boverket|Socialstyrelsen|MSB|"
    r"Myndigheten för [\w ]{4,40}?(?=[ ,.)])|Statens [a-zåäö]+råd|Kulturrådet|Folkhälsomyndigheten|"
    r"Havs- och vattenmyndigheten|"
    r"Nordiska ministerrådet|[A-Z]\w*-stiftelsen|[Mm]edlemsavgifter|Europeiska unionen",
)
"""Funds and authorities that pay. A closed class: those of the state and the EU, and the ways to name own money."""

BODY_END = re.compile(
    r"(?:kommun(?:er|erna)?|kommune|fylkeskommune|regionen?|län(?:et)?|landsting(?:et)?|styrelsen?|styrelserna|verket|"
    r"myndigheten|förmedlingen|kassan|nämnden|fullmäktige|universitet(?:et)?|högskolan?|institut(?:et)?|förbund(?:et)?|"
    r"förening(?:en)?|stiftelsen?|bolag(?:et)?|museum|museet|teatern?|departementet|regeringen|riksdagen|kommissionen|"
    r"polisen|kyrkan|skogsstyrelsen|sällskap(?:et)?|kontoret|fonden|företagarna|trafiken|förvaltningen|"
    r"direktoratet|handelskammaren?|domstolen|banken|ministeriet|inspektionen|utskottet|kommittén|"
    r"varvet|bruket|sjukhuset|enheten|avdelningen|organisationen)\Z",
    re.IGNORECASE,
)
BODY_START = frozenset(
    "region regionen regionförbundet länsstyrelsen landstinget samordningsförbundet producentorganisationen stiftelsen "
    "föreningen visit destination hushållningssällskapet energikontoret länsteatern länstrafiken scenkonst myndigheten "
    "statens sveriges svenska europeiska science coompanion almi rf-sisu lrf företagarna högskolan universitetet "
    "försvarsmakten försäkringskassan svenskt nordiska studieförbunden".split()
)
NOT_NAMES = frozenset(
    """
    agenda eu fn scb sverige norge danmark finland europa norden stockholm göteborg malmö bryssel arlanda oslo
    nej ja obs
    tabell figur bild diagram källa foto bildtext summa totalt kontakt bilaga kapitel avsnitt mål prioritering kurs
    åtgärd insats vi de den det en ett du ni man här där för med under från till i på av om och eller men så när hur vad
    vem vilka vilken varför alla allt flera många några andra samt enligt efter innan sedan genom inom utan dessutom
    även också bland både varje detta dessa denna deras dess sin vår våra ingen inget inga någon något som att
    sedan idag
    rättelse slutrapporten slutrapporter rapporten strategin planen programmet projektet regionen kommunen kommunerna
    pågår avslutat avslutad pausat pausad permanent planerat antagen antagna beslutad beslutat försenat vilande inställt
    samtliga parter samverkan övriga ägare finansiär ansvarig delmål lagen lag förordning förordningen kommun
    region län ordförande projektledare
    """.split()
) | frozenset(MONTHS)
"""Words that open a sentence or label a place in a document: no effort is called that alone."""
ALL_TOWNS = re.compile(
    r"\b(?:(?:alla|samtliga)(?: av)?(?: (?:länets|de))?|de|länets)(?: (?P<count>\w+))? kommuner(?:na)?s?\b(?! i )",
    re.IGNORECASE,
)
NOT_BODIES = frozenset(
    "region europeiska statens sveriges svenska svenskt myndigheten science visit destination nordiska "
    "stiftelsen scenkonst "
    "föreningen parter coompanion".split()
)
"""First words of bodies that are none by themselves."""
NOT_EFFORTS = frozenset({"agenda 2030", "rus", "rus:en"})
"""Frames that every strategy names and no region runs."""

SUM = re.compile(
    r"(?<![\d,])\d{1,3}(?:[  ]\d{3})+(?:,\d+)? ?(?:kronor|kr|euro|tkr)\b"
    r"|(?<![\d,])\d+(?:,\d+)? ?(?:mnkr|mkr|tkr|mdkr|miljon(?:er)? (?:kronor|euro)|miljard(?:er)? kronor|kronor|"
    r"kr|miljoner)\b",
    re.IGNORECASE,
)
PERIOD = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[–-]\s?((?:19|20)\d\d|(?<=–)\d\d)(?![\d-])")
SHARE_OF_SUM = re.compile(
    r"(?P<part>\d+(?:,\d+)?) av (?:de |totalt )?(?P<whole>\d+(?:,\d+)?) miljon\w*"
    r"|miljoner(?: kronor)?(?: [\w+-]+){0,6}?,? av (?:totalt |en budget på )?(?P<total>\d+(?:,\d+)?)(?! procent)\b"
)
""" "8,5 miljoner kronor av 21,0": the figure without a unit counts the same as the one with it."""
YEAR = re.compile(r"(?<![\d:/.,-])((?:19|20)\d\d)(?![\d:/]|,\d)")
