"""Bilateral flows from two stock tables: stock differencing, rates, demographic accounting.

Rows are birthplaces, columns are places of residence, the diagonal holds the native-born, and the
unit is persons. A flow is a transition: a person alive at both dates whose residence differs.
"""

from sojourn.flows.model.methods import METHODS, estimate
from sojourn.flows.model.result import Flows
from sojourn.flows.model.tables import Adjustment, Stocks

__all__ = ["METHODS", "Adjustment", "Flows", "Stocks", "estimate"]
