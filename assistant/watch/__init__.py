"""Rules that never sleep: evaluated on a schedule, each change told once, nothing ever ordered.

`plan` and `positions` read what the user wrote, `evaluate` judges the market by it and knows
nothing of clocks or databases, `store` keeps decisions and the messages that wait, `deliver` sends
them, `schedule` knows the exchange's hours, and `run` puts them together.
"""
