"""Networks of a forecaster as ONNX files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from elman.outputs import ONNX, replaceable, written

if TYPE_CHECKING:
    from elman._elman import Fitted


def write(
    fitted: Fitted, path: str | os.PathLike[str], network_only: bool
) -> tuple[list[Path], list[str]]:
    """Write each trained network; of several, each file has the name of its network.

    Returns
    -------
    list of Path, list of str
        The files, and notes on the export.
    """
    out = Path(path)
    models, notes = fitted.to_onnx(network_only)
    files = [
        out if len(models) == 1 else out.with_name(f"{out.stem}.{network}{out.suffix}")
        for network, _ in models
    ]
    for file in files:
        replaceable(file, ONNX)
    written_files = [written(f, content) for f, (_, content) in zip(files, models, strict=True)]
    return written_files, notes
