"""The templates: ours, and those that a show puts in their place.

A template of the show may hold any mistake, so it runs in Jinja2's sandbox, and where it fails ours is taken instead:
for that page only, so that what a page is depends on nothing but its own values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from types import TracebackType

from jinja2 import BaseLoader, ChoiceLoader, Environment, FunctionLoader, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from podcast_tool.model import Level, Problem
from podcast_tool.render.pages.words import load_translations
from podcast_tool.text import clean_line

# Under this name a show's template reaches the one that it takes the place of.
OURS = "default"
_FOLDER = "episodes/templates/"
_MAX_FAULT_CHARACTERS = 200


class Templates:
    """The templates of one show."""

    def __init__(self, overrides: Mapping[str, str], language: str, tag: str) -> None:
        """Prepare them.

        Args:
            language: of our words.
            tag: of the show.
        """
        self._own = _own_environment(language, tag)
        self._overrides = dict(overrides)
        self._language, self._tag = language, tag
        self._faults: dict[str, Problem] = {}
        for name in sorted(self._overrides):
            self._compile(name)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """What is wrong with the show's templates, as far as it was met."""
        return tuple(self._faults[name] for name in sorted(self._faults))

    def render(self, name: str, values: Mapping[str, object]) -> bytes:
        """A page; by our own templates if the show's fail."""
        if self._overrides:
            try:
                return self._environment.get_template(name).render(values).encode()
            except Exception as error:  # whatever a template can do wrong
                self._blame(error)
        return self._own.get_template(name).render(values).encode()

    @cached_property
    def _environment(self) -> Environment:
        loader = ChoiceLoader([FunctionLoader(self._find), _own_loader(), PrefixLoader({OURS: _own_loader()})])
        environment = ImmutableSandboxedEnvironment(loader=loader, autoescape=True)
        for table, name in ((environment.filters, "random"), (environment.globals, "lipsum")):
            del table[name]  # pages would be others at each publish
        return _prepare(environment, self._language, self._tag)

    def _find(self, name: str) -> tuple[str, str, None] | None:
        source = self._overrides.get(name)
        return None if source is None else (source, _FOLDER + name, None)

    def _compile(self, name: str) -> None:
        known = template_names()
        try:
            if name not in known:
                raise LookupError(f"is no template of ours; known: {', '.join(known)}")
            self._environment.get_template(name)
        except Exception as error:  # as in `render`
            self._fault(name, error)
            del self._overrides[name]

    def _blame(self, error: Exception) -> None:
        files = {_FOLDER + name: name for name in self._overrides}
        lines = [(files[file], line) for file, line in _lines(error.__traceback__) if file in files]
        name, line = lines[-1] if lines else (min(self._overrides), None)
        self._fault(name, error, line)

    def _fault(self, name: str, error: Exception, line: int | None = None) -> None:
        number = getattr(error, "lineno", None) or line
        words = clean_line(str(error))[:_MAX_FAULT_CHARACTERS] or type(error).__name__
        message = f"line {number}: {words}" if number else words
        problem = Problem(
            rule="FILE-SHOW",
            level=Level.ERROR,
            where=_FOLDER + clean_line(name),
            message=f"{message}; our own template stands in for it until that is mended",
        )
        self._faults.setdefault(name, problem)


@cache
def template_names() -> tuple[str, ...]:
    """The templates that a show can replace."""
    return tuple(sorted(_own_loader().list_templates()))


@cache
def _own_environment(language: str, tag: str) -> Environment:
    return _prepare(Environment(loader=_own_loader(), autoescape=True), language, tag)


@cache
def _own_loader() -> BaseLoader:
    return PackageLoader("podcast_tool.render")


def _prepare(environment: Environment, language: str, tag: str) -> Environment:
    """Set to our ways, and with the words of a language: `_`, `gettext` and `ngettext`, as Babel looks for them.

    On a page in another language than our words, these say that they are (WCAG 3.1.2); but for those of `gettext`,
    which is for attributes, where nothing can say so.

    Not by Jinja2's own extension, which takes a third of the time that a page takes.
    """
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = environment.keep_trailing_newline = True
    environment.auto_reload = False
    translations = load_translations(language)

    @cache
    def translate(message: str) -> Markup:
        return escape(translations.gettext(message))

    def say(message: str, **values: object) -> Markup:
        return translate(message) % values if values else translate(message)

    def count(one: str, many: str, number: int) -> Markup:
        return escape(translations.ngettext(one, many, number)) % {"num": number}

    is_foreign = tag.lower().partition("-")[0] != language
    marks = Markup(' lang="{}" dir="ltr"').format(language) if is_foreign else Markup()

    def mark(words: Markup) -> Markup:
        return Markup("<span{}>{}</span>").format(marks, words)

    environment.globals.update(
        in_our_language=marks,
        gettext=say,
        _=(lambda message, **values: mark(say(message, **values))) if is_foreign else say,
        ngettext=(lambda one, many, number: mark(count(one, many, number))) if is_foreign else count,
    )
    return environment


def _lines(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    """The files that an error came through, outermost first, each with its line."""
    while traceback is not None:
        yield traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
