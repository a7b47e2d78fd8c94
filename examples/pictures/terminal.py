"""Draws what a terminal showed, with its colours, as an SVG: terminal.py COMMAND <CAPTURE >PICTURE."""

import re
import sys
from html import escape

COLUMN, LINE, MARGIN = 8.43, 19, 20
COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "36": "#79c0ff"}
# An SVG shows several ordinary spaces as one.
NO_BREAK_SPACE = "\u00a0"
CSI = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")


def spans(line):
    """Yields each piece of text with the style that SGR sequences give it."""
    style, at = {}, 0
    for found in CSI.finditer(line):
        yield line[at : found.start()], dict(style)
        at = found.end()
        for code in found[1].split(";") if found[2] == "m" else ():
            if code in ("", "0"):
                style.clear()
            elif code == "1":
                style["font-weight"] = "bold"
            elif code in COLOURS:
                style["fill"] = COLOURS[code]
    yield line[at:], style


def shown(capture):
    """Yields the lines that stay visible: a progress bar is overwritten, and leaves nothing."""
    for line in capture.replace("\r\n", "\n").split("\n"):
        line = line.split("\r")[-1]
        # Keeps what was written after the line was last cleared.
        line = re.split(r"\x1b\[2?K", line)[-1]
        yield line


def main():
    lines = [f"\x1b[1m$ {sys.argv[1]}\x1b[0m", *shown(sys.stdin.read().rstrip("\r\n"))]
    bare = [CSI.sub("", line) for line in lines]
    width = max(map(len, bare)) * COLUMN + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}">')
    print('<rect width="100%" height="100%" rx="8" fill="#0d1117"/>')
    print('<g fill="#e6edf3" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">')
    for number, line in enumerate(lines):
        y = MARGIN + LINE * (number + 0.75)
        parts = []
        for text, style in spans(line):
            if text:
                attributes = "".join(f' {name}="{value}"' for name, value in style.items())
                text = escape(text, quote=False).replace(" ", NO_BREAK_SPACE)
                parts.append(f"<tspan{attributes}>{text}</tspan>")
        if parts:
            length = f' textLength="{len(CSI.sub("", line)) * COLUMN:.1f}" lengthAdjust="spacingAndGlyphs"'
            print(f'<text x="{MARGIN}" y="{y:.1f}"{length}>{"".join(parts)}</text>')
    print("</g>\n</svg>")


main()
