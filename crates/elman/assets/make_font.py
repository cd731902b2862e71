"""Makes `DejaVuSans.glyphs`, the letters of the PNG pictures: outlines of DejaVu Sans, one letter a line.

    python make_font.py /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf DejaVuSans.glyphs      # needs fonttools 4

A line has the letter's Unicode number (hexadecimal), its width and its outline as an SVG path, in units of 1/2048 em. The
first line, number 0, is the box that stands for a letter without a line.
"""

import sys

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F),  # Latin
    (0x370, 0x3FF),  # Greek
    (0x2010, 0x2027), (0x202F, 0x203A),  # dashes, quotes, ellipsis, narrow spaces
    (0x2070, 0x208E), (0x20AC, 0x20AC),  # superscripts and subscripts, the euro
    (0x2190, 0x2195), (0x2202, 0x2202), (0x2207, 0x2207), (0x2211, 0x2212), (0x221A, 0x221A), (0x221E, 0x221E),
    (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265),  # arrows, minus and a little mathematics
]


class Path(BasePen):
    """Writes an outline as an SVG path of M, L, Q and Z."""

    def __init__(self, glyphs):
        super().__init__(glyphs)
        self.parts = []

    def _moveTo(self, to):
        self.parts.append(f"M {to[0]:g} {to[1]:g}")

    def _lineTo(self, to):
        self.parts.append(f"L {to[0]:g} {to[1]:g}")

    def _qCurveToOne(self, control, to):
        self.parts.append(f"Q {control[0]:g} {control[1]:g} {to[0]:g} {to[1]:g}")

    def _closePath(self):
        self.parts.append("Z")


source, target = sys.argv[1:3]
font = TTFont(source)
assert font["head"].unitsPerEm == 2048
glyphs, letters = font.getGlyphSet(), font.getBestCmap()
names = {0: ".notdef"} | {code: letters[code] for first, last in RANGES for code in range(first, last + 1) if code in letters}
with open(target, "w", encoding="ascii") as out:
    for code, name in names.items():
        path = Path(glyphs)
        glyphs[name].draw(path)
        out.write(f"{code:x} {glyphs[name].width:g} {' '.join(path.parts)}\n")
