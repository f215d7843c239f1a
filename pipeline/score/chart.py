"""The backtest's calibration as a small SVG picture, without any library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

_SIDE, _EDGE = 360, 48


def calibration_svg(found: Mapping[str, Any]) -> str:
    """Relevance across, share kept upwards, with intervals; the diagonal is perfect."""
    bins: Sequence[Mapping[str, Any]] = found["calibration"]
    size = _SIDE + 2 * _EDGE
    said = f"相关度与实际留下的比例，{found['tried']} 次取舍" if bins else "取舍还太少，没有可画的"
    marks = "".join(_mark(row) for row in bins)
    left, right = _x(0), _x(1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" '
        f'font-family="sans-serif" font-size="13"><title>{escape(said)}</title>'
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="M{left} {_y(1)}V{_y(0)}H{right}" fill="none" stroke="#444"/>'
        f'<path d="M{left} {_y(0)}L{right} {_y(1)}" stroke="#999" stroke-dasharray="4 4"/>'
        f"{marks}"
        f'<text x="{size / 2}" y="24" text-anchor="middle">{escape(said)}</text>'
        f'<text x="{size / 2}" y="{size - 12}" text-anchor="middle">相关度</text>'
        f'<text x="16" y="{size / 2}" text-anchor="middle" '
        f'transform="rotate(-90 16 {size / 2})">留下的比例</text></svg>\n'
    )


def _mark(row: Mapping[str, Any]) -> str:
    x, low, high = _x(row["relevance"]), _y(row["kept_interval"][0]), _y(row["kept_interval"][1])
    return (
        f'<path d="M{x} {low}V{high}" stroke="#2a6fb0"/>'
        f'<circle cx="{x}" cy="{_y(row["kept"])}" r="4" fill="#2a6fb0"/>'
        f'<text x="{x + 7}" y="{_y(row["kept"]) - 6}">{row["count"]}</text>'
    )


def _x(value: float) -> float:
    return round(_EDGE + _SIDE * value, 1)


def _y(value: float) -> float:
    return round(_EDGE + _SIDE * (1 - value), 1)
