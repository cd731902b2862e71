#!/usr/bin/env python3
"""Training on text beside PyTorch, in turns: characters a second of the same LSTM on the same file.

  text.py --elman target/release/elman --text tiny-shakespeare.txt [--threads 1] [--turns 3] [--seconds 10] [--out DIR]

Needs the Python of bench/peers/requirements.txt. Embedding of 64, LSTM, linear head, cross-entropy, Adam at 0.002, the gradient
clipped at 1, memory carried from window to window and detached; nothing is held out, and only steps are timed. PyTorch runs
with `fused` Adam; the thread count is set for both. For each of four sizes it prints the median of the turns and their ratio.
"""
import argparse, json, os, platform, statistics, subprocess, tempfile, time

import torch

# Name: hidden units, layers, steps of a window, streams.
SIZES = {"2x128, seq 50, batch 50": (128, 2, 50, 50), "2x128, seq 100, batch 128": (128, 2, 100, 128),
         "2x512, seq 50, batch 50": (512, 2, 50, 50), "2x512, seq 100, batch 128": (512, 2, 100, 128)}
EMBEDDING = 64


class Characters(torch.nn.Module):
    def __init__(self, vocab, hidden, layers):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocab, EMBEDDING)
        self.rnn = torch.nn.LSTM(EMBEDDING, hidden, layers)
        self.fc = torch.nn.Linear(hidden, vocab)

    def forward(self, tokens, state):
        out, state = self.rnn(self.embedding(tokens), state)
        return self.fc(out), tuple(part.detach() for part in state)


def of_torch(text, sizes, seconds):
    """Characters a second over some seconds, after a few steps that are not counted; the last loss."""
    hidden, layers, steps, batch = sizes
    kinds = sorted(set(text))
    number = {c: i for i, c in enumerate(kinds)}
    tokens = torch.tensor([number[c] for c in text])
    stride = (len(tokens) - 1) // batch
    x = tokens[: stride * batch].view(batch, stride).T.contiguous()
    y = tokens[1 : stride * batch + 1].view(batch, stride).T.contiguous()
    torch.manual_seed(1)
    net = Characters(len(kinds), hidden, layers)
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3, fused=True)
    state, at, done, loss = None, 0, 0, 0.0
    began = None
    while began is None or time.perf_counter() - began < seconds:
        if done == 3 and began is None:
            began, done = time.perf_counter(), 0
        if at + steps > stride:
            state, at = None, 0
        optimizer.zero_grad(set_to_none=True)
        logits, state = net(x[at : at + steps], state)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), y[at : at + steps].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        last = loss.item()
        at, done = at + steps, done + 1
    return done * steps * batch / (time.perf_counter() - began), last


def of_elman(args, sizes, steps):
    hidden, layers, seq, batch = sizes
    with tempfile.TemporaryDirectory() as room:
        command = [args.elman, "text", "train", os.path.abspath(args.text), "--json", "--held-out", "0", "--schedule", "constant",
                   "--warmup", "0", "--lr", "0.002", "--threads", str(args.threads), "--hidden-size", str(hidden),
                   "--num-layers", str(layers), "--embedding-size", str(EMBEDDING), "--seq-length", str(seq), "--batch-size", str(batch), "--max-steps", str(steps),
                   "--val-every", str(steps), "--save", os.path.join(room, "text.safetensors")]
        said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return said["characters_per_second"], said["evaluations"][-1][1]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--elman", required=True)
    p.add_argument("--text", required=True)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--turns", type=int, default=3)
    p.add_argument("--seconds", type=float, default=10)
    p.add_argument("--out", help="a folder for the raw runs")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    text = open(args.text, newline="").read()
    runs = []
    print("| LSTM | elman, characters/s | PyTorch, characters/s | times |")
    print("|---|---|---|---|")
    for name, sizes in SIZES.items():
        speed, _ = of_elman(args, sizes, 3)
        steps = max(5, int(args.seconds * speed / (sizes[2] * sizes[3])))
        turns = [(of_elman(args, sizes, steps)[0], of_torch(text, sizes, args.seconds)[0]) for _ in range(args.turns)]
        ours, theirs = (statistics.median(turn[which] for turn in turns) for which in (0, 1))
        runs.append({"name": name, "sizes": sizes, "turns": turns})
        print(f"| {name} | {ours:,.0f} | {theirs:,.0f} | {ours / theirs:.2f} |", flush=True)
    if args.out:
        os.makedirs(args.out, exist_ok=True)
        about = {"torch": torch.__version__, "machine": platform.processor(), "threads": args.threads, "runs": runs}
        with open(os.path.join(args.out, "text.json"), "w") as f:
            json.dump(about, f, indent=1)


main()
