"""What a question asks of a condor, said first: its theta, its margin, its chance of profit.

A row holds the words that ask for one figure and the sentence that gives it. Who asks for nothing
in particular gets the usual order.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.models.builtin.wording.format import Fields, percent, points, usd

_ROWS: tuple[tuple[re.Pattern[str], Callable[[Fields], str]], ...] = tuple(
    (re.compile(words, re.IGNORECASE), say)
    for words, say in (
        (r"\btheta\b|\btime decay\b", lambda r: f"A day is worth **{points(r['theta'])} points** of theta."),
        (r"\bvega\b", lambda r: f"A percentage point of volatility is worth **{points(r['vega'])} points** of vega."),
        (r"\bnet delta\b|\bposition(?:'s)? delta\b|\bwhat(?:'s| is) (?:the|its|my) delta\b", lambda r: f"The delta is **{r['delta']:.4f}**."),
        (r"\bpop\b|\bprob\w* of (?:a )?profit|\bodds\b|\bhow likely\b|\bchances?\b", lambda r: f"The probability of profit is **{percent(r['probability_of_profit'])}**."),
        (r"\bmargin\b|\bbuying power\b|\bcollateral\b", lambda r: f"The margin is **{usd(r['margin_usd'])}**, the return on it {percent(r['return_on_margin'])} if all expires worthless."),
        (r"\b(?:max\w*|most|worst|biggest)\b.{0,25}\b(?:loss|lose|risk|case)\b|\bhow much (?:can|could|might) i lose\b|\brisk(?:ing)?\b", lambda r: f"The maximum loss is **{usd(r['max_loss_usd'])}**."),
        (r"\bexpected value\b|\bev\b", lambda r: f"The expected value is **{usd(r['expected_value_usd'])}**: the credit less what the model expects to be paid at expiration."),
    )
)  # fmt: skip
_MOST = 3


def asked_of(question: str, result: Fields) -> list[str]:
    """The figures of a priced condor that a question asks for, in one paragraph; else nothing."""
    told = [say(result) for words, say in _ROWS if words.search(question)]
    return [" ".join(told)] if 0 < len(told) <= _MOST else []
