"""European options on an index (Black-Scholes-Merton) and on a future (Black-76).

Prices, greeks and implied volatility, of one option or of arrays. Black-76 is how VIX options are
priced: off the VIX future of the same expiration, never off the VIX itself.
"""

from tools.pricing.implied import implied_volatility
from tools.pricing.option import OptionValue, price_option

__all__ = ["OptionValue", "implied_volatility", "price_option"]
