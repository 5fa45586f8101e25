"""What a brief keeps to itself: claims whose validation, on the data of the run, missed."""

from typing import Any

from sojourn.health.brief.page import Page
from sojourn.health.brief.withheld import PATH, PROGRAMMES
from sojourn.health.targets.series import WORLD
from sojourn.health.tb.fit import BASE

SCORED = 2019  # the year of the rows on the world


def untold(page: Page) -> str:
    """Return why nothing at all is told of what programmes change; empty where something is."""
    why = page.withheld.get(PROGRAMMES, "")
    if why == "malaria":
        return _malaria(page, page.brief.run["claims"]["malaria"]["rows"])
    if why == "reactivation":
        return page.text("claim_reactivation")
    return page.text(why, topic=page.brief.topic, area=page.place) if why else ""


def _malaria(page: Page, rows: dict[str, Any]) -> str:
    """Say how much of what came lies within the model's band: the worse of cases and deaths."""
    tried = {name: row for name, row in rows.items() if row["ours"] is not None}
    bands = {name: row for name, row in tried.items() if name.startswith("coverage_")}
    name, worst = min(bands.items(), key=lambda item: float(item[1]["ours"] or 0.0))
    percent = page.words.number
    return page.text(
        "malaria_withheld",
        years="–".join(name.split("_")[-2:]),
        share=percent(100.0 * float(worst["ours"] or 0.0), "PERCENT"),
        band=percent(100.0 * float(worst["published"]), "PERCENT"),
    )


def path_withheld(page: Page) -> tuple[str, ...]:
    """Return why no change or milestone of this place is told; nothing where they are."""
    if page.brief.area == WORLD and page.withheld.get(PATH) == "world_path":
        return (world_withheld(page),)
    return page.missed(PATH)


def world_withheld(page: Page) -> str:
    """Return why no change or milestone of the world is told, empty where they are."""
    claim = page.brief.run.get("claims", {}).get("world_path")
    if claim is None or claim["kept"]:
        return ""
    told = {}
    for quantity in ("cases", "deaths"):
        row = claim["rows"].get(f"world_{quantity}_2019", {})
        for key, name in (("published", "who"), ("ours", "ours")):
            value = row.get(key)
            told[f"{quantity}_{name}"] = "—" if value is None else page.percent(100.0 * value)
    return page.text("claim_world_path", base=str(BASE), year=str(SCORED), **told)
