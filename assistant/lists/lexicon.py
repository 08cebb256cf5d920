"""The closed classes that list questions use: nouns for kinds, statuses, funds, roles, events; words that say nothing.

Bodies, places and names are no closed classes: they are read from the documents.
"""

from __future__ import annotations

import re
from typing import Literal

from ingest.facts.lexicon import MONTHS
from ingest.facts.types import EntityKind

Status = Literal["paused", "closed", "ended", "permanent", "unstarted", "planned", "delayed", "extended", "ongoing"]
Role = Literal["owner", "participant", "funder", "any"]

_KIND_NOUNS: tuple[tuple[str, tuple[EntityKind, ...]], ...] = (
    (
        r"insats(?:er(?:na)?)?|satsning(?:ar(?:na)?)?|initiativ(?:en|et)?|åtgärd(?:er(?:na)?)?"
        r"|aktivitet(?:er(?:na)?)?|försök(?:en|et)?|arbeten|initiatives|efforts|measures|activities",
        (),
    ),
    (r"projekt(?:en|et)?|förstudie(?:r(?:na)?)?|projects?", ("project", "programme", "service", "tool", "other")),
    (r"nätverk(?:en|et)?|samverkansforum|networks?", ("network",)),
    (r"program(?:men|met)?|programmes?", ("programme", "plan")),
    (r"strategi(?:er(?:na)?)?|plan(?:er(?:na)?)?|styrdokument(?:en)?|policyer|strategies|plans", ("strategy", "plan")),
    (r"verktyg(?:en|et)?|hjälpmedel|tools?", ("tool",)),
    (r"tjänst(?:er(?:na)?)?|stödformer|services?", ("service",)),
)
KINDS = tuple((re.compile(rf"(?:{pattern})", re.IGNORECASE), frozenset(kinds)) for pattern, kinds in _KIND_NOUNS)
"""Noun to kinds; the head of a compound counts ("turismprojekt"). No kinds: every entity."""

STATUSES: dict[Status, tuple[str, str]] = {
    "paused": (
        r"paus\w*|vilande|legat nere|ligger nere|på is|(?:stått|står|stod|stannat|ligger|låg) (?:helt )?stilla?",
        r"pausa\w*|vilande|vilar|(?:ligger|legat|låg) nere|(?:stått|står|stod|ligger) stilla?|stannat av",
    ),
    "closed": (
        r"lagts? ne[dr]\w*|lades ne[dr]\w*|lägg(?:a|s) ne[dr]|nedlag\w*|dra(?:git|gits|gs|s) in|avveckla\w*|avbrut\w*"
        r"|upphört|slopa\w*|skrota\w*|förtida slut|i förtid|inte (?:fick |fått )?(?:leva"
        r"|levt) vidare|inte (?:någon )?fortsättning|misslyckats?|gått i stå",
        r"lagts? ne[dr]|lades (?:\w+ ){0,3}ne[dr]\b|lade ne[dr]|nedlag\w*|dragits in|drogs"
        r" in|avveckla(?:d|t|de|des|ts)\b|avbr[öu]t\w*"
        r"|upphörde|upphört|slopa(?:des|ts)|i förtid|drogs tillbaka|stängde(?:s|ts)|inte förlängts?|utan fortsättning",
    ),
    "permanent": (
        r"permanent\w*|bestående|ordinarie verksamhet|blivit kvar",
        r"permanent\w*|ordinarie verksamhet|blivit bestående|(?:blir|blev) bestående",
    ),
    "delayed": (r"försena\w*|bromsa\w*|efter tidplan", r"försena\w*|bromsa\w*|efter tidplan"),
    "unstarted": (
        r"(?:inte|ej|ännu inte)(?: \w+)? (?:påbörja\w*|starta\w*|inlett?s?|kommit i ?gång|satts? i ?gång)",
        r"(?:inte|ej|ännu inte) (?:påbörja\w*|starta\w*|inlett?s?|kommit i ?gång)",
    ),
    "extended": (r"förläng\w*|fått (?:mer|längre) tid", r"förläng(?:t|ts|des|d|de|s)\b|förlängd tid|längre tid"),
    "planned": (r"planera\w*|kommande|föreslagna", r"planera(?:s|d|de|t)|ska (?:inledas|starta|påbörjas)|föreslås"),
    "ended": (
        r"avsluta\w*|slutförd\w*|genomförda|tagit slut|tog slut|klara\b|färdiga|(?:gått|gick|är|nådde|nått) i mål",
        r"avsluta(?:des|t|ts|d|de)|slutför(?:des|t|ts|d)|tog slut|tagit slut|är slut\b|slutredovisa\w*"
        r"|klar(?:t)?$|\bi mål\b",
    ),
    "ongoing": (r"pågår|pågående|igång nu|aktiva", r"pågår|pågående|fortsätter|löper"),
}
"""Status to (what asks for it, what says it)."""

DENIED = re.compile(
    r"\b(?:inte|ej|aldrig|ännu inte|varken|utan att|ska|kan|bör|kommer att|föreslås|om|innan|risk\w*|prövas?|får)"
    r"(?: \w+){0,4} $",
    re.IGNORECASE,
)
"""Stands before what is only planned, asked for or denied."""

FUNDS: tuple[tuple[str, ...], ...] = (
    ("eruf", "europeiska regionala utvecklingsfonden", "regionalfonden", "erdf", "european regional development fund"),
    ("esf+", "esf", "europeiska socialfonden plus", "europeiska socialfonden", "socialfonden"),
    ("amif", "asyl-, migrations- och integrationsfonden"),
    ("europeiska havs-, fiskeri- och vattenbruksfonden", "ehfvf", "havs- och fiskerifonden"),
    ("fonden för en rättvis omställning", "fro", "jtf"),
    ("interreg",),
    ("leader", "leadermedel"),
    ("klimatklivet",),
    ("lova",),
    ("lona",),
    ("horisont europa",),
    ("life",),
    ("erasmus+", "erasmus"),
    ("industriklivet",),
    ("landsbygdsprogrammet",),
    ("stadsmiljöavtal",),
    ("allmänna arvsfonden", "arvsfonden"),
    ("vinnova",),
    ("tillväxtverket",),
    ("energimyndigheten",),
    ("naturvårdsverket",),
    ("jordbruksverket",),
    ("skolverket",),
    ("kulturrådet", "statens kulturråd"),
    ("trafikverket",),
    ("post- och telestyrelsen", "pts"),
    ("boverket",),
    ("socialstyrelsen",),
    ("havs- och vattenmyndigheten",),
    ("formas",),
    ("kk-stiftelsen",),
    ("folkhälsomyndigheten",),
    ("1:1-medel", "anslag 1:1", "1:1-medlen", "regionala utvecklingsmedel"),
    ("projektmedel", "regionala projektmedel"),
)
"""Funds and funding authorities with their other names, in lower case."""

ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        "owner",
        re.compile(
            r"\b(?:äger|ägt|ägs|ägt|ägare|driv(?:er|s|it|its)|drev|drevs|led(?:er|s|de|des)"
            r"|ansvar\w*|huvudman\w*|samordna\w*"
            r"|bedriv\w*|svarar för|projektägare|runs?|owns?|leads?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "funder",
        re.compile(
            r"\bfinansi(?!eringstab)\w+|\b(?:pengar|stöd|medel|bidrag|anslag)\b.*\b(?:från"
            r"|ur|av)\b|\bbetala\w*|\bbekosta\w*"
            r"|\bfund(?:ed|s|ing)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "participant",
        re.compile(
            r"\b(?:med i|med på|delta\w*|medverka\w*|ingår|inblandad\w*|medlem\w*|samverka\w*|samarbeta\w*|partner"
            r"|varit med|är med|involved|takes? part)\b",
            re.IGNORECASE,
        ),
    ),
)
OWNING = (
    r"(?:äger|ägde|driver|drev|leder|ledde|ansvarar|ansvarade|svarar|samordnar|samordnade"
    r"|bedriver|bedrev|håller (?:i|ihop)|höll i|ska driva|inleder|öppnar|lade ned|avbröt)"
)
LABEL = re.compile(
    r"(?P<label>(?:projekt)?ägare|ansvarig|huvudman|samordnare|parter|partner|deltagare|samverkan"
    r"|medverkande|medlemmar|finansiär(?:er)?"
    r"|finansiering|löptid|projekttid|tid|period|(?:total )?budget|kostnad|status|läge)\s*[|:]?\s+(?P<value>\S.*)",
    re.IGNORECASE,
)
"""A line of a form: a label and its value."""
OWNED = r"(?:ägs|drivs|drevs|leds|leddes|samordnas|samordnades|bedrivs|bedrevs|förvaltas)"
OWNER_HEAD = re.compile(r"ägare|ansvar|huvudman|samordn|utförare|drivs av|ledning", re.IGNORECASE)
FUNDER_HEAD = re.compile(r"finans|fond|medel|stöd", re.IGNORECASE)
SUM_HEAD = re.compile(r"belopp|budget|stöd|beviljat|totalt|summa|kostnad|medel|mkr|mnkr|tkr|kronor", re.IGNORECASE)
TIME_HEAD = re.compile(r"tid\b|\btid|period|\bår\b|start|slut|genomför", re.IGNORECASE)
MONEY = re.compile(
    r"\b(?:kronor|kr|mkr|mnkr|tkr|miljoner|finansi\w+|bidrag\w*|bidrog|stöd\w*|pengar\w*|medel|betala\w*|beviljat?s?)\b",
    re.IGNORECASE,
)

BEGAN = (
    r"(?:start\w*|inled\w+|börja\w*|(?:kom|drog|drar|dras|dragit) i ?gång|öppna\w*|bilda\w*"
    r"|lansera\w*|uppstart\w*|tillkom\w*|bildande\w*)"
)
STARTING = rf"(?:{BEGAN}|i ?gång sedan|sedan|fr\.o\.m\.|från(?: och med)?)"
ADOPTED = r"(?:antog\w*|antagen|antagits|antas|beslutad\w*|fastställ\w*)"
ENDED = (
    r"(?:avslut\w*|slut(?:för\w*|ade|ar|et)?|upphör\w*|löp(?:er|te) ut|g(?:år|ick) ut|lades"
    r" ned|lade ned|nedlag\w*|lagts ned|färdig\w*|klar\w*|avbr[öu]t\w*)"
)
ENDING = rf"(?:{ENDED}|till och med|t\.o\.m\.|tom|utgången av|fram till)"
ASKS_START = re.compile(
    r"\b(?:start\w*|inled\w+|börja\w*|drog i ?gång|kom i ?gång|drar i ?gång|dragit i ?gång"
    r"|bilda\w*|lansera\w*|tillkom\w*|nya|sjösatt\w*|öppna\w*|start(?:ed)?|began)\b",
    re.IGNORECASE,
)
ASKS_ADOPTED = re.compile(r"\b(?:antog\w*|antagits|beslutades|fastställdes|adopted)\b", re.IGNORECASE)
ASKS_END = re.compile(
    r"\b(?:avslut\w*|tog slut|tar slut|tagit slut|slutade|slutar|slutförd\w*|upphör\w*|gick"
    r" ut|går ut|löper ut|(?:gått|gick|nådde|nått) i mål|ended|finished)\b",
    re.IGNORECASE,
)

GENERIC = frozenset(
    """
    finns finnas fanns nämns nämnas nämnde beskrivs beskriver tas tar tagits tagit fram upp ingår ingick görs gör
    gjorts gjort genomförs genomfördes genomförts pågår hör hörde tillhör omfattar handlar handlade gäller gällt
    gälla rör berör riktar vänder syftar kring inom kopplade kopplas koppling hänger ihop fokuserar inriktade
    arbetar jobbar samlat redovisas redovisar listas länet länets län regionen regionens region regionala kommunen
    strategin strategins strategi rapporten planen dokumenten dokumentet uppföljningen uppföljning handlingsplanen
    handlingsplan årsrapporten årsrapport programmet utvecklingsstrategin rus perioden period åren året år tiden tid
    genom haft har hade varit andra andre flera olika nya ny äldre gamla tidigare nuvarande dessa samtliga
    sammanlagt totalt antal själv även alltså sådant namn heter idag dag just nu redan hittills någon några vilka
    många vad list lista tabellen tabell sammanfattning beviljats beviljat beviljade fått få får kan fick pengar
    stöd medel bidrag miljoner kronor mkr mnkr tkr tusen mer minst högst över under än start startade startat
    startar startades drog gång igång kom avslutades avslutats avslutat slut slutade tog finansieras finansierats
    finansierat finansierar finansierade finansiering fonden driver drivit drivs drev äger ägs ägt ansvar ansvarar
    leder ledde leds samordnar inblandad inblandade deltar deltagit medverkar medlem ligger blivit bli blev lagts
    lades ned dragits jag vill veta oss vi våra vårt vår ni ert egna sina satsat satsar satsas gjorda mål målen
    prioritering prioriteringen prioriteringar kurs kursen kommun kommuns kommuner ur lyfter lyfts lyfta lyftas
    följer följs anges finansieringstabellen gav ger nämner använda används räkna nämn fortfarande kostar kostade
    kostat budget går gått stor större total antogs antagits antagna beslutades bland gick lever leva levt levde
    vidare pekar pekas pekade pekats ut stod stått står still stilla låg legat sitter suttit satt satts sätts valts
    väljs valdes utsetts utsågs tänkt kallas kallades lösa lösas löser senaste senast sätt ägare projektägare
    huvudman ansvarig projektledare parter partner varje tidigt gällande årsskiftet hösten våren tillsammans möjligt
    särskilt inne rött röda gult gula grönt gröna färg bedömning bedöms bedömts märkta riktning håll paraply
    paraplyet övriga övrigt egen eget längre förlängd förlängda behöver behövs krävs pratar talar sägs tycker anser
    vänt dyker hittar hittas bygger byggs bor bott ska skulle bör måste ville kunnat kunna fungerar fungerat
    genomförda avslutade pågående planerade planeras inblandat del delar anslutna anslutit gemensam gemensamt
    samarbete samarbetar samverkar samverkan kontakt ansvarat lett drivande stöttar stöttas stödjer stöds stötts
    pengarna satsningarna projekten insatserna stora mindre små aktuella inlett inledda påbörjat påbörjats hunnit
    hann kallad så funded by which what are have been projects initiatives all
    """.split()
) | frozenset(MONTHS)
"""Words of a list question that are no subject: what asks, what a constraint reads, and what is true of everything."""

SCALE = {"miljon": 1e6, "mkr": 1e6, "mnkr": 1e6, "tkr": 1e3, "tusen": 1e3, "kr": 1.0, "kronor": 1.0}
"""What a unit of money is in kronor."""
