"""Pictures of how it goes, from the decisions on the desk and the reports of the runs. Pure.

Where there is too little to see, that is said: a curve through three points teaches nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from pipeline.desk import Day
from pipeline.review import drawing
from pipeline.review.drawing import WIDTH, Chart, rect, text
from pipeline.review.view import account
from pipeline.review.words import Words
from pipeline.types import Reason, RunReport, Score

FEWEST = 20
"""Decisions below which calibration and recall are noise."""
_BINS = 5
_MAX_SOURCES = 12
_MAX_INTERESTS = 5
_MAX_REASONS = 8
_LEAST_SHARE = 0.005
"""What would be drawn as +0.00; the table has it all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One article that was on the desk and decided on; `kept` where it stayed in the note."""

    day: date
    source: str
    relevance: float
    suggested: int
    given: int | None
    kept: bool
    decided: bool
    reasons: tuple[Reason, ...] = ()


def observe(days: Sequence[Day]) -> tuple[Seen, ...]:
    """Everything scored on these days. On a day with decisions, also seen ones count as not kept."""
    return tuple(seen for day in days for seen in _of(day))


def _of(day: Day) -> list[Seen]:
    worked_on = any(i.state != "pending" for i in (*day.items, *day.dropped))
    found = []
    for item in (*day.items, *day.also_seen, *day.dropped):
        if item.score is None:
            continue
        passed_over = item.place == "also_seen" and worked_on
        found.append(
            Seen(
                day=day.day,
                source=account(item),
                relevance=min(1.0, max(0.0, item.score.relevance)),
                suggested=item.score.suggested_stars,
                given=item.given,
                kept=item.place == "items" and item.state == "kept",
                decided=item.state != "pending" or passed_over,
                reasons=item.score.reasons,
            )
        )
    return found


def explanation(score: Score, w: Words) -> Chart:
    """What pulled one score up and down, the strongest first."""
    told = [r for r in score.reasons if abs(r.share) >= _LEAST_SHARE]
    strongest = sorted(told, key=lambda r: -abs(r.share))[:_MAX_REASONS]
    rows = [(_reason(r, w), r.share) for r in strongest]
    figures = [(_reason(r, w), float(r.share)) for r in score.reasons]
    return Chart(
        title=w("why"),
        svg=drawing.bars(w("why"), rows) if rows else drawing.NOTHING,
        table=drawing.table((w("col_reason"), w("col_pull")), figures),
    )


def _reason(reason: Reason, w: Words) -> str:
    """The reason as a reader says it; a fact about the article needs no kind before it."""
    known = f"reason_{reason.label}"
    label = w(known) if w.has(known) else reason.label
    return label if reason.kind == "metadata" or w.has(known) else f"{w(reason.kind)} · {label}"


def stars(seen: Sequence[Seen], w: Words) -> Chart:
    """Suggested against given stars, as counts."""
    counted = Counter((s.given, s.suggested) for s in seen if s.given is not None)
    chart = Chart(title=w("chart_stars"), note=w("chart_stars_note"))
    if not counted:
        return _missing(chart, w, 1, 0)
    most = max(counted.values())
    cell, left, top = 44, 80, 26
    parts = [text(left + 2.5 * cell, 12, w("col_suggested") + " →", "figure", "middle")]
    for given in range(6):
        y = top + (5 - given) * cell
        parts.append(text(left - 8, y + 27, f"{w('col_given')} {given}★", "figure", "end"))
        for suggested in range(1, 6):
            n = counted.get((given, suggested), 0)
            x = left + (suggested - 1) * cell
            parts.append(
                rect(
                    x,
                    y,
                    cell - 3,
                    cell - 3,
                    "heat" if n else "hole",
                    0.2 + 0.8 * n / most if n else 1,
                )
            )
            if n:
                strong = "strong" if n / most > 0.5 else "figure"
                parts.append(text(x + cell / 2 - 1, y + 26, str(n), strong, "middle"))
    for suggested in range(1, 6):
        middle = left + (suggested - 0.5) * cell
        parts.append(text(middle, top + 6 * cell + 12, f"{suggested}★", "figure", "middle"))
    rows = [(f"{s}★", f"{g}★", n) for (g, s), n in sorted(counted.items(), reverse=True)]
    head = (w("col_suggested"), w("col_given"), "n")
    return _with(
        chart, drawing.svg(chart.title, top + 6 * cell + 18, parts, 360), drawing.table(head, rows)
    )


def calibration(seen: Sequence[Seen], w: Words) -> Chart:
    """The share that was kept in each fifth of the relevance scale."""
    chart = Chart(title=w("chart_calibration"), note=w("chart_calibration_note"))
    decided = [s for s in seen if s.decided]
    if len(decided) < FEWEST:
        return _missing(chart, w, FEWEST, len(decided))
    bins: dict[int, list[Seen]] = defaultdict(list)
    for one in decided:
        bins[min(_BINS - 1, int(one.relevance * _BINS))].append(one)
    rows = []
    for _, inside in sorted(bins.items()):
        kept = sum(s.kept for s in inside)
        mean = sum(s.relevance for s in inside) / len(inside)
        rows.append((mean, len(inside), kept, kept / len(inside)))
    drawn = drawing.plot(
        chart.title,
        [(r[0], r[3]) for r in rows],
        [r[1] for r in rows],
        ("0", w("relevance") + " 1"),
    )
    head = (w("col_relevance"), w("col_seen"), w("col_kept"), w("col_share"))
    return _with(chart, drawn, drawing.table(head, rows))


def recall(seen: Sequence[Seen], w: Words) -> Chart:
    """How much of what was kept one has met after reading so many, most relevant first."""
    chart = Chart(title=w("chart_recall"), note=w("chart_recall_note"))
    decided = [s for s in seen if s.decided]
    kept = sum(s.kept for s in decided)
    if len(decided) < FEWEST or not kept:
        return _missing(chart, w, FEWEST, len(decided))
    # Each day is read from its own top: the share of its list read is what days have in common.
    places: list[tuple[float, bool]] = []
    by_day: dict[date, list[Seen]] = defaultdict(list)
    for one in decided:
        by_day[one.day].append(one)
    for ones in by_day.values():
        ranked = sorted(ones, key=lambda s: -s.relevance)
        places += [((rank + 1) / len(ranked), one.kept) for rank, one in enumerate(ranked)]
    curve = [(0.0, 0.0)]
    for tenth in range(1, 11):
        found = sum(k for share, k in places if share <= tenth / 10 + 1e-9)
        curve.append((tenth / 10, found / kept))
    rows = [(f"{x:.0%}", f"{y:.0%}") for x, y in curve[1:]]
    drawn = drawing.plot(chart.title, curve, (), ("0%", w("col_read") + " 100%"))
    return _with(chart, drawn, drawing.table((w("col_read"), w("col_recall")), rows))


def drift(seen: Sequence[Seen], w: Words) -> Chart:
    """What each interest contributed to the kept items, month by month."""
    chart = Chart(title=w("chart_drift"), note=w("chart_drift_note"))
    months: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    kept: Counter[str] = Counter()
    for one in seen:
        if not one.kept:
            continue
        month = f"{one.day:%Y-%m}"
        kept[month] += 1
        for reason in one.reasons:
            if reason.kind == "interest" and reason.share > 0:
                months[month][reason.label] += reason.share
    if len(months) < 2:
        return Chart(title=chart.title, note=chart.note, missing=w("why_months"))
    total: dict[str, float] = defaultdict(float)
    for pulled in months.values():
        for name, share in pulled.items():
            total[name] += share
    names = sorted(total, key=lambda name: (-total[name], name))[:_MAX_INTERESTS]
    rows = [
        (month, name, months[month][name] / kept[month])
        for month in sorted(months)
        for name in names
    ]
    return _with(
        chart,
        _small_multiples(chart.title, sorted(months), names, {(m, n): v for m, n, v in rows}),
        drawing.table((w("col_month"), w("col_interest"), w("col_share")), rows),
    )


def _small_multiples(
    label: str, months: Sequence[str], names: Sequence[str], values: dict[tuple[str, str], float]
) -> Markup:
    most = max(values.values(), default=0) or 1
    left, tall = 180, 40
    step = (WIDTH - left - 10) / len(months)
    parts = []
    for index, name in enumerate(names):
        floor = (index + 1) * (tall + 12)
        parts.append(text(0, floor - 12, drawing.clipped(name, 26), "name"))
        for place, month in enumerate(months):
            height = tall * values[month, name] / most
            parts.append(rect(left + place * step, floor - height, step - 4, height, "up"))
    bottom = len(names) * (tall + 12) + 16
    for place in {0, len(months) - 1}:
        parts.append(
            text(left + (place + 0.5) * step - 2, bottom, months[place], "figure", "middle")
        )
    return drawing.svg(label, bottom + 8, parts)


def sources(seen: Sequence[Seen], w: Words) -> Chart:
    """Articles seen and kept, by source."""
    chart = Chart(title=w("chart_yield"), note=w("chart_yield_note"))
    decided = [s for s in seen if s.decided]
    if not decided:
        return _missing(chart, w, 1, 0)
    met, kept = Counter(s.source for s in decided), Counter(s.source for s in decided if s.kept)
    ranked = sorted(met, key=lambda name: (-kept[name], -met[name], name))
    most = max(met.values())
    parts = []
    for index, name in enumerate(ranked[:_MAX_SOURCES]):
        y, unit = index * 26, (WIDTH - 250) / most
        parts.append(text(0, y + 17, drawing.clipped(name or "—", 30), "name"))
        parts.append(rect(200, y + 6, met[name] * unit, 14, "track"))
        parts.append(rect(200, y + 6, kept[name] * unit, 14, "up"))
        parts.append(text(206 + met[name] * unit, y + 17, f"{kept[name]} / {met[name]}", "figure"))
    rows = [(name or "—", met[name], kept[name], kept[name] / met[name]) for name in ranked]
    head = (w("col_source"), w("col_seen"), w("col_kept"), w("col_share"))
    drawn = drawing.svg(chart.title, min(len(ranked), _MAX_SOURCES) * 26 + 4, parts)
    return _with(chart, drawn, drawing.table(head, rows))


def runs(reports: Sequence[RunReport], w: Words) -> Chart:
    """How long the latest runs took and which had failures, oldest first."""
    chart = Chart(title=w("chart_runs"), note=w("chart_runs_note"))
    ordered = sorted(reports, key=lambda r: r.started_at)
    if not ordered:
        return Chart(title=chart.title, note=chart.note, missing=w("why_runs"))
    took = [sum(s.seconds for s in r.stages) for r in ordered]
    failed = [sum(s.failed for s in r.stages) for r in ordered]
    most = max(took) or 1
    step = min(48.0, (WIDTH - 60) / len(ordered))
    parts = [
        text(0, 14, f"{most:.0f} s", "figure"),
        drawing.line([(50, 120), (WIDTH, 120)], "grid"),
    ]
    for index, seconds in enumerate(took):
        x = 50 + index * step
        parts.append(rect(x, 120 - 110 * seconds / most, step - 4, 110 * seconds / most, "up"))
        if failed[index]:
            parts.append(drawing.dot(x + step / 2 - 2, 130, "failed", 3.5))
    rows = [
        (f"{r.started_at:%Y-%m-%d %H:%M} UTC", took[i], r.items, failed[i])
        for i, r in reversed(list(enumerate(ordered)))
    ]
    head = (w("col_run"), w("col_seconds"), w("col_made"), w("col_failed"))
    return _with(chart, drawing.svg(chart.title, 140, parts), drawing.table(head, rows))


def _missing(chart: Chart, w: Words, needed: int, have: int) -> Chart:
    why = w("why_decisions", n=needed, have=have)
    return Chart(title=chart.title, note=chart.note, missing=w("too_little", why=why))


def _with(chart: Chart, drawn: Markup, figures: Markup) -> Chart:
    return Chart(title=chart.title, note=chart.note, svg=drawn, table=figures)
