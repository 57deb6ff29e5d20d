"""What `theme` of show.toml may set: the variables of the stylesheet, and how their values may be spelt.

Values stand in a stylesheet of the pages, so nothing is let through that is not wholly a colour, a length or a list of
fonts: no function but those of colours, no address, no semicolon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_VALUE_CHARACTERS = 200

# CSS Color Module Level 4, section 6.1.
_COLOUR_NAMES = """aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown
    burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod
    darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon
    darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey
    dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey
    honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral
    lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue
    lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine
    mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise
    mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered
    orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple
    rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue
    slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white
    whitesmoke yellow yellowgreen"""

_NUMBER = r"\d{1,4}(?:\.\d{1,4})?"
_PART = rf"{_NUMBER}(?:%|deg)?"
# Sections 5.1 and 7.1 there, in the old spelling with commas and in the new one.
_FUNCTION = rf"(?:rgb|hsl)a?\( ?{_PART}(?:(?: ?, ?{_PART}){{2,3}}|(?: {_PART}){{2}}(?: ?/ ?{_PART})?) ?\)"
_HEX = r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})"
_COLOUR = rf"{_HEX}|{_FUNCTION}|{'|'.join(_COLOUR_NAMES.split())}"
_LENGTH = rf"0|{_NUMBER}(?:px|rem|em|ch)"
_FAMILY = r"""[a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)*|"[a-z0-9 -]+"|'[a-z0-9 -]+'"""
_FONTS = rf"(?:{_FAMILY})(?: ?, ?(?:{_FAMILY}))*"

OUR_COLOURS: Mapping[str, str] = {
    "accent": "#0b5d66",
    "background": "#fdfcfa",
    "text": "#1d1c1a",
    "surface": "#f3f0ea",
    "muted": "#625d55",
    "border": "#d9d4ca",
    "accent-dark": "#7cc8cf",
    "background-dark": "#161718",
    "text-dark": "#ebe8e2",
    "surface-dark": "#212325",
    "muted-dark": "#a8a49c",
    "border-dark": "#3b3e41",
}
"""Variable -> its value in the pages' stylesheet, where the show sets none. `-dark`: of the dark colours."""

THEME_VARIABLES: Mapping[str, str] = {
    **dict.fromkeys(OUR_COLOURS, _COLOUR),
    "font": _FONTS,
    "heading-font": _FONTS,
    "radius": _LENGTH,
    "width": _LENGTH,
}
"""Variable without its hyphens -> what its value has to be, as a regular expression."""


def is_theme_value(name: str, value: str) -> bool:
    """Whether *value* may stand in the stylesheet as that variable's."""
    pattern = THEME_VARIABLES.get(name)
    return bool(
        pattern and len(value) <= MAX_VALUE_CHARACTERS and re.fullmatch(pattern, value, re.ASCII | re.IGNORECASE)
    )
