"""What every Python peer shares: the data, the command line, the clock and the line printed."""

import argparse
import json
import math
import statistics
import time

import numpy as np

from workloads import WORKLOADS

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
LEARNING_RATE = 1e-3


def window(w, number):
    """Window `number`: inputs [T, B, I] and targets [T, B, 1], by the formula of elman's `Sine` windows."""
    stream = np.arange(w.batch) * (2 * math.pi / w.batch)
    point = np.arange(w.steps + 1) * (math.pi / w.steps)
    t = number * math.pi + stream[None, :] + point[:, None]
    x = np.sin(t[:-1, :, None] * np.arange(1, w.inputs + 1))
    return x.astype(np.float32), np.sin(t[1:, :, None]).astype(np.float32)


def ring(w):
    """Two windows, which is all there are: window n + 2 is one period after window n."""
    return [window(w, 0), window(w, 1)]


def stream_values():
    """The values fed to I1, one a step: sin(pi·n/20), 40 to a period."""
    return np.sin(np.arange(40) * (math.pi / 20)).astype(np.float32)


def shapes(w):
    """Every parameter of a workload's network under PyTorch's names, with its shape."""
    out, gates = {}, GATES[w.cell] * w.hidden
    for layer in range(w.layers):
        out[f"rnn.weight_ih_l{layer}"] = (gates, w.hidden if layer else w.inputs)
        out[f"rnn.weight_hh_l{layer}"] = (gates, w.hidden)
        out[f"rnn.bias_ih_l{layer}"] = (gates,)
        out[f"rnn.bias_hh_l{layer}"] = (gates,)
    return out | {"fc.weight": (1, w.hidden), "fc.bias": (1,)}


def arguments(variants):
    """The command line every peer has."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload", choices=WORKLOADS, required=True)
    parser.add_argument("--variant", choices=variants, default=variants[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--weights", required=True, help="safetensors under PyTorch's names")
    parser.add_argument("--seconds", type=float, default=2.0, help="time to measure; 0 for the curve alone")
    parser.add_argument("--curve", type=int, default=0, help="losses (outputs for I1, I2) to print first")
    return parser.parse_args()


def measure(step, seconds, steps_a_call=1):
    """The median over slices of the mean time of a step, in microseconds, and how many steps were measured.

    About a tenth of the time, and at least two calls, the first of them unseen, go to warming up. Then 20 slices, or
    fewer where a call is long, but at least 3. `step` does one or, as JAX's scan does, `steps_a_call` optimiser steps.
    """
    if seconds <= 0:
        return None, 0
    step()
    start = time.perf_counter()
    calls = 0
    while calls < 1 or time.perf_counter() - start < 0.1 * seconds:
        step()
        calls += 1
    once = (time.perf_counter() - start) / calls
    slices = max(3, min(20, int(seconds / once)))
    calls = max(1, int(seconds / slices / once))
    times = []
    for _ in range(slices):
        start = time.perf_counter()
        for _ in range(calls):
            step()
        times.append((time.perf_counter() - start) / calls)
    return statistics.median(times) * 1e6 / steps_a_call, slices * calls * steps_a_call


def report(peer, version, args, us, steps, curve):
    """Prints the one line of JSON."""
    line = {
        "peer": peer,
        "version": version,
        "workload": args.workload,
        "variant": args.variant,
        "threads": args.threads,
        "steps": steps,
        "curve": [float(loss) for loss in curve],
    }
    w = WORKLOADS[args.workload]
    if us is None:
        pass
    elif w.task == "forward":
        line["samples_per_s"] = w.batch / us * 1e6
    else:
        line["us_per_step"] = us
    print(json.dumps(line))
