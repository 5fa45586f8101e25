"""A data directory of countries that do not exist in these numbers: stocks, vital rates, WHO's series.

SYNTHETIC: every number is made up for tests; codes are those of real places only because commands
ask for places by their codes.
"""

from pathlib import Path

from twins import store_of

#: Place: people [persons], tuberculosis of 2000 and its change a year, cases and deaths a case.
PLACES = {
    "356": (1.3e9, 300e-5, -0.01, 0.20, 60.0),
    "826": (6.4e7, 20e-5, -0.02, 0.06, 87.0),
    "050": (1.6e8, 260e-5, -0.01, 0.18, 55.0),
    "250": (6.5e7, 15e-5, -0.03, 0.08, 85.0),
}
#: New cases notified of the lungs, confirmed and clinically diagnosed, and elsewhere.
SITES = {"356": (600, 150, 250), "050": (500, 200, 300)}
#: People born in the first who live in the second [persons].
CORRIDORS = {("356", "826"): 8e5, ("050", "826"): 2.3e5, ("050", "356"): 3e6, ("356", "250"): 5e4}
GROWTH = 1.02


def _stocks() -> list[dict[str, object]]:
    one = {"indicator": "migrant_stock", "criterion": "birth"}
    rows: list[dict[str, object]] = []
    for step, year in enumerate((2010, 2015, 2020)):
        rows += [
            {
                **one,
                "origin": origin,
                "destination": to,
                "ref_area": to,
                "time_period": str(year),
                "obs_value": round(n * GROWTH**step),
            }
            for (origin, to), n in CORRIDORS.items()
        ]
    return rows


def _vital() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for area, (people, *_) in PLACES.items():
        births, deaths = round(people * 0.018), round(people * 0.010)
        rows += [
            {
                "indicator": name,
                "ref_area": area,
                "destination": area,
                "time_period": str(year),
                "obs_value": value,
            }
            for year in range(2010, 2021)
            for name, value in (
                ("population", people + (births - deaths) * (year - 2010)),
                ("births", births),
                ("deaths", deaths),
            )
        ]
    return rows


def _burden() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for area, (people, rate, change, fatality, coverage) in PLACES.items():
        for year in range(2000, 2016):
            cases = people * rate * (1 + change) ** (year - 2000)
            numbers = {
                "population_who": people,
                "tb_cases": cases,
                "tb_cases_lower": 0.8 * cases,
                "tb_cases_upper": 1.2 * cases,
                "tb_deaths": fatality * cases,
                "tb_deaths_lower": 0.8 * fatality * cases,
                "tb_deaths_upper": 1.2 * fatality * cases,
                "tb_treatment_coverage": coverage,
            }
            rows += [
                {
                    "indicator": name,
                    "ref_area": area,
                    "destination": area,
                    "time_period": str(year),
                    "obs_value": value if name == "tb_treatment_coverage" else round(value),
                    "unit_measure": "PERCENT" if name == "tb_treatment_coverage" else "PERSONS",
                }
                for name, value in numbers.items()
            ]
    return rows


def _sites() -> list[dict[str, object]]:
    names = ("pulmonary_confirmed", "pulmonary_clinical", "extrapulmonary")
    return [
        {
            "indicator": f"tb_notifications_{name}",
            "ref_area": area,
            "destination": area,
            "time_period": "2016",
            "obs_value": value,
        }
        for area, found in SITES.items()
        for name, value in zip(names, found, strict=True)
    ]


def synthetic_tb(root: Path) -> None:
    """Write the data directory."""
    store_of(root, "undesa.ims-od@2021-01-15", _stocks())
    store_of(root, "undesa.wpp-tables@2022-07-11", _vital())
    store_of(root, "who.tb-burden@2018-06-01", _burden())
    store_of(root, "who.tb-notifications@2018-06-01", _sites())
