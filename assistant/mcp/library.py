"""Articles and glossary terms as resources of the protocol: `askcondor://articles/SLUG`."""

from __future__ import annotations

from collections.abc import Sequence

from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from assistant.knowledge.corpus import Article, Corpus, Term
from assistant.knowledge.documents import article_text, term_text

MARKDOWN = "text/markdown"
PAGE = 100
"""So many resources go into one page of the list."""

TEMPLATES = (
    ResourceTemplate(
        name="article",
        title="An article",
        uri_template="askcondor://articles/{slug}",
        description="An article of the methodology, in Markdown.",
        mime_type=MARKDOWN,
    ),
    ResourceTemplate(
        name="term",
        title="A glossary term",
        uri_template="askcondor://glossary/{slug}",
        description="A term of the field with its definition, in Markdown.",
        mime_type=MARKDOWN,
    ),
)


def listed(corpus: Corpus, cursor: str | None) -> ListResourcesResult:
    """One page of all articles and terms; the cursor is the place at which it starts."""
    everything: list[Article | Term] = [*corpus.articles.values(), *corpus.terms.values()]
    start = int(cursor) if cursor is not None and cursor.isdecimal() else 0
    if cursor is not None and not 0 < start < len(everything):
        raise MCPError(INVALID_PARAMS, f"The cursor {cursor!r} is not one that was handed out.")
    following = start + PAGE
    return ListResourcesResult(
        resources=[_resource(item) for item in everything[start:following]],
        next_cursor=str(following) if following < len(everything) else None,
    )


def read(corpus: Corpus, uri: str) -> ReadResourceResult:
    """The text of one resource."""
    item: Article | Term | None = None
    if uri.startswith("askcondor://articles/"):
        item = corpus.articles.get(uri.rpartition("/")[2])
    elif uri.startswith("askcondor://glossary/"):
        item = corpus.terms.get(uri.rpartition("/")[2])
    if item is None:
        raise MCPError(
            INVALID_PARAMS,
            f"There is no resource {uri!r}. Addresses look like askcondor://articles/SLUG and "
            "askcondor://glossary/SLUG; resources/list has them all.",
            {"uri": uri},
        )
    text = _article(item) if isinstance(item, Article) else _term(item)
    return ReadResourceResult(
        contents=[TextResourceContents(uri=uri, mime_type=MARKDOWN, text=text)]
    )


def completed(corpus: Corpus, uri_template: str, beginning: str) -> Sequence[str]:
    """The slugs of a template that start as the client has begun."""
    shelf = corpus.articles if "articles" in uri_template else corpus.terms
    return [slug for slug in shelf if slug.startswith(beginning)]


def _resource(item: Article | Term) -> Resource:
    if isinstance(item, Article):
        kind, title, said = "articles", item.title, item.short_answer
    else:
        kind, title, said = "glossary", item.term, item.definition
    return Resource(
        name=item.slug,
        title=title,
        uri=f"askcondor://{kind}/{item.slug}",
        description=said,
        mime_type=MARKDOWN,
    )


def _article(article: Article) -> str:
    sources = "\n".join(f"- {source.title}" for source in article.sources)
    return f"# {article.title}\n\n{article_text(article)}\n\n## Sources\n\n{sources}\n"


def _term(term: Term) -> str:
    return f"# {term.term}\n\n{term_text(term)}\n"
