"""Ctrl-C in the middle of a training."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path


def stop_with_ctrl_c(code: str, data: Path, checkpoint: Path) -> None:
    """Run Python code, press Ctrl-C after its second checkpoint, and check how it ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(data), str(checkpoint)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    written: set[int] = set()
    deadline = time.monotonic() + 120
    while len(written) < 3 and process.poll() is None and time.monotonic() < deadline:
        if checkpoint.exists():
            written.add(checkpoint.stat().st_mtime_ns)
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, output) == (-signal.SIGINT, ""), (output, errors)
    assert "KeyboardInterrupt" in errors
    if sys.version_info >= (3, 11):
        assert f"continue it with `resume={str(checkpoint)!r}`" in errors
