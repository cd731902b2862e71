"""Forecasts of a pandas data frame."""


def by_series(frame, column):
    """The values of a column as a list for each series."""
    return {name: list(values) for name, values in frame.groupby("unique_id")[column]}
