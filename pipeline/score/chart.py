"""The backtest's calibration as a small SVG picture, without any library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

_SIDE, _LEFT, _TOP = 400, 74, 78
_WIDTH, _HEIGHT = _SIDE + _LEFT + 40, _SIDE + _TOP + 70
_INK, _FAINT, _BLUE = "#333", "#ddd", "#1f5f9e"
_APART = 46
"""Pixels that the words of a mark need to themselves."""


def calibration_svg(found: Mapping[str, Any]) -> str:
    """Relevance across, share kept upwards, with intervals; the diagonal is perfect."""
    rows: Sequence[Mapping[str, Any]] = found["calibration"]
    said = "估计的相关度与实际留下的比例" if rows else "取舍还太少，没有可画的"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" role="img" fill="{_INK}" '
        'font-family="Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif" font-size="13">'
        f"<title>{escape(said)}</title>"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        f"{_grid()}{_text(_WIDTH / 2, 28, said, size=16)}"
        f"{_text(_WIDTH / 2, 50, _under(found), size=12)}{_marks(rows)}"
        f"{_text(_LEFT + _SIDE / 2, _HEIGHT - 22, '估计的相关度')}"
        f'<text x="22" y="{_TOP + _SIDE / 2}" text-anchor="middle" '
        f'transform="rotate(-90 22 {_TOP + _SIDE / 2})">实际留下的比例</text></svg>\n'
    )


def _under(found: Mapping[str, Any]) -> str:
    if not found["calibration"]:
        return "在审阅页删掉几篇不想要的，就有取舍可以比较。"
    errors = [f"{row['name']} {row['brier']:.3f}" for row in found["probabilities"]]
    return f"{found['tried']} 次没见过的取舍；均方差：{'，'.join(errors)}"


def _grid() -> str:
    lines = []
    for tenths in range(0, 11, 2):
        x, y, share = _x(tenths / 10), _y(tenths / 10), f"{tenths * 10}%"
        lines.append(f'<path d="M{_x(0)} {y}H{_x(1)}M{x} {_y(0)}V{_y(1)}" stroke="{_FAINT}"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{share}</text>')
        lines.append(_text(x, _y(0) + 20, f"{tenths / 10:.1f}"))
    diagonal = f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#888" stroke-dasharray="5 4"/>'
    at = f"{_x(0.4)} {_y(0.4) - 8}"
    named = (
        f'<text transform="translate({at}) rotate(-45)" text-anchor="middle" fill="#666" '
        'font-size="12">估得正好</text>'
    )
    return "".join(lines) + diagonal + named


def _marks(rows: Sequence[Mapping[str, Any]]) -> str:
    """A point with its interval per bin; how many decisions it holds stands where there is room."""
    marks, taken = [], -1.0e9
    points = " ".join(f"{_x(r['relevance'])},{_y(r['kept'])}" for r in rows)
    marks.append(f'<polyline points="{points}" fill="none" stroke="{_BLUE}" opacity="0.4"/>')
    for row in rows:
        x, y = _x(row["relevance"]), _y(row["kept"])
        low, high = (_y(v) for v in row["kept_interval"])
        marks.append(f'<path d="M{x} {low}V{high}M{x - 4} {low}h8M{x - 4} {high}h8" {_STROKE}/>')
        marks.append(f'<circle cx="{x}" cy="{y}" r="4.5" fill="{_BLUE}"/>')
        is_free = x - taken >= _APART
        taken = x if is_free else -1.0e9
        marks.append(_text(x, high - 6 if is_free else low + 15, f"{row['count']} 次", size=11))
    return "".join(marks)


_STROKE = f'stroke="{_BLUE}" stroke-width="1.5" fill="none"'


def _text(x: float, y: float, said: str, size: int = 13) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" font-size="{size}">{escape(said)}</text>'


def _x(value: float) -> float:
    return round(_LEFT + _SIDE * value, 1)


def _y(value: float) -> float:
    return round(_TOP + _SIDE * (1 - value), 1)
