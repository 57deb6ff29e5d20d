"""The one fact in a picture's EXIF data that changes how it looks."""

from __future__ import annotations

import struct

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION, _SHORT = 0x0112, 3


def parse_orientation(exif: bytes) -> int:
    """How the picture is to be turned, from 1 (not at all) to 8: tag Orientation of CIPA DC-008, section 4.6.5.

    *exif* begins with its TIFF header. Data that are broken or say nothing give 1.
    """
    order = _ORDERS.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}L", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, number, value = struct.unpack_from(f"{order}HHLH", exif, at)
            if (tag, kind, number) == (_ORIENTATION, _SHORT, 1):
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
