"""Load elman model files in PyTorch and compare their outputs with elman's.

    python load_models.py FILE.safetensors [FILE.safetensors ...]
    python load_models.py FILE.safetensors --io IO.safetensors

Beside the model NAME.safetensors lies NAME.io.safetensors with the input `x` [T,B,I], elman's output `y` [T,B,K]
and, when the memory does not start at zeros, `state0.h` (and `state0.c`) [L,B,H]. Prints one line a file; exits 1
when a file does not load or an output differs by more than 1e-6.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

# elman's outputs are f32 numbers of order 1, whose rounding is about 1e-7.
TOLERANCE = 1e-6

# Name of the cell -> the PyTorch class and its further arguments.
CELLS = {
    "rnn": (nn.RNN, {"nonlinearity": "tanh"}),
    "rnn_relu": (nn.RNN, {"nonlinearity": "relu"}),
    "gru": (nn.GRU, {}),
    "lstm": (nn.LSTM, {}),
}


class Lesson(nn.Module):
    """A recurrent network `rnn` and a linear head `fc`, time-major; the state is a dict of `h` (and `c`)."""

    def __init__(self, cell, input_size, hidden_size, num_layers, output_size):
        super().__init__()
        layer, options = CELLS[cell]
        self.state_names = ("h", "c") if cell == "lstm" else ("h",)
        self.rnn = layer(input_size, hidden_size, num_layers, batch_first=False, **options)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x, state=None):
        """`x` [T,B,I], `state` {name: [L,B,H]} or None for zeros -> `y` [T,B,K] and the end state."""
        if state is not None:
            state = tuple(state[name] for name in self.state_names)
            state = state if len(state) > 1 else state[0]
        out, end = self.rnn(x, state)
        end = end if isinstance(end, tuple) else (end,)
        return self.fc(out), dict(zip(self.state_names, end, strict=True))


def load_model(path):
    """Build the model that the metadata of `path` describes and load its weights, all of them and no others."""
    with safe_open(path, framework="pt") as file:
        document = json.loads((file.metadata() or {})["elman"])
    sizes = ("cell", "input_size", "hidden_size", "num_layers", "output_size")
    model = Lesson(**{name: document["model"][name] for name in sizes})
    model.load_state_dict(load_file(path), strict=True)
    return model.eval()


@torch.no_grad()
def max_difference(model, io):
    """The largest absolute difference between the model's output and the `y` of `io`."""
    state0 = {name.removeprefix("state0."): value for name, value in io.items() if name.startswith("state0.")}
    if state0 and set(state0) != set(model.state_names):
        raise ValueError(f"states {sorted(state0)}, expected {sorted(model.state_names)}")
    y, _ = model(io["x"], state0 or None)
    if y.shape != io["y"].shape:
        raise ValueError(f"`y`: expected {list(y.shape)}, got {list(io['y'].shape)}")
    return (y - io["y"]).abs().max().item()


def check(path, io_path):
    """Compare one file, print its line, and say whether it passed."""
    try:
        difference = max_difference(load_model(path), load_file(io_path))
    except Exception as error:  # any failure is this file's verdict; the other files are still checked
        print(f"FAIL  {path}: {type(error).__name__}: {' '.join(str(error).split())}")
        return False
    passed = difference <= TOLERANCE  # false for NaN
    print(f"{'ok  ' if passed else 'FAIL'}  {path}: max |difference| {difference:.2e}")
    return passed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.safetensors")
    parser.add_argument("--io", type=Path, help="inputs and outputs, for a single FILE (default: NAME.io.safetensors)")
    args = parser.parse_args()
    if args.io and len(args.files) > 1:
        parser.error("--io goes with one FILE")
    torch.set_num_threads(1)
    results = [check(path, args.io or path.with_suffix(".io.safetensors")) for path in args.files]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
