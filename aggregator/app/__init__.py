"""The wiring: settings in, an aggregator out. The only place that knows which bodies stand behind the protocols."""

from aggregator.app.aggregator import Aggregator, open_aggregator
from aggregator.app.bodies import SystemClock, make_fetcher, make_parser

__all__ = ["Aggregator", "SystemClock", "make_fetcher", "make_parser", "open_aggregator"]
