"""Numbers that more than one stage keeps to."""

from __future__ import annotations

# Apple's, of the whole recording (AP-AUDIO-LOUD).
TARGET_LUFS = -16.0
LOUDNESS_TOLERANCE_LU = 2.0

# CTOC counts its entries in one byte (ID3v2 Chapter Frame Addendum, section 3.2).
MAX_ID3_CHAPTERS = 255
