#!/usr/bin/env python3
"""Draws the panels of a Grafana dashboard as SVG, from the dashboard's own queries. Run by hack/dashboard-picture.sh; needs nothing but
Python 3 and a Prometheus.

    dashboard-picture.py dashboard.json http://127.0.0.1:9090 START > picture.svg

START is a Unix time; the picture ends now. Panels without data are named on standard error.
"""
import json
import math
import re
import sys
import time
import urllib.parse
import urllib.request
from xml.sax.saxutils import escape

CAPTION = ["Drawn by hack/dashboard-picture.sh from the dashboard's queries on a real Prometheus;",
           "Grafana draws the same data in its own style."]
VARIABLES = {"$cluster": ".*", "$namespace": "image-tag-system", "$job": "image-tag-operator", "$__rate_interval": "15s"}
STEP = 2    # seconds between two points
WIDTH, COLUMN, ROW, TOP, GAP = 1200, 50, 32, 76, 4
TITLE, SMALL, LINE = 16, 14, 19     # sizes of text, and the height of a line of a legend
INK, PALE, RULE = "#1f2328", "#57606a", "#d8dee4"
PALETTE = ["#3274d9", "#37872d", "#e0752d", "#c4162a", "#8f3bb8", "#0a9396", "#b08800", "#d6339a", "#6e7781", "#7b4a12"]
COLOURS = {"green": "#1a7f37", "orange": "#bc6c00", "red": "#c4162a"}
KUBE_STATE_METRICS = "kube-state-metrics"


def ask(path, **parameters):
    with urllib.request.urlopen(f"{PROMETHEUS}/api/v1/{path}", urllib.parse.urlencode(parameters).encode()) as answer:
        return json.load(answer)["data"]["result"]


def expression(target):
    query = target["expr"]
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return query


def number(value):
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def formatted(value, unit):
    if unit == "s":
        if value == 0 or 1 <= value < 120:
            return f"{number(value)} s"
        return f"{number(value * 1000)} ms" if value < 1 else f"{number(value / 60)} min"
    return number(value) + {"reqps": " req/s", "ops": " ops/s"}.get(unit, "")


def wide(content, size=SMALL):
    """About as many pixels as a proportional font needs."""
    return len(content) * size * 0.55


def text(x, y, content, size=SMALL, fill=INK, anchor="start", weight="normal"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(content)}</text>')


def line(x1, y1, x2, y2, stroke=RULE, more=""):
    return f'<path d="M{x1:.0f} {y1:.1f}L{x2:.0f} {y2:.1f}" stroke="{stroke}" {more}/>'


def scale(top):
    """The distance of the lines across a chart: at most five of them, at 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(top / 4))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor * 4 >= top * 0.999)


def path(points):
    """Without the points in the middle of a level stretch."""
    kept = [p for i, p in enumerate(points) if i in (0, len(points) - 1) or not points[i - 1][1] == p[1] == points[i + 1][1]]
    return "L".join(f"{x:.0f} {y:.1f}" for x, y in kept)


def stretches(values):
    """The parts of a series without a gap; NaN, as of a rate of nothing, is a gap."""
    part = []
    for i, value in enumerate(values):
        if value is not None:
            part.append((i, value))
        elif part:
            yield part
            part = []
    if part:
        yield part


def query_range(panel, times):
    """Pairs of name and values, with None where there is none."""
    for target in panel["targets"]:
        for found in ask("query_range", query=expression(target), start=times[0], end=times[-1], step=STEP):
            name = re.sub(r"\{\{(\w+)\}\}", lambda label: found["metric"].get(label[1], ""), target["legendFormat"]).strip()
            at = {round(when): float(value) for when, value in found["values"]}
            values = [at.get(when) for when in times]
            yield name, [value if value is not None and math.isfinite(value) else None for value in values]


def timeseries(panel, x, y, width, height):
    times = range(START, END + 1, STEP)
    series = [found for found in query_range(panel, times) if any(value is not None for value in found[1])]
    series.sort(key=lambda found: found[0])
    if not series:
        return None
    field = panel["fieldConfig"]["defaults"]
    stacked, base = "stacking" in field["custom"], [0.0] * len(times)
    drawn = []      # of each series its stretches: index, lower and upper value
    for name, values in series:
        drawn.append([[(i, base[i] if stacked else 0.0, value + (base[i] if stacked else 0.0)) for i, value in part]
                      for part in stretches(values)])
        if stacked:
            base = [below + (value or 0) for below, value in zip(base, values)]
    highest = max(upper for parts in drawn for part in parts for _, _, upper in part) or 1.0
    step = scale(highest * 1.04)
    top = step * math.ceil(highest * 1.04 / step - 1e-9)

    rows = [[]]
    for i, (name, _) in enumerate(series):
        if rows[-1] and sum(wide(other) + 34 for _, other in rows[-1]) + wide(name) + 34 > width:
            rows.append([])
        rows[-1].append((i, name))
    left, right, upper_edge = x + 74, x + width - 16, y + 40
    lower_edge = y + height - 30 - LINE * len(rows)

    def px(i):
        return left + (right - left) * i / (len(times) - 1)

    def py(value):
        return lower_edge - (lower_edge - upper_edge) * value / top

    out = []
    for i in range(round(top / step) + 1):
        out.append(line(left, py(i * step), right, py(i * step)))
        out.append(text(left - 7, py(i * step) + 5, formatted(i * step, field.get("unit")), fill=PALE, anchor="end"))
    for second in range(0, END - START - 4, 30):
        out.append(text(px(second / STEP), lower_edge + 18, f"{second // 60}:{second % 60:02}", fill=PALE, anchor="middle"))
    for threshold in field["thresholds"]["steps"][1:]:
        if threshold["value"] <= top:
            out.append(line(left, py(threshold["value"]), right, py(threshold["value"]), COLOURS[threshold["color"]],
                            'stroke-dasharray="7 5"'))
    for i, parts in enumerate(drawn):
        colour = PALETTE[i % len(PALETTE)]
        for part in parts:
            uppers = [(px(at), py(upper)) for at, _, upper in part]
            lowers = [(px(at), py(lower)) for at, lower, _ in reversed(part)]
            if len(part) == 1:
                out.append(f'<circle cx="{uppers[0][0]:.0f}" cy="{uppers[0][1]:.1f}" r="2.5" fill="{colour}"/>')
                continue
            out.append(f'<path d="M{path(uppers)}L{path(lowers)}z" fill="{colour}" fill-opacity=".12"/>')
            out.append(f'<path d="M{path(uppers)}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for row, entries in enumerate(rows):
        at, middle = x + 14, y + height - 10 - LINE * (len(rows) - 1 - row)
        for i, name in entries:
            out.append(f'<rect x="{at:.0f}" y="{middle - 7}" width="14" height="4" fill="{PALETTE[i % len(PALETTE)]}"/>')
            out.append(text(at + 19, middle, name))
            at += wide(name) + 34
    return out


def stat(panel, x, y, width, height):
    found = ask("query", query=expression(panel["targets"][0]), time=END)
    if not found:
        return None
    value, field = float(found[0]["value"][1]), panel["fieldConfig"]["defaults"]
    colour = [step["color"] for step in field["thresholds"]["steps"] if step["value"] is None or value >= step["value"]][-1]
    return [text(x + width / 2, y + height / 2 + 30, formatted(value, field["unit"]), 46, COLOURS[colour], "middle", "bold")]


def table(panel, x, y, width, height):
    found = ask("query", query=expression(panel["targets"][0]), time=END)
    if not found:
        return None
    organize = panel["transformations"][0]["options"]
    order = organize.get("indexByName", {})
    shown = [name for name in [*sorted(found[0]["metric"]), "Value"] if not organize["excludeByName"].get(name)]
    shown.sort(key=lambda name: order.get(name, len(order)))
    unit = panel["fieldConfig"]["defaults"].get("unit")
    rows = [[organize.get("renameByName", {}).get(name, name) for name in shown]]
    for row in found:
        rows.append([formatted(float(row["value"][1]), unit) if name == "Value" else row["metric"].get(name, "") for name in shown])
    widths = [max(wide(row[i]) for row in rows) for i in range(len(shown))]
    spare = (width - 28 - sum(widths)) / len(shown)
    out = []
    for i, row in enumerate(rows[:int((height - 40) / 26)]):
        at, middle = x + 14, y + 58 + 26 * i
        for cell, taken in zip(row, widths):
            out.append(text(at, middle, cell, fill=INK if i else PALE, weight="normal" if i else "bold"))
            at += taken + spare
        out.append(line(x + 14, middle + 8, x + width - 14, middle + 8))
    return out


def draw(panel):
    at = panel["gridPos"]
    x, y = at["x"] * COLUMN + GAP, TOP + at["y"] * ROW + GAP
    width, height = at["w"] * COLUMN - 2 * GAP, at["h"] * ROW - 2 * GAP
    if panel["type"] == "row":
        return [text(x + 4, y + 19, panel["title"], 18, weight="bold")]
    out = [f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="#fff" stroke="{RULE}"/>',
           text(x + 12, y + 24, panel["title"], TITLE, weight="bold")]
    data = {"timeseries": timeseries, "stat": stat, "table": table}[panel["type"]](panel, x, y, width, height)
    if data is None:
        print(f"no data: {panel['title']}", file=sys.stderr)
        needs = KUBE_STATE_METRICS in panel["description"]
        data = [text(x + width / 2, y + height / 2 + 6, f"no data ({KUBE_STATE_METRICS} does not run here)" if needs else "no data",
                     fill=PALE, anchor="middle")]
    return out + data


def picture(dashboard):
    height = TOP + ROW * max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"]) + GAP
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
           "font-family=\"-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif\">")
    yield f"<title>The dashboard {escape(dashboard['title'])}</title>"
    yield f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    yield text(8, 38, dashboard["title"], 24, weight="bold")
    for i, row in enumerate(CAPTION):
        yield text(WIDTH - 8, 28 + 20 * i, row, 15, PALE, "end")
    yield text(WIDTH - 8, 68, "Time in minutes and seconds since the start.", 15, PALE, "end")
    for panel in dashboard["panels"]:
        yield from draw(panel)
    yield "</svg>"


if __name__ == "__main__":
    PROMETHEUS, START, END = sys.argv[2], int(sys.argv[3]), int(time.time())
    with open(sys.argv[1], encoding="utf-8") as file:
        print("\n".join(picture(json.load(file))))
