"""A thousand condors priced at once into a DataFrame: every short delta is a trade-off.

python examples/thousand_condors.py
"""

import numpy as np
import pandas as pd

from tools import price_condor

# Fifty distances of the short strikes by twenty volatilities, as arrays of one shape.
distance, iv = np.meshgrid(np.linspace(100, 590, 50), np.linspace(0.10, 0.29, 20))
spot = 5800.0
condors = price_condor(
    spot=spot,
    put_long=spot - distance - 50,
    put_short=spot - distance,
    call_short=spot + distance,
    call_long=spot + distance + 50,
    days=30,
    iv=iv,
    rate=0.045,
    dividend_yield=0.013,
)
table = pd.DataFrame(
    {
        "distance": distance.ravel(),
        "iv": iv.ravel(),
        "credit": condors.credit.ravel(),
        "credit_to_width": condors.credit_to_width.ravel(),
        "probability_of_profit": condors.probability_of_profit.ravel(),
        "return_on_margin": condors.return_on_margin.ravel(),
    }
)
in_range = table[table.credit_to_width.between(0.15, 0.25)]
print(f"{len(table)} condors, {len(in_range)} with a credit of 15 to 25 % of the width")
print(in_range.sort_values("probability_of_profit", ascending=False).head().round(3))
