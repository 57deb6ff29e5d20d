"""The values that go from stage to stage. They are frozen, hold text and numbers, and can be pickled.

find -> `EpisodeFiles`, read -> `Reading`, describe -> `Description`, identify -> `Identity`,
produce -> `PublishedFile`, render -> bytes named by an `Extent`, publish -> the plan's `PlannedFile`.
"""

from podcast_tool.model.article import (
    Article,
    Block,
    BlockList,
    Cut,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    Paragraph,
    Quote,
    Strong,
    Text,
    Timestamp,
    TimestampList,
)
from podcast_tool.model.chapter import Chapter, ChapterPlace
from podcast_tool.model.document import FeedDamage, FeedFrame, FeedItem, NamespaceDeclaration, Node
from podcast_tool.model.episode import Description, Episode, Identity, Item, PublishedFile, PublishedTranscript, State
from podcast_tool.model.extent import Extent, PlannedFile
from podcast_tool.model.host import Answer, Asked, Exchange, Fault, Fetched, Purpose, Question, Target
from podcast_tool.model.ledger import LEDGER_VERSION, Address, Ledger, Record
from podcast_tool.model.outcome import Detail, EpisodeReport, EpisodeView, Outcome, Plan
from podcast_tool.model.problem import Level, Problem
from podcast_tool.model.reading import AudioTags, EpisodeFiles, EpisodeType, Found, Making, Reading, Recording, Sidecar
from podcast_tool.model.show import ArtworkFit, Category, Image, Owner, Show, ShowType
from podcast_tool.model.tag import Element
from podcast_tool.model.transcript import Cue, Transcript, TranscriptFile, TranscriptFormat

__all__ = [
    "LEDGER_VERSION",
    "Address",
    "Answer",
    "Article",
    "ArtworkFit",
    "Asked",
    "AudioTags",
    "Block",
    "BlockList",
    "Category",
    "Chapter",
    "ChapterPlace",
    "Cue",
    "Cut",
    "Description",
    "Detail",
    "Element",
    "Emphasis",
    "Episode",
    "EpisodeFiles",
    "EpisodeReport",
    "EpisodeType",
    "EpisodeView",
    "Exchange",
    "Extent",
    "Fault",
    "FeedDamage",
    "FeedFrame",
    "FeedItem",
    "Fetched",
    "Found",
    "Heading",
    "Identity",
    "Image",
    "Inline",
    "Item",
    "Ledger",
    "Level",
    "LineBreak",
    "Link",
    "Making",
    "NamespaceDeclaration",
    "Node",
    "Outcome",
    "Owner",
    "Paragraph",
    "Plan",
    "PlannedFile",
    "Problem",
    "PublishedFile",
    "PublishedTranscript",
    "Purpose",
    "Question",
    "Quote",
    "Reading",
    "Record",
    "Recording",
    "Show",
    "ShowType",
    "Sidecar",
    "State",
    "Strong",
    "Target",
    "Text",
    "Timestamp",
    "TimestampList",
    "Transcript",
    "TranscriptFile",
    "TranscriptFormat",
]
