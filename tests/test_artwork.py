"""Pictures looked at, cleaned and made: real files, odd ones made of them, and ones made to do harm."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pictures
from PIL import ImageCms, ImageDraw

from podcast_tool.check.artwork import check_image
from podcast_tool.model import ArtworkFit, Image, Level
from podcast_tool.produce.pictures import PictureError, clean_picture, fix_picture, make_thumbnail
from podcast_tool.read.artwork import ImageError, look_at_image, read_image

from .conftest import REPOSITORY

SECRET = b"51.5007 N, 0.1246 W, taken by Jane Doe"
RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (40, 60, 200), (255, 255, 255)


@cache
def _picture(width: int = 64, height: int = 48) -> Pictures.Image:
    """Three colours on a gradient: its left third is red, its right one blue, its middle shades of grey."""
    picture = Pictures.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 3, height), fill=RED)
    draw.rectangle((width - width // 3, 0, width, height), fill=BLUE)
    return picture


def _save(picture: Pictures.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _open(raw: bytes) -> Pictures.Image:
    picture = Pictures.open(BytesIO(raw))
    picture.load()
    return picture


def _pixels(raw: bytes) -> tuple[str, tuple[int, int], bytes]:
    picture = _open(raw)
    return picture.mode, picture.size, picture.tobytes()


@cache  # it holds the second in which it was made
def _profile(space: str = "sRGB") -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()  # type: ignore[arg-type]


def _problems(raw: bytes, path: str = "cover.jpg") -> list[str]:
    return [problem.message for problem in check_image(look_at_image(raw, path))]


# -- files by their parts ---------------------------------------------------------------------------------------------


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _exif(orientation: int = 1) -> bytes:
    """EXIF data with a text of their own and how to turn the picture."""
    text = struct.pack("<HHLL", 0x010E, 2, len(SECRET), 38)
    return b"II*\0" + struct.pack("<LH", 8, 2) + text + struct.pack("<HHLHHL", 0x0112, 3, 1, orientation, 0, 0) + SECRET


def _jpeg_with(*segments: bytes, **options: object) -> bytes:
    """The segments stand behind JFIF's."""
    raw = _save(_picture(), "JPEG", **options)
    return raw[:20] + b"".join(segments) + raw[20:]


def _png_with(*chunks: bytes, picture: Pictures.Image | None = None, **options: object) -> bytes:
    """The chunks stand behind IHDR."""
    raw = _save(picture or _picture(), "PNG", **options)
    return raw[:33] + b"".join(chunks) + raw[33:]


def _mpo() -> bytes:
    return _save(_picture(), "MPO", save_all=True, append_images=[_picture(80, 60)])


def _animated_png() -> bytes:
    return _save(_picture(), "PNG", save_all=True, append_images=[_picture(64, 48).rotate(180)])


JPEG_SECRETS = {
    "exif": _segment(0xE1, b"Exif\0\0" + _exif()),
    "xmp": _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
    "iptc": _segment(0xED, b"Photoshop 3.0\x008BIM" + SECRET),
    "comment": _segment(0xFE, SECRET),
    "another": _segment(0xE7, SECRET),
    "extended-thumbnail": _segment(0xE0, b"JFXX\0\x10" + SECRET),
    "flashpix": _segment(0xE2, b"FPXR\0" + SECRET),
    "between-segments": SECRET,
    "adobe-too-long": _segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + SECRET),
}
PNG_SECRETS = {
    "exif": _chunk(b"eXIf", _exif()),
    "text": _chunk(b"tEXt", b"Author\0" + SECRET),
    "packed-text": _chunk(b"zTXt", b"Author\0\0" + zlib.compress(SECRET)),
    "long-text": _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET),
    "time": _chunk(b"tIME", bytes(7)),
    "unknown": _chunk(b"prVw", SECRET),
    "animation": _chunk(b"acTL", struct.pack(">II", 1, 0)),
}


# -- cleaned ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", JPEG_SECRETS)
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_loses_its_metadata_and_nothing_else(name: str, progressive: bool) -> None:
    """Pixels are the same to the bit; so are colour profile, density and all that decides how they look."""
    options = {"progressive": progressive, "icc_profile": _profile(), "dpi": (300, 300)}
    raw = _jpeg_with(JPEG_SECRETS[name], **options) + SECRET

    cleaned = clean_picture(raw)

    assert SECRET not in cleaned
    assert _pixels(cleaned) == _pixels(raw)
    assert name == "adobe-too-long" or cleaned == _jpeg_with(**options)
    assert (_open(cleaned).info["icc_profile"], _open(cleaned).info["dpi"]) == (_profile(), (300, 300))
    assert clean_picture(cleaned) is cleaned


@pytest.mark.parametrize("name", PNG_SECRETS)
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1", "I;16"])
def test_png_loses_its_metadata_and_nothing_else(name: str, mode: str) -> None:
    """Pixels are the same to the bit; so are palette, transparency, colour profile and density."""
    picture = Pictures.new("I;16", (9, 9), 40_000) if mode == "I;16" else _picture().convert(mode)
    options = {"picture": picture, "icc_profile": _profile(), "dpi": (300, 300)}
    options |= {"transparency": 3} if mode == "P" else {}
    raw = _png_with(PNG_SECRETS[name], **options) + SECRET  # type: ignore[arg-type]

    cleaned = clean_picture(raw)

    assert SECRET not in cleaned
    assert cleaned == _png_with(**options)  # type: ignore[arg-type]
    assert _pixels(cleaned) == _pixels(raw)
    assert clean_picture(cleaned) is cleaned


def test_where_a_picture_was_taken_is_gone() -> None:
    """As Pillow itself writes it, which is as cameras do."""
    exif = Pictures.Exif()
    exif[0x010F] = "Camera maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 2.5)
    for kind in ("JPEG", "PNG"):
        raw = _save(_picture(), kind, exif=exif)
        cleaned = clean_picture(raw)

        assert _open(raw).getexif().get_ifd(0x8825)
        assert not _open(cleaned).getexif()
        assert _pixels(cleaned) == _pixels(raw)


def test_only_the_first_of_several_pictures_is_left() -> None:
    """The second one of an MPO (of a camera with depth or HDR) and an animation's further frames hold private parts."""
    cleaned, still = clean_picture(_mpo()), clean_picture(_animated_png())

    assert _open(cleaned).format == "JPEG"
    assert cleaned.count(b"\xff\xd8\xff") == 1
    assert _pixels(cleaned)[1:] == _pixels(_mpo())[1:]
    assert b"fdAT" not in still
    assert _open(still).tobytes() == _picture().tobytes()


def test_a_thumbnail_in_the_header_goes() -> None:
    """It may show what was cropped away."""
    raw = _save(_picture(), "JPEG")
    small = struct.pack(">BB", 2, 2) + bytes(range(12))
    thumbnailed = raw[:2] + _segment(0xE0, raw[6:18] + small) + raw[20:]

    assert clean_picture(thumbnailed) == raw


def test_files_without_metadata_stay_as_they_are() -> None:
    """The sample's cover, among others, is published byte for byte."""
    cover = (REPOSITORY / "episodes" / "cover.jpg").read_bytes()
    for raw in (cover, _save(_picture(), "JPEG"), _save(_picture().convert("CMYK"), "JPEG"), _save(_picture(), "PNG")):
        assert clean_picture(raw) is raw


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(9))
def test_picture_is_turned_as_its_exif_data_want(kind: str, orientation: int) -> None:
    """Upright without the data, as Pillow turns it; one that stands upright is not encoded again."""
    exif = _exif(orientation)
    raw = _jpeg_with(_segment(0xE1, b"Exif\0\0" + exif)) if kind == "JPEG" else _png_with(_chunk(b"eXIf", exif))
    upright = _picture().size if orientation < 5 else _picture().size[::-1]

    cleaned = clean_picture(raw)

    assert _open(cleaned).size == upright
    assert not _open(cleaned).getexif()
    assert SECRET not in cleaned
    for x, colour in ((0.1, RED), (0.9, BLUE)):
        place = TURNED[orientation](x, 0.5) if orientation in TURNED else (x, 0.5)
        assert _is_near(_at(cleaned, *place), colour)
    if orientation < 2:
        assert _pixels(cleaned) == _pixels(raw)


# Orientation -> where a point goes, its place told by shares of width and height (CIPA DC-008).
TURNED: Mapping[int, Callable[[float, float], tuple[float, float]]] = {
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}


def _at(raw: bytes, x: float, y: float) -> tuple[int, ...]:
    picture = _open(raw).convert("RGB")
    found = picture.getpixel((int(x * picture.width), int(y * picture.height)))
    assert isinstance(found, tuple)
    return found


def _is_near(found: tuple[int, ...], wanted: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("cut", [1, 2, 12, 100])
def test_a_torn_picture_is_told(kind: str, cut: int) -> None:
    """By cleaning as by looking: it was not copied or saved to its end."""
    raw = _save(_picture(), kind)[:-cut]

    with pytest.raises(PictureError, match="is no picture that can be decoded; save it anew as JPEG or PNG"):
        clean_picture(raw)
    with pytest.raises(ImageError, match="is no picture that can be decoded; save it anew as JPEG or PNG"):
        look_at_image(raw, "cover.jpg")


def test_a_changed_byte_in_a_png_is_told() -> None:
    """Each chunk has a checksum."""
    raw = bytearray(_save(_picture(), "PNG"))
    raw[len(raw) // 2] ^= 1

    with pytest.raises(PictureError):
        clean_picture(bytes(raw))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "BMP"])
def test_other_formats_are_named(kind: str) -> None:
    """They are not cleaned, since they cannot be published."""
    with pytest.raises(PictureError, match=f"is {kind}; save it as JPEG or PNG"):
        clean_picture(_save(_picture(), kind))


@pytest.mark.parametrize(("brand", "kind"), [(b"heic", "HEIC"), (b"mif1", "HEIC"), (b"avif", "AVIF")])
def test_pictures_of_telephones_are_named(brand: bytes, kind: str) -> None:
    """Also where somebody has only given them another ending."""
    with pytest.raises(ImageError, match=f"is {kind}; save it as JPEG or PNG"):
        look_at_image(b"\0\0\0\x18ftyp" + brand + bytes(5000), "x.jpg")


# -- made -------------------------------------------------------------------------------------------------------------


def _in(mode: str) -> Pictures.Image:
    """Without the noise that would stand for shades; it is hard to make small."""
    return _picture(1500, 1500).convert(mode, dither=Pictures.Dither.NONE)


SOURCES: Mapping[str, Callable[[], bytes]] = {
    "jpeg": lambda: _save(_picture(1500, 1500), "JPEG"),
    "progressive": lambda: _save(_picture(1500, 1500), "JPEG", progressive=True),
    "grey-jpeg": lambda: _save(_picture(1500, 1500).convert("L"), "JPEG"),
    "cmyk": lambda: _save(_picture(1500, 1500).convert("CMYK"), "JPEG"),
    "mpo": _mpo,
    "png": lambda: _save(_picture(1500, 1500), "PNG"),
    "alpha": lambda: _save(_picture(1500, 1500).convert("RGBA"), "PNG"),
    "grey-alpha": lambda: _save(_picture(1500, 1500).convert("LA"), "PNG"),
    "palette": lambda: _save(_in("P"), "PNG"),
    "palette-transparent": lambda: _save(_in("P"), "PNG", transparency=0),
    "black-and-white": lambda: _save(_in("1"), "PNG"),
    "16-bit-grey": lambda: _save(Pictures.new("I;16", (1500, 1500), 40_000), "PNG"),
    "gif": lambda: _save(_picture(1500, 1500), "GIF"),
    "webp": lambda: _save(_picture(1500, 1500), "WEBP"),
    "webp-alpha": lambda: _save(_picture(1500, 1500).convert("RGBA"), "WEBP", lossless=True),
    "one-pixel": lambda: _save(_picture(1500, 1500).resize((1, 1)), "PNG"),
    "huge": lambda: _save(_picture(5000, 5000), "JPEG"),
    "wide": lambda: _save(_picture(2000, 300), "JPEG"),
    "tall": lambda: _save(_picture(300, 4000), "PNG"),
    "a-line": lambda: _save(_picture(1500, 1500).resize((4000, 1)), "PNG"),
    "with-metadata": lambda: _jpeg_with(*JPEG_SECRETS.values()),
}


@pytest.mark.parametrize("fit", ArtworkFit)
@pytest.mark.parametrize("name", SOURCES)
def test_any_picture_becomes_what_directories_want(name: str, fit: ArtworkFit) -> None:
    """A square RGB JPEG of 72 dpi within the bounds, without metadata or profile, and alike each time."""
    raw = SOURCES[name]()

    fixed = fix_picture(raw, fit)

    assert _problems(fixed) == []
    assert clean_picture(fixed) is fixed
    assert _open(fixed).info["dpi"] == (72, 72)
    assert "icc_profile" not in _open(fixed).info
    assert len(fixed) <= 500_000
    assert fix_picture(raw, fit) == fixed


@pytest.mark.parametrize(
    ("side", "wanted"), [(1, 1400), (1399, 1400), (1400, 1400), (2001, 2001), (3000, 3000), (3001, 3000), (4100, 3000)]
)
def test_size_changes_only_where_it_must(side: int, wanted: int) -> None:
    """Within the bounds no pixel is moved: a picture of one kind before and after differs by its encoding only."""
    picture = _picture(side, side)

    fixed = _open(fix_picture(_save(picture, "JPEG", quality=95), ArtworkFit.CROP))

    assert fixed.size == (wanted, wanted)
    if side == wanted:
        box = (side // 2, side // 2, side // 2 + 200, side // 2 + 200)
        differences = zip(fixed.crop(box).tobytes(), picture.crop(box).tobytes(), strict=True)
        assert max(abs(a - b) for a, b in differences) <= 8


def test_cropping_keeps_the_middle_and_padding_keeps_all() -> None:
    """What is added has the mean colour of the edges that it meets."""
    picture = Pictures.new("RGB", (3000, 1500), GREEN)
    ImageDraw.Draw(picture).rectangle((0, 0, 700, 1500), fill=RED)
    cropped = fix_picture(_save(picture, "PNG"), ArtworkFit.CROP)
    padded = fix_picture(_save(picture, "PNG"), ArtworkFit.PAD)
    edge = tuple(round((700 * r + 2300 * g) / 3000) for r, g in zip(RED, GREEN, strict=True))

    assert _open(cropped).size == (1500, 1500)
    assert all(_is_near(_at(cropped, x, 0.5), GREEN) for x in (0.01, 0.5, 0.99))
    assert _open(padded).size == (3000, 3000)
    assert _is_near(_at(padded, 0.1, 0.5), RED)
    assert _is_near(_at(padded, 0.9, 0.5), GREEN)
    assert all(_is_near(_at(padded, x, y), edge) for x in (0.02, 0.98) for y in (0.02, 0.98))


def test_bands_leave_no_seams() -> None:
    """A large picture is resized part by part; the result is that of resizing it whole."""
    picture = Pictures.radial_gradient("L").resize((3500, 3500)).convert("RGB")

    made = make_thumbnail(_save(picture, "PNG"), 1000)
    whole = _save(picture.resize((1000, 1000), Pictures.Resampling.LANCZOS), "JPEG", quality=85, dpi=(72, 72))

    assert max(abs(a - b) for a, b in zip(_open(made).tobytes(), _open(whole).tobytes(), strict=True)) <= 4


def test_transparency_becomes_white() -> None:
    """In every way in which a picture can have it."""
    seen_through = {
        "RGBA": _save(Pictures.new("RGBA", (20, 20), (*RED, 0)), "PNG"),
        "LA": _save(Pictures.new("LA", (20, 20), (10, 0)), "PNG"),
        "P": _save(Pictures.new("P", (20, 20), 0), "PNG", transparency=0),
        "RGB": _save(Pictures.new("RGB", (20, 20), RED), "PNG", transparency=RED),
        "GIF": _save(Pictures.new("P", (20, 20), 0), "GIF", transparency=0),
        "WEBP": _save(Pictures.new("RGBA", (20, 20), (*RED, 0)), "WEBP", lossless=True),
    }
    for name, raw in seen_through.items():
        assert _at(fix_picture(raw, ArtworkFit.CROP), 0.5, 0.5) == WHITE, name
    half = _save(Pictures.new("RGBA", (20, 20), (0, 0, 0, 128)), "PNG")
    assert _is_near(_at(fix_picture(half, ArtworkFit.CROP), 0.5, 0.5), (127, 127, 127), by=2)


def test_sixteen_bits_of_grey_keep_their_shade() -> None:
    """They neither become white nor black."""
    raw = _save(Pictures.new("I;16", (20, 20), 0x6400), "PNG")

    assert _is_near(_at(fix_picture(raw, ArtworkFit.CROP), 0.5, 0.5), (0x64, 0x64, 0x64), by=1)


def test_colours_of_another_profile_become_those_of_srgb() -> None:
    """Red and blue changed places in this profile; one that is broken, or of other colours, is passed over."""
    swapped = _swapped_profile()
    picture = Pictures.new("RGB", (20, 20), RED)

    for kind in ("JPEG", "PNG"):
        found = _at(fix_picture(_save(picture, kind, icc_profile=swapped), ArtworkFit.CROP), 0.5, 0.5)
        assert found[2] > 150 > found[0]
        for profile in (b"no profile", swapped[:200], _profile("LAB"), _profile()):
            raw = _save(picture, kind, icc_profile=profile)
            assert _is_near(_at(fix_picture(raw, ArtworkFit.CROP), 0.5, 0.5), RED)


def _swapped_profile() -> bytes:
    raw = bytearray(_profile())
    red, blue = raw.index(b"rXYZ"), raw.index(b"bXYZ")
    raw[red], raw[blue] = raw[blue], raw[red]
    return bytes(raw)


def test_cmyk_goes_through_its_profile() -> None:
    """What inks look like is told by the profile; where there is none, as if they were pure."""
    ink = Pictures.new("CMYK", (20, 20), (0, 255, 255, 0))

    plain = _at(fix_picture(_save(ink, "JPEG"), ArtworkFit.CROP), 0.5, 0.5)
    printed = _at(fix_picture(_save(ink, "JPEG", icc_profile=_green_inks()), ArtworkFit.CROP), 0.5, 0.5)

    assert _is_near(plain, (255, 0, 0))
    assert printed[1] > max(printed[0], printed[2]) + 30


def _green_inks() -> bytes:
    """A CMYK profile (ICC.1:2001, 6.5.7: lut8Type) in which each mixture of inks is the same green."""
    unchanged = bytes(range(256))
    matrix = struct.pack(">9l", *(65536 if n % 4 == 0 else 0 for n in range(9)))
    green = bytes([153, 128 - 55, 128 + 40])  # L*a*b*
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + unchanged * 4 + green * 16 + unchanged * 3
    tags = struct.pack(">L4sLL", 1, b"A2B0", 144, len(table))
    head = struct.pack(">L4x4s4s4s4s", 144 + len(table), b"\2\x40\0\0", b"prtr", b"CMYK", b"Lab ")
    return (head + bytes(12) + b"acsp").ljust(128, b"\0") + tags + table


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_what_is_made_stands_upright(kind: str, orientation: int) -> None:
    """Fixed or small, cropped or padded: turned as the EXIF data want it."""
    exif = Pictures.Exif()
    exif[0x0112] = orientation
    raw = _save(_picture(600, 600), kind, exif=exif)

    for made in (fix_picture(raw, ArtworkFit.CROP), fix_picture(raw, ArtworkFit.PAD), make_thumbnail(raw, 200)):
        assert _is_near(_at(made, *TURNED[orientation](0.1, 0.5)), RED)
        assert _is_near(_at(made, *TURNED[orientation](0.9, 0.5)), BLUE)


def test_quality_is_given_away_for_size_only_so_far() -> None:
    """AP-COVER-BYTES is advice: 500 kB where a quality of 75 reaches it, and never less than that."""
    noise = Pictures.effect_noise((1400, 1400), 90).convert("RGB")
    drawn = _picture(3000, 3000)

    fixed = fix_picture(_save(noise, "PNG"), ArtworkFit.CROP)

    assert _tables(fixed) == _tables(_save(noise, "JPEG", quality=75))
    assert _tables(fix_picture(_save(drawn, "PNG"), ArtworkFit.CROP)) == _tables(_save(drawn, "JPEG", quality=90))


def _tables(raw: bytes) -> dict[int, list[int]]:
    return dict(Pictures.open(BytesIO(raw)).quantization)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("side", [1, 64, 600])
def test_thumbnails_are_square_and_never_enlarged(name: str, side: int) -> None:
    """Baseline JPEGs without metadata."""
    raw = SOURCES[name]()

    small = make_thumbnail(raw, side)

    wanted = min(side, *_open(raw).size)
    assert _open(small).size == (wanted, wanted)
    assert (_open(small).mode, _open(small).format) == ("RGB", "JPEG")
    assert not _open(small).info.get("progressive")
    assert clean_picture(small) is small
    assert make_thumbnail(raw, side) == small


# -- looked at and checked --------------------------------------------------------------------------------------------


def test_looking_tells_what_a_picture_is(tmp_path: Path) -> None:
    """From a file or from bytes at hand; the digest is that of all its bytes."""
    raw = _jpeg_with(JPEG_SECRETS["exif"]) + SECRET
    (tmp_path / "cover.jpg").write_bytes(raw)

    image = read_image(tmp_path, "cover.jpg")

    assert (image.format, image.width_px, image.height_px, image.mode) == ("JPEG", 64, 48, "RGB")
    assert (image.size_bytes, image.is_embedded) == (len(raw), False)
    assert look_at_image(raw, "cover.jpg") == image
    assert look_at_image(raw, "a.mp3", is_embedded=True) == replace(image, path="a.mp3", is_embedded=True)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (lambda: _mpo(), ("JPEG", 64, 48, "RGB")),
        (lambda: _animated_png(), ("PNG", 64, 48, "RGB")),
        (lambda: _save(_picture().convert("CMYK"), "JPEG"), ("JPEG", 64, 48, "CMYK")),
        (lambda: _save(_picture().convert("RGBA"), "PNG"), ("PNG", 64, 48, "RGBA")),
        (lambda: _save(_picture(), "GIF", save_all=True, append_images=[_picture(8, 8)]), ("GIF", 64, 48, "P")),
        (lambda: _save(_picture(), "WEBP", save_all=True, append_images=[_picture()]), ("WEBP", 64, 48, "RGB")),
    ],
)
def test_of_several_pictures_the_first_counts(raw: Callable[[], bytes], wanted: tuple[str, int, int, str]) -> None:
    """Animations and pairs are looked at as the still pictures that apps show."""
    image = look_at_image(raw(), "cover")

    assert (image.format, image.width_px, image.height_px, image.mode) == wanted


def _image(**changes: object) -> Image:
    good = Image(
        path="episodes/cover.jpg", format="JPEG", width_px=3000, height_px=3000, mode="RGB", size_bytes=9, sha256="0"
    )
    return replace(good, **changes)  # type: ignore[arg-type]


OTHER_CURE = ", or write fix_artwork = true into show.toml"
SIZE_CURE = "make it square, from 1400 to 3000 pixels a side"


@pytest.mark.parametrize(
    ("changes", "level", "rule", "message"),
    [
        ({"width_px": 2000}, Level.ERROR, "AP-COVER-SIZE", f"is 2000 x 3000 pixels; {SIZE_CURE}{OTHER_CURE}"),
        (
            {"width_px": 1399, "height_px": 1399},
            Level.ERROR,
            "AP-COVER-SIZE",
            f"is 1399 x 1399 pixels; {SIZE_CURE}{OTHER_CURE}",
        ),
        (
            {"width_px": 3001, "height_px": 3001, "is_embedded": True, "path": "a.mp3"},
            Level.ERROR,
            "AP-COVER-SIZE",
            f"the picture in its tags is 3001 x 3001 pixels; {SIZE_CURE}{OTHER_CURE}",
        ),
        ({"format": "WEBP"}, Level.ERROR, "AP-COVER-FORMAT", f"is WEBP; save it as JPEG or PNG{OTHER_CURE}"),
        *(
            (
                {"mode": mode},
                Level.ERROR,
                "AP-COVER-FORMAT",
                f"has the colour mode {mode}; save it as RGB without transparency{OTHER_CURE}",
            )
            for mode in ("P", "L", "RGBA", "LA", "CMYK", "I;16", "1")
        ),
        ({"format": "PNG"}, Level.WARNING, "AP-COVER-FORMAT", "is a PNG named .jpg; it goes out as .png"),
        ({"path": "a.PNG"}, Level.WARNING, "AP-COVER-FORMAT", "is a JPEG named .png; it goes out as .jpg"),
        ({"path": "a"}, Level.WARNING, "AP-COVER-FORMAT", "is a JPEG without an ending; it goes out as .jpg"),
    ],
)
def test_what_directories_refuse_is_told_with_its_cure(
    changes: dict[str, object], level: Level, rule: str, message: str
) -> None:
    """One sentence each; only what directories refuse is an error."""
    (problem,) = check_image(_image(**changes))

    assert (problem.level, problem.rule, problem.message) == (level, rule, message)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"width_px": 1400, "height_px": 1400},
        {"path": "a.JPEG"},
        {"path": "a.png", "format": "PNG"},
        {"path": "a.mp3", "is_embedded": True},
        {"path": "a.mp3", "format": "PNG", "is_embedded": True},
    ],
)
def test_a_good_picture_has_no_problem(changes: dict[str, object]) -> None:
    """At both bounds of its size, with each true ending, and in the tags of a recording."""
    assert not list(check_image(_image(**changes)))


# -- made to do harm --------------------------------------------------------------------------------------------------


def _blank_png(width: int, height: int, depth: int = 8, colours: int = 2) -> bytes:
    """All zeros: small as a file, whatever its size in memory."""
    samples = {0: 1, 2: 3, 6: 4}[colours] * depth // 8
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    data = zlib.compress(bytes((width * samples + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _entries_sharing_their_data() -> bytes:
    """EXIF data in which each of 60,000 entries is two megabytes, the same ones."""
    entries = b"".join(struct.pack("<HHLL", tag, 7, 2_000_000, 8) for tag in range(1, 60_000))
    exif = b"II*\0" + struct.pack("<LH", 8, 59_999) + entries + bytes(2_000_000)
    parts = (_segment(0xE1, b"Exif\0\0" + exif[at : at + 65_000]) for at in range(0, len(exif), 65_000))
    raw = _save(_picture(), "JPEG")
    return raw[:2] + b"".join(parts) + raw[20:]  # without JFIF, Pillow looks for the density in the EXIF data


def _scan_over_and_over(times: int) -> bytes:
    raw = _save(Pictures.new("RGB", (5000, 5000), RED), "JPEG", progressive=True)
    return raw[:-2] + raw[raw.rindex(b"\xff\xda") : -2] * times + raw[-2:]


def _gif_with(extensions: bytes) -> bytes:
    raw = _save(_picture(), "GIF")
    screen = 13 + (3 << (raw[10] & 7) + 1)
    return raw[:screen] + extensions + raw[screen:]


def _webp_of(side: int) -> bytes:
    """A small picture on a canvas that is not."""
    edge = struct.pack("<I", side - 1)[:3]
    chunks = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + edge + edge + _save(_picture(), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "png-of-a-gigapixel": lambda: _chunkless_png(32_000, 32_000),
    "png-as-large-as-allowed": lambda: _blank_png(4100, 4100, 16, 6),
    "png-wide": lambda: _blank_png(29_000, 570),
    "png-texts-packed": lambda: _png_with(_chunk(b"zTXt", b"k\0\0" + zlib.compress(b"a" * 1_000_000)) * 60),
    "png-text-long": lambda: _png_with(_chunk(b"iTXt", b"k\0\0\0\0\0" + "\N{OWL}".encode() * 11_000_000)),
    "png-profile-packed": lambda: _png_with(_chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(300_000_000)))),
    "png-chunks": lambda: _png_with(_chunk(b"tIME", bytes(7)) * 1_000_000),
    "jpeg-entries": _entries_sharing_their_data,
    "jpeg-segments": lambda: _jpeg_with(_segment(0xE3, b"") * 5_000_000),
    "jpeg-fill-bytes": lambda: _jpeg_with(b"\xff" * 30_000_000 + b"\0"),
    "jpeg-scans": lambda: _scan_over_and_over(80),
    "jpeg-too-many-scans": lambda: _scan_over_and_over(2_000),
    "jpeg-16-megapixels": lambda: _save(Pictures.new("RGB", (4100, 4100), RED), "JPEG"),
    "jpeg-progressive-cmyk": lambda: _save(Pictures.new("CMYK", (3800, 3800), 9), "JPEG", progressive=True),
    "gif-comments": lambda: _gif_with(b"!\xfe" + (b"\xff" + b"c" * 255) * 60_000 + b"\0"),
    "gif-comments-of-a-byte": lambda: _gif_with(b"!\xfe" + b"\x01c" * 15_000_000 + b"\0"),
    "gif-screen": lambda: _save(_picture(), "GIF")[:6] + b"\xff\xff\xff\xff" + _save(_picture(), "GIF")[10:],
    "webp-canvas": lambda: _webp_of(16_383),
    "webp-large": lambda: _webp_of(2_280),
}

# The program with all its libraries takes some 65 MB, and is to stay below 200.
MAX_GROWTH_MB = 130

MEASURE = """
import sys
from pathlib import Path
from podcast_tool.model import ArtworkFit
from podcast_tool.produce.pictures import clean_picture, fix_picture, make_thumbnail
from podcast_tool.read.artwork import look_at_image

def peak_mb():
    # Not getrusage, whose peak a new process takes over from the one that started it.
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024

from PIL import Image
Image.init()
before = peak_mb()
raw = Path(sys.argv[1]).read_bytes()
for act in (
    lambda: look_at_image(raw, "x"),
    lambda: clean_picture(raw),
    lambda: fix_picture(raw, ArtworkFit.CROP),
    lambda: fix_picture(raw, ArtworkFit.PAD),
    lambda: make_thumbnail(raw, 600),
):
    try:
        act()
    except ValueError as error:
        assert ";" in str(error)
print(peak_mb() - before)
"""


def _chunkless_png(width: int, height: int) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured as Linux tells it")
@pytest.mark.parametrize("name", BOMBS)
def test_no_picture_takes_all_the_memory_or_the_day(tmp_path: Path, name: str) -> None:
    """Looked at, cleaned, fixed and made small, each takes seconds and leaves the program below 200 MB."""
    (tmp_path / "bomb").write_bytes(BOMBS[name]())

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", MEASURE, str(tmp_path / "bomb")],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < MAX_GROWTH_MB


def test_a_file_of_more_than_50_mb_is_not_looked_at(tmp_path: Path) -> None:
    """Nor read to its end."""
    with (tmp_path / "cover.png").open("wb") as file:
        file.truncate(1 << 36)

    with pytest.raises(ImageError, match="is larger than 50 MB"):
        read_image(tmp_path, "cover.png")


@cache
def _small_pictures() -> tuple[bytes, ...]:
    picture = _picture(40, 30)
    return (
        _save(picture, "JPEG", icc_profile=_profile()),
        _save(picture.convert("CMYK"), "JPEG", progressive=True),
        _jpeg_with(*JPEG_SECRETS.values()),
        _save(picture, "PNG", icc_profile=_profile(), dpi=(72, 72)),
        _save(picture.convert("P"), "PNG", transparency=1),
        _png_with(*PNG_SECRETS.values()),
        _mpo(),
        _save(picture, "GIF", save_all=True, append_images=[picture.rotate(90)]),
        _save(picture.convert("RGBA"), "WEBP", lossless=True, exif=_exif(6)),
    )


@st.composite
def _odd_pictures(draw: st.DrawFn) -> bytes:
    """Real files with bytes changed, cut out and put in; the checksums of a PNG made good again in half of them."""
    raw = bytearray(draw(st.sampled_from(_small_pictures())))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.integers(0, 30))] = draw(st.binary(max_size=30))
    return _with_checksums(bytes(raw)) if draw(st.booleans()) else bytes(raw)


def _with_checksums(raw: bytes) -> bytes:
    position, pieces = 8, [raw[:8]]
    while raw.startswith(b"\x89PNG") and position + 12 <= len(raw):
        size = int.from_bytes(raw[position : position + 4], "big")
        pieces.append(_chunk(raw[position + 4 : position + 8], raw[position + 8 : position + 8 + size]))
        position += 12 + size
    return b"".join(pieces) if len(pieces) > 1 else raw


@settings(max_examples=600, deadline=None)
@given(_odd_pictures() | st.binary(max_size=300))
def test_any_bytes_end_in_a_picture_or_a_sentence(raw: bytes) -> None:
    """Never another exception; what was cleaned is clean, and shows what it showed."""
    with suppress(ImageError):
        image = look_at_image(raw, "cover.jpg")
        assert image.width_px > 0
        assert list(check_image(image))
    with suppress(PictureError):
        cleaned = clean_picture(raw)
        assert clean_picture(cleaned) == cleaned
        assert SECRET not in cleaned
    with suppress(PictureError):
        assert _open(make_thumbnail(raw, 20)).width <= 20


@settings(max_examples=60, deadline=None)
@given(_odd_pictures(), st.sampled_from(ArtworkFit))
def test_whatever_can_be_fixed_is_good(raw: bytes, fit: ArtworkFit) -> None:
    """A picture that decodes becomes one without a problem, however odd its file."""
    with suppress(PictureError):
        assert _problems(fix_picture(raw, fit)) == []
