"""What a page says about itself to other programs: schema.org records, as plain dicts.

They stand in the page as JSON-LD data blocks. A browser runs no data block, so the strict
Content-Security-Policy of the pages has nothing to forbid in them.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.answers.record import Answer
from assistant.knowledge.corpus import Article, Term

PUBLISHER = "AskCondor methodology library"

_MARKS = re.compile(r"\[\d{1,3}\]|[*`]|^#+ ", re.MULTILINE)


def plain_text(markdown: str) -> str:
    """A text without the marks of Markdown and of citations, on one line."""
    return " ".join(_MARKS.sub("", markdown).split())


def article_record(article: Article, address: str) -> dict[str, Any]:
    """An article: a question with its short answer where the title asks one."""
    page = {
        "@type": "Article",
        "@id": address + article.url,
        "url": address + article.url,
        "headline": article.title,
        "datePublished": article.updated.isoformat(),
        "dateModified": article.updated.isoformat(),
        "articleSection": article.category,
        "keywords": list(article.tags),
        "description": plain_text(article.short_answer),
        "author": _organization(PUBLISHER),
        "publisher": _organization(PUBLISHER),
        "isAccessibleForFree": True,
        "inLanguage": "en",
    }
    if not article.title.endswith("?"):
        return _whole(page)
    answer = {"@type": "Answer", "text": plain_text(article.short_answer)}
    return _whole(page, _question_page(article.title, answer, article.updated.isoformat()))


def answer_record(answer: Answer, url: str) -> dict[str, Any]:
    """A stored answer as a page with one question."""
    text = plain_text(answer.text)
    given = {
        "@type": "Answer",
        "text": text,
        "url": url,
        "dateCreated": answer.created_at.isoformat(),
        "author": _organization("AskCondor"),
    }
    return _whole(_question_page(answer.question, given, answer.created_at.isoformat()))


def term_record(term: Term, address: str) -> dict[str, Any]:
    """A term of the glossary."""
    return _whole(
        {
            "@type": "DefinedTerm",
            "@id": address + term.url,
            "url": address + term.url,
            "name": term.term,
            "alternateName": list(term.synonyms),
            "description": plain_text(term.definition),
            "inDefinedTermSet": f"{address}/glossary",
        }
    )


def glossary_record(terms: list[Term], address: str) -> dict[str, Any]:
    """The glossary as a set of terms."""
    return _whole(
        {
            "@type": "DefinedTermSet",
            "@id": f"{address}/glossary",
            "name": "AskCondor glossary",
            "hasDefinedTerm": [
                {"@type": "DefinedTerm", "name": term.term, "url": address + term.url}
                for term in terms
            ],
        }
    )


def _question_page(title: str, answer: dict[str, Any], created: str) -> dict[str, Any]:
    return {
        "@type": "QAPage",
        "mainEntity": {
            "@type": "Question",
            "name": title,
            "text": title,
            "answerCount": 1,
            "dateCreated": created,
            "author": _organization("AskCondor"),
            "acceptedAnswer": answer,
        },
    }


def _whole(*records: dict[str, Any]) -> dict[str, Any]:
    context = {"@context": "https://schema.org"}
    return context | (records[0] if len(records) == 1 else {"@graph": list(records)})


def _organization(name: str) -> dict[str, Any]:
    return {"@type": "Organization", "name": name}
