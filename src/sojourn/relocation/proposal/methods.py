"""How the bound of a level can have been proven, and on which sites: planner and auditor use the same words."""

BY_REGION_FROM = 20_000  # persons; smaller sites are planned in one piece
ALL_COLUMNS_BELOW = 4_000  # columns; up to here the whole programme is solved in whole numbers
MOST_RIDES = 9_000  # of units and vehicle-days; above, seats are not in the first model
ALL_COLUMNS, NEAR_COLUMNS = "all columns", "columns near the optimal face"
REGIONS_APART = "regions apart; bound over classes of places"
#: Of places alone, in the first model.
OF_PLACES = (ALL_COLUMNS, NEAR_COLUMNS, REGIONS_APART)
#: Ends the method of a bound that beds and rules give, where seats were short.
BEDS_ALONE = "seats not in the bound"
#: Ends the method of a bound over all trips there could be, of which some were chosen.
OVER_ALL_TRIPS = "over all trips"
WHOLE_PLAN = "whole plan, all columns"
THESE_TRIPS, ALL_TRIPS = "whole plan, these trips", f"whole plan, {OVER_ALL_TRIPS}"
#: Levels that are proven over all trips: people without a place, and after a plan who changes.
OVER_TRIPS = ("L1", "L2", "L3", "L9")


def without_seats(method: str) -> str:
    """Return a method of places alone as it is said where seats were short.

    >>> without_seats(ALL_COLUMNS)
    'all columns, seats not in the bound'
    """
    return f"{method}, {BEDS_ALONE}"
