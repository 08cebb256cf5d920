"""Measurements outside the product: not shipped, not run by the tests beyond a toy data set."""
