"""`python -m assistant.cli` is `askcondor`."""

from assistant.cli import main

main()
