"""Prints what feedparser finds at an address; with an ETag and a date, whether there is anything new."""

import html
import json
import sys
from calendar import timegm

import feedparser


def text(detail):
    """A title as people see it: feedparser gives HTML as HTML, and says so."""
    return html.unescape(detail.value) if detail.type == "text/html" else detail.value


address, etag, modified = (sys.argv[1:] + [None, None])[:3]
feed = feedparser.parse(address, etag=etag, modified=modified)
json.dump(
    {
        "status": feed.status,
        "etag": feed.get("etag"),
        "modified": feed.get("modified"),
        "version": feed.version,
        "malformed": bool(feed.bozo),
        "entries": [
            {
                "id": entry.id,
                "link": entry.link,
                "title": text(entry.title_detail),
                "published": timegm(entry.published_parsed),
                "categories": [tag.label or tag.term for tag in entry.get("tags", [])],
                "enclosures": [
                    {"url": one.href, "type": one.type, "length": int(one.get("length", 0))}
                    for one in entry.get("enclosures", [])
                ],
            }
            for entry in feed.entries
        ],
    },
    sys.stdout,
)
