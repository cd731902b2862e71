"""The types that the package declares, as mypy tells them to a user."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")
TESTS = Path(__file__).parent


def test_a_user_sees_the_types() -> None:
    consumer = TESTS / "typed_consumer.py"
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(consumer)]
    out = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True).stdout
    lines = [line.partition(": ")[2] for line in out.splitlines() if "consumer" in line]
    assert [line for line in lines if "Revealed" in line] == [
        'note: Revealed type is "elman.forecaster.AutoForecaster"',
        'note: Revealed type is "elman.forecaster.Pretrained"',
        'note: Revealed type is "list[float]"',
        'note: Revealed type is "dict[str, dict[str, float]]"',
    ]
    errors = [line for line in lines if line.startswith("error")]
    assert len(errors) == 3, out
    assert 'incompatible type "str"; expected "int"' in errors[0]
    assert 'Unexpected keyword argument "hiden_size"' in errors[1]
    assert "nothing_of_the_kind" in errors[2]
