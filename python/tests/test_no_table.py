"""Objects that are no data frame are refused with the next step."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

import elman
from elman.errors import DataError


def test_a_series_is_no_table(sales: pd.DataFrame) -> None:
    for column in (sales["y"], pl.Series(sales["y"])):
        with pytest.raises(DataError, match="is no table") as caught:
            elman.AutoForecaster(h=3).fit(column)
        assert "column of values" in str(caught.value.help)


def test_an_array_is_no_data_frame(sales: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="is no data frame"):
        elman.AutoForecaster(h=3).fit(sales["y"].to_numpy())
