"""Kinds of job this package writes."""

PRICE_DUE = "producers.price_due"  # a price dated in the future begins to hold
