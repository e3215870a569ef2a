"""The assistant: a question in, events and an answer out; every door is a thin layer over it."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from assistant.answers.record import (
    Answer,
    Basis,
    Citation,
    Disagreement,
    Earlier,
    GlossaryEntry,
    Link,
    Position,
    Turn,
)
from assistant.answers.store import AnswerStore
from assistant.background import Background
from assistant.errors import QuestionError
from assistant.events import Event, Finished, Started
from assistant.evidence import Evidence, stems
from assistant.knowledge.build import refresh
from assistant.knowledge.corpus import Corpus, load_corpus
from assistant.knowledge.documents import CORPUS
from assistant.knowledge.embedding import Vectors
from assistant.knowledge.hostile import without_hostile
from assistant.knowledge.index import Index, Progress, open_index
from assistant.knowledge.scope import Scope, nearness, share_known
from assistant.knowledge.search import Hit, search, with_openings, with_passages
from assistant.knowledge.terms import TermFinder
from assistant.knowledge.threads import one_thread
from assistant.models import BUILTIN
from assistant.resources import resource_folder
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.agent.answering import Turned
    from assistant.agent.gathering import Found
    from assistant.answers.replay import Replayed
    from tools.market import Market

__all__ = ["MAX_QUESTION", "Assistant", "QuestionError"]

MAX_QUESTION = 1000

_WINDOW = 6
_PASSAGES = 8
_MOST_TERMS = 12
_MOST_LINKS = 4
_MOST_DISAGREEMENTS = 2
_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Assistant:
    """Answers questions; close it, or use it in a `with` block, to let go of its files.

    The first use builds the index where it is missing or out of date, which takes some seconds.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        progress: Progress = lambda *_: None,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Prepare an assistant; nothing is opened before it is needed."""
        self.settings = settings or Settings()
        self._progress = progress
        self._report = report
        self._agents: dict[str, Any] = {}
        self._background: Background | None = None

    @cached_property
    def corpus(self) -> Corpus:
        """The articles and terms."""
        return load_corpus(resource_folder("corpus"))

    @cached_property
    def index(self) -> Index:
        """The retrieval index, built or brought up to date at first use."""
        index = open_index(self.settings, self._report)
        refresh(self.settings, index, self.corpus, self._progress, self._report)
        return index

    @cached_property
    def answers(self) -> AnswerStore:
        """The stored conversations and answers."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return AnswerStore(self.settings.resolved_database_url)

    @cached_property
    def market(self) -> Market:
        """The open market source."""
        from tools.market import open_market

        return open_market(self.settings.market)

    @cached_property
    def terms(self) -> TermFinder:
        """Finds glossary terms in a text."""
        return TermFinder(self.corpus.terms.values())

    def open(self) -> Self:
        """Open everything now, rather than at the first question."""
        _ = self.index, self.answers, self.terms
        self._agent(self.settings.model)
        return self

    def close(self) -> None:
        """Let go of files, threads and connections."""
        for name in ("index", "answers"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
        if self._background is not None:
            self._background.close()
            self._background = None

    def __enter__(self) -> Self:
        """Use the assistant in a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it at the block's end."""
        self.close()

    async def __aenter__(self) -> Self:
        """Use the assistant in an asynchronous block."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it at the block's end."""
        await asyncio.to_thread(self.close)

    def call_tool(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """What a tool of the catalog gives, in plain JSON types; raises `ToolInputError`."""
        from tools.catalog import find_tool

        return find_tool(name).call_json(arguments)

    def search(self, query: str, limit: int = 5) -> list[Hit]:
        """The passages of the library that answer a query best."""
        named = {f"glossary:{term.slug}" for term in self.terms.find(query)}
        return search(self.index, query, limit, named)

    def ask(
        self, question: str, conversation_id: str | None = None, model: str | None = None
    ) -> Answer:
        """Answer a question; raises `QuestionError` where it cannot be taken."""
        return self._in_background().run(self.aask(question, conversation_id, model))

    def stream(
        self, question: str, conversation_id: str | None = None, model: str | None = None
    ) -> Iterator[Event]:
        """Answer a question as events, one at a time; leaving the loop early ends the work."""
        return self._in_background().iterate(self.astream(question, conversation_id, model))

    async def aask(
        self, question: str, conversation_id: str | None = None, model: str | None = None
    ) -> Answer:
        """Answer a question, from asynchronous code."""
        async for event in self.astream(question, conversation_id, model):
            if isinstance(event, Finished):
                return event.answer
        raise RuntimeError("the stream of events ended without an answer")

    async def astream(
        self,
        question: str,
        conversation_id: str | None = None,
        model: str | None = None,
        *,
        earlier: Sequence[Earlier] | None = None,
    ) -> AsyncIterator[Event]:
        """Answer a question as events: started, steps, pieces of text, finished.

        What came before is read from the conversation, unless a caller that keeps the conversation
        itself hands over the `earlier` answers, oldest first.
        """
        from assistant.agent.answering import Turned, answer_turn

        question = _checked_question(question)
        if conversation_id is not None and not _CONVERSATION.fullmatch(conversation_id):
            raise QuestionError(
                "conversation_id", conversation_id, "1 to 40 letters, digits, '-' or '_'"
            )
        name = model or self.settings.model
        self._agent(name)
        started = Started(_new_id(), conversation_id or _new_id())
        yield started
        if earlier is None and conversation_id is None:
            earlier = ()  # a new conversation has none
        elif earlier is None:
            earlier = await asyncio.to_thread(self.answers.recent, started.conversation_id, _WINDOW)
        evidence = Evidence(question, earlier=earlier[-_WINDOW:])
        events = answer_turn(self._agent, name, evidence, self.settings, self._report)
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Turned):
                    answer = self._answer(started, event)
                    await asyncio.to_thread(self.answers.save, answer)
                    yield Finished(answer)
                else:
                    yield event

    def _in_background(self) -> Background:
        if self._background is None:
            self._background = Background()
        return self._background

    def _agent(self, name: str) -> Any:
        if name not in self._agents:
            from assistant.agent.loop import build_agent
            from assistant.models import get_model

            self._agents[name] = build_agent(
                get_model(name), self.tools_of_agent(), guarded=name != BUILTIN
            )
        return self._agents[name]

    def _find(self, query: str) -> Found:
        from assistant.agent.gathering import Found

        terms = [term.slug for term in self.terms.find(query)]
        named = {f"glossary:{slug}" for slug in terms}
        with one_thread():
            vector = self.index.embedder.embed_one(query)
            hits = search(self.index, query, _PASSAGES, named, vector=vector)
            leads = self.index.leads.find(query, self.index.embedder.embed_one)
            hits = without_hostile(with_openings(self.index, hits))
            hits = with_passages(self.index, hits, (lead.passage for lead in leads), vector)
            scope = self._scope(query, vector, terms, hits)
        return Found(hits, terms, leads=leads, scope=scope)

    def _scope(self, query: str, vector: Vectors, terms: list[str], hits: list[Hit]) -> Scope:
        return Scope(
            ours=nearness(self.index.ours, vector),
            elsewhere=nearness(self.index.elsewhere, vector),
            known=share_known(query, self.index.known),
            named=bool(set(terms) - self.index.everyday),
            best=max((hit.dense for hit in hits), default=0.0),
            own=max((hit.score for hit in hits if hit.passage.origin != CORPUS), default=0.0),
        )

    def _open_article(self, slug: str) -> Found:
        from assistant.agent.gathering import Found

        document = f"article:{slug}"
        first = self.index.library.passage_ids(document)[:1]
        passages = self.index.library.passages(first)
        return Found([Hit(passages[name], 1.0, 1.0, 0.0) for name in first], [], opened=True)

    def market_snapshot(self) -> dict[str, Any]:
        """The levels of the open market source, with their time, origin and age.

        `iv` is the VIX as a decimal, which stands in for the implied volatility of the index.
        """
        now = dt.datetime.now(dt.UTC)
        snapshot = self.market.snapshot()
        values = {name: value for name, value in snapshot.to_dict().items() if value is not None}
        if snapshot.vix is not None:
            values["iv"] = round(snapshot.vix / 100, 6)
        stale = snapshot.staleness(now)
        return values | ({"stale": stale} if stale else {})

    def _answer(self, started: Started, turned: Turned) -> Answer:
        created = dt.datetime.now(dt.UTC)
        question = turned.evidence.question
        return Answer(
            id=started.id,
            conversation_id=started.conversation_id,
            question=question,
            text=turned.text,
            model=turned.model,
            corpus_version=self.corpus.version,
            created_at=created,
            citations=turned.citations,
            calculations=turned.evidence.calculations,
            glossary=[] if turned.abstained else self._glossary(turned.text),
            keep_reading=self._keep_reading(turned.citations),
            disagreements=self._disagreements(question, turned.citations),
            suggestions=list(turned.suggestions),
            abstained=turned.abstained,
            grounding=turned.grounding,
            apa=_apa(question, started.id, created),
            basis=_basis(turned.evidence),
        )

    def replay(self, answer_id: str) -> Replayed:
        """Compute a stored answer again and say what differs; raises `NoSuchAnswerError`."""
        return self._in_background().run(self.areplay(answer_id))

    async def areplay(self, answer_id: str) -> Replayed:
        """Compute a stored answer again, from asynchronous code."""
        from assistant.replaying import replay

        return await replay(self, answer_id)

    def tools_of_agent(self) -> list[Any]:
        """The tools that the agent may call, as LangChain tools."""
        from assistant.agent.sources import market_tool, read_tool
        from assistant.agent.toolbox import catalog_tools, search_tool

        return [
            *catalog_tools(),
            search_tool(self._find),
            read_tool(self._open_article),
            market_tool(self.market_snapshot),
        ]

    def _glossary(self, text: str) -> list[GlossaryEntry]:
        return [
            GlossaryEntry(term=term.term, definition=term.definition, url=term.url)
            for term in self.terms.find(text)[:_MOST_TERMS]
        ]

    def _disagreements(self, question: str, citations: list[Citation]) -> list[Disagreement]:
        """Where sources contradict each other on what the first cited article is about."""
        slugs = [item.id.partition(":")[2] for item in citations if item.id.startswith("article:")]
        article = self.corpus.articles.get(slugs[0]) if slugs else None
        if article is None:
            return []
        asked = stems(question)
        claims = [self.corpus.claims[claim] for claim in article.claims]
        shared = {
            claim.id: len(asked & stems(f"{claim.topic} {claim.statement}"))
            for claim in claims
            if claim.status == "contested"
        }
        nearest = sorted(shared, key=lambda claim: -shared[claim])[:_MOST_DISAGREEMENTS]
        return [
            Disagreement(
                topic=claim.topic,
                positions=[Position(text=p.text, source=p.source) for p in claim.positions],
            )
            for claim in (self.corpus.claims[name] for name in nearest if shared[name] >= 2)
        ]

    def _keep_reading(self, citations: list[Citation]) -> list[Link]:
        """What the cited articles are related to; and the articles that use a cited term."""
        articles = self.corpus.articles
        cited = [citation.id.partition(":")[2] for citation in citations]
        related = [slug for name in cited if name in articles for slug in articles[name].related]
        using = [slug for slug, article in articles.items() if set(cited) & set(article.terms)]
        slugs = [slug for slug in dict.fromkeys([*related, *using]) if slug not in cited]
        chosen = [articles[slug] for slug in slugs[:_MOST_LINKS]]
        return [Link(title=article.title, url=article.url) for article in chosen]


def _checked_question(question: object) -> str:
    allowed = f"1 to {MAX_QUESTION} characters of text"
    if not isinstance(question, str) or not question.strip() or len(question) > MAX_QUESTION:
        raise QuestionError("message", question, allowed)
    if any(0xD800 <= ord(character) <= 0xDFFF for character in question):
        raise QuestionError("message", question, f"{allowed}, without broken characters")
    return question.replace("\0", " ").strip()


def _new_id() -> str:
    return secrets.token_urlsafe(12)


def _basis(evidence: Evidence) -> Basis:
    from assistant import __version__ as version

    return Basis(
        code_version=version,
        asked_on=evidence.asked_on,
        passages=[asdict(passage) for passage in evidence.passages],
        found=evidence.found,
        earlier=[
            turn.id or Turn.model_validate(turn, from_attributes=True) for turn in evidence.earlier
        ],
    )


def _apa(question: str, answer_id: str, created: dt.datetime) -> str:
    title = question if question.endswith(("?", ".", "!")) else f"{question}."
    day = f"{created:%Y}, {created:%B} {created.day}"
    return f"AskCondor. ({day}). *{title}* Retrieved from /answers/{answer_id}"
