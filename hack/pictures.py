#!/usr/bin/env python3
"""Draws text of a terminal, or a plan in a pull request, as SVG. Run by `make pictures`; needs nothing but Python 3.

    pictures.py terminal TITLE < text > picture.svg
    pictures.py comment TITLE < text > picture.svg
"""
import re
import sys
import uuid
from xml.sax.saxutils import escape

FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"
SIZE, LINE, CHAR, MARGIN = 13, 18, 7.82, 16
COLUMNS = 118


def wrapped(lines):
    """As a terminal of that width shows them."""
    for line in lines:
        yield line[:COLUMNS]
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        line = line[COLUMNS:]
        while line:
            yield indent + line[:COLUMNS - len(indent)]
            line = line[COLUMNS - len(indent):]


def text(x, y, content, fill, weight="normal", family=FONT):
    return (f'<text x="{x}" y="{y}" fill="{fill}" font-weight="{weight}" font-family="{family}" font-size="{SIZE}" '
            f'xml:space="preserve">{escape(content)}</text>')


def terminal_style(line):
    """The colours of the demo: tests/ImageTagOperator.Sandbox/Demo/Story.cs."""
    if re.match(r"\d+\. ", line):
        return "#ffffff", "bold"
    if line.startswith("   | "):
        return "#56b6c2", "normal"
    if line.startswith("   -> "):
        return "#e5c07b", "normal"
    if line.startswith("$ "):
        return "#98c379", "bold"
    return "#c8ccd4", "normal"


def terminal(title, lines):
    rows, top = list(wrapped(lines)), 40
    width, height = int(COLUMNS * CHAR + 2 * MARGIN), top + len(rows) * LINE + MARGIN
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">'
    yield f"<title>{escape(title)}</title>"
    yield f'<rect width="{width}" height="{height}" rx="8" fill="#1e222a"/>'
    for i, colour in enumerate(["#e06c75", "#e5c07b", "#98c379"]):
        yield f'<circle cx="{20 + 18 * i}" cy="18" r="5" fill="{colour}"/>'
    yield text(90, 23, title, "#8b919c")
    for i, row in enumerate(rows):
        if row:
            yield text(MARGIN, top + 14 + i * LINE, row, *terminal_style(row))
    yield "</svg>"


def comment(title, lines):
    rows, top = list(wrapped(lines)), 84
    width, height = int(COLUMNS * CHAR + 2 * MARGIN), top + len(rows) * LINE + 2 * MARGIN
    sans = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">'
    yield f"<title>{escape(title)}</title>"
    yield f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="6" fill="#ffffff" stroke="#d1d9e0"/>'
    yield f'<path d="M.5 36V7a6 6 0 0 1 6-6h{width - 13}a6 6 0 0 1 6 6v29z" fill="#f6f8fa" stroke="#d1d9e0"/>'
    yield text(MARGIN, 24, "github-actions", "#1f2328", "bold", sans)
    yield text(MARGIN + 116, 24, "commented on this pull request", "#59636e", "normal", sans)
    yield text(MARGIN, 60, "Image tags", "#1f2328", "bold", sans)
    yield f'<rect x="{MARGIN}" y="{top - 12}" width="{width - 2 * MARGIN}" height="{len(rows) * LINE + 20}" rx="6" fill="#f6f8fa"/>'
    for i, row in enumerate(rows):
        y, fill = top + 10 + i * LINE, "#1f2328"
        for sign, colour, back in [("+", "#116329", "#dafbe1"), ("-", "#82071e", "#ffebe9"), ("!", "#953800", "#fff1e5")]:
            if row.startswith(sign):
                fill = colour
                yield f'<rect x="{MARGIN}" y="{y - 13}" width="{width - 2 * MARGIN}" height="{LINE}" fill="{back}"/>'
        if row:
            yield text(MARGIN + 10, y, row, fill)
    yield "</svg>"


def stable(match):
    if match[0] not in ids:
        ids.append(match[0])
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"image {ids.index(match[0])}"))


if __name__ == "__main__":
    # Ids differ from run to run, and the picture should not: the first one is always the same, the second one another, and so on.
    ids = []
    printed = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", stable, sys.stdin.read()).rstrip("\n").split("\n")
    while printed and not printed[0]:
        printed.pop(0)
    print("\n".join({"terminal": terminal, "comment": comment}[sys.argv[1]](sys.argv[2], printed)))
