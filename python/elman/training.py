"""Trainings of one network: parameters, checkpoints, interruption."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from elman.outputs import MODEL, replaceable
from elman.parameters import given

#: Parameters of a network.
OF_NETWORK = ("cell", "hidden_size", "num_layers", "dilations", "residual", "dropout")
#: Parameters of its training.
OF_TRAINING = (
    "seq_length", "batch_size", "max_steps", "learning_rate", "optimizer", "momentum",
    "weight_decay", "clip", "schedule", "warmup", "schedule_step", "schedule_factor",
    "schedule_floor", "schedule_patience", "carry", "val_every", "patience", "seed",
)  # fmt: skip
#: Parameters that name files.
OF_FILES = ("checkpoint", "checkpoint_every", "resume", "init")


def options(values: Mapping[str, Any]) -> str:
    """JSON document of the options that are given: those of network and training in groups."""
    document = given(values)
    groups = {"network": OF_NETWORK, "training": OF_TRAINING}
    for group, names in groups.items():
        document[group] = {name: document.pop(name) for name in names if name in document}
    return json.dumps(document)


def files(values: Mapping[str, Any], data: str | None) -> str:
    """JSON document of the files of a training; `data` is the data file, if there is one.

    Raises
    ------
    FileError
        The checkpoint would replace a file of another kind.
    """
    if values["checkpoint"] is not None:
        replaceable(values["checkpoint"], MODEL)
    named = {name: values[name] for name in OF_FILES if values[name] is not None}
    paths = {
        name: value if name == "checkpoint_every" else os.fspath(value)
        for name, value in named.items()
    }
    return json.dumps(paths if data is None else {**paths, "data": data})


@contextmanager
def interruptible(checkpoint: str | os.PathLike[str] | None) -> Iterator[None]:
    """Say, where Ctrl-C stops a training, how it is continued."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if checkpoint is not None and sys.version_info >= (3, 11):
            path = os.fspath(checkpoint)
            interrupt.add_note(f"The training is kept: continue it with `resume={path!r}`.")
        raise
