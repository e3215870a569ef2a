"""What each calculation is asked for by, and what it needs: one row a tool.

`wants` are words that ask for it; `needs` it cannot do without, `uses` it can take. `alone` says
that the numbers by themselves ask for it. `instead_of` names what it makes needless. `market` are
inputs that an open market source may fill in, and `explains` is the article that explains it.
"""

from __future__ import annotations

from dataclasses import dataclass

SEARCH = "search_library"
"""The tool that searches the corpus."""

READ = "read_article"
"""The tool that opens an article at its short answer."""

MARKET = "market_snapshot"
"""The tool that reads the open market source."""

STRIKES = ("put_long", "put_short", "call_short", "call_long")
_RATES = ("rate", "dividend_yield")


@dataclass(frozen=True)
class Rule:
    """When a tool is wanted, what it takes, and which article explains it."""

    tool: str
    needs: tuple[str, ...]
    wants: str
    uses: tuple[str, ...] = ()
    alone: bool = False
    instead_of: tuple[str, ...] = ()
    market: tuple[str, ...] = ()
    explains: str = ""
    example: str = ""


_TOUCH = r"\b(?:odds|chances?|prob\w*|likel\w+|risk)\b.{0,40}\b(?:sees?|visits?|prints?|cross(?:es)?|go(?:es)? through|runs? into)\b|\bpot\b|\bcoin flip\b|\b\d{4} trades\b|\btrades? (?:there )?at least once\b|\btouch|\breach|\bhits?\b|\bhitting\b|\btag(?:s|ged)?\b|\bget(?:s|ting)? to\b|\btest(?:s|ed)?\b|\btrad(?:e|es|ing) (?:through|at \d{4})|\bkiss|\bgets? (?:down |up )?to\b"

RULES: tuple[Rule, ...] = (
    Rule(
        "plan_roll",
        needs=("wacc",),
        wants=r"\broll|(?:\d+/){3}\d+[\s\S]*\b(?:replac\w+|re-?open\w*)\b[\s\S]*(?:\d+/){3}\d+",
        uses=("close_cost", "days_between", "margin_usd"),
        instead_of=(
            "price_condor", "select_condor", "break_even", "check_credit", "wacc", "price_option",
            "condor_payoff", "stress_condor",
        ),
        explains="irr-of-a-roll",
        example="Roll 5450/5500/6050/6100 (spot 5800, 20 days, IV 18 %, credit 13.13) into 5400/5450/6100/6150 (50 days, credit 15), WACC 8 %",
    ),
    Rule(
        "size_hedge",
        needs=("condor_loss_usd", "spx_shock", "vix", "layers"),
        wants=r"\bhedg|\bhow many vix\b|\bcondors?\b.{0,40}\blos\w+\b.{0,120}\b(?:calls?|layers?)\b|\bvix calls?\b.{0,60}\bagainst\b|\bcalls at \d+/|\bprotect|\binsur|\boffset|\bcover|\bsize\b.{0,30}\bvix\b|\bloss\b.{0,80}\bvix (?:calls?|futures?)\b|\bvix (?:calls?|futures?)\b.{0,40}\bloss",
        uses=("target_coverage", "vix_points_per_percent", "days_forward", "rate"),
        instead_of=("price_option", "check_regime", "stress_condor", "implied_volatility"),
        market=("vix",),
        explains="hedge-cost-and-sizing",
        example="Hedge a condor loss of $37,000 in a 5 % fall with 60-day VIX calls struck at 25, VIX future 19, IV 90 %, VIX 17",
    ),
    Rule(
        "stress_condor",
        needs=(*STRIKES, "spot", "days", "iv"),
        wants=r"\bstress|\bscenario|\b(?:vix|vols?|volatility|iv)\b[^.?!;\d]{0,30}\bfrom \d+(?:\.\d+)?%? to \d|(?:[-+]|\bminus |\bplus |\bdown |\bup |\bdrops? |\bfalls? )\d+(?:\.\d+)?\s?(?:%|percent)|\d\s?(?:%|percent) (?:gap|drop|fall|down|up|move|decline|rally|lower|higher|melt)|\bvol(?:atility)? crush|\biv crush|\bmelt-?up\b|\b(?:crash|gap)(?:es|s|ped)?\b|\b(?:if|when|say|suppose|should)\b.{0,60}\b(?:drops?|falls?|tanks?|rall(?:y|ies)|sells? off|down|up|jumps?|spikes?|moves?|plunges?|rises?)\b.{0,20}\d+(?:\.\d+)?\s?(?:%|percent)|\bhow much (?:would|do|could) i lose if\b",
        uses=(*_RATES, "credit", "contracts", "put_iv", "call_iv", "days_forward"),
        instead_of=("price_condor", "price_option", "select_condor", "break_even", "credit_range"),
        explains="stress-testing-a-condor",
        market=("spot", "iv"),
        example="Stress 5450/5500/6050/6100 with spot 5800, 30 days, IV 16 %: what if SPX falls 5 % and volatility rises 10 points?",
    ),
    Rule(
        "condor_payoff",
        needs=(*STRIKES, "spot", "days", "iv"),
        wants=r"\bpay-?off\b|\bunder ?water\b|\bwill earn\b|\bdraw\b|\bwhere am i\b|\bprofit (?:line|table)\b|\b(?:make|gain) or lose\b|\bprofit or loss\b|\blands? (?:at|on)\b|\bp\s?(?:&|and|/)?\s?l\b|\bpnl\b|\bprofit (?:and loss )?(?:at|if|when|diagram|curve)|\bif (?:spx|it|the index|we|spot) (?:settles?|closes?|expires?|finish\w*|ends?) (?:at|around|near)",
        uses=(*_RATES, "credit", "contracts", "put_iv", "call_iv", "days_left"),
        instead_of=("price_condor", "price_option", "select_condor", "break_even", "credit_range"),
        explains="what-is-an-spx-iron-condor",
        market=("spot", "iv"),
        example="Payoff of 5450/5500/6050/6100 at 5480, spot 5800, 30 days, IV 16 %",
    ),
    Rule(
        "price_condor",
        needs=(*STRIKES, "spot", "days", "iv"),
        wants=r"\bprice|\bvalue\b|\bworth\b|\bquote\b|\bfair\b|\bcredit\b|\bcollect|\bpremium\b|\bmax(?:imum)? (?:loss|risk|profit)|\bprobab|\bpop\b|\bbreak[- ]?even|\bgreeks?\b|\bmargin|\breturn on\b|\bodds\b|\bpays?\b|\bbrings?\b|\bcome in\b|\bworst\b|\blose\b|\bcosts?\b.{0,20}\bcondor|\block\w*\b|\bexpires? worthless\b|\bchance|\bhow much\b|\bexpected value\b|\btheta\b|\bvega\b|\blook(?:s|ing)? like\b|\bmark\b|\btheo\b",
        uses=(*_RATES, "credit", "contracts", "put_iv", "call_iv", "leg_ivs", "fees", "margin_rule"),
        alone=True,
        instead_of=("select_condor", "break_even", "check_credit", "credit_range", "price_option"),
        market=("spot", "iv"),
        explains="credit-to-width-target",
        example="Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %",
    ),
    Rule(
        "select_condor",
        needs=("spot", "iv", "days"),
        wants=r"\b(?:want|need|looking for|like) an?\b.{0,20}\b(?:condor|ic)\b|\bget me\b|\d\s?-?(?:deltas?\b|[δΔ])|\bdeltas? (?:of )?\.?\d|\bhow (?:close|far|wide)\b.{0,30}\bshorts?\b|\b(?:which|what|where|pick|choose|select|find|build|construct|set up|place|position|give me|show me|suggest)\b.{0,60}\b(?:strikes?|condor|ics?|shorts)\b|\b(?:sigma|sd|standard deviations?|expected moves?) (?:condor|out|away|shorts|strikes)|\bstrikes,? (?:please|pls)\b|\bstrikes\?",
        uses=("short_delta", "expected_move_multiple", "target_credit", "width", *_RATES, "contracts", "strike_step", "skew"),
        instead_of=("check_credit", "credit_range", "price_option", "price_condor", "break_even"),
        market=("spot", "iv"),
        explains="strike-selection",
        example="Pick a 16-delta condor 25 wide: spot 5800, IV 16 %, 45 days",
    ),
    Rule(
        "implied_volatility",
        needs=("kind", "price", "spot", "strike", "days"),
        wants=r"\bimpl(?:ied|ies|y)\b|\biv\b|\bwhat (?:vol|volatility)\b|\bvol(?:atility)? (?:is|does|do)\b|\bback out\b|\bsolve\b",
        uses=(*_RATES, "model"),
        instead_of=("price_option", "expected_move"),
        explains="implied-and-realized-volatility",
        example="What IV does a 5500 put at 42.50 imply, spot 5800, 30 days?",
    ),
    Rule(
        "probability_of_touch",
        needs=("spot", "barrier", "days", "iv"),
        wants=_TOUCH,
        uses=_RATES,
        market=("spot", "iv"),
        explains="probability-of-profit-touch-and-delta",
        example="How likely is a touch of 5500 from spot 5800 in 30 days at IV 16 %?",
    ),
    Rule(
        "break_even",
        needs=("put_short", "call_short", "credit"),
        uses=("put_long", "call_long", "contracts", "settlement"),
        wants=r"\bhow bad\b|\bpain\b|\bloose\b|\bdo i owe\b|\bzero[- ]profit\b|\bkeep all\b|\bif (?:we|it|spx|the index|spot) (?:settles?|closes?|expires?|finish\w*|ends?|lands?)\b|\bat expir\w+\b|\bworst\b|\bmax(?:imum)? (?:loss|risk|profit|gain)|\b(?:can|could|do|most) i (?:can )?(?:lose|make)\b|\bdollar risk\b|\brisk(?:ing)?\b|\bbreak[\s-]?evens?\b|\bb/es?\b|\bbes\b|\bprofit (?:zone|range)\b|\bstart to lose\b|\blose money\b|\bmake money between\b|\bkeep (?:the |any |my )?(?:money|profit|premium|credit)|\bin profit\b",
        alone=True,
        explains="break-even-points-of-an-iron-condor",
        example="Break-evens for short strikes 5500 and 6050 with a credit of 13.13",
    ),
    Rule(
        "check_credit",
        needs=("credit", "width"),
        uses=("low", "high", "win_rate"),
        wants=r"\bwin(?:s|ners?|ning)?\b|\bhow often\b|\bexpectancy\b|\bthin\b|\brich\b|\b(?:in|within|inside) (?:the |your )?(?:range|target|band)|\benough\b|\bgood credit\b|\bcredit[- ]to[- ]width\b|\bworth (?:it|doing|taking|the)\b|\btoo (?:low|small|little|thin|much)|\bfair\b|\bratio\b|\bcredit\b|\bgreedy\b|\bok(?:ay)?\s*\?|\bany good\b|\bdecent\b|\badequate\b|\bacceptable\b|\breasonable\b|\bqualif|\bok(?:ay)? (?:on|for|with)\b|\btarget\b|\bfit\b|\bnormal\b|\bfine\b|\bmake (?:your|the) cut\b|\bguidelines?\b|\bgood or bad\b|\ball? ?right\b|\bpass(?:es)?\b|\bmakes? the (?:cut|grade)\b",
        alone=True,
        explains="credit-to-width-target",
        example="Is a credit of 2.40 on a 10-wide condor in range?",
    ),
    Rule(
        "credit_range",
        needs=("width",),
        uses=("low", "high"),
        wants=r"\bget filled\b|\b(?:should|must|ought)\b.{0,50}\b(?:pay|bring|yield)\b|\bi demand\b|\b(?:how much|how many|what|which|minimum|least)\b.{0,40}\b(?:credit|premium|collect|bring in|take in|get paid|points)|\bcredit\b.{0,40}\b(?:should|need|must|have to|target|fit)|\b(?:min|max|acceptable|target)\b.{0,25}\bcredit\b|\bcredit (?:band|range)\b|\b(?:range|limits|band)\b.{0,30}\bwide\b",
        explains="credit-to-width-target",
        example="How much credit should a 50-point wide condor collect?",
    ),
    Rule(
        "check_regime",
        needs=("vix",),
        wants=r"\bregime\b|\b(?:sell|selling|open|opening|enter|entering|trade|trading|put(?:ting)? on|new condors?|stay(?:ing)? (?:in|out)|sit(?:ting)? out|stand(?:ing)? aside|wait)\b|\bwiden|\btighten|\bwings?\b|\bhedge layers?\b|\blayers?\b|\bgood time\b|\bgo/no.?go\b|\brules say\b|\bsafe to\b|\bgreen light\b",
        uses=("vix9d", "vix3m", "vix6m", "vvix", "as_of"),
        alone=True,
        instead_of=("term_structure",),
        market=("vix", "vix9d", "vix3m", "vix6m", "vvix"),
        explains="vix-regime-check",
        example="VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?",
    ),
    Rule(
        "term_structure",
        needs=("vix", "vix3m|vix9d|vix6m"),
        wants=r"\bterm structure\b|\bcontango\b|\bbackwardat|\bcurve\b|\binver(?:ted|sion)\b|\bslope\b|\bshape\b|\bratio\b",
        uses=("vix9d", "vix3m", "vix6m"),
        market=("vix", "vix9d", "vix3m", "vix6m"),
        explains="vix-futures-and-term-structure",
        example="VIX9D 14, VIX 16, VIX3M 18.5: contango or backwardation?",
    ),
    Rule(
        "vix_futures_curve",
        needs=("front_future", "second_future"),
        uses=("third_future", "vix"),
        wants=r"\bcontango\b|\bflat\b|\bshape\b|\bbackwardat|\bcurve\b|\bterm structure\b|\bslope\b|\bsteep|\binver(?:ted|sion)\b|\broll yield\b",
        instead_of=("term_structure", "check_regime", "price_option"),
        explains="vix-futures-and-term-structure",
        example="The first VIX future is at 19.2 and the second at 18.1: contango or backwardation?",
    ),
    Rule(
        "expected_move",
        needs=("spot", "iv", "days"),
        wants=r"\bvix\b.{0,25}\bimpl(?:y|ies)\b.{0,30}\b(?:points|percent|move|range|swing)|\bexpected (?:move|range|daily)\b|\bswing\b|\bsigmas?\b(?!\s*[=:.\d]|\s+(?:of|is|condor|out|away))|\bin points\b|\b(?:one|1)[\s-]?(?:sigma|sd|standard)\b|\bstandard deviation\b|\bhow far\b(?!.{0,30}\bshorts?\b)|\bimplied (?:move|range)\b|\bem\b|\bhow (?:big|large|much|wide).{0,40}\b(?:move|range)\b|\bdaily range\b|\b\d\s?sd\b(?! (?:condor|out|away|shorts|strikes))",
        market=("spot", "iv"),
        explains="expected-move",
        example="What is the expected move for spot 5800, IV 16 %, 30 days?",
    ),
    Rule(
        "price_option",
        needs=("kind", "spot", "strike", "days", "iv"),
        wants=r"\A(?=[\s\S]*(?:\b(?:call|put)s?\b|\d[cp]\b|\bstrike option\b|\bblack-?\s?76\b|\bstraddle|\bstrangle))(?=[\s\S]*(?:\b[cp]\s?\(|\bprice|\bworth\b|\bvalue|\bcosts?\b|\bdelta\b|\btheta\b|\bvega\b|\bgamma\b|\brho\b|\bgreeks?\b|\bpremium\b|\bhow much\b|\bfair\b|\bquote\b|\bin the money\b|\btheo\b|\bmark\b))",
        uses=(*_RATES, "model"),
        market=("spot", "iv"),
        explains="greeks-of-an-iron-condor",
        example="Price a 5500 put: spot 5800, 30 days, IV 18 %",
    ),
    Rule(
        "size_position",
        needs=("account_usd", "max_loss_usd", "risk_fraction"),
        wants=r"\bhow many\b(?!\s+(?:days?|winners?|points?|times?|percent|out of|layers?|weeks?|eth|usdc|tokens?|coins?|years?|vix|wins?|usd|dollars?)\b)|\b(?:right|what|max(?:imum)?) number of\b|\bsiz(?:e|ing)\b|\bcontracts?\b|\blots?\b|\brisk|\bdoes that work\b",
        uses=("max_profit_usd", "win_rate"),
        alone=True,
        instead_of=("check_credit",),
        explains="position-sizing",
        example="How many condors for a $100,000 account risking 2 %, each with a max loss of $3,686.80?",
    ),
    Rule(
        "economic_events",
        needs=("start", "end"),
        wants=r"\b(?:fomc|cpi|ppi|macro (?:releases?|events?|dates?|data)|data releases?|fed\b.{0,12}\bmeet(?:s|ings?)?|fed decisions?|economic (?:events?|calendar|releases?|data)|inflation (?:report|print|release))\b",
        explains="fomc-cpi-ppi-events",
        example="Which FOMC and CPI dates are there in March 2026?",
    ),
    Rule(
        "vix_expirations",
        needs=("start", "end"),
        wants=r"\bvix\b[^.;?!]{0,40}\bexpir|\bexpir\w*[^.;?!]{0,30}\bvix\b|\bvix (?:options?|futures?) (?:dates?|settle)",
        uses=("weekly",),
        instead_of=("settlement",),
        explains="vix-expiration-calendar",
        example="When do VIX options expire in the first quarter of 2026?",
    ),
    Rule(
        "settlement",
        needs=("expiration",),
        wants=r"\bsettle|\b(?:am|pm)[- ](?:or|settled)|\blast (?:day to trade|trading day)|\bstops? trading\b|\btrade until\b|\bsoq\b",
        uses=("root",),
        explains="spx-am-and-spxw-pm-settlement",
        example="How does the SPX option expiring 2026-03-20 settle?",
    ),
    Rule(
        "xirr",
        needs=("dated",),
        wants=r"\bxirr\b|\birr\b|\binternal rate\b|\brate of return\b|\bannuali[sz]ed\b|\breturn\b",
        instead_of=("irr", "npv", "irr_roots", "mirr", "rsi"),
        explains="irr-of-a-roll",
        example="XIRR of -1000 on 2026-01-01 and 1100 on 2026-12-31",
    ),
    Rule(
        "mirr",
        needs=("cashflows", "finance_rate", "reinvest_rate"),
        wants=r"\bmirr\b|\bmodified (?:internal|irr)|\bmodified rate\b",
        instead_of=("irr", "npv", "irr_roots"),
        explains="irr-of-a-roll",
        example="MIRR of -1000, 400, 500, 600 with finance rate 8 % and reinvest rate 5 %",
    ),
    Rule(
        "irr_roots",
        needs=("cashflows",),
        wants=r"\bmore than one irr\b|\b(?:irrs?|rates? of return)\b.{0,90}\b(?:every one|all of them|each of them)\b|\b(?:all|every|multiple|several|both|how many)\b.{0,30}\b(?:irrs?|roots?|rates? of return)\b|\birr[_ ]roots\b",
        instead_of=("irr", "npv"),
        explains="irr-of-a-roll",
        example="All IRRs of -1600, 10000, -10000",
    ),
    Rule(
        "npv",
        needs=("rate", "cashflows"),
        wants=r"\bnpv\b|\bnet present value\b|\bpresent value\b|\bdiscount(?:ed|ing)?\b",
        instead_of=("irr",),
        explains="npv-and-discount-rates",
        example="NPV of -1000, 400, 500, 600 at a rate of 8 %",
    ),
    Rule(
        "irr",
        needs=("cashflows",),
        wants=r"\birr\b|\binternal rate\b|\brate of return\b",
        explains="irr-of-a-roll",
        example="IRR of -1000, 400, 500, 600",
    ),
    Rule(
        "wacc",
        needs=("equity", "debt", "cost_of_equity", "cost_of_debt"),
        wants=r"\bwacc\b|\bcapital costs?\b|\bcost of capital\b|\bweighted average\b|\bblended (?:cost|rate)\b",
        uses=("tax_rate",),
        explains="wacc-and-margin-financing",
        example="WACC with equity 600, debt 400, cost of equity 10 %, cost of debt 5 %, tax rate 21 %",
    ),
    Rule(
        "price_to_cash_flow",
        needs=("price", "operating_cash_flow"),
        wants=r"\bp\s?/\s?cf\b|\bprice[\s-]+(?:to|over)[\s-]+cash\b|\bcash[\s-]?flow (?:ratio|multiple)|\bpcf\b",
        uses=("shares",),
        explains="price-to-cash-flow-and-quick-ratio",
        example="P/CF at a share price of 50 with operating cash flow of 2,000,000 and 400,000 shares",
    ),
    Rule(
        "quick_ratio",
        needs=("cash", "marketable_securities", "receivables", "current_liabilities"),
        wants=r"\bquick ratio\b|\bacid[\s-]?test\b",
        explains="price-to-cash-flow-and-quick-ratio",
        example="Quick ratio with cash 100, marketable securities 50, receivables 80, current liabilities 200",
    ),
    Rule(
        "real_effective_exchange_rate",
        needs=("exchange_rates", "price_level", "foreign_price_levels", "weights"),
        wants=r"\breer\b|\breal effective\b",
        explains="reer-and-rate-differentials",
        example="REER with exchange rates 1.1, 0.9, price level 102, foreign price levels 101, 99, weights 0.6, 0.4",
    ),
    Rule(
        "interest_rate_differential",
        needs=("domestic_rate", "foreign_rate"),
        wants=r"\bdifferential\b|\brate (?:gap|spread|difference)|\bcarry\b|\bdifference (?:in|between).{0,20}rates\b|\binterest rate diff",
        explains="reer-and-rate-differentials",
        example="Interest rate differential with a domestic rate of 4.5 % and a foreign rate of 2 %",
    ),
    Rule(
        "amm_swap",
        needs=("reserve_in", "reserve_out", "amount_in|amount_out"),
        wants=r"\bswap|\bamm\b|\bpools?\b|\buniswap\b|\bslippage\b|\bprice impact\b|\breserves?\b",
        uses=("amount_in", "amount_out", "fee"),
        explains="constant-product-amm",
        example="Swap 10 into a pool with reserve in 1000 and reserve out 50",
    ),
    Rule(
        "impermanent_loss",
        needs=("price_ratio",),
        uses=("other_price_ratio",),
        wants=r"\bimpermanent\b|\bil\b|\bdivergence loss\b|\bliquidity (?:pool|provider|provid)|\blp(?:ing|s)?\b|\bpools?\b|\bamm\b",
        explains="impermanent-loss",
        example="What is the impermanent loss if ETH doubles?",
    ),
    Rule(
        "rsi",
        needs=("closes",),
        wants=r"\brsi\b|\brelative strength\b",
        uses=("period",),
        explains="rsi-of-spx-and-position-size",
        example="RSI with period 3 of closes 100, 102, 101, 103, 104",
    ),
    Rule(
        "macd_divergence",
        needs=("closes",),
        wants=r"\bmacd\b.{0,80}\bdiverg|\bdiverg\w*.{0,80}\bmacd\b",
        uses=("pivot_bars", "lookback", "recent", "fast", "slow", "signal"),
        instead_of=("macd", "rsi"),
        explains="macd-and-divergence",
        example="MACD divergence in a list of closes, oldest first",
    ),
    Rule(
        "macd",
        needs=("closes",),
        wants=r"\bmacd\b",
        uses=("fast", "slow", "signal"),
        explains="macd-and-divergence",
        example="MACD of at least 34 closes, oldest first",
    ),
    Rule(
        "advance_decline_line",
        needs=("advancers", "decliners"),
        wants=r"\badvance|\ba/?d[\s-]line\b|\bbreadth\b",
        explains="advance-decline-line",
        example="Advance-Decline Line of advancers 300, 250, 280 and decliners 200, 250, 220",
    ),
)  # fmt: skip

BY_TOOL = {rule.tool: rule for rule in RULES}
