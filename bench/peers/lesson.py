"""The lesson in PyTorch, as the course writes it, and in elman, in turns: microseconds a step.

usage: python3 bench/peers/lesson.py ELMAN

Needs torch and numpy. Both make their windows on the fly, carry and detach the hidden state, take the mean squared
error at every step and update with Adam; both on one thread. Prints one line a turn, then the medians.
"""

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch

TURNS = 7


class Lesson(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.RNN(1, 32, batch_first=True)
        self.fc = torch.nn.Linear(32, 1)

    def forward(self, x, hidden):
        y, hidden = self.rnn(x, hidden)
        return self.fc(y.view(-1, 32)), hidden


def theirs(steps):
    net = Lesson()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    criterion = torch.nn.MSELoss()
    hidden = None
    start = time.perf_counter()
    for step in range(steps):
        points = np.sin(np.linspace(step * np.pi, (step + 1) * np.pi, 21)).reshape(21, 1)
        x = torch.Tensor(points[:-1]).unsqueeze(0)
        y = torch.Tensor(points[1:])
        prediction, hidden = net(x, hidden)
        hidden = hidden.data
        loss = criterion(prediction, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
    return (time.perf_counter() - start) / steps * 1e6


def ours(elman, steps):
    with tempfile.TemporaryDirectory() as room:
        command = [elman, "train", "--steps", str(steps), "--json", "--save", f"{room}/m.safetensors"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["seconds"] / steps * 1e6


def whole_lesson(elman):
    with tempfile.TemporaryDirectory() as room:
        start = time.perf_counter()
        subprocess.run([elman, "train", "--save", f"{room}/m.safetensors"], capture_output=True, check=True)
        return (time.perf_counter() - start) * 1e3


def main():
    elman = sys.argv[1]
    torch.set_num_threads(1)
    theirs(100)
    rows = []
    for turn in range(TURNS):
        rows.append((theirs(1000), ours(elman, 20000), whole_lesson(elman)))
        print(f"turn {turn}: PyTorch {rows[-1][0]:.0f} us, elman {rows[-1][1]:.1f} us a step; "
              f"whole `elman train` {rows[-1][2]:.1f} ms")
    torch_us, elman_us, whole_ms = (statistics.median(column) for column in zip(*rows))
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), platform.machine())
    print(f"\n{cpu}; torch {torch.__version__}, one thread; medians of {TURNS} turns")
    print(f"PyTorch {torch_us:.0f} us a step, elman {elman_us:.1f} us: {torch_us / elman_us:.0f} times")
    print(f"the whole program, 75 steps with pictures in text and the model saved: {whole_ms:.1f} ms")


main()
