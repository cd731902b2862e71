"""Run the loaders of `elman export --format pytorch`, and compare their outputs with those of ONNX Runtime.

    pip install -r requirements-onnx.txt torch
    python pytorch_loader.py [--target TARGET_DIR]

`onnx_parity.py` compares ONNX Runtime with elman. Prints one line for each network; exits 1 if a difference is above 1e-5.
"""

import argparse
import runpy
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from onnx_parity import BATCH, CELLS, NETWORK, STEPS, TEXTS, TOLERANCE, Programs, difference, series, write

TRAIN = f"train data.csv {NETWORK} --save model.safetensors --quiet"
TEXT = "text train text.txt --hidden-size 16 --layers 2 --max-steps 20 --batch-size 4 --seq-length 16 --save model.safetensors --quiet"


def commands():
    """Trainings of models, by name."""
    for cell in CELLS:
        yield cell, f"{TRAIN} --cell {cell} --layers 3 --dropout 0.1"
    yield "linear skip", f"{TRAIN} --calendar"
    yield "several networks", "forecast data.csv --horizon 3 --model network --save model.safetensors --out f.csv --quiet"
    for kind, options in TEXTS.items():
        yield f"text {kind}", f"{TEXT} {options}"


def compared(programs, random):
    """The largest difference of each network of the model."""
    programs.run("export model.safetensors --format pytorch --quiet")
    modules = runpy.run_path(str(programs.folder / "model_pytorch.py"))["networks"]
    for exported in programs.export("model.safetensors", "--network-only"):
        name = exported.document["network"]
        feeds = exported.zeros(BATCH)
        if "tokens" in exported.inputs:
            x = feeds["tokens"] = random.integers(0, exported.document["model"]["vocab_size"], (STEPS, BATCH))
        else:
            x = feeds["x"] = random.normal(size=(STEPS, BATCH, exported.inputs["x"]["shape"][2])).astype(np.float32)
        result = exported(feeds)
        with torch.no_grad():
            output, state = modules[f"{name}." if name else ""](torch.tensor(x))
        state = state[0] if isinstance(state, tuple) else state
        raw = result.get("output", result.get("log_probabilities"))
        yield max(difference(output.numpy(), raw), difference(state.numpy(), result["h_n"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).resolve().parent
    parser.add_argument("--target", type=Path, default=here.parent / "target" / "release", help="folder of the programs")
    arguments = parser.parse_args()
    random, worst = np.random.default_rng(1), 0.0
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(arguments.target.resolve(), Path(folder))
        write(programs.folder / "data.csv", series(random, 1, 120))
        many = (random.pareto(1.0, 20_000) * 30).astype(int).clip(0, 299) + 0x4E00
        (programs.folder / "text.txt").write_text("".join(map(chr, many)))
        for name, command in commands():
            programs.run(command)
            for number, found in enumerate(compared(programs, random)):
                worst = max(worst, found)
                print(f"{'ok  ' if found <= TOLERANCE else 'FAIL'}  {name} {number}: {found:.1e}", flush=True)
    print(f"largest difference {worst:.1e}")
    return int(worst > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
