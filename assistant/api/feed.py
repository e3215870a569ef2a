"""New answers as a feed that programs follow: JSON Feed 1.1, or Atom for who asks for it.

Regime changes have a feed of their own, beside the page of signals; both can also be sent as
webhooks by `askcondor watch`.
"""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.answers.record import Answer

if TYPE_CHECKING:
    from assistant.assistant import Assistant

router = APIRouter(prefix="/api", tags=["chat"])

ATOM = "application/atom+xml"
_VERSION = "https://jsonfeed.org/version/1.1"
_ATOM_NAMES = "http://www.w3.org/2005/Atom"
_ILLEGAL = {code: None for code in range(0x20) if code not in (0x9, 0xA, 0xD)}


class Item(BaseModel):
    """An answer in the feed."""

    id: str
    url: str
    title: str
    content_text: str
    date_published: dt.datetime
    tags: list[str] = Field(description="The tools that it called.")


class Feed(BaseModel):
    """The latest answers, the newest first."""

    model_config = ConfigDict(json_schema_extra={"title": "JSON Feed"})

    version: str
    title: str
    home_page_url: str
    feed_url: str
    items: list[Item]


@router.get(
    "/feed",
    response_model=Feed,
    responses={200: {"content": {ATOM: {"schema": {"type": "string"}}}}},
)
def feed(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200, description="How many answers.")] = 20,
    accept: Annotated[str, Header()] = "",
) -> Any:
    """The latest answers, the newest first; with `Accept: application/atom+xml`, as Atom."""
    assistant: Assistant = request.app.state.assistant
    base_url = str(request.base_url).rstrip("/")
    items = [_item(answer, base_url) for answer in assistant.answers.latest(limit)]
    told = Feed(
        version=_VERSION,
        title="AskCondor: new answers",
        home_page_url=f"{base_url}/",
        feed_url=f"{base_url}/api/feed",
        items=items,
    )
    return Response(_atom(told), media_type=ATOM) if ATOM in accept else told


def _item(answer: Answer, base_url: str) -> Item:
    url = f"{base_url}/answers/{answer.id}"
    created = answer.created_at
    return Item(
        id=url,
        url=url,
        title=answer.question,
        content_text=answer.text,
        date_published=created if created.tzinfo else created.replace(tzinfo=dt.UTC),
        tags=list(dict.fromkeys(calculation.tool for calculation in answer.calculations)),
    )


def _atom(told: Feed) -> bytes:
    root = ET.Element("feed", xmlns=_ATOM_NAMES)
    latest = told.items[0].date_published if told.items else dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    _add(root, "id", told.feed_url)
    _add(root, "title", told.title)
    _add(root, "updated", latest.isoformat())
    _add(root, "link", href=told.feed_url, rel="self")
    _add(ET.SubElement(root, "author"), "name", "AskCondor")
    for item in told.items:
        entry = ET.SubElement(root, "entry")
        _add(entry, "id", item.id)
        _add(entry, "title", item.title)
        _add(entry, "updated", item.date_published.isoformat())
        _add(entry, "link", href=item.url, rel="alternate")
        for tag in item.tags:
            _add(entry, "category", term=tag)
        _add(entry, "content", item.content_text, type="text")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    element = ET.SubElement(parent, name, attributes)
    # Characters that XML has no place for would make the whole feed unreadable.
    element.text = None if text is None else text.translate(_ILLEGAL)
