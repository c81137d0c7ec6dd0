"""What analysts do with the graph: matrix, comparison, profile, gaps, timeline, duties, networks.

Each analysis is a function from an open graph to a small frozen record: numbers, and the passages
behind them. How it looks (page, chart, calendar) is apart from how it is computed.
"""
