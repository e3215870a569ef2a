"""Grounding: every number and quote of a text is traced to a calculation, a quote or the question.

Grounding reads finished text and knows nothing of who wrote it. `numerals` finds the numbers,
`reading` what the sentence says they are, `nouns` is the table of what fields are called,
`sources` holds what numbers may come from, `checking` brings them together.
"""

from assistant.grounding.checking import Check, check
from assistant.grounding.numerals import Numeral, numbers_in

__all__ = ["Check", "Numeral", "check", "numbers_in"]
