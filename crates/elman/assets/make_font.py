"""Makes `DejaVuSans-elman.ttf`, the font of the PNG pictures: DejaVu Sans cut down to what a picture needs.

    python make_font.py /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf DejaVuSans-elman.ttf      # needs fonttools 4

Each glyph also gets a line without area at x = 0. The text engine of `plotters` puts the *ink* of a glyph at the pen and
so forgets the space to its left ("11" and "il" would run together); with the line, the ink begins at the pen.
"""

import sys

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen

RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F),  # Latin
    (0x370, 0x3FF),  # Greek
    (0x2010, 0x2027), (0x202F, 0x203A),  # dashes, quotes, ellipsis, narrow spaces
    (0x2070, 0x208E), (0x20AC, 0x20AC),  # superscripts and subscripts, the euro
    (0x2190, 0x2195), (0x2202, 0x2202), (0x2207, 0x2207), (0x2211, 0x2212), (0x221A, 0x221A), (0x221E, 0x221E),
    (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265),  # arrows, minus and a little mathematics
]

source, target = sys.argv[1:3]
options = subset.Options(
    hinting=False, notdef_outline=True, glyph_names=False, legacy_kern=True, layout_features=[],
    drop_tables=["GPOS", "GSUB", "GDEF", "MATH", "FFTM"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
)
font = subset.load_font(source, options)
cut = subset.Subsetter(options)
cut.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
cut.subset(font)

glyphs = font["glyf"]
for name in font.getGlyphOrder():
    glyph = glyphs[name]
    if glyph.isComposite() or glyph.numberOfContours <= 0 or glyph.xMin <= 0:
        continue
    bottom, top = glyph.yMin, glyph.yMax
    pen = TTGlyphPen(glyphs)
    glyph.draw(pen, glyphs)
    pen.moveTo((0, bottom))
    pen.lineTo((0, top))
    pen.closePath()
    glyphs[name] = pen.glyph()
    glyphs[name].recalcBounds(glyphs)
for name in font.getGlyphOrder():
    glyphs[name].recalcBounds(glyphs)
    advance, _ = font["hmtx"][name]
    font["hmtx"][name] = (advance, getattr(glyphs[name], "xMin", 0))
subset.save_font(font, target, options)
