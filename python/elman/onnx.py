"""Networks of a forecaster as ONNX files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elman._elman import Fitted


def write(fitted: Fitted, path: str | os.PathLike[str], network_only: bool) -> list[Path]:
    """Write each trained network; of several, each file has the name of its network."""
    out = Path(path)
    models, _ = fitted.to_onnx(network_only)
    written = []
    for network, content in models:
        file = out if len(models) == 1 else out.with_name(f"{out.stem}.{network}{out.suffix}")
        file.write_bytes(content)
        written.append(file)
    return written
