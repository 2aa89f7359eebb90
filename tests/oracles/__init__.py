"""Answers found by exact methods, for policies to be held against."""
