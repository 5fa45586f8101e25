"""Observations of one dataset in an SDMX format, without a server: the same writers."""

from collections.abc import Iterator, Mapping
from datetime import date

from sojourn.errors import NoSuchObservation
from sojourn.query.asked import Given, wanted
from sojourn.sdmx.model.codes import code_list
from sojourn.sdmx.model.dsd import Component, flow_of
from sojourn.sdmx.run.asked import Asked
from sojourn.sdmx.run.data import of
from sojourn.sdmx.run.surface import Selected, editions_of
from sojourn.sdmx.writers import csv, json, xml
from sojourn.store.choice import answering
from sojourn.store.observations import Store

FORMATS = ("sdmx-csv", "sdmx-json", "sdmx-ml")


def written(
    store: Store,
    form: str,
    concepts: Mapping[str, Given],
    *,
    as_of: date | None = None,
    all_editions: bool = False,
) -> Iterator[str]:
    """Return observations as SDMX-CSV 2.0, SDMX-JSON 2.0 or SDMX-ML 2.1, in pieces.

    Parameters
    ----------
    form : {"sdmx-csv", "sdmx-json", "sdmx-ml"}
    all_editions : bool
        One data set for each edition, with the days between which it was the newest.

    Raises
    ------
    NoSuchObservation
        No observation fits, or those of several datasets.
    """
    asked = wanted(store, concepts)
    conditions = [f"list_contains($w_{concept}, o.{concept})" for concept in asked]
    given: dict[str, object] = {f"w_{concept}": list(v) for concept, v in asked.items()}
    if not all_editions and "edition" not in asked:
        condition, more = answering(store, as_of)
        conditions.append(condition)
        given.update(more)
    where = " AND ".join(conditions) or "true"
    query = f"SELECT DISTINCT dataflow, edition FROM observation o WHERE {where} ORDER BY ALL"  # noqa: S608 - constants
    found = store.con.execute(query, given).fetchall()
    datasets = list(dict.fromkeys(d for d, _ in found))
    if len(datasets) != 1:
        raise NoSuchObservation(
            f"observations of {len(datasets)} datasets; an SDMX message holds those of one",
            hint=f"name one: --dataset {' or '.join(datasets)}" if datasets else "ask for less",
        )
    held = {e for _, e in found}
    editions = tuple(e for e in editions_of(store, datasets[0]) if e.name in held)
    selected = Selected(
        flow_of(datasets[0], datasets[0]),
        "observation o",
        where,
        given,
        editions,
        (),
        all_editions,
        store.con.cursor(),
    )
    made = of(selected, Asked(history=all_editions), _name)
    if form == "sdmx-csv":
        return csv.write([made], "2.0")
    return json.write([made], "2.0") if form == "sdmx-json" else xml.write([made])


def _name(component: Component, code: str) -> str:
    held = code_list(component.list, [code]).codes
    return next(c.names["en"] for c in held if c.id == code)
