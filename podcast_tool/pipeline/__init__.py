"""The order of the stages; the only room that knows them all.

find -> read -> describe -> identify -> produce -> check -> render -> publish
"""

from podcast_tool.pipeline.checking import check_feed_at, check_show, explain_rule
from podcast_tool.pipeline.commands import look_up, publish, survey
from podcast_tool.pipeline.notes import NotesFormat, make_notes
from podcast_tool.pipeline.preview import make_preview
from podcast_tool.pipeline.withdrawing import restore, withdraw
from podcast_tool.read.article.read import MAX_ARTICLE_BYTES

__all__ = [
    "MAX_ARTICLE_BYTES",
    "NotesFormat",
    "check_feed_at",
    "check_show",
    "explain_rule",
    "look_up",
    "make_notes",
    "make_preview",
    "publish",
    "restore",
    "survey",
    "withdraw",
]
