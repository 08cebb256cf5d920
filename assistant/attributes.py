"""What a question asks of its subject (its owner, its funder, its end …), and which sentences speak of that.

One closed table: an attribute, how questions ask for it, how documents tell it. It knows the language of
administration, never a subject. A sentence that speaks of the attribute need not tell its value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.documents import Passage, PassageKind


@dataclass(frozen=True, slots=True)
class AskedAttribute:
    """One attribute: the cues of questions and of sentences, as patterns over lower-case text."""

    name: str
    asked: re.Pattern[str]
    told: re.Pattern[str]


def _attribute(name: str, asked: str, told: str) -> AskedAttribute:
    return AskedAttribute(name, re.compile(asked), re.compile(told))


ATTRIBUTES = (
    _attribute(
        "owner",
        r"\b(projekt)?ägare\b|\bäg(er|de|t|s)\b|\b(leder|leds|ledde)\b|\b(driv(er|s|it)|drev)\b|\bansvar\w*"
        r"|\bhuvudman\w*"
        r"|\bhåll(er|s)\b.{0,20}\bi\b|\bsamordna\w*|\bstår bakom\b|\bhar hand om\b|\bsköter\b|\bvärd för\b"
        r"|\b(runs?|owns?|operates?|leads?|led by|responsible|in charge|coordinat\w+)\b",
        r"\w*ägare\b|\bäg(er|s|de|t)\b|\b(leder|leds|ledde|letts)\b|\b(driv(er|s|it|ande)|drev|drivits)\b|\w*ansvar\w*"
        r"|\bhuvudman\w*|\bhåll(er|s|it)\b.{0,25}\b(i|ihop)\b|\w*samord\w*|\bvärd\b|\bordförande\w*|\bsekretariat\w*",
    ),
    _attribute(
        "participant",
        r"\bpartner\w*|\bpart(er|erna)?\b|\bdelta\w*|\bmedverka\w*|\bsamarbet\w*|\bsamverka\w*|\b(är|var|vara"
        r"|varit) med\b"
        r"|\bingår\b|\bvilka (andra|fler)\b|\bmedlem\w*|\b(take part|partners?|participa\w+|members?|cooperat\w+)\b",
        r"\w*partner\w*|\bdelta\w*|\bdeltog\w*|\bmedverka\w*|\w*samarbet\w*|\bsamverka\w*|\btillsammans\b|\bingår\b"
        r"|\b(är|var|gick|gått|kommer|kom|varit) (också |även )?med\b|\bmedlem\w*|\bparter\b|\banslut\w*",
    ),
    _attribute(
        "funder",
        r"\bbetala\w*|\bbetalr\b|\bfinansi\w*|\bbekost\w*|\bpengar\w* (från|kommer)|\bfond\w*|\bmedel\b"
        r"|\bsköt\b.{0,30}\btill\b"
        r"|\bbidr(ar|og|agit)\b|\bstöd från\b|\b(funds?|funded|funding|pays?|paid|financ\w+)\b",
        r"\w*finansi\w*|\bbetala\w*|\bbekosta\w*|\bbidr(ar|og|agit)\b|\w*fond(en|er)?\b|\w*medel\b"
        r"|\w*stöd(et)?\b|\bbevilja\w*"
        r"|\w*anslag\w*|\beruf\b|\besf\+?|\bleader\b|\binterreg\b|\bskjuter till\b|\bsköt till\b",
    ),
    _attribute(
        "sum",
        r"\bkosta\w*|\bhur mycket (pengar|medel|kapital)\b|\bbudget\w*|\bsumma\w*|\bbelopp\w*|\bkronor\b"
        r"|\bmiljoner\b|\bpris\w*"
        r"|\bavgift\w*|\bersättning\w*|\b(cost\w*|money|budget|price)\b",
        r"\d[\d ,.\u00a0]*\s*(kr\b|kronor|mkr|mnkr|tkr|msek|mdkr|miljon|miljard|tusen kr|euro)"
        r"|\b(mkr|mnkr|tkr|kronor|kr)\b|\bavgift\w*|\bkostnad\w*",
    ),
    _attribute(
        "start",
        r"\b(när|sedan när|vilket år|vilket datum|hur länge)\b.*\b(start\w*|börja\w*|inled\w*|drog\w*|öppna\w*|invig\w*"
        r"|lansera\w*|bilda\w*|inrätta\w*|kom (till|igång))\b|\bstart(ade|ar|år|datum)\b"
        r"|\bwhen\b.*\b(start\w*|beg[au]n|open\w*|launch\w*|found\w*)\b",
        r"\bstart\w*|\bbörja\w*|\binled\w*|\bdrog\w*|\böppna\w*|\binvig\w*|\blansera\w*|\bbilda\w*|\binrätta\w*"
        r"|\bsedan\b"
        r"|\bfrån och med\b|\btill(kom|kommen)\b|(19|20)\d\d\s*[–-]\s*(19|20)?\d\d",
    ),
    _attribute(
        "end",
        r"\b(när|vilket år|hur länge|till när)\b.*\b(slut\w*|avsluta\w*|upphör\w*|lade[s]?|läggs|löp\w*|gå(r"
        r"|tt) ut|gäller"
        r"|stäng\w*|klar\w*|färdig\w*|pågå\w*)\b|\bslut(datum|år|tid)\w*|\bhur länge\b"
        r"|\bwhen\b.*\b(end\w*|clos\w*|finish\w*|expire\w*)\b",
        r"\bslut\w*|\bavsluta\w*|\bupphör\w*|\bned\w*|\blöp\w*|\bgå(r|tt|ick) ut\b|\btill och med\b"
        r"|\bt\.?o\.?m\b|\bstäng\w*"
        r"|\bklar\w*|\bfärdig\w*|\bförläng\w*|(19|20)\d\d\s*[–-]\s*(19|20)?\d\d",
    ),
    _attribute(
        "status",
        r"\bläget?\b|\bstatus\b|\bhur (går|gick|har) det\b|\bhur gick\b|\bvad hände\b|\bvad har hänt\b"
        r"|\bfinns .* kvar\b"
        r"|\bpågår\b|\bhur långt\b|\blagts ned\b|\bpausa\w*|\bvad blev\b|\bgick det med\b|\bi drift\b|\bpermanent\w*"
        r"|\b(status|what happened|still|how far)\b",
        r"\bpågå\w*|\bpausa\w*|\bavsluta\w*|\bavslut\b|\bbroms\w*|\bne[dr]\b|\bpermanent\w*|\bklar\w*"
        r"|\bförsen\w*|\bi mål\b"
        r"|\bpå väg\b|\bvilande\b|\bförläng\w*|\bgenomfö\w*|\bstart\w*|\bstopp\w*|\bstann\w*|\böverklag\w*"
        r"|\bi drift\b|\bpå is\b"
        r"|\bläge\w*|\bskju\w*|\binställ\w*|\blever\w*",
    ),
    _attribute(
        "contact",
        r"\bkontakt\w*|\bring(a|er)\b|\bmejl\w*|\bvänd(a|er)\b|\btelefon\w*|\be-?post\w*|\bprojektledare\w*"
        r"|\bhandläggare\w*"
        r"|\b(contact\w*|phone|e-?mail)\b",
        r"\bkontakt\w*|@|\btelefon\w*|\btel\b|\b0\d{1,3}[- ]\d|\bprojektledare\w*|\bhandläggare\w*"
        r"|\bvänd\w* (dig|er|sig)\b",
    ),
    _attribute(
        "adoption",
        r"\banta\w*|\bantog\w*|\bbeslut\w*|\bfastställ\w*|\bgodkän\w*|\b(adopt\w*|decided|approved)\b",
        r"\banta(s|g|gen|git|gits|gande\w*)\b|\bantog\w*|\bbeslut\w*|\bfastställ\w*|\bgodkän\w*",
    ),
    _attribute(
        "deadline",
        r"\bsist(a|e)\b.{0,25}\bdag\w*|\bsenast\b|\bansök\w*.*\bnär\b|\bnär\b.*\b(ansök\w*|söka|sökas"
        r"|lämna\w*)\b|\bdeadline\b",
        r"\bsenast\b|\bsist(a|e)\b|\btill och med\b|\bansök\w*|\bsök(as|er|a)?\b|\bstänger\b|\bmellan\b",
    ),
    _attribute(
        "reason",
        r"\bvarför\b|\borsak\w*|\banledning\w*|\bskäl\w*|\bhur kommer det sig\b|\bberor\b|\bwhy\b|\breason\w*",
        r"\beftersom\b|\bdärför\b|\bpå grund av\b|\bbero(r|dde|ende)\b|\borsak\w*|\banledning\w*|\bskäl\w*"
        r"|\bför att\b|\bsedan\b"
        r"|\bi och med\b|\btill följd\b|\bnär\b|\bdå\b|\bförklar\w*|\binte\b|\baldrig\b",
    ),
    _attribute(
        "purpose",
        r"\bsyfte\w*|\bgå(r|tt) ut på\b|\bvad (ska|gör)\b|\bhandlar\b|\bvad är tanken\b|\bmeningen med\b"
        r"|\b(purpose|aim\w*)\b",
        r"\bsyft\w*|\bska\b|\bför att\b|\bgå(r|tt) ut på\b|\barbetar\b|\berbjud\w*|\bhandlar\b|\bmål(et)?\b",
    ),
    _attribute(
        "place",
        r"^\W*(och )?(var|vart|where)\b|\bvilken (kommun|ort|plats|stad)\b|\bi vilk(en|et|a)\b|\bplacera\w*|\bligger\b",
        r"\b(i|på|vid|till|från) [a-zåäö]\w+\b",
    ),
)


def asked_attributes(question: str) -> tuple[AskedAttribute, ...]:
    """The attributes that a question asks for, in the table's order; none where it asks for something else."""
    lowered = question.lower()
    return tuple(attribute for attribute in ATTRIBUTES if attribute.asked.search(lowered))


def share_told(attributes: tuple[AskedAttribute, ...], text: str, passage: Passage) -> float:
    """Share of the attributes, 0 to 1, that the stretch speaks of; a row of a table speaks with its head."""
    if not attributes:
        return 0.0
    if passage.kind is PassageKind.TABLE:
        text = f"{passage.head or passage.text.partition(chr(10))[0]} {text}"
    lowered = text.lower()
    return sum(attribute.told.search(lowered) is not None for attribute in attributes) / len(attributes)
