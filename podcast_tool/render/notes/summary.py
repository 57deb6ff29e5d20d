"""The first sentence or two of an article, whole: what lists of episodes show (SN-FIRST)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from podcast_tool.model import Block
from podcast_tool.render.notes.plain import first_paragraphs

MAX_SUMMARY_CHARACTERS = 400
_SHORT_SENTENCE_CHARACTERS = 90
_PROSE_CHARACTERS, _PROSE_CJK_CHARACTERS = 40, 12

# Behind these a full stop ends no sentence; single letters and numbers up to 99 ("17. Dezember") neither.
_ABBREVIATIONS = frozenset(
    """dr prof mr mrs ms st sr jr rev hon gen col lt sgt capt gov sen rep pres mt ft vs etc approx dept est inc ltd corp
    co bros no nos vol fig figs eq ed eds pp p ch sec art al ca cf eg ie e.g i.e viz a.m p.m am pm ph.d
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
    bzw usw evtl ggf inkl exkl zzgl nr str bspw sog vgl hrsg abs tel hr fr frl dipl ing med phil geb gest jh mio mrd
    tsd std min sek mme mlle mm ste env av ap chap n°
    dra profa sra srta dña ud uds ee.uu aprox núm pág págs avda izq dcha sig sig.ra dott avv ecc es pag""".split()
)

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[”’」』）]*|[؟۔][\"'”»]*(?=\s|$)")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def summarise(blocks: Sequence[Block]) -> str | None:
    """One sentence, two where the first is short; None if the article has no sentence."""
    for words in first_paragraphs(blocks):
        enough = _PROSE_CJK_CHARACTERS if _CJK.search(words) else _PROSE_CHARACTERS
        if len(words) >= enough and not words.startswith(("[", "(")):
            return _shorten(list(split_sentences(words)))
    return next((words for words in first_paragraphs(blocks) if words), None)


def split_sentences(words: str) -> Iterator[str]:
    """The sentences of a paragraph; in doubt two stay together."""
    start = 0
    for match in _END.finditer(words):
        if _ends_sentence(words, match):
            yield words[start : match.end()].strip()
            start = match.end()
    if rest := words[start:].strip():
        yield rest


def _ends_sentence(words: str, match: re.Match[str]) -> bool:
    if match[0][0] in "。！？؟۔":
        return True
    following = words[match.end() :].lstrip()
    if not following or following[0].islower():
        return False
    if match[0][0] != ".":
        return True
    last = re.search(r"[\w.\-°]+$", words[: match.start()])
    token = last[0].lower() if last else ""
    is_initial = len(token) == 1 and token.isalpha()
    is_small_number = token.isdigit() and len(token) <= 2
    return not (is_initial or is_small_number or token in _ABBREVIATIONS or re.fullmatch(r"(?:\w\.)+\w", token))


def _shorten(sentences: Sequence[str]) -> str:
    summary = sentences[0]
    if len(sentences) > 1 and len(summary) < _SHORT_SENTENCE_CHARACTERS:
        joint = "" if _CJK.search(summary) and summary[-1] in "。！？" else " "
        both = f"{summary}{joint}{sentences[1]}"
        summary = both if len(both) <= MAX_SUMMARY_CHARACTERS else summary
    if len(summary) <= MAX_SUMMARY_CHARACTERS:
        return summary
    start = summary[: MAX_SUMMARY_CHARACTERS - 1]
    return (start.rpartition(" ")[0] or start).rstrip(",;:–— ") + "…"
