"""Writes each workload's initial weights: uniform in ±1/sqrt(H), under PyTorch's names.

usage: python3 bench/peers/weights.py FOLDER
"""

import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file

from common import shapes
from workloads import WORKLOADS


def write(folder):
    for name, w in WORKLOADS.items():
        random = np.random.Generator(np.random.PCG64(20261123))
        bound = w.hidden**-0.5
        tensors = {key: random.uniform(-bound, bound, shape).astype(np.float32) for key, shape in shapes(w).items()}
        save_file(tensors, pathlib.Path(folder) / f"{name}.safetensors")


if __name__ == "__main__":
    write(sys.argv[1])
