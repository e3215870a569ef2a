"""The signals: today's regime, what changed and why, the condor that the rules would pick.

A page, a document for programs, and an Atom feed of the changes. They read what `askcondor watch`
has decided; where it does not run, the open market source is looked at. Nothing is ordered.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from xml.sax.saxutils import escape

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from assistant.answers.record import DISCLAIMER
from assistant.api.templates import address_of, page
from assistant.watch.today import Signals

router = APIRouter(tags=["signals"])

FEED_ENTRIES = 50

PlanName = Annotated[
    str, Query(pattern=r"^[A-Za-z0-9_-]{1,40}$", description="Name of the watch's plan.")
]
Count = Annotated[int, Query(ge=1, le=200, description="How many changes and decisions.")]


class ChangeRecord(BaseModel):
    """Something that changed, and why."""

    id: str
    kind: str
    key: str
    value: str
    before: str
    text: str
    moment: dt.datetime
    data: dict[str, Any]


class DecisionRecord(BaseModel):
    """One time at which the rules were evaluated, or could not be."""

    moment: dt.datetime
    status: Literal["decided", "missed"]
    reason: str
    label: str | None = Field(description="The data's values, time and source.")
    regime: str | None
    wings: str | None


class SignalsRecord(BaseModel):
    """What holds now, what changed, and what was decided."""

    origin: Literal["watch", "source"] = Field(
        description="'watch': the latest decision; 'source': a look at the open market source."
    )
    moment: dt.datetime
    problem: str | None = Field(description="Why there is no newer result, where there is none.")
    result: dict[str, Any] | None = Field(
        description="label, as_of, source, stale, notes, market, regime, condor, positions, events."
    )
    changes: list[ChangeRecord]
    decisions: list[DecisionRecord]
    disclaimer: str


@router.get("/api/signals")
def signals(request: Request, plan: PlanName = "default", limit: Count = 50) -> SignalsRecord:
    """Today's signals with the source and time of their data, and their history."""
    known: Signals = request.app.state.signals
    return SignalsRecord(
        **known.today(plan),
        changes=[ChangeRecord(**change.to_dict()) for change in known.changes(plan, limit)],
        decisions=[DecisionRecord(**one) for one in known.decisions(plan, limit)],
        disclaimer=DISCLAIMER,
    )


@router.get("/signals", include_in_schema=False)
def signals_page(request: Request, plan: PlanName = "default") -> HTMLResponse:
    """The signals as a page."""
    known: Signals = request.app.state.signals
    today = known.today(plan)
    return page(
        "signals.html",
        today=today,
        result=today["result"],
        market_inputs=_inputs(today["result"]),
        moment=_new_york(today["moment"]),
        changes=[change.to_dict() | {"when": _new_york(change.moment.isoformat())}
                 for change in known.changes(plan, 20)],
        decisions=[one | {"when": _new_york(one["moment"])} for one in known.decisions(plan, 20)],
        disclaimer=DISCLAIMER,
    )  # fmt: skip


@router.get("/signals.atom", include_in_schema=False)
def signals_feed(request: Request, plan: PlanName = "default") -> Response:
    """The changes as an Atom feed (RFC 4287); each entry has an id of its own for ever."""
    known: Signals = request.app.state.signals
    changes = known.changes(plan, FEED_ENTRIES)
    address = address_of(request)
    updated = changes[0].moment if changes else dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        "<title>AskCondor: signals</title>",
        f"<id>{escape(address)}/signals.atom</id>",
        f'<link rel="self" href="{escape(address)}/signals.atom"/>',
        f'<link rel="alternate" href="{escape(address)}/signals"/>',
        f"<updated>{updated.isoformat()}</updated>",
        "<author><name>AskCondor</name></author>",
    ]
    for change in changes:
        title = change.text.partition(". ")[0]
        parts += [
            f"<entry><title>{escape(title)}</title>",
            f"<id>urn:askcondor:change:{escape(change.id)}</id>",
            f'<link rel="alternate" href="{escape(address)}/signals"/>',
            f"<updated>{change.moment.isoformat()}</updated>",
            f'<category term="{escape(change.kind)}"/>',
            f"<summary>{escape(change.text)}</summary></entry>",
        ]
    return Response("\n".join([*parts, "</feed>"]), media_type="application/atom+xml")


def _inputs(result: dict[str, Any] | None) -> dict[str, float]:
    """The levels that the regime was read from."""
    levels = {} if result is None else dict(result["market"])
    levels.pop("spot", None)
    return levels


def _new_york(moment: str) -> str:
    from tools.market.sessions import NEW_YORK

    return f"{dt.datetime.fromisoformat(moment).astimezone(NEW_YORK):%Y-%m-%d %H:%M} New York"
