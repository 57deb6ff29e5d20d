"""How the common systems and languages spell what stands around an article.

A sign alone cuts nothing: boundaries.py judges by the shape of what follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SIGN_CHARACTERS = 300


@dataclass(frozen=True)
class Sign:
    """A line that stands around articles, not in them."""

    kind: str
    """In words, for the user."""
    pattern: re.Pattern[str]
    is_strong: bool = False
    """Nobody writes such a line in an article."""


def _sign(kind: str, *alternatives: str, strong: bool = False) -> Sign:
    return Sign(kind, re.compile(rf"(?:{'|'.join(alternatives)})", re.IGNORECASE), strong)


_NUMBER = r"(?:\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|ein|eine|une?|un[oa]?|no)"

# Over the comments. `{N} thoughts on “...”` is WordPress' own since 2010; the others are its translations and themes'.
COMMENTS = (
    _sign(
        "comments",
        rf"{_NUMBER} (?:thoughts?|responses?|comments?|replies|reply|reactions?) (?:on|to|for) .+",
        rf"{_NUMBER} (?:gedanken?|antwort(?:en)?|kommentare?|meinung(?:en)?|reaktion(?:en)?) (?:zu|auf|über|zum) .+",
        rf"{_NUMBER} (?:réflexions?|réponses?|commentaires?|réactions?|avis) (?:sur|à|au|pour) .+",
        rf"{_NUMBER} (?:comentarios?|pensamientos?|respuestas?|opiniones?|ideas) (?:en|sobre|a|para) .+",
        rf"{_NUMBER} (?:commenti|commento|pensieri|risposte|risposta) (?:su|a|in) .+",
        rf"{_NUMBER} (?:comentários?|respostas?|pensamentos?|opiniões) (?:em|sobre|para|a) .+",
        rf"{_NUMBER} (?:reacties?|gedachten?|reactie) (?:op|over) .+",
        rf"{_NUMBER} (?:komentarz(?:e|y)?|odpowiedzi|myśli) (?:do|na|o) .+|{_NUMBER} (?:комментари\w*|мысл\w*|ответ\w*) (?:к|на|о|по) .+",
        rf"{_NUMBER} (?:komentář\w*|reakc\w*|názor\w*|komentár\w*) (?:u|na|k|ke|o) .+|{_NUMBER} (?:svar|tankar|tanker|kommentarer?|reaktioner) (?:på|om|till|til|kring) .+",
        rf"{_NUMBER} (?:vastausta|ajatusta|kommenttia) .+|.{{1,80}} (?:hakkında|için) {_NUMBER} (?:yorum|düşünce).*|.{{1,80}}(?:への|に対して) ?{_NUMBER}件の(?:コメント|フィードバック).*|“.+”(?:에 대한|의) ?\d+개의 (?:댓글|생각).*",
        r".{1,80}有 ?\d+ ?(?:条|个|則|则)?(?:评论|回复|想法|留言|評論).*",
        r"(?:《.+》|“.+”)(?:上的?|有) ?\d+ ?(?:条|个)?(?:评论|想法|回复).*",
    ),
    _sign(
        "comments",
        rf"\(?(?:there (?:are|is) )?{_NUMBER} (?:comments?|responses?|replies|reply)\)?(?: so far)?[.:]?(?: ?\.? ?leave new)?",
        rf"\(?{_NUMBER} (?:kommentare?|antwort(?:en)?|commentaires?|réponses?|comentarios?|respuestas?|commenti"
        r"|comentários?|reacties?)\)?[.:]?",
        rf"\(?{_NUMBER} (?:komentarz(?:e|y)?|комментари\w*|komentář\w*|komentár\w*|kommentarer?|svar|kommenttia|yorum)\)?[.:]?|{_NUMBER}件のコメント|댓글 ?\d+개?",
        r"(?:komentarze|комментарии|komentáře|kommentarer|kommentit|yorumlar|댓글)(?: ?\(\d+\))?:?",
        r"(?:评论|留言|回复|評論)[(（:： ]*\d+[)）]?|\d+ ?(?:条|个|則|则)?(?:评论|留言|回复|評論)",
        r"comments?(?: ?\(\d+\))?:?",
        r"kommentare?(?: ?\(\d+\))?:?|commentaires?(?: ?\(\d+\))?:?|comentarios(?: ?\(\d+\))?:?",
        r"comentários(?: ?\(\d+\))?:?|commenti(?: ?\(\d+\))?:?|reacties(?: ?\(\d+\))?:?|评论|留言|コメント|تعليقات?|التعليقات|תגובות",
        r"(?:reader|user|your|recent|latest) comments?|reader interactions|leser(?:kommentare|meinungen)",
        r"(?:pingbacks?|trackbacks?)(?: ?/ ?(?:pingbacks?|trackbacks?))?:?",
        r"(?:discussion|diskussion|join the (?:discussion|conversation))[.!]?",
    ),
    _sign(
        "comments",
        r"comments are (?:now )?closed(?: for this (?:post|article|entry))?\.?",
        r"comments (?:for this (?:post|article|entry|thread) )?are (?:now )?closed\.?",
        r"(?:leave|post|add|write|submit)(?: us)? (?:a|your) (?:reply|comment|response)(?: to .+)?(?: cancel reply)?",
        r"(?:leave a (?:reply|comment))? ?cancel reply",
        r"(?:schreibe?|hinterlasse?|verfasse?)(?: (?:uns|mir))? (?:einen|deinen|ihren|eine) (?:kommentar|antwort)"
        r"(?: zu .+)?(?: antworten abbrechen)?",
        r"kommentar (?:verfassen|schreiben|hinterlassen)|antworten abbrechen",
        r"(?:die )?kommentar(?:e|funktion)(?: zu diesem (?:beitrag|artikel))? (?:sind|ist) (?:derzeit )?geschlossen\.?",
        r"(?:laisser|laissez|écrire|ajouter|poster) un commentaire(?: annuler la réponse)?|les commentaires sont fermés\.?",
        r"(?:deja|dejar|escribe|añade|agrega|publica)r? (?:una respuesta|un comentario|tu comentario)(?: cancelar .+)?",
        r"(?:los )?comentarios (?:están )?cerrados\.?|los comentarios están cerrados\.?",
        r"lascia (?:un commento|una risposta)(?: annulla .+)?|deixe (?:um comentário|uma resposta)(?: cancelar .+)?",
        r"(?:geef een|laat een) reactie(?: achter)?(?: reactie annuleren)?",
        r"(?:发表|發表|添加)(?:评论|回复|評論|回應|留言)(?:取消回复)?|取消回复|コメントを残す|اترك (?:تعليق(?:اً|ا)?|رد(?:اً|ا)?).*",
        r"(?:dodaj komentarz|zostaw (?:odpowiedź|komentarz)|anuluj pisanie odpowiedzi|możliwość komentowania .{0,80})",
        r"(?:добавить комментарий|оставить комментарий|отменить ответ|комментарии закрыты\.?)(?: .{0,40})?",
        r"(?:napsat komentář|zanechat (?:odpověď|komentář)|zrušit odpověď na komentář|pridaj komentár|komentáře (?:nejsou|jsou) .{0,40})",
        r"(?:lämna (?:ett|en) (?:svar|kommentar)|skriv (?:ett|et|en) (?:svar|kommentar)|skriv (?:en )?kommentar|legg igjen (?:et svar|en kommentar)|avbryt svar|vastaa|jätä (?:vastaus|kommentti))(?: .{0,40})?",
        r"(?:bir (?:cevap|yanıt) (?:yazın|yaz)|yorum (?:yapın|yaz|gönder)|コメント(?:する|を投稿する|をどうぞ)|コメントをキャンセル|댓글 남기기|답글 남기기|השארת תגובה|כתיבת תגובה).{0,40}",
        r"(?:please )?enable javascript to view the comments.*|(?:comments )?powered by disqus\.?|blog comments powered by.*",
        r"(?:please )?(?:log in|sign in|login) (?:or (?:register|sign up) )?to (?:leave a |post a |add a )?(?:comment|reply).*",
        r"you must be logged in to post a comment.*",
        strong=True,
    ),
)

SHARE = _sign(
    "share buttons",
    r"(?:please )?share (?:this|on|with|via|it)(?: (?:article|post|story|page|entry|episode|on|with|:).{0,60})?[:!.]?",
    r"(?:share|tweet|pin|pin it|email|print|like|mail|compartir|partager|teilen|delen|condividi|drucken|分享到?|分享)[:!]?",
    r"(?:sharen|teilen|weitersagen|empfehlen)(?: mit| auf| via)?:?|(?:diesen )?(?:beitrag|artikel) teilen:?",
    r"(?:partager|partagez)(?: (?:cet? article|sur|ceci|cela))?(?: .{0,20})? ?:?|compart(?:e|ir)(?: (?:esto|en|este .{0,20}))? ?:?",
    r"(?:dit |deze )?delen(?: op| via)?:?|deel dit(?: .{0,20})?:?|compartilh(?:e|ar)(?: (?:isso|este .{0,20}|no|em))?:?|curtir isso:?|udostępnij(?: .{0,20})?:?|podziel się.{0,20}|lubię to:?|dodaj do ulubionych:?",
    r"поделиться(?: .{0,20})?:?|нравится:?|sdílet(?: .{0,20})?:?|dela(?: (?:detta|med .{0,20}))?:?|del (?:dette|på .{0,20})?:?|gilla(?: detta)?:?|jaa(?: tämä)?:?|paylaş(?: .{0,20})?:?|beğen:?|共有:?|シェア:?|いいね:?|いいね 読み込み中.{0,3}|이것이 좋아요:?|공유하기:?|شارك.{0,20}|שתף.{0,20}",
    r"twitter|facebook|linkedin|whatsapp|pinterest|reddit|tumblr|telegram|xing|pocket|flipboard|mastodon|bluesky|google ?\+|skype|vkontakte|line|hatena|copy link|link kopieren|pin it|blogthis!|email this|share to (?:twitter|facebook|pinterest)",
    r"(?:like|flattr) this:?|gefällt mir:?|me gusta:?|j['’]aime(?: ça)? ?:?|mi piace:?|vind ik leuk:?",
    r"like loading.{0,3}|liken lade.{0,3}|loading\.{3}|lade[ -]?.{0,4}|wird geladen.{0,3}|chargement.{0,3}",
    r"click to (?:share|email|print|tweet)\b.*|(?:zum|klick,? um).{0,60}(?:teilen|ausdrucken|senden|drucken).*",
    r"(?:\d+ )?(?:haz clic|cliquez?) (?:para|pour) (?:compartir|partager|imprimir|imprimer|enviar|envoyer).*",
    r"(?:twitter|facebook|linkedin|whatsapp|pinterest|reddit|tumblr|telegram|xing|e-?mail|print|pocket|flipboard|mastodon"
    r"|bluesky|x|threads|copy link|copied!?|link kopieren|more|mehr)(?:[ |•·,/]+(?:twitter|facebook|linkedin|whatsapp"
    r"|pinterest|reddit|tumblr|telegram|xing|e-?mail|print|pocket|flipboard|mastodon|bluesky|x|threads|more))+",
    r"(?:\d+(?:[.,]\d+)?k? )?shares?|total shares?:? ?\d*",
)

RELATED = _sign(
    "related posts",
    r"related(?: (?:posts?|articles?|stories|reading|content|news|episodes?|topics?|links?|items?|topics .*|coverage))?:?",
    r"(?:editors?['’]?s? )?(?:recommendations?|picks)(?: for you)?:?|recommended(?: (?:for you|reads?|reading|articles|posts|stories|videos))?:?",
    r"you (?:may|might)(?: also)? (?:like|enjoy|be interested in)(?: (?:these|this|reading).{0,30})?[:.…]*",
    r"(?:read more|further reading|read (?:next|also|this next)|up next|next up|keep reading|also read|see also|see more)[:.…]*",
    r"(?:see also|also read|read also|read next):.{1,120}|more (?:from|in|stories|posts|news|articles)\b[^.!?]{0,60}:?",
    r"(?:popular|trending|latest|recent|featured|most (?:read|popular|viewed|shared)|top)(?: (?:now|posts?|articles?|stories"
    r"|news|reads?|videos?|topics?|entries|blog posts?|comments?|in .{1,40}|on .{1,40}))?:?",
    r"(?:discover|check out) (?:our|more|the) .{0,40}(?:picks|stories|articles|community)",
    r"(?:ähnliche|verwandte|weitere|neueste|letzte|mehr|beliebte|passende) (?:beiträge|artikel|themen|posts|nachrichten|meldungen)(?: .{0,40})?:?",
    r"(?:das könnte (?:dich|sie|ihnen|dir)(?: auch)? (?:interessieren|gefallen)|lesen sie auch|auch interessant|zuletzt kommentiert|mehr zum thema|siehe auch):?",
    r"(?:articles?|billets?|sujets?) (?:similaires?|connexes?|liés?|récents?|associés?) ?:?|(?:à lire aussi|lire aussi|sur le même (?:sujet|thème)|vous aimerez aussi|ça peut vous intéresser) ?:?.{0,30}",
    r"(?:artículos?|entradas?|noticias?|publicaciones|posts?) (?:relacionad[oa]s?|recientes?|similares?|destacad[oa]s?):?|(?:te puede interesar|también te puede (?:gustar|interesar)|más (?:noticias|artículos)|lee también|relacionad[oa]s?):?.{0,30}",
    r"(?:articoli|post) correlati:?|(?:artigos|posts|notícias) (?:relacionad[oa]s|recentes):?|leia (?:também|mais):?|gerelateerde? (?:berichten|artikelen)?:?|lees ook:?",
    r"gerelateerd:?|relacionado:?|podobne(?: .{0,20})?:?|powiązane(?: .{0,20})?:?|похожее:?|похожие (?:записи|статьи|материалы):?|související(?: .{0,20})?:?|podobné:?|relaterade?(?: .{0,20})?:?|liittyvät:?|aiheeseen liittyy:?|ilgili(?: .{0,20})?:?|benzer yazılar:?|関連:?|관련:?|관련 글:?|recommended from medium|more from .{1,40}|sign up for more like this\.?",
    r"(?:相关|相關|推荐|推薦|最新|热门|熱門)(?:文章|阅读|閱讀|新闻|新聞|内容|推荐)?[:：]?|関連記事|مقالات? (?:ذات صلة|مشابهة).*|מאמרים נוספים",
)

FILED = _sign(
    "tags and categories",
    r"(?:this (?:entry|post|article) was )?(?:posted|filed|published|categori[sz]ed)(?: (?:in|under)|:).{0,150}",
    r"this (?:entry|post) was (?:posted|published|written|filed|tagged)\b.*",
    r"(?:filed under|tagged(?: (?:as|with))?|kategorien|schlagw(?:ö|o)rte?r?|veröffentlicht (?:in|unter)|abgelegt unter|verschlagwortet(?: mit)?"
    r"|eingeordnet unter|publié dans|classé dans|étiqueté|publicado en|etiquetado|archivado en|pubblicato in|taggato|publicado em|geplaatst in|getagd)[ :][^!?]{1,280}",
    r"(?:tags?|categor(?:y|ies)|keywords?|labels?|kategorie|stichw(?:ö|o)rte?r?|étiquettes?|mots-clés|catégories?|etiquetas?|categorías?|categorie"
    r"|categorias?) ?:[^!?]{1,280}",
    r"(?:分类|分類|标签|標籤|关键词|カテゴリー|タグ)[:： ].{1,120}|发表于.{1,60}",
    r"dieser (?:eintrag|beitrag|artikel) wurde\b.*|ce (?:contenu|billet|post|article) a été publié\b.*|esta entrada (?:fue publicada|se publicó)\b.*",
    r"bookmark the permalink\.?|permalink\.?|permanentlink\.?|(?:posted|published) (?:in|under) .* permalink.*",
)

NAVIGATION = _sign(
    "page navigation",
    r"(?:←|⟵|◄|<<) ?.{0,120}|[«‹] [^»›]{1,120}|[^.!?]{1,120} ?(?:→|⟶|►|>>)",
    r"(?:next|previous|older|newer)(?: (?:posts?|articles?|story|stories|entry|entries|comments))(?::.{0,100}|)",
    r"(?:post|beitrags?|artikel)[ -]?navigation(?: der beiträge)?|navigation de l['’]article|navegación de entradas|navigazione articoli|文章导航|beitragsnavigation",
    r"(?:vorheriger|nächster|voriger) (?:beitrag|artikel):?.{0,100}|article (?:précédent|suivant).{0,100}|(?:entrada|artículo) (?:anterior|siguiente).{0,100}|(?:上一篇|下一篇|前へ|次へ)[:：]?.{0,80}",
    r"(?:back to top|nach oben(?: scrollen)?|zum seitenanfang|skip to .+|jump to .+|haut de page|volver arriba|回到顶部|scroll to top)",
)

NEWSLETTER = _sign(
    "newsletter",
    r"(?:subscribe|sign up|register|join)(?: now| here| today)? (?:to|for|our|my|the|with)\b.{0,40}(?:newsletters?|mailing list|e-?mail(?: list| updates?)?|updates|inbox|followers?)\b.{0,60}",
    r"(?:e-?mail |our |my |the |free |weekly |daily |monthly )*newsletters?(?: sign[ -]?up| abonnieren| subscription)?[:!]?",
    r"(?:get|receive|have) .{1,90}(?:in|to|into|straight to|direct to|delivered to) your (?:inbox|phone|e-?mail|mailbox)\b.{0,60}",
    r"join [\d.,]+ other (?:followers|subscribers).*|follow (?:us|me|blog via email|this blog)(?: (?:on|via) .{0,60})?[:!]?|stay (?:connected|updated|up to date|in touch|informed)[:!.]?",
    r"(?:(?:unseren|den|zum|jetzt|hier) )*newsletter (?:abonnieren|anmelden|bestellen|erhalten).{0,40}|(?:abonniere|abonnieren sie) .{0,60}newsletter.{0,40}|melde dich .{0,50}newsletter.{0,50}",
    r"(?:inscrivez-vous|abonnez-vous) à .{0,60}(?:newsletter|lettre|infolettre).{0,40}|(?:suscríbete|suscribirse|suscríbase) .{0,60}(?:newsletter|boletín|correo).{0,40}|订阅.{0,20}",
    r"(?:love|like|enjoy(?:ed|ing)?) (?:this|what you) (?:article|post|story|read(?:ing)?)\?.{0,60}|(?:shout|buy) .{1,40} a coffee",
)

COPYRIGHT = _sign(
    "copyright",
    r"(?:copyright|©|\(c\) ?(?:19|20)\d\d|\(c\) copyright).{0,290}",
    r".{0,80}\ball rights reserved\b.{0,60}|.{0,60}\balle rechte vorbehalten\b.{0,40}|.{0,60}tous droits réservés.{0,40}|.{0,60}todos los derechos reservados.{0,40}|.{0,40}(?:版权所有|著作權).{0,60}",
    r"(?:proudly )?powered by .{1,60}|(?:blog|website) (?:auf|at|bei|on) wordpress\.com\.?|bloggen auf wordpress\.com\.?|theme:? .{1,60} by .{1,40}",
)

PAGE_CHROME = _sign(
    "page chrome",
    r"(?:this (?:site|website) uses cookies|we use cookies|privacy & cookies|diese website (?:nutzt|verwendet) cookies|wir verwenden cookies|ce site utilise des cookies|este sitio (?:web )?(?:usa|utiliza) cookies).*",
    r"(?:about|meet|über) the authors?:?|(?:über|zum) (?:den|die) autor(?:in)?:?|author:?|autor:?|à propos de l['’]auteure?|sobre el autor|acerca del autor|written by:?|about the writer",
    r"(?:advertisement|advertising|anzeige|werbung|publicité|publicidad|sponsored(?: content| post)?)",
    r"(?:terms(?: (?:of (?:use|service)|&|and) ?.{0,20})?|privacy(?: policy)?|impressum|datenschutz(?:erklärung)?|mentions légales|aviso legal|sitemap|useful links|quick links|contact us|about us)",
    r"(?:post to cancel|%d bloggers like this:?|%d bloggern gefällt das:?|post to|search for:?|suche nach:?|suchen|search)",
    r"(?:do you )?(?:still )?have (?:any )?questions\? .{0,100}",
)

END_SIGNS: tuple[Sign, ...] = (*COMMENTS, SHARE, RELATED, FILED, NAVIGATION, NEWSLETTER, COPYRIGHT, PAGE_CHROME)

# -- what follows a heading over comments -----------------------------------------------------------------------------

_TIME = r"\d{1,2}[:.h]\d{2}(?:[ ]?[ap]\.?m\.?)?"

_MONTH = r"(?:jan|feb|mär|mar|apr|ma[iyj]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|janv|févr|mars|avr|juin|juil|août|déc|ene|abr|ago|dic|set|out|gen|giu|lug|ott)\w*\.?"

# Who speaks in a comment; articles quote people in such a line, too.
SAYS = re.compile(
    r".{1,80}\b(?:says|said|writes|wrote|commented|sagt|sagte|schreibt|schrieb|meint|dice|dijo|dit|a dit|écrit|ha detto|scrive|disse|diz|zegt|schreef|skriver|sier|siger|säger|pisze|mówi|napsala?|říká|пишет|сказал|сказала|より|skrev|のコメント|说|說道|说道|يقول|כותב|אמר)(?: \((?:author|post author|autor)\))? ?[:：]?",
    re.IGNORECASE,
)

REPLY = re.compile(
    r"[*+↩-]? ?(?:reply|report|antworten|répondre|responder|rispondi|beantwoorden|svara|svar|odpowiedz|odpovědět|ответить|yanıtla|返信|回复|回覆|رد|השב|like|edit|flag|quote|zitieren|gefällt mir)(?: ?[|/·•] ?\w+)*\.?|(?:\d+ )?likes?|(?:like )?liked by.*|\W?reply to .{1,50}|log in to reply\.?|antworten auf .{1,50}",
    re.IGNORECASE,
)

# A time of day beside a date, or how long ago: under the name of one who comments. Never the end of a sentence.
_WHEN = re.compile(
    rf"""(?=.{{6,90}}$)(?!.*[!?]$)(?:
        (?:.*\b(?:19|20)\d\d\b.*{_TIME}.* | .*{_TIME}.*\b(?:19|20)\d\d\b.* | .*\b{_MONTH}[ ]\d{{1,2}}.*{_TIME}.* | .*\b\d{{1,2}}\.?[ ]{_MONTH}.*{_TIME}.*)
      | .{{0,60}}\b\d+[ ]?(?:s|m|h|d|w|y|sec|min|hr|second|minute|hour|day|week|month|year)s?[ ]ago\b.{{0,30}}
      | .{{0,40}}\bvor[ ](?:\d+|einem|einer)[ ](?:sekunde|minute|stunde|tag|woche|monat|jahr)e?n?\b.{{0,30}}
      | .{{0,40}}\d{{1,2}}[./]\d{{1,2}}[./](?:19|20)\d\d.{{0,12}}{_TIME}.* | .*(?:19|20)\d\d年\d{{1,2}}月\d{{1,2}}日.*{_TIME}.*
      | .{{0,40}}\b(?:il[ ]y[ ]a|hace|há|fa)[ ]\d+[ ]\w+.{{0,20}} | .{{0,40}}\d+[ ]?(?:年|个月|天|小时|分钟|時間|日)前.{{0,20}}
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_quoting(line: str) -> bool:
    """Whether a line says who speaks, and no more: articles have such lines, too."""
    return bool(SAYS.fullmatch(line)) and not _WHEN.fullmatch(line)


def is_comment_evidence(line: str) -> bool:
    """Whether a line says who commented, when, or offers to answer."""
    return bool(SAYS.fullmatch(line) or REPLY.fullmatch(line) or _WHEN.fullmatch(line))


FORM_EVIDENCE = re.compile(
    r"""^(?:
        twój[ ]adres[ ]e-?mail[ ]nie.* | ваш[ ](?:адрес[ ])?e-?mail[ ]не[ ]будет.* | vaše[ ]e-?mailová[ ]adresa[ ]ne.* | din[ ]e-?post(?:adress|adresse)?[ ](?:kommer|vil|publiceras|blir)[ ]?.* | sähköpostiosoitettasi[ ]ei.* | e-?posta[ ](?:hesabınız|adresiniz)[ ].* | メールアドレスが公開されることはありません.* | 이메일(?:[ ]주소)?는[ ]공개되지.* | je[ ]e-?mailadres[ ]wordt[ ]niet.* | o[ ]seu[ ]endereço[ ]de[ ]e-?mail[ ]não.* | il[ ]tuo[ ]indirizzo[ ]e-?mail[ ]non.* | לא[ ]יפורסם.*
      | your[ ]e-?mail[ ](?:address[ ])?will[ ]not[ ]be[ ]published.* | required[ ]fields.*
      | (?:deine|ihre)[ ]e-?mail-?adresse[ ]wird[ ]nicht[ ]veröffentlicht.* | erforderliche[ ]felder.*
      | votre[ ]adresse.*ne[ ]sera[ ]pas[ ]publiée.* | tu[ ](?:dirección[ ]de[ ])?correo.*no[ ]será[ ]publicad[oa].* | 您的(?:电子)?(?:邮箱|郵箱).*
      | (?:name|e-?mail|website|comment|kommentar|nom|nombre|correo(?:[ ]electrónico)?|web|url|site[ ]web|commentaire|comentario|评论|名称|邮箱|电子邮件)[ ]?(?:\*|\(.{1,60}\))*[ ]*(?:\(.*\))?
      | (?:enter|type)[ ]your[ ]comment.* | gib[ ]hier[ ]deinen[ ]kommentar.* | fill[ ]in[ ]your[ ]details.* | trage[ ]deine[ ]daten.*
      | notify[ ]me[ ]of.* | benachrichtige[ ].* | save[ ]my[ ]name.* | meinen[ ]namen,.* | (?:post|submit)[ ]comment | submit | cancel | δ
      | sorry,[ ]no[ ]comments?.* | no[ ]comments(?:[ ]yet)?.* | be[ ]the[ ]first[ ]to[ ]comment.* | noch[ ]keine[ ]kommentare.* | disqus | loading[ ]comments.*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)

# -- what stands between the title and the first paragraph ------------------------------------------------------------

DATE = re.compile(
    rf"""\b(?:\d{{1,2}}(?:st|nd|rd|th|\.|er)?[ ](?:de[ ])?{_MONTH},?[ ](?:de[ ])?(?:19|20)\d\d
      | {_MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ](?:19|20)\d\d
      | (?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}} | \d{{1,2}}[-/.]\d{{1,2}}[-/.](?:(?:19|20)\d\d|\d\d) )\b
      | (?:19|20)\d\d年\d{{1,2}}月\d{{1,2}}日""",
    re.IGNORECASE | re.VERBOSE,
)

# What stands beside a date on its line: time, weekday, and words such as "published".
BESIDE_DATE = re.compile(
    rf"{_TIME}|\b(?:published|posted|updated|last|modified|on|at|by|am|um|uhr|von|vom|le|à|par|el|por|veröffentlicht|publiziert|aktualisiert|publié|publicado|pubblicato|geplaatst"
    r"|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|[ap]\.?m|gmt|utc|[ecmp][sd]?t|comments?|kommentare?|min|read)(?:day)?\b",
    re.IGNORECASE,
)

_NAME = r"(?:[A-ZÀ-ÞŁŚŻŠČŘ][\w.'’-]*|(?i:von|van|de|der|den|del|di|da|la|le|el|al|bin|und|and|y|e|et|&))"

BYLINE = re.compile(
    rf"""^(?:
        (?i:(?:written[ ]|posted[ ]|published[ ]|words[ ])?by:?)(?:[ ]{_NAME}){{1,7}}(?:,[ ].{{1,40}}|[ ][|•·].{{0,60}})?
      | (?i:von|vom|par|por|di|door|av|af|przez)(?:[ ]{_NAME}){{2,5}} | (?i:by|from)
      | (?i:(?:posted|published|updated|last[ ](?:updated|modified)|veröffentlicht|publiziert|geschrieben|aktualisiert|publié|mis[ ]à[ ]jour|publicado|actualizado|pubblicato|geplaatst|发布|发表)
        (?:[ ](?:on|am|le|el|il|em|op|by|von|par|por)\b.*|[ ]?[:：].*|[ ]\d.*))
      | (?i:(?:作者|文)[:：/].{{1,30}} | \d+[ ]min(?:ute)?s?(?:[ ]read|[ ]lesezeit)? | (?:reading[ ]time|lesezeit|temps[ ]de[ ]lecture|tiempo[ ]de[ ]lectura):?.{{0,20}})
      | (?i:leave[ ]a[ ](?:comment|reply)|add[ ]comment|no[ ]comments|\d+[ ]comments?|kommentar[ ](?:verfassen|schreiben)|\d+[ ]kommentare?|keine[ ]kommentare)
    )$""",
    re.VERBOSE,
)
