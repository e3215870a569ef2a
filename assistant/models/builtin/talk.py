"""What is said without any source: greetings, what this is, and what it does not do.

A row holds the words that call for it and the text. These rows answer only where the question asks
for no calculation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.models.builtin.material import Composed

EXAMPLES = (
    "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %",
    "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?",
    "What credit should an iron condor collect for its width?",
    "How do the layers of the ALVH hedge work?",
)
"""Questions that the library and the tools answer; shown where a question cannot be."""

NO_ADVICE = (
    "Whether to trade is your own decision, and no advice is given here; what the rules and the "
    "arithmetic say is this."
)

_OFFER = "\n".join(f"- *{example}*" for example in EXAMPLES)

WHAT_THIS_IS = (
    "This is a library and a set of calculators for SPX iron condors and their hedges with VIX. "
    "Every number in an answer is computed by a tool, quoted from a source or taken from the "
    "question, and what the library does not cover is not answered. It gives no advice and places "
    f"no orders. Questions that can be answered:\n\n{_OFFER}"
)

_PERSONAL = re.compile(
    r"\b(?:should|shall|ought) (?:i|we)\b(?! (?:know|expect|be aware|look at|watch|think of))"
    r"|\brecommend\b|\bwhat (?:would|should) (?:you|i|we) (?:do|trade|sell|buy)\b|\btell me (?:what|which|exactly what|whether|when|if i should)?\s?to (?:do|trade|sell|buy|open|close|put)\b|\btell me (?:what|which) to\b"
    r"|\bwould you (?:rather|sell|buy|hold|close|roll|take|open|trade|do it)\b"
    r"|\bwhich (?:trade|condor|one) (?:do you|should i|would you)\b|\bwant me to (?:do|trade|sell|buy)\b"
    r"|\bis it (?:smart|wise|stupid|crazy|safe|ok(?:ay)?|a good idea|a bad idea|right|worth it|time)\b.{0,20}\b(?:for me|to|if i)\b"
    r"|\b(?:my|our|all my|whole) (?:life )?(?:savings|401\(?k\)?|ira|retirement|pension|inheritance|house|emergency fund)\b"
    r"|\bpick (?:a|one|the best) (?:trade|for me)\b|\b(?:take it off|close it|hold it|keep it|let it ride)\?",
    re.IGNORECASE,
)


def is_personal(text: str) -> bool:
    """Whether a question asks for advice to a person."""
    return _PERSONAL.search(text) is not None


_TRADES = re.compile(
    r"\b(?:buy|sell|trad(?:e|ing)|invest\w*|hold|short|shares?|stocks?|options?|condors?)\b",
    re.IGNORECASE,
)


def is_on_trading(text: str) -> bool:
    """Whether the advice that a question asks for is on a trade, and not on an egg."""
    return is_personal(text) and _TRADES.search(text) is not None


@dataclass(frozen=True)
class _Row:
    words: re.Pattern[str]
    text: str
    declines: bool = False


def _row(words: str, text: str, *, declines: bool = False) -> _Row:
    return _Row(re.compile(words, re.IGNORECASE), text, declines)


_ROWS = (
    _row(
        r"^\W*(?:hi|hello|hey|yo|good (?:morning|afternoon|evening|day)|greetings|hiya|howdy)"
        r"(?:\W+(?:there|all|guys|everyone|you guys|team|bot|again|folks))*\W*$",
        f"Hello. {WHAT_THIS_IS}",
    ),
    _row(
        r"^\W*(?:ok(?:ay)?\W+)?(?:thanks?|thank you|thx|ty|cheers|great|perfect|awesome|got it|nice|cool|appreciate it|much appreciated)"
        r"(?:\W+(?:so much|a lot|very much|you|guys|man|mate|that helps?|that helped|for (?:that|the help|your help)|makes sense|again|now|everyone|bye))*\W*$",
        "You are welcome. A follow-up can change any input of the last calculation, for instance "
        "the width of the wings, the days or the volatility.",
    ),
    _row(
        r"^\W*(?:bye|goodbye|see you|good night|later)\W*(?:guys|all)?\W*$",
        "Goodbye. The conversation stays in the history.",
    ),
    _row(
        r"^\W*(?:who|what) are you\b|\bare you (?:a |an )?(?:human|bot|robot|ai|real person|chatgpt|llm|person)\b"
        r"|^\W*what (?:can|do) you (?:do|know|answer)|^\W*(?:help|how does this (?:work|site work))\W*$"
        r"|^\W*what is this(?: (?:site|page|thing|tool))?\W*$|^\W*what can i ask\b",
        WHAT_THIS_IS,
    ),
    _row(
        r"\b(?:place|submit|enter|execute|send|put in|fill)\b.{0,25}\b(?:orders?|trades?)\b.{0,30}\b(?:for me|for us|now|at the open|in my|on my|broker|account)"
        r"|^\W*(?:please\s+)?(?:place|submit|execute|send)\b.{0,25}\b(?:order|trade)s?\b"
        r"|\b(?:log|sign) in(?:to)?\b.{0,40}\b(?:account|broker)|\b(?:close|open|buy|sell|flatten|liquidate)\b.{0,40}\b(?:for me|in my account|on my behalf)\b",
        "No order is ever sent from here, and no brokerage account can be reached. A condor can be "
        "priced, checked and sized with the numbers that you state; whether and how it is traded is "
        f"between you and your broker. For instance:\n\n- *{EXAMPLES[0]}*",
        declines=True,
    ),
    _row(
        r"\bhack(?:s|ing|ed)?\b|\bbreak(?:ing)? into\b|\binsider (?:tip|information|trading)\b|\bfront[- ]?run(?:ning)?\b.{0,30}\b(?:orders?|clients?)\b"
        r"|\b(?:manipulate|spoof|rig)(?:ing)?\b.{0,30}\b(?:market|price|settlement|close|vix)\b|\blaunder",
        "With breaking into systems, trading on what is not public or moving a market by deceit "
        "nothing here helps. What can be asked is about SPX iron condors, hedging them with VIX, "
        f"and the arithmetic of both:\n\n{_OFFER}",
        declines=True,
    ),
    _row(
        r"\b(?:system|hidden|initial|secret|original)\s+(?:prompt|instructions?|message)\b|\byour (?:own )?(?:prompt|instructions|configuration|config|source code|api keys?|passwords?|credentials)\b"
        r"|\bapi[\s_-]?keys?\b|\benvironment variables?\b|\b(?<!rules )(?<!which )(?<!signals )(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|prior|above|all|your|earlier|other)\b.{0,30}\b(?:instructions?|rules|prompts?|messages?|guidelines)"
        r"|\b(?:developer|god|dan|jailbreak|unrestricted|admin|debug)[\s-]mode\b|\bno (?:rules|restrictions|filters?)\b|\bjailbreak",
        "Instructions, keys and settings are nothing that is given out here, and instructions "
        "within a question are read as text and not followed. What can be asked is about SPX iron "
        f"condors, hedging them with VIX, and the arithmetic of both:\n\n{_OFFER}",
        declines=True,
    ),
)


def small_talk(text: str) -> Composed | None:
    """The fixed text that a question calls for, where it calls for one."""
    for row in _ROWS:
        if row.words.search(text):
            return Composed(row.text, row.declines, EXAMPLES)
    return None
