"""Options arithmetic for people who trade SPX iron condors and hedge them with VIX."""
