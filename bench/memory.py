"""Peak memory of a training against the formula of ARCHITECTURE.md, on Linux.

usage: python3 bench/memory.py ELMAN [ISA]

The measured peak is that of `elman bench`, less that of the smallest network there is, less the four windows that the
benchmark keeps. Needs nothing but Python.
"""

import os
import subprocess
import sys

MIB = 4 / 2**20
# cell, gates kept a step, gates of the weights, states, I, H, L, T, B
SIZES = [
    ("lstm", 4, 4, 2, 32, 512, 2, 100, 64),
    ("lstm", 4, 4, 2, 32, 256, 2, 100, 64),
    ("gru", 6, 3, 1, 8, 128, 3, 200, 64),
    ("rnn", 1, 1, 1, 8, 300, 1, 2000, 20),
]


def peak(command, cell, inputs, hidden, layers, steps, batch):
    command = [*command, "--cell", cell, "--runs", "1", "--seconds", "0.1"]
    for name, value in [("input", inputs), ("hidden", hidden), ("layers", layers), ("seq", steps), ("batch", batch)]:
        command += [f"--{name}", str(value)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.wait4(process.pid, 0)[2].ru_maxrss / 1024


def formula(packed, kept, gates, states, inputs, hidden, layers, steps, batch):
    weights = hidden + 1 + sum(gates * hidden * ((hidden if layer else inputs) + hidden + 2) for layer in range(layers))
    shards = max(1, min(8, batch // (4 if hidden <= 32 else 16 if hidden <= 128 else 32)))
    rows = steps * batch
    padding = 16 * (kept // gates) if gates * hidden % 256 == 0 else 0
    tape = layers * rows * (kept * hidden + padding + states * hidden)
    scratch = packed * shards * 192 * (240 + max(inputs, hidden) + hidden)
    return (7 + 1 + shards + 2 * packed) * weights + tape + 2 * rows * hidden + 2 * rows * (inputs + 1) + scratch


def main():
    command = [sys.argv[1], "bench", *(["--isa", sys.argv[2]] if len(sys.argv) > 2 else [])]
    packed = 1.5 if "amx" in command else 1
    smallest = peak(command, "rnn", 1, 1, 1, 1, 1)
    print("| | formula, MiB | measured, MiB | ratio |\n|---|---|---|---|")
    for cell, kept, gates, states, inputs, hidden, layers, steps, batch in SIZES:
        expected = MIB * formula(packed, kept, gates, states, inputs, hidden, layers, steps, batch)
        windows = MIB * 4 * steps * batch * (inputs + 1)
        measured = peak(command, cell, inputs, hidden, layers, steps, batch) - smallest - windows
        name = f"{cell} I{inputs} H{hidden} L{layers} T{steps} B{batch}"
        print(f"| {name} | {expected:.0f} | {measured:.0f} | {measured / expected:.2f} |")


main()
