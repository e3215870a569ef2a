"""The words by which a question names a quantity: one row a quantity.

`before` are words that stand before the number ("IV of 16"), `after` words that follow it
("16 vol"), `kind` says which numbers the quantity can be and how they are converted to the tools'
units. Which number belongs to which word is for `assistant.models.builtin.reading` to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "level", "index", "volatility", "rate", "delta", "days", "points", "money", "part", "count",
    "number", "ratio", "series",
]  # fmt: skip


@dataclass(frozen=True)
class Cue:
    """How one quantity is named in a question."""

    name: str
    kind: Kind
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    weak: re.Pattern[str] | None = None
    """Words before the number that name the quantity only where nothing better does."""
    threshold: bool = False
    """Whether 'above 16' states the quantity; for most it states a rule's threshold instead."""


def _cue(
    name: str,
    kind: Kind,
    before: str = "",
    after: str = "",
    weak: str = "",
    threshold: bool = False,
) -> Cue:
    # A field may always be called by its own name: 'cost_of_equity 0.09', 'cost of equity: 9 %'.
    own = name.replace("_usd", "(?:_usd)?").replace("_", r"[_\s]")
    said = f"{before}|{own}" if before and "_" in name else before or own
    return Cue(
        name,
        kind,
        re.compile(rf"(?<![A-Za-z0-9_])(?:{said})(?![A-Za-z0-9_])", re.IGNORECASE),
        re.compile(rf"-?\s?(?:{after})(?![A-Za-z0-9])", re.IGNORECASE) if after else None,
        re.compile(rf"(?:{weak})(?![A-Za-z0-9])", re.IGNORECASE) if weak else None,
        threshold,
    )


_INDEX = r"spxw?|s\s?&\s?p(?:\s?500)?|spot(?!\s+vix)|underlying|index(?:\s+(?:is|at|level))?|es"
_VOL = r"ivs?|ivol|(?<!same )vola?s?|implied(?:\s+vol(?:atility)?s?)?|volatility|atm\s+vol"
_MONEY = r"account|portfolio|capital|bankroll|net\s?liq(?:uidation)?|nlv|equity|book"

_FUTURE = r"(?:['’]?s)?(?:\s+(?:vix\s+)?(?:fut(?:ures?)?|month|contract|one))?"

CUES: tuple[Cue, ...] = (
    _cue("spot", "level", rf"{_INDEX}|trading(?:\s+(?:at|near|around))|we(?:['’]re|\s+are)?\s+(?:trad(?:e|ing)|at)(?:\s+(?:at|near|around))?|level|futures?|forward|(?<![’'])s(?=\s*=|\s+\d{4})|market(?:\s+is)?", r"spot|spx|last(?![A-Za-z])|(?:on\s+)?(?:the\s+)?(?:index|s&p|spx)|underlying", weak=r"here(?:\s+being)?|from|now|currently|px|start(?:ed)?(?:\s+at)?"),
    _cue("vix", "index", r"vix\b[^.?!]{0,40}\b(?:today|now)(?:\s+it['’]?s)?|(?:spot\s+)?vix(?!\s?(?:\d+\s?[dm]|9|3|6)\b)(?!\s+(?:call|future|option|expir))", r"(?:handle|print)?\s?vix(?!\s?\d)(?!\s+(?:call|put|future|option)s?\b)"),
    _cue("vix9d", "index", r"vix\s?9d?|(?:9|nine)[-\s]day\s+vix|vxst", r"vix\s?9d?|(?:9|nine)[-\s]day\s+vix"),
    _cue("vix3m", "index", r"vix\s?3m?|(?:3|three)[-\s]month\s+vix|vxv", r"vix\s?3m?|vxv|(?:3|three)[-\s]month\s+vix"),
    _cue("vix6m", "index", r"vix\s?6m?|(?:6|six)[-\s]month\s+vix|vxmt", r"vix\s?6m?|vxmt|(?:6|six)[-\s]month\s+vix"),
    _cue("vvix", "index", r"vvix|vol(?:atility)?\s+of\s+(?:the\s+)?vix", r"vvix"),
    _cue("put_iv", "volatility", rf"puts?(?:\s+side)?\s+(?:{_VOL})|puts?(?:\s+(?:of|my|the|condor|side|strikes?|wing|are|is|trad\w+|more|like|around|at|near|about|in))*|(?:{_VOL})\s+(?:of|on|for)\s+the\s+puts?", rf"(?:{_VOL})?\s?(?:on|for|in)\s+the\s+puts?"),
    _cue("call_iv", "volatility", rf"calls?(?:\s+side)?\s+(?:{_VOL})|calls?(?:\s+(?:of|my|the|condor|side|strikes?|wing|are|is|trad\w+|more|like|around|at|near|about|in))*|(?:{_VOL})\s+(?:of|on|for)\s+the\s+calls?", rf"(?:{_VOL})?\s?(?:on|for|in)\s+the\s+calls?"),
    _cue("iv", "volatility", rf"{_VOL}|sigma", rf"(?:handle\s+(?:on|for|in)\s+)?(?:as\s+(?:the\s+|my\s+|our\s+)?)?(?:(?:flat|annual|atm|implied)\s+)?(?:{_VOL}|v\b)"),
    _cue("days", "days", r"dte|days?(?:\s+(?:to|till|until)\s+(?:exp\w*|go))?|days\s+(?:left|remaining)|(?:expir\w+|tenor|maturity)(?:\s+(?:in|of|is))?", r"(?:calendar\s+)?(?:dte|d|da?ys*|weeks?|wks?|months?|mos?|years?)(?:\s+(?:to\s+(?:exp\w*|go)|out|left|till|until|remaining|tenor))?"),
    _cue("days_left", "days", r"with", r"days?\s+(?:left|to\s+go|remaining|still\s+to\s+run|before\s+(?:exp\w*|the\s+end))"),
    _cue("days_forward", "days", r"(?:days?\s+)?(?:from\s+now|forward|later|ahead)", r"(?:days?|weeks?)\s+(?:from\s+(?:now|today)|forward|later|ahead|pass|go\s+by|in)"),
    _cue("short_delta", "delta", r"deltas?|δ", r"(?:short\s+)?(?:deltas?|Δ|δ)"),
    _cue("expected_move_multiple", "ratio", r"(?:by\s+)?expected\s+moves?\s+(?:times|multiple|x)|by\s+(?:the\s+)?expected\s+moves?|multiple", r"(?:x|times)?\s?(?:the\s+)?(?:sds?|sigmas?|std|standard\s+deviations?|expected\s+moves?|ems?)"),
    _cue("width", "points", r"width|wings?(?:\s+width)?|wide", r"(?:(?:points?|pts?|-)\s?-?)?(?:wide|wings?|widths?)|(?:points?|pts?)\s+(?:of\s+)?(?:wings?|protection)|wider|(?:points?|pts?)\s+of\s+width|(?:(?:points?|pts?)\s+)?apart|(?:points?|pts?)\s+(?:spreads?|between|(?:iron\s+)?condors?|ics?)|pointer", weak=r"on(?:\s+an?)?"),
    _cue("credit", "points", r"(?:net\s+)?credit(?!\s*(?:spread|tier|card))(?:\s+(?:received|collected))?|premium|collect(?:s|ed|ing)?|receiv\w+|t(?:oo|a)ke?n?\s+in|took|collected|bring(?:s|ing)?(?:\s+in)?|gives\s+(?:me|us)|gets?(?:\s+(?:me|us))?|pocket(?:ed|s)?|pa(?:id|ys)\s+(?:me|us)|paid|pays?|brought(?:\s+(?:in|me))?|fill(?:ed)?|got\s+(?:paid|filled)|quoted(?:\s+at)?|offer(?:ed|s)?(?:\s+(?:me|us))?|pa(?:id|ys)\s+(?:me|us)|sold\s+(?:it|the\s+(?:condor|ic)|an?\s+(?:iron\s+)?(?:condor|ic))?\s*(?:for|at)|sell(?:ing)?\s+(?:it|the\s+(?:condor|ic)|an?\s+(?:iron\s+)?(?:condor|ic))?\s*(?:for|at)|cr", r"(?:(?:index\s+)?(?:points?|pts?|dollars?|bucks)\s+(?:of\s+)?)?(?:net\s+|total\s+)?(?:(?:in\s+)?credit(?!\s*(?:spread|tier))|premium|cr|collected|received|c[ao]mes?\s+in|in\s+my\s+pocket|even\b|left\b(?=\s*[.?!,]))|(?:on|for|in|over|against)(?:\s+(?:an?|the|my|our|one|1|another))?(?=\s+\$?\d+(?:\.\d+)?[-\s]?(?:(?:points?|pts?|dollars?)(?![A-Za-z])|(?:wide|wing|width)))", weak=r"(?<=wide)\s+(?:at|for|@)|(?<=[\d)pc])\s+(?:for|@)(?:\s+a)?(?:\s+net)?|\bfor(?:\s+a)?(?:\s+net)?|\bnet|\bgot"),
    _cue("target_credit", "points", r"target(?:ing)?(?:\s+(?:a\s+)?credit)?|aim\w*\s+for|want(?:\s+to\s+collect)?", r"target\s+credit"),
    _cue("contracts", "count", r"contracts|lots|size|quantity|qty", r"-?\s?(?:of\s+(?:the|these|those)(?=\s+\d,?\d{2})|contracts?|lots?|cars?|units?|(?:iron\s+)?condors|ics|x\b(?!\s?\d)|x(?=\s+\d{4}))"),
    _cue("fees", "points", r"fees?|commissions?", r"(?:points?\s+)?(?:in|of)\s+(?:fees|commissions?)"),
    _cue("account_usd", "money", rf"(?:(?:trading|my|total)\s+)?(?:{_MONEY})(?:\s+(?:size|value|worth))?", rf"(?:dollar\s+|usd\s+)?(?:trading\s+)?(?:{_MONEY}|acct)|under\s+management|aum|(?:in|of|on)\s+(?:the|my|an?|our)\s+(?:{_MONEY}|acct)", weak=r"i['’]?(?:ve|\s+have)\s+got|i\s+have|with|(?<=% )of|(?<=percent )of"),
    _cue("max_loss_usd", "money", r"max(?:imum|imal)?\.?\s+(?:loss|risk)(?:\s+(?:per|of|each|for|on|a)\s+(?:one\s+)?(?:contract|condor|ic|lot))?|(?:can|could|may|might|will|would)\s+(?:lose|cost)(?:\s+(?:me|us))?|risk\s+per\s+(?:contract|condor|lot)|(?:contract|condor|ic|one|lot)\s+(?:risks|loses)|worst(?:\s+|-)case|loss\s+if\s+(?:wrong|it\s+fails)|or\s+lose|loses?(?!\s+(?:more|over))", r"(?:of\s+)?(?:max(?:imum)?|worst[-\s]case)\s+(?:loss|risk)|(?:at\s+)?(?:risk|loss)\s+(?:per|a|each)\s+(?:contract|condor|lot)|per\s+(?:contract|condor|lot)"),
    _cue("max_profit_usd", "money", r"max(?:imum)?\s+(?:profit|gain)|(?:gain|profit|win)\s+if\s+(?:right|it\s+works)|(?:can|could|may|to)\s+(?:make|earn|gain)|makes|earns|wins", r"max(?:imum)?\s+(?:profit|gain)"),
    _cue("risk_fraction", "part", r"(?:may|can|could|will|to)\s+lose|risk(?:ing|s)?(?:\s+(?:at\s+most|only|up\s+to|no\s+more\s+than|about|fraction|limit|budget|cap))?|at\s+most|no\s+more\s+than|not?\s+over|max|limit|allow(?:ed|ing|s)?|cap(?:ped)?(?:\s+at)?|(?:lose|risk)\s+(?:more|over)\s+than", r"(?:max(?:imum)?\s+)?risk|(?:of|per)\s+(?:it|that|the|my|an?|our|trade|account|position)(?:\s+(?:account|portfolio|capital))?|(?:of\s+(?:my\s+|the\s+)?(?:equity|capital|account|money)\s+)?at\s+risk|rule|limit"),
    _cue("win_rate", "part", r"win(?:ning)?[\s-]?rate|win\s+probability|odds|win", r"win(?:ning)?[\s-]?rate|winners?|of\s+the\s+time"),
    _cue("barrier", "level", r"touch(?:es|ed|ing)?|reach(?:es|ed|ing)?|hit(?:s|ting)?|tag(?:s|ged|ging)?|barrier|trad(?:e|es|ing)\s+(?:through|at|down\s+to|up\s+to)|(?:gets?|getting|go(?:es)?|fall(?:s|ing)?|drop(?:s|ping)?|ris(?:e|es|ing)|sink(?:s|ing)?|climb(?:s|ing)?)\s+(?:down\s+|up\s+)?to|level|break(?:s|ing)?|test(?:s|ed|ing)?|visit(?:s|ed|ing)?|see(?:s|ing)?|prints?|cross(?:es|ed|ing)?", r"(?:being\s+|gets?\s+|is\s+)?(?:touched|hit|reached|tagged|tested|touch)", threshold=True),
    _cue("strike", "level", r"strikes?|struck(?:\s+at)?|k", r"-?\s?strike"),
    _cue("price", "points", r"prices?|priced|trad(?:es?|ing)(?:\s+(?:at|for))?|worth|costs?|quoted|mid(?:point)?|mark(?:ed|et)?|premium|bid|ask|paid|pay(?:ing)?|going\s+for|offered|traded|shows|share\s+(?:price|costs?)|share(?=(?:\s+(?:is|at|of|falls?|rises?|to))*\s+\$?\d)|stock(?:\s+(?:is|at))?", r"(?:points?|pts?)(?!\s*(?:wide|wings?))|(?:a\s+)?share(?!s)|(?:mid|bid|ask|mark|premium)(?:\s+price)?|(?:put|call)\s+price", weak=r"\b(?:for|at)|@"),
    _cue("rate", "rate", r"(?:(?:risk[- ]free|interest|discount|hurdle|t-?bill|treasury|short|funding|required)\s+)?(?:rates?|yields?)(?!\s+(?:on|of)\s+the)|risk[- ]free|interest|r|discounted(?:\s+at)?|hurdle|required\s+return", r"(?:(?:risk[- ]free|interest|discount|hurdle)\s+)?(?:rates?|interest|risk[- ]free|hurdle)(?!\s+dif)"),
    _cue("dividend_yield", "rate", r"(?:s\s?&\s?p|spx|index|stocks?)\s+yields?|div(?:idend)?s?\.?(?:\s+yield)?s?|q", r"(?:div(?:idend)?s?)(?:\s+yield)?"),
    _cue("price_ratio", "ratio", r"price\s+ratio|ratio|factor|multiple|changes?\s+by", r"x\b|times(?!\s+(?:a|per))|fold"),
    _cue("equity", "money", r"(?:my\s+)?own\s+(?:money|capital)|(?<!cost of )(?<!return on )equity(?:\s+(?:value|capital|of))?|market\s+cap", r"(?:of\s+|in\s+)?(?:equity|market\s+cap|my\s+own|own\s+(?:money|capital))"),
    _cue("debt", "money", r"(?<!cost of )debts?(?:\s+(?:value|of))?|borrow(?:ed|ing)|loans?|liabilities", r"(?:of\s+|in\s+)?(?:margin\s+)?(?:debt|loans?|borrowed)"),
    _cue("cost_of_equity", "rate", r"(?<=equity )(?:at|costing|earning|wanting)|(?<=own )(?:at|costing)|should\s+(?:earn|return|make)|(?:expect|require|want)s?|cost\s+of\s+equity|equity\s+(?:costs?|cost|return)|re|required\s+return(?:\s+on\s+equity)?|equity\s+holders\s+want", r"cost\s+of\s+equity|on\s+(?:the\s+)?equity"),
    _cue("cost_of_debt", "rate", r"(?<=debt )(?:at|costing)|(?<=loan )(?:at|rate)|(?<=borrowed )at|cost\s+of\s+debt|debt\s+(?:costs?|cost|rate|interest)|rd|borrow(?:s|ing)?\s+(?:at|cost|rate)|(?:pre-?tax\s+)?interest(?:\s+on\s+(?:the\s+)?(?:debt|loan))?|(?<=margin )rate|(?<=margin loan )(?:at|costs?)", r"cost\s+of\s+debt|on\s+(?:the\s+|its\s+|my\s+|our\s+)?(?:debts?|loan|margin)|interest"),
    _cue("tax_rate", "part", r"tax(?:es)?(?:\s+rate)?|taxed(?:\s+at)?", r"(?:corporate\s+|income\s+)?tax(?:es)?(?:\s+rate)?"),
    _cue("operating_cash_flow", "money", r"(?:operating\s+)?cash\s?flows?(?:\s+(?:from\s+operations|per\s+share|a\s+share|of))?|ocf|cfo|cfps", r"(?:of\s+|in\s+)?(?:operating\s+)?(?:cash\s?flow|ocf)|(?:operating\s+)?cash\s?flow"),
    _cue("shares", "money", r"shares(?:\s+outstanding)?|share\s+count", r"shares(?:\s+outstanding)?"),
    _cue("cash", "money", r"cash(?!\s?flow)(?:\s+(?:and\s+equivalents|of|on\s+hand))?", r"(?:in\s+|of\s+)?cash(?!\s?flow)"),
    _cue("marketable_securities", "money", r"(?:marketable\s+)?securities|short[- ]term\s+investments|t-?bills", r"(?:in\s+|of\s+)?(?:marketable\s+securities|securities|short[- ]term\s+investments|t-?bills)"),
    _cue("receivables", "money", r"(?:accounts?\s+)?receivables?|a/r|ar|customers?\s+(?:still\s+)?owe(?:\s+(?:it|us|me|them|the\s+firm))?", r"(?:in\s+|of\s+)?(?:accounts?\s+)?receivables?"),
    _cue("current_liabilities", "money", r"(?:current|short[- ]term)\s+(?:liabilities|debts?)|liabilities|owe[sd]?|due(?:\s+within\s+(?:a|the|1)\s+year)?|bills?", r"(?:of\s+|in\s+)?(?:current\s+)?(?:liabilities)|due|owed"),
    _cue("domestic_rate", "rate", r"domestic(?:\s+(?:interest\s+)?rate)?|own\s+rate|home(?:\s+rate)?|us|usd|fed(?:\s+funds)?|dollar(?:\s+rates?)?|america\w*|here", r"(?:in\s+the\s+)?(?:us|usd|domestic|at\s+home|here)(?:\s+rates?)?"),
    _cue("foreign_rate", "rate", r"foreign(?:\s+(?:interest\s+)?rate)?|abroad|ecb|euro?(?:\s?zone|\s+area)?|eur|boj|jp[yn]?|japan(?:ese)?|yen|boe|gbp|uk|swiss|snb|chf|there|aud|cad|german\w*|bund", r"(?:in\s+|for\s+)?(?:the\s+)?(?:foreign|abroad|euro?(?:\s?zone|\s+area)?|ecb|japan|jpy|uk|there|overseas)(?:\s+rates?)?"),
    _cue("reserve_in", "money", r"reserves?[_\s]in|reserves?(?:\s+of)?(?:\s+[a-z]{2,5}(?=\s\d))?|pool(?:\s+(?:has|holds|with|of))?|in\s+side", r"in(?=\s*(?:/|and|,))"),
    _cue("reserve_out", "money", r"reserves?[_\s]out|(?:and|against|/|out\s+side)", r"out(?=\s*[:;,.])"),
    _cue("amount_in", "money", r"amount[_\s]in|swap(?:s|ped|ping)?(?:\s+in)?|sell(?:s|ing)?|put(?:ting)?\s+in|trad(?:e|ing)(?:\s+in)?|send(?:ing)?|deposit|exchang(?:e|ing)|spend(?:ing)?", r"(?:[a-z]{2,5}\s+)?(?:in(?:to)?\b|going\s+in)"),
    _cue("amount_out", "money", r"amount[_\s]out|(?:want|get|receive|take|pull|buy(?:ing)?)(?:\s+(?:out|exactly))?", r"(?:[a-z]{2,5}\s+)?out\b"),
    _cue("fee", "part", r"fees?(?:\s+(?:tier|rate))?|swap\s+fee", r"fees?(?:\s+tier)?"),
    _cue("finance_rate", "rate", r"financ(?:e|ing)(?:\s+(?:rate|cost))?(?:\s+at)?|borrow(?:ing)?(?:\s+at)?|funding", r"financ(?:e|ing)(?:\s+rate)?|to\s+(?:finance|borrow)"),
    _cue("reinvest_rate", "rate", r"re-?invest(?:ed|ment|ing)?(?:\s+(?:rate|at))*", r"re-?invest\w*(?:\s+rate)?"),
    _cue("wacc", "rate", r"wacc|cost\s+of\s+(?:my\s+)?(?:capital|money|funds?|funding)|(?:capital|money|funds?|funding)\s+(?:costs?|is)(?:\s+(?:me|us))?|financ(?:e|ing)(?:\s+(?:it|this|at|is|costs?))*|hurdle(?:\s+rate)?|margin\s+costs?", r"wacc|cost\s+of\s+capital|hurdle"),
    _cue("close_cost", "points", r"buy(?:ing)?[-\s]?back(?:\s+(?:is|costs?))?|buy(?:ing)?\s+(?:the\s+old\s+(?:one|condor)|it|this|that)\s+back(?:\s+costs?)?|clos(?:e|es|ing)(?:\s+(?:it|at|cost|costs|for|the\s+old\s+one))*|buy(?:ing)?\s+(?:it\s+)?back(?:\s+(?:for|at|costs?))*|debit(?:\s+(?:of|to\s+close))?", r"(?:points?\s+)?(?:to\s+close|debit|to\s+buy\s+(?:it\s+|this\s+|that\s+|them\s+)?back)"),
    _cue("days_between", "days", r"days[_\s]between", r"days\s+(?:between|of\s+extra|more|extra)"),
    _cue("margin_usd", "money", r"margin(?:\s+(?:of|requirement|held))?|buying\s+power|tied\s+up", r"(?:of\s+|in\s+)?(?:margin|buying\s+power|tied\s+up)"),
    _cue("condor_loss_usd", "money", r"(?:condors?\s+)?los(?:s|es|e|ing)(?:\s+(?:of|about|to\s+cover))?|costs?\s+(?:me|us|(?:my|the|our)\s+condors?)|drawdown\s+of|cover(?:ing)?", r"(?:dollars?\s+)?(?:condor\s+)?loss(?:es)?"),
    _cue("target_coverage", "part", r"cover(?:age|ing)?(?:\s+(?:target|about))?", r"cover(?:age|ed)?|of\s+(?:the|that|this)\s+(?:loss|damage)"),
    _cue("period", "count", r"period|length|rsi\(?", r"[- ]?(?:period|day|bar)s?(?:\s+rsi)?"),
    _cue("settlement", "level", r"(?:settl(?:es?|ed|ing|ement)|clos(?:es?|ed|ing)|expir(?:es?|ed|ing)|finish(?:es|ed)?|ends?|lands?|pins?|prints?)(?:\s+(?:up|us|spx|right|out))?(?:\s+(?:at|on|around|near|of|is|exactly))*"),
    _cue("price_level", "number", r"(?:domestic|home|own|our)?\s*(?:price\s+level|cpi|price\s+index)"),
    _cue("skew", "number", r"skew(?:\s+(?:slope|of))?"),
    _cue("strike_step", "points", r"strike\s+(?:step|spacing|grid)|strikes?\s+every|(?:in\s+)?steps\s+of|increments\s+of|every", r"(?:points?\s+)strikes|(?:points?\s+)?(?:strike\s+)?(?:steps?|increments?|spacing|grid)"),
)  # fmt: skip

_EXTRA_CUES = (
    _cue(
        "future",
        "number",
        r"(?:matching\s+|vix\s+|its\s+|the\s+)?fut(?:ures?)?(?:\s+(?:of|with)\s+the\s+same\s+exp\w+)?(?:\s+on\s+(?:the\s+)?vix)?(?:\s+(?:is\s+)?(?:trad(?:es?|ing)|price[sd]?|settles?|quoted))?|f(?=\s*=|\s+\d)",
    ),
    _cue(
        "front_future",
        "index",
        rf"(?:front|first|nearest|near|1st)(?:[\s-]month)?{_FUTURE}|(?:vx|m)\s?1",
    ),
    _cue(
        "second_future",
        "index",
        rf"(?:back|second|next|2nd|deferred)(?:[\s-]month)?{_FUTURE}|(?:vx|m)\s?2",
    ),
    _cue("third_future", "index", rf"(?:third|3rd)(?:[\s-]month)?{_FUTURE}|(?:vx|m)\s?3"),
    _cue("fast", "count", r"fast"),
    _cue("slow", "count", r"slow"),
    _cue("signal", "count", r"signal"),
)

SERIES: tuple[Cue, ...] = (
    _cue("cashflows", "series", r"cash\s?flows?|flows|payments|stream|returns?(?:\s+of)?"),
    _cue("closes", "series", r"closes?|closing\s+(?:prices|levels)|prices|series|levels"),
    _cue("advancers", "series", r"advanc(?:ers?|es|ing)(?:\s+issues)?|gainers|up\s+issues"),
    _cue("decliners", "series", r"declin(?:ers?|es|ing)(?:\s+issues)?|losers|down\s+issues"),
    _cue("exchange_rates", "series", r"(?:exchange|fx|currency|bilateral)\s+rates?(?:\s+ind(?:ices|exes))?|currencies"),
    _cue("foreign_price_levels", "series", r"foreign\s+(?:price\s+levels?|prices|cpis?)|theirs?(?:\s+(?:price\s+levels?|prices|cpis?))?"),
    _cue("leg_ivs", "series", r"leg\s+(?:vols?|ivs?|implieds)|(?:vols?|ivs?)\s+(?:of|for|on|by)\s+(?:the\s+)?(?:four\s+)?(?:legs?|strikes?)"),
    _cue("prices", "series", r"p\s?[/&]?\s?l|pnl|profit|pay-?off|(?:settl|clos|expir|finish|land|end)\w*(?:\s+(?:at|around|near))?|index\s+at"),
    _cue("weights", "series", r"(?:trade\s+)?weights?|weighted"),
)  # fmt: skip

BY_NAME = {cue.name: cue for cue in (*CUES, *_EXTRA_CUES, *SERIES)}
