"""Words around the numbers of a question that are no quantities themselves.

Names that hold a number, fillers between a word and its number, units, thresholds, changes of
volatility, and quoted passages, which are shown and not asked.
"""

from __future__ import annotations

import re

NAMES = re.compile(
    r"s\s?&\s?p\s?500|black[-\s]?76|section\s+1256|form\s+6781|russell\s+2000|nasdaq[-\s]100"
    r"|\b(?:note|entry|step|rule|question|chapter|section|page|version|phase|part|item|example|figure|table)\s+(?:no\.?\s*|#\s?)?\d{1,3}\b(?!\s?(?:%|percent|points?|days?|wide|delta|x\b))"
    r"|401\(?k\)?|24/7|50/50|\b(?:since|from|until|till|through|back\s+in|late|early|mid|spring"
    r"|summer|autumn|fall|winter|crash\s+of)[-\s]+(?:19|20)\d\d\b|\b(?:19|20)\d\d\s*-\s*(?:19|20)\d\d\b"
    r"|\b(?:19|20)\d\d(?=\s+(?:crash|flash|spike|crisis|style|election|bear|selloff))",
    re.IGNORECASE,
)
VOL_MOVE = re.compile(
    r"\b(?:vol(?:atility)?s?|iv|implieds?)\b(?:(?!\b(?:index|spx|spot|market)\b)[^.,;:?!\d()]){0,25}?"
    r"(?:\bby\b|\bup\b|\bdown\b|\bminus\b|\bplus\b|\b(?:ris|jump|spik|gain|climb|pop|add|expand|crush|drop|fall|los|slid|com)\w*(?:\s+(?:up|down|in|out|off))?|(?<!of )(?<!is )(?<!at )(?<!= )(?<![\d=])(?:\+|-(?=\s*\d+(?:\.\d+)?\s*(?:vol\w*\s*)?(?:points?|pts?))))"
    r"\s*(?:by\s+|of\s+|another\s+)?\d+(?:\.\d+)?(?!\.?\d)(?:\s*(?:and|or|,|/)\s*[-+]\d+(?:\.\d+)?)*\s*(?:(?:vol(?:atility)?\s*)?(?:points?|pts?)|%|percent\w*)?"
    r"|\b(?:vol(?:atility)?s?|iv|implieds?)\s+(?:unchanged|flat|the\s+same|constant)\s*,\s*[-+]\d+(?:\.\d+)?(?:\s*(?:and|or|,|/)\s*[-+]\d+(?:\.\d+)?)*\s*(?:vol\s*)?(?:points?|pts?|vols?|%)?"
    r"|\b(?:vol(?:atility)?s?|iv|implieds?)\s+(?:(?:is|are|goes|go|being)\s+)?\d+(?:\.\d+)?\s*(?:vols?|points?|pts?|%)?\s*(?:up|down|higher|lower|more|less)\b"
    r"|(?:(?<![\d(])[-+]\s?|\bplus\s+|\bminus\s+|(?<=%)\s+and\s+\+?|(?<=percent)\s+and\s+\+?)\d+(?:\.\d+)?(?:\s*(?:and|or|,|/)\s*[-+]?\d+(?:\.\d+)?)*\s*(?:vol(?:atility)?\s*(?:points?|pts?)?|vols)\b"
    r"|\b\d+(?:\.\d+)?\s*(?:vol(?:atility)?\s+)?(?:points?|pts?)?\s*(?:higher|lower|more|less)\s+(?:in\s+)?(?:vol|iv)\w*",
    re.IGNORECASE,
)
"""A change of volatility by so many points, which is no level of it."""

FILLER = frozenset(
    "is are be at of to the a an = : ~ ≈ @ around about near roughly approximately approx "
    "currently now sitting sits trading level with for on just only my our it its that this say "
    "says today from as like up by priced closed closes hits goes went climbs jumps rises spikes "
    "falls drops today's have has i we in and my's if comes came stands standing holding exactly "
    "some maybe circa put down got get getting worth annual annually per year".split()
)
THRESHOLD = re.compile(
    r"[<>≤≥]|\b(?:above|below|over|under|beyond|exceeds?|past|north\s+of|south\s+of|more\s+than"
    r"|less\s+than|at\s+least|higher\s+than|lower\s+than|greater\s+than)\b",
    re.IGNORECASE,
)
BREAK = re.compile(r"[;?!]|\.(?=\s|$)|\n")

_NOUN = r"(?:\s+(?:vix|vol(?:atility)?(?:\s+(?:index|vix))?|index|one|tenor|sibling|print|reading|maturity|cousin|brother))*"
_MOVES = (
    r"(?:\s+(?:is|are|at|to|only|just|now|shows?|reads?|quoted|prints?|slips?|falls?|rises?|drops?|climbs?|goes|went|jumps?|"
    r"sits|stands|trades?|of|over|near|around|also|closed|came|in|being|stays?|still))*\s*[=:]?\s*"
)
_A_LEVEL = r"\d{1,2}(?:\.\d+)?(?![\d%]|\s*(?:%|percent|deltas?|days?|dte|d\b|wide|vols?\b|iv\b|points?\b|weeks?|months?|puts?|calls?))"
_TENORS = tuple(
    (
        re.compile(
            rf"(?<![\d.])(?:(?:the|a|its|with|and)\s+)?(?<!vix\s)(?<!vix)\b{tenor}\b(?:{_NOUN}(?={_MOVES}{_A_LEVEL})|\s+(?:vix|vol(?:atility)?\s+index|sibling)\b)",
            re.IGNORECASE,
        ),
        f" {name}",
    )
    for tenor, name in (
        (r"(?:9|nine)[\s-]?d(?:ays?)?", "vix9d"),
        (r"(?:3|three)[\s-]?m(?:o|onths?)?", "vix3m"),
        (r"(?:6|six)[\s-]?m(?:o|onths?)?", "vix6m"),
        (r"30[\s-]?d(?:ays?)?\s+(?:vol\w*\s+)?(?:index|vix)", "vix"),
    )
)
"""In a question on the VIX, '3 month 20.4' is the index VIX3M."""

UNITS = tuple(
    (names.split(), re.compile(rf"-?\s?(?:{words})(?![A-Za-z0-9])", re.IGNORECASE))
    for names, words in (
        ("days days_left days_forward days_between period", r"(?:calendar\s+|trading\s+)?(?:dte|d|days?|weeks?|wks?|months?|mos?|years?|yrs?)"),
        ("short_delta", r"(?:deltas?|[Δδ])"),
        ("iv put_iv call_iv vol_shocks", r"(?:implied\s+)?(?:vols?|iv|volatility|v)"),
        ("width", r"(?:(?:points?|pts?)[\s-])?(?:wide|wings?|width)"),
        ("expected_move_multiple", r"(?:sds?|sigmas?|std|standard\s+deviations?|expected\s+moves?|stdevs?)"),
        ("contracts shares", r"(?:contracts?|lots?|shares?|(?:iron\s+)?condors|ics|spreads)"),
        ("contracts shares amount_in amount_out", r"of\s+(?:them|these|those)"),
        ("price_ratio expected_move_multiple", r"times\b(?=\s+(?:in|out|of)\b)"),
        ("strike put_short call_short put_long call_long", r"(?:strike\s+)?(?:vix\s+|spx\s+)?(?:calls?|puts?)(?!\s*(?:price|iv|vol))"),
        ("spot_shocks", r"(?:percent|%)\s+(?:drop|fall|down|up|rally|gap|move|decline|lower|higher)"),
    )
)  # fmt: skip
"""A word that directly follows a number and says what it is; no other quantity may take it."""


_QUOTED = re.compile(r"\[[^\]]{20,}\]|(?<!\w)(['\"“‘])(?:(?!\1)[^”’]){60,}?['\"”’](?!\w)")


def without_quoted(text: str) -> str:
    """The text without long passages in quotes or brackets: they are shown, not asked."""
    return _QUOTED.sub(" ", text)


_SHORT = 20


def with_tenors(text: str) -> str:
    """The text with the volatility indices by their names: '3 month 20.4' is VIX3M 20.4."""
    text = _FEAR.sub("vix", text)
    short = len(text.split()) <= _SHORT
    if not (_ON_INDICES.search(text) or (short and _OF_TENORS.search(text))):
        return text
    text = _AGAINST.sub(r"vix \1 vix\2m", text)
    for pattern, name in _TENORS:
        text = pattern.sub(name, text)
    return text


_AGAINST = re.compile(
    r"\bvix\s+(vs\.?|versus|over|to|against|/)\s+(?:the\s+)?(3|6)[\s-]?m(?:o|onths?)?\b(?!\s+vix|\s*\d)",
    re.I,
)
_FEAR = re.compile(r"\b(?:the\s+)?fear\s+(?:gauge|index)\b", re.IGNORECASE)
_ON_INDICES = re.compile(
    r"\bvix|\bvol(?:atility)?\s+ind(?:ex|ices)|\b(?:term|vol) structure\b|\bregime\b|\bcontango\b|\bbackwardat",
    re.I,
)
_OF_TENORS = re.compile(
    r"\b(?:9|3|6|nine|three|six)[\s-](?:month|day)\b|\b(?:3|6)m\b", re.IGNORECASE
)
