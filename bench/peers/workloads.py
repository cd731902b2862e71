"""The workloads: what bench/run.py and the Python peers both know. Needs only Python itself."""

from collections import namedtuple

Workload = namedtuple("Workload", "title cell inputs hidden layers steps batch task")

WORKLOADS = {
    "W1": Workload("the lesson", "rnn", 1, 32, 1, 20, 1, "train"),
    "W2": Workload("small", "gru", 1, 32, 1, 50, 8, "train"),
    "W3": Workload("medium", "lstm", 8, 64, 2, 50, 32, "train"),
    "W4": Workload("large", "lstm", 32, 256, 2, 100, 64, "train"),
    "W5": Workload("XL", "lstm", 32, 512, 2, 100, 64, "train"),
    "I1": Workload("stream", "lstm", 1, 64, 1, 1, 1, "stream"),
    "I2": Workload("forward", "lstm", 8, 64, 2, 50, 256, "forward"),
}
# How many losses or predictions are compared before anything is timed.
CURVE = 20


def described(name):
    w = WORKLOADS[name]
    sizes = f"I{w.inputs} H{w.hidden} L{w.layers} T{w.steps} B{w.batch}"
    return f"{name} {w.title}: {w.cell.upper()} {sizes}"


def unit(name):
    return "samples/s" if WORKLOADS[name].task == "forward" else "us/step"
