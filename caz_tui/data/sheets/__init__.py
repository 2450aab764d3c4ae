"""Spreadsheets: what may come in, how it is read, and how the portfolio goes out."""
