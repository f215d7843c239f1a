"""The Prefect server that the tests of flows share."""

from tests.flows.prefect_house import house

__all__ = ["house"]
