"""Reads a marketlake: bars, option chains, implied volatility, coverage and lineage. Never writes."""

from .facts import Origin, OriginWindow
from .lake import Lake, open

__all__ = ["Lake", "Origin", "OriginWindow", "open"]
