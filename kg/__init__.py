"""A knowledge graph of safety-policy entities and obligations in Chinese government notices."""

__version__ = "0.1.0"
