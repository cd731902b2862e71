"""ElmanForecast takes what StatsForecast takes, and gives advice in terms of its own parameters."""

from __future__ import annotations

from typing import Any

import pytest

import elman.nixtla
from elman.errors import OptionError
from elman.nixtla import AutoETS, CrostonSBA, ElmanForecast


@pytest.mark.parametrize("season_length", [[12], "12", 0, None, 1.5])
def test_what_is_no_season_length_is_refused(season_length: Any) -> None:
    with pytest.raises(OptionError, match="`season_length` is"):
        AutoETS(season_length)


def test_the_method_of_croston_has_the_name_of_its_correction() -> None:
    df = {"unique_id": ["a"] * 12, "ds": list(range(12)), "y": [0.0, 0.0, 3.0] * 4}
    forecast = ElmanForecast([CrostonSBA()], freq=1).forecast(df=df, h=1)
    # 3 every third time step; times 1 - 0.1 / 2, where 0.1 is the smoothing constant.
    assert forecast["CrostonSBA"] == pytest.approx([0.95])
    assert not hasattr(elman.nixtla, "CrostonClassic")
