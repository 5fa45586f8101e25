"""Our SVG writer beside Vega-Altair, on one ranked bar chart; ratio of their times.

Run: python benchmarks/bench_charts.py
"""

import time

import altair as alt
import vl_convert

from sojourn.publish.chart import Wording
from sojourn.publish.draw.bars import Bar, bars
from sojourn.publish.png import to_png

ROWS = [Bar(f"Synthetic area {i}", 100.0 / (i + 1)) for i in range(10)]
WORDING = Wording(
    id="b", title="Synthetic", alt="Synthetic.", number=lambda v: f"{v:.1f}", no_data="no data"
)


def ours() -> str:
    """Draw the bars with our own writer."""
    return bars(ROWS, WORDING, header=("area", "value")).light


def altair() -> str:
    """Draw the same bars with Vega-Altair and vl-convert."""
    data = alt.Data(values=[{"area": r.label, "value": r.value} for r in ROWS])
    base = alt.Chart(data, width=500).encode(
        x=alt.X("value:Q"), y=alt.Y("area:N", sort="-x", title=None)
    )
    chart = base.mark_bar() + base.mark_text(align="left").encode(text="value:Q")
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg


def main() -> None:
    """Print seconds a chart, cold and warm, and the ratios."""
    for name, first, second in (
        ("SVG", ours, altair),
        ("PNG", lambda: to_png(ours()), lambda: vl_convert.svg_to_png(altair(), scale=2)),
    ):
        cold, warm = [], []
        for draw in (first, second):
            start = time.perf_counter()
            draw()
            cold.append(time.perf_counter() - start)
            start = time.perf_counter()
            for _ in range(20):
                draw()
            warm.append((time.perf_counter() - start) / 20)
        print(
            f"{name}: ours {warm[0] * 1e3:.2f} ms (first {cold[0] * 1e3:.0f} ms), "
            f"Vega-Altair {warm[1] * 1e3:.2f} ms (first {cold[1] * 1e3:.0f} ms), "
            f"ratio warm {warm[1] / warm[0]:.0f}x"
        )


if __name__ == "__main__":
    main()
