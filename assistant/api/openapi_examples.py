"""Examples of what goes in and out, by parameter and by operation, for `/openapi.json`."""

from __future__ import annotations

from typing import Any

_ANSWER_ID = "Zq3mT0c1yWlVnA8b"
_CONVERSATION_ID = "k7Pq0Zr2"
_QUOTE = "A credit of 15 to 25 % of the width is the range to look for."
_ANSWER: dict[str, Any] = {
    "id": _ANSWER_ID,
    "conversation_id": _CONVERSATION_ID,
    "question": "What credit should an iron condor collect for its width?",
    "text": "Look for **15 to 25 %** of the width [1].",
    "model": "builtin",
    "corpus_version": "3f1c9a",
    "created_at": "2026-01-05T15:30:00Z",
    "citations": [
        {
            "n": 1,
            "kind": "article",
            "id": "article:credit-to-width-target",
            "title": "How much credit for the width?",
            "section": "Short answer",
            "quote": _QUOTE,
            "start": 0,
            "end": len(_QUOTE),
            "url": "/articles/credit-to-width-target",
        }
    ],
    "grounding": {
        "numbers": [
            {"text": "15", "source": "citation 1"},
            {"text": "25 %", "source": "citation 1"},
        ],
        "unsupported": [],
    },
    "apa": "AskCondor. (2026, January 5). *What credit should an iron condor collect for its "
    f"width?* Retrieved from /answers/{_ANSWER_ID}",
    "disclaimer": "Education, not advice.",
}
_CONVERSATION: dict[str, Any] = {
    "id": _CONVERSATION_ID,
    "title": "What credit should an iron condor collect for its width?",
    "created_at": "2026-01-05T15:30:00+00:00",
    "updated_at": "2026-01-05T15:30:00+00:00",
}
_ARTICLE: dict[str, Any] = {
    "title": "How much credit for the width?",
    "slug": "credit-to-width-target",
    "category": "Entry",
    "tags": ["credit"],
    "short_answer": _QUOTE,
    "terms": ["credit"],
    "tools": ["check_credit"],
    "sources": [{"kind": "project", "title": "A rule of the methodology"}],
    "related": ["break-even-win-rate"],
    "updated": "2026-01-05",
    "url": "/articles/credit-to-width-target",
}
_TERM: dict[str, Any] = {
    "term": "Theta",
    "slug": "theta",
    "synonyms": ["time decay"],
    "definition": "Change of an option's price a calendar day, all else equal.",
    "unit": "points per day",
    "note": None,
    "source": {"kind": "published", "title": "Options, Futures, and Other Derivatives"},
    "methodology": False,
    "url": "/glossary/theta",
}
_PASSAGE: dict[str, Any] = {
    "score": 0.71,
    "dense": 0.74,
    "lexical": 0.4,
    "passage": "article:credit-to-width-target#0",
    "id": "article:credit-to-width-target",
    "kind": "article",
    "title": "How much credit for the width?",
    "section": "Short answer",
    "text": _QUOTE,
    "start": 0,
    "end": len(_QUOTE),
    "url": "/articles/credit-to-width-target",
}
_MODEL: dict[str, Any] = {
    "id": "askcondor",
    "object": "model",
    "created": 1735689600,
    "owned_by": "askcondor",
}

PARAMETERS: dict[tuple[str, str], Any] = {
    ("*", "q"): "credit to width",
    ("*", "k"): 5,
    ("*", "answer_id"): _ANSWER_ID,
    ("*", "conversation_id"): _CONVERSATION_ID,
    ("*", "model"): "askcondor",
    ("*", "accept"): "application/json",
    ("*", "chart"): False,
    ("*", "limit"): 20,
    ("*", "number"): 1,
    ("*", "plan"): "default",
    ("/api/articles", "slug"): "credit-to-width-target",
    ("/api/glossary", "slug"): "theta",
    ("/api/documents", "slug"): "desk-rules",
}
"""By the beginning of the path ('*' is any) and the parameter's name."""

REQUESTS: dict[tuple[str, str], Any] = {
    ("post", "/api/chat"): {"message": _ANSWER["question"]},
    ("post", "/api/answers/{answer_id}/feedback"): {"rating": "up", "comment": "Just right."},
    ("patch", "/api/conversations/{conversation_id}"): {"title": "Credits"},
    ("post", "/v1/chat/completions"): {
        "model": "askcondor",
        "messages": [{"role": "user", "content": _ANSWER["question"]}],
    },
}
"""By method and path."""

RESPONSES: dict[tuple[str, str], Any] = {
    ("post", "/api/chat"): _ANSWER,
    ("get", "/api/answers/{answer_id}"): _ANSWER,
    ("get", "/api/conversations"): [_CONVERSATION],
    ("get", "/api/conversations/{conversation_id}"): {**_CONVERSATION, "answers": [_ANSWER]},
    ("get", "/api/tools"): [
        {
            "name": "check_credit",
            "title": "Credit against width",
            "description": "Hold a credit against the range that its width calls for.",
            "input_schema": {"type": "object", "properties": {"credit": {"type": "number"}}},
            "output_schema": {"type": "object", "properties": {"ratio": {"type": "number"}}},
            "example": {"credit": 2.4, "width": 10},
        }
    ],
    ("get", "/api/search"): [_PASSAGE],
    ("get", "/api/feed"): {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "AskCondor: new answers",
        "home_page_url": "http://127.0.0.1:8000/",
        "feed_url": "http://127.0.0.1:8000/api/feed",
        "items": [
            {
                "id": f"http://127.0.0.1:8000/answers/{_ANSWER_ID}",
                "url": f"http://127.0.0.1:8000/answers/{_ANSWER_ID}",
                "title": _ANSWER["question"],
                "content_text": _ANSWER["text"],
                "date_published": _ANSWER["created_at"],
                "tags": [],
            }
        ],
    },
    ("get", "/api/articles"): [_ARTICLE],
    ("get", "/api/articles/{slug}"): {**_ARTICLE, "body": _QUOTE, "text": _QUOTE},
    ("get", "/api/glossary"): [_TERM],
    ("get", "/api/glossary/{slug}"): {**_TERM, "text": _TERM["definition"]},
    ("get", "/api/documents/{slug}"): {
        "id": "document:desk-rules",
        "title": "Desk rules",
        "url": "/documents/desk-rules",
        "text": "The hedge is never sold.",
    },
    ("get", "/v1/models"): {"object": "list", "data": [_MODEL]},
    ("get", "/v1/models/{model}"): _MODEL,
    ("post", "/v1/chat/completions"): {
        "id": f"chatcmpl-{_ANSWER_ID}",
        "object": "chat.completion",
        "created": 1767627000,
        "model": "askcondor",
        "system_fingerprint": "askcondor-0.1.0",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": f"{_ANSWER['text']}\n\nSources:\n[1] [{_ARTICLE['title']}]"
                    f"(http://127.0.0.1:8000{_ARTICLE['url']})",
                    "refusal": None,
                    "annotations": [
                        {
                            "type": "url_citation",
                            "url_citation": {
                                "start_index": 37,
                                "end_index": 40,
                                "title": _ARTICLE["title"],
                                "url": f"http://127.0.0.1:8000{_ARTICLE['url']}",
                            },
                        }
                    ],
                },
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 41, "total_tokens": 52},
    },
    ("get", "/healthz"): {"status": "ok"},
    ("get", "/readyz"): {"status": "ready", "parts": {"index": True, "database": True}},
}
"""By method and path."""

PROBLEM: dict[str, Any] = {
    "type": "urn:askcondor:problem:invalid-input",
    "code": "invalid-input",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": "width is -10; it has to be a finite number above 0 [points].",
    "errors": [
        {
            "field": "width",
            "detail": "width is -10; it has to be a finite number above 0 [points].",
        }
    ],
    "request_id": "3f0c2a91d5b7e846",
}
OPENAI_ERROR: dict[str, Any] = {
    "error": {
        "message": "messages has to be closed by a message of 1 to 1000 characters.",
        "type": "invalid_request_error",
        "param": "messages",
        "code": "invalid_value",
    }
}
