"""Measurements outside the product: not shipped, not run by the tests beyond a toy data set."""

from ingest.environment import prepare_environment

prepare_environment()  # `python -m benchmarks.…` starts here
