"""PyTorch, eager: one optimiser step, one streaming step, or one forward pass.

Variants: `default` and `fused` are Adam's two writings; `course`, of W1 alone, is the lesson as Udacity's course writes
it, batch first and with its wave made inside the loop; for I1 `lstm` and `cell` are nn.LSTM and nn.LSTMCell. Memory
allocation is tuned from outside, by the environment (see bench/run.py).
"""

import numpy as np
import torch
from safetensors.torch import load_file

from common import LEARNING_RATE, arguments, measure, report, ring, stream_values
from workloads import WORKLOADS


class Network(torch.nn.Module):
    def __init__(self, w):
        super().__init__()
        kind = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[w.cell]
        self.rnn = kind(w.inputs, w.hidden, w.layers)
        self.fc = torch.nn.Linear(w.hidden, 1)

    def forward(self, x, state):
        y, state = self.rnn(x, state)
        return self.fc(y), state


def detached(state):
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()


def train(w, args, net):
    """A closure that does one optimiser step and returns its loss."""
    windows = [(torch.from_numpy(x), torch.from_numpy(target)) for x, target in ring(w)]
    x, target = (torch.empty_like(part) for part in windows[0])
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE, fused=args.variant == "fused")
    criterion = torch.nn.MSELoss()
    at = {"state": None, "number": 0}

    def step():
        x.copy_(windows[at["number"] % 2][0])
        target.copy_(windows[at["number"] % 2][1])
        optimizer.zero_grad(set_to_none=True)
        prediction, state = net(x, at["state"])
        at["state"] = detached(state)
        at["number"] += 1
        loss = criterion(prediction, target)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def course(net):
    """The lesson as the course writes it; only the learning rate and the weights are the benchmark's."""
    rnn = torch.nn.RNN(1, 32, batch_first=True)
    rnn.load_state_dict(net.rnn.state_dict())
    optimizer = torch.optim.Adam([*rnn.parameters(), *net.fc.parameters()], lr=LEARNING_RATE)
    criterion = torch.nn.MSELoss()
    at = {"hidden": None, "number": 0}

    def step():
        number = at["number"]
        points = np.sin(np.linspace(number * np.pi, (number + 1) * np.pi, 21)).reshape(21, 1)
        x = torch.Tensor(points[:-1]).unsqueeze(0)
        y = torch.Tensor(points[1:])
        output, hidden = rnn(x, at["hidden"])
        prediction = net.fc(output.view(-1, 32))
        at["hidden"] = hidden.data
        at["number"] += 1
        loss = criterion(prediction, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def stream(args, net):
    """A closure that feeds one value, keeps the memory and returns the prediction."""
    values = stream_values().tolist()
    at = {"number": 0}
    if args.variant == "cell":
        cell = torch.nn.LSTMCell(1, net.rnn.hidden_size)
        cell.load_state_dict({name.removesuffix("_l0"): value for name, value in net.rnn.state_dict().items()})
        x = torch.zeros(1, 1)
        at["state"] = (torch.zeros(1, net.rnn.hidden_size),) * 2

        def step():
            x.fill_(values[at["number"] % 40])
            at["state"] = cell(x, at["state"])
            at["number"] += 1
            return net.fc(at["state"][0]).item()

    else:
        x = torch.zeros(1, 1, 1)
        at["state"] = (torch.zeros(1, 1, net.rnn.hidden_size),) * 2

        def step():
            x.fill_(values[at["number"] % 40])
            prediction, at["state"] = net(x, at["state"])
            at["number"] += 1
            return prediction.item()

    return step


def forward(w, net):
    """A closure that runs one whole batch from a zero state and returns its predictions."""
    windows = [torch.from_numpy(x) for x, _ in ring(w)]
    x = torch.empty_like(windows[0])
    at = {"number": 0}

    def step():
        x.copy_(windows[at["number"] % 2])
        at["number"] += 1
        return net(x, None)[0].numpy()

    return step


def main():
    args = arguments(["default", "fused", "course", "lstm", "cell"])
    torch.set_num_threads(args.threads)
    w = WORKLOADS[args.workload]
    net = Network(w)
    net.load_state_dict(load_file(args.weights))
    if w.task == "train":
        step = course(net) if args.variant == "course" else train(w, args, net)
        curve = [step() for _ in range(args.curve)]
        us, steps = measure(step, args.seconds)
    else:
        net.eval()
        with torch.inference_mode():
            if w.task == "stream":
                step = stream(args, net)
                curve = [step() for _ in range(args.curve)]
            else:
                step = forward(w, net)
                curve = step()[-1, : args.curve, 0] if args.curve else []
                step()
            us, steps = measure(step, args.seconds)
    report("torch", torch.__version__, args, us, steps, curve)


main()
