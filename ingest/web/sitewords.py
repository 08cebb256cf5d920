"""The words of a site around its pages, in Swedish and English: buttons, notices, what announces links, the foot."""

from __future__ import annotations

import re

_PHRASES = re.compile(
    r"""(?ix) ^(?:
      hoppa\ (?:till|över)\b.{0,40} | (?:gå\ )?till\ (?:sidans\ )?(?:toppen|början|startsidan|innehållet)\b.{0,30}
    | lyssna(?:\ på\ (?:sidan|texten|innehållet))? | skriv\ ut(?:\ sidan)? | tipsa(?:\ en\ vän)?
    | dela(?:\ (?:sidan|artikeln|innehållet|den\ här\ sidan))?:?(?:\ (?:på|via|med)?\ ?(?:e-post|facebook|linkedin|
      twitter|x)[,|/]?)*
    | (?:(?:sidan|texten)\ )?(?:är\ )?(?:senast\ |sist\ )?(?:uppdaterad|uppdaterat|ändrad|granskad|publicerad|reviderad)
      (?:\ den|\ av)?:?\ ?\d.{0,60}
    | (?:sidan\ )?(?:senast|sist)\ (?:uppdaterad|uppdaterat|ändrad|granskad|publicerad)\b.{0,60}
    | (?:last|page)\ (?:updated|modified|reviewed).{0,60}
    | (?:hjälpte|var)\ (?:den\ här\ )?(?:informationen|sidan|innehållet|texten)\b.{0,60}
      (?:hjälp|nytta|dig|användbar).{0,20}\?.{0,60}
    | (?:innehålls|sid|webb)ansvarig:?\ .{0,60}
    | hittade\ du\ (?:det|vad)\ du\ (?:sökte|letade).{0,60} | was\ this\ (?:page|information)\ helpful.{0,60}
    | du\ är\ här:?.{0,150} | you\ are\ here.{0,150}
    | sök | meny | stäng | logga\ in | läs\ mer | visa\ (?:mer|fler|alla) | print | share | menu | search | close
    | skip\ to\ .{0,30} | föregående | nästa | previous | next
    | (?:©|copyright\b).{0,150}
    )[\s.…»›>|:·]*$"""
)
_NOTICES = re.compile(
    r"""(?isx)
      \b(?:kakor|cookies?)\b.{0,300}(?:webbplats|samtyck|godkänn|accepter|inställning|website|consent)
    | (?:webbplats|samtyck|godkänn|accepter|använder|nödvändiga|website|consent|we\ use).{0,200}\b(?:kakor|cookies?)\b
    | \b(?:läs\ mer\ om|godkänn\ alla|endast\ nödvändiga)\ (?:kakor|cookies)
    | (?:internet\ explorer|webbläsare|browser).{0,300}(?:uppgradera|modernare|föråldrad|stöds\ inte|upgrade|outdated)
    | \bjavascript\b.{0,80}(?:påslaget|avstängt|aktiver|disabled|enable)
    """
)
_PAGE_FOOT = re.compile(
    r"(?i)\b(?:tillgänglighetsredogörelse|(?:behandling av|hantering av) personuppgifter|om (?:kakor|cookies)\b"
    r"|om webbplatsen|till toppen|privacy policy|accessibility statement)"
)
_SITE_SUBJECT = re.compile(r"(?i)\b(?:kakor|cookies?|webbplats\w*|personuppgift\w*|integritet\w*|privacy)\b")
_ASIDES = re.compile(
    r"""(?ix) ^(?:
      relatera(?:d|de|t)\b.* | (?:liknande|fler)\ (?:läsning|nyheter|sidor).*
    | läs\ (?:mer|också|även|vidare)\b.* | se\ (?:även|också)\b.* | genvägar | snabblänkar | länkar | externa\ länkar
    | ladda\ (?:ner|ned|hem)\b.* | dela\b.{0,30} | följ\ oss.* | taggar | ämnen | nyckelord | ordförklaringar
    | (?:hjälpte|var)\ (?:informationen|sidan)\b.* | navigering(?:smeny)? | meny
    | (?:den\ här\ )?sidan\ är\ uppmärkt.* | related\b.* | see\ also | share | downloads?
    ):?$"""
)


def is_interface_text(text: str) -> bool:
    """Whether a text is nothing but labels of buttons and the like."""
    return all(_PHRASES.match(part) for part in re.split(r"\s+[|·/]\s+", text))


def is_notice(text: str) -> bool:
    """Whether a text speaks of cookies, or of browsers that the site does not like."""
    return bool(_NOTICES.search(text[:600]))


def speaks_of_cookies(title: str) -> bool:
    """Whether a page of this title has cookies, or the site itself, as its subject."""
    return _SITE_SUBJECT.search(title) is not None


def announces_links(heading: str) -> bool:
    """Whether a heading stands over links to other pages."""
    return bool(_ASIDES.match(heading))


def is_site_text(text: str) -> bool:
    """Whether the words of a block are the site's and not the page's: a button's label or a notice."""
    return is_interface_text(text) or is_notice(text)


def begins_page_foot(text: str) -> bool:
    """Whether the words of a block are such as stand after a page's content: sharing, links elsewhere, the foot."""
    return len(text) < 200 and bool(_PHRASES.match(text) or _PAGE_FOOT.search(text) or _ASIDES.match(text))
