"""Measurements of the real program in a real pseudo terminal: ratios and lags, never part of the tests."""
