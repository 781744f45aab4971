"""Reads news feeds for people deported from Cambodia over scam compounds, and tells each story once."""

__version__ = "0.1.0"
