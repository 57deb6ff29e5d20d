"""Show notes per second, beside the bare library in the same run: python bench/notes.py [PAGE.html ...]

Text: of 5 kB, with a comment section, to the notes. Markdown: 5 kB, beside markdown-it-py's own HTML. HTML: a page of
100 kB made here (or the pages named), beside trafilatura's extraction alone. Needs the extra `bench`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura
from markdown_it import MarkdownIt

from podcast_tool.read.article.read import parse_article
from podcast_tool.render.notes.html import render_notes

RUNS = 15
PARAGRAPH = "Owls hear mice under two feet of snow, and the researchers of this episode explain how they do it. " * 5
COMMENTS = (
    "2 thoughts on “Owls”\n\n1. Kim says:\nMarch 5, 2019 at 9:12 am\n\nI knew it.\n\nReply\n\nComments are closed.\n"
)


def text_article() -> str:
    """5 kB of paragraphs with a title above and comments below."""
    return "Owls\n\n" + f"{PARAGRAPH}\n\n" * 9 + "Read more at https://example.org/owls.\n\n" + COMMENTS


def markdown_article() -> str:
    """5 kB with headings, lists and links."""
    section = f"## Ears\n\n{PARAGRAPH}\n\n- one [link](https://example.org)\n- *two*\n\n"
    return "# Owls\n\n" + section * 9


def web_page() -> str:
    """100 kB as a content management system writes them: menus, an article, related posts, comments, a side bar."""
    menu = "".join(f'<li class="menu-item"><a href="/topic/{n}/">Topic {n}</a></li>' for n in range(220))
    article = "".join(f'<p class="body">{PARAGRAPH}<a href="https://example.org/{n}">more</a></p>' for n in range(30))
    comment = (
        '<li class="comment"><b>{}</b> says: <time>March 5, 2019 at 9:12 am</time><p>{}</p><a href="#">Reply</a></li>'
    )
    comments = "".join(comment.format(f"Reader {n}", PARAGRAPH) for n in range(60))
    related = "".join(
        f'<div class="card"><h3><a href="/{n}">Other {n}</a></h3><p>An excerpt…</p></div>' for n in range(60)
    )
    return (
        f"<!DOCTYPE html><html><head><title>Owls</title><style>{'p{color:red}' * 800}</style></head><body>"
        f"<nav><ul>{menu}</ul></nav><main><article><h1>Owls</h1><div class='entry-content'>{article}</div></article>"
        f"<div class='related-posts'>{related}</div>"
        f"<div id='comments'><h2>60 thoughts on “Owls”</h2><ol>{comments}</ol></div></main>"
        f"<aside class='sidebar'><ul>{menu}</ul></aside><footer>© 2019</footer></body></html>"
    )


def median_ms(work: Callable[[], object]) -> float:
    """The median of `RUNS` runs after one that warms up."""
    work()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def compare(name: str, article: str, ending: str, library: Callable[[str], object] | None) -> None:
    """One line: size, our time, the library's, the ratio."""
    raw = article.encode()
    ours = median_ms(lambda: render_notes(parse_article(raw, ending, name).blocks))
    line = f"{name:<24} {len(raw) / 1000:6.1f} kB  {ours:7.2f} ms  {1000 / ours:7.0f} notes/s"
    if library:
        bare = median_ms(lambda: library(article))
        line += f"   library {bare:7.2f} ms   ratio {ours / bare:.2f}"
    print(line)  # noqa: T201


def main() -> None:
    """Print the table."""
    markdown = MarkdownIt("commonmark")
    compare("text", text_article(), ".txt", None)
    compare("markdown", markdown_article(), ".md", markdown.render)
    pages = {Path(name).name: Path(name).read_text("utf-8") for name in sys.argv[1:]} or {"page": web_page()}
    for name, page in pages.items():
        compare(name, page, ".html", trafilatura.extract)


if __name__ == "__main__":
    main()
