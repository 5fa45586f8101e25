"""The chart of what drives a run's answer."""

import base64
from collections.abc import Mapping
from typing import Any

from sojourn.health.engine.parameters import Parameter
from sojourn.publish import Catalogue, ChartBlock, Download, Swing, Wording, tornado


def drivers_chart(
    run: Mapping[str, Any], known: Mapping[str, Parameter], words: Catalogue, most: int
) -> ChartBlock:
    """Return the parameters that move the answer most, each from its lowest draws to its highest.

    Parameters
    ----------
    run : mapping
        Summary of a run.
    most : int
        Parameters shown, at most.
    """
    told = [d for d in run["drivers"] if d["parameter"] in known][:most]
    rows = [
        Swing(
            words.text(f"parameter.{d['parameter']}"),
            d["low"],
            d["high"],
            known[d["parameter"]].is_evidence,
        )
        for d in told
    ]
    said = words.text("brief.drivers_finding", first=rows[0].label)
    wording = Wording(
        id="drivers",
        title=words.text("brief.drivers"),
        alt=f"{words.text('brief.drivers')}. {said}",
        number=lambda v: words.exact(float(f"{v:.2g}"), ""),
        no_data=words.text("page.no_data"),
        language=words.language,
    )
    low, high = words.text("brief.head_low"), words.text("brief.head_high")
    header = (words.text("brief.head_parameter"), low, high)
    drawn = tornado(rows, run["drivers_middle"], wording, header=header, ends=(low, high))
    table = base64.b64encode(drawn.csv.encode()).decode()
    return ChartBlock(
        chart=drawn,
        finding=(said,),
        source=(words.text("brief.drivers_source", run=run["run"][:12]),),
        downloads=(
            Download(label="CSV", href=f"data:text/csv;base64,{table}", filename="drivers.csv"),
        ),
    )
