"""Benchmarks: `make bench`.

Each compares two things in one run. The ratios can be compared between machines, the milliseconds
cannot. The tests do not run the benchmarks.
"""
