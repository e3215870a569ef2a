"""A condor chosen from a Cboe quote-data download, at the mid and at the natural price.

    python examples/pick_from_chain.py spx_quotedata.csv

The file is what "Download CSV" gives on cboe.com's page of delayed SPX quotes.
"""

import sys

from tools import check_credit, read_chain, select_condor

chain = read_chain(sys.argv[1])
print(f"{len(chain)} quotes of {chain.attrs['time']}, SPX at {chain.attrs['spot']}")

taken = chain.attrs["time"].date()
monthly = sorted({day for day in chain["expiration"] if 25 <= (day - taken).days <= 50})
expiration = monthly[len(monthly) // 2]

picked = select_condor(chain=chain, expiration=expiration, short_delta=0.16, wing_width=25)
strikes = (picked.put_long, picked.put_short, picked.call_short, picked.call_long)
print("/".join(f"{strike:g}" for strike in strikes), expiration, sep=", ")
print(f"credit {picked.credit:.2f} at mid, {picked.natural.credit:.2f} at the natural price")
print(check_credit(credit=picked.credit, width=25))
