"""Write the golden fixtures: what PyTorch computes, in float64 on the CPU, for the Rust tests to reproduce.

    python generate.py [--out DIR]

One safetensors file a case; every tensor is F64, and the metadata key `case` holds one JSON document with the
configuration. Running it again gives the same bytes. README.md lists the tensors.
"""

import argparse
import json
import math
import zlib
from pathlib import Path

import numpy
import scipy
import torch
from safetensors.torch import save_file
from scipy import stats
from torch import nn
from torch.distributions import NegativeBinomial, Normal, StudentT
from torch.optim import SGD, Adam, AdamW, RMSprop
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, ReduceLROnPlateau, StepLR

from load_models import CELLS, Lesson


def seed(name):
    """Seed PyTorch from the name of the case, so that adding a case leaves the others as they are."""
    number = zlib.crc32(name.encode())
    torch.manual_seed(number)
    return number


def save(out, name, kind, tensors, **config):
    """Write one case to `out`/`name`.safetensors."""
    case = {"kind": kind, "name": name, "torch": torch.__version__, **config}
    tensors = {key: torch.as_tensor(value).detach().clone().contiguous() for key, value in tensors.items()}
    assert all(value.dtype == torch.float64 and value.isfinite().all() for value in tensors.values()), name
    save_file(tensors, out / f"{name}.safetensors", metadata={"case": json.dumps(case, sort_keys=True)})


def named(prefix, tensors):
    """A snapshot of `tensors` (name, value pairs) with `prefix` before each name."""
    return {f"{prefix}.{name}": value.detach().clone() for name, value in tensors}


def gradients(model):
    return [(name, parameter.grad) for name, parameter in model.named_parameters()]


def detached(state):
    return {name: value.detach() for name, value in state.items()}


# Curves: the lesson, trained for 75 steps.


def sine_window(step, seq_length, batch_size):
    """Input and target [T,B,1] of one step: a sine, and the same sine one point later."""
    starts = [step * math.pi + 2 * math.pi * b / batch_size for b in range(batch_size)]
    points = [[math.sin(start + k * math.pi / seq_length) for start in starts] for k in range(seq_length + 1)]
    points = torch.tensor(points).unsqueeze(-1)
    return points[:-1], points[1:]


def curve(out, name, cell, hidden_size, num_layers, batch_size):
    seq_length, steps, learning_rate = 20, 75, 0.01
    sizes = {"input_size": 1, "hidden_size": hidden_size, "num_layers": num_layers, "output_size": 1}
    number = seed(name)
    model = Lesson(cell, **sizes)
    criterion = nn.MSELoss()
    optimizer = Adam(model.parameters(), lr=learning_rate)
    zeros = torch.zeros(num_layers, batch_size, hidden_size)
    state = {key: zeros for key in model.state_names}

    tensors = named("init", model.named_parameters())
    losses = []
    for step in range(steps):
        x, target = sine_window(step, seq_length, batch_size)
        optimizer.zero_grad()
        y, end = model(x, state)
        loss = criterion(y, target)
        loss.backward()
        if step == 0:
            tensors |= {"x0": x, "target0": target, "y0": y} | named("grad", gradients(model))
        optimizer.step()
        losses.append(loss.item())
        state = detached(end)
    tensors |= {"losses": torch.tensor(losses)} | named("final_state", state.items())
    tensors |= named("final", model.named_parameters())

    model_config = {"cell": cell, **sizes}
    training = {"seq_length": seq_length, "batch_size": batch_size, "steps": steps, "learning_rate": learning_rate}
    save(out, name, "curve", tensors, model=model_config, loss="mse", optimizer="adam", seed=number, **training)


def curves(out):
    curve(out, "curve_lesson", "rnn", hidden_size=32, num_layers=1, batch_size=1)
    for cell in CELLS:
        for num_layers, batch_size, hidden_size in [(1, 1, 17), (1, 4, 17), (3, 1, 7), (3, 4, 5)]:
            curve(out, f"curve_{cell}_l{num_layers}_b{batch_size}", cell, hidden_size, num_layers, batch_size)


# Text: a character model, trained for 50 steps.


class Characters(nn.Module):
    """A vector for each token (one-hot, where `embedding_size` is 0), a recurrent network, and logits, or clusters of them."""

    def __init__(self, cell, vocab_size, embedding_size, hidden_size, num_layers, tied, cutoffs):
        super().__init__()
        self.vocab_size, self.tied = vocab_size, tied
        self.embedding = nn.Embedding(vocab_size, embedding_size) if embedding_size else None
        layer, options = CELLS[cell]
        self.state_names = ("h", "c") if cell == "lstm" else ("h",)
        self.rnn = layer(embedding_size or vocab_size, hidden_size, num_layers, **options)
        self.fc = nn.Linear(hidden_size, vocab_size)
        if tied:
            self.fc.weight = self.embedding.weight
        if cutoffs:
            self.fc = nn.AdaptiveLogSoftmaxWithLoss(hidden_size, vocab_size, cutoffs)

    def loss(self, tokens, targets, state):
        embed = self.embedding or (lambda t: nn.functional.one_hot(t, self.vocab_size).to(torch.float64))
        out, end = self.rnn(embed(tokens), state)
        end = tuple(s.detach() for s in end) if isinstance(end, tuple) else end.detach()
        out, targets = out.flatten(0, 1), targets.flatten()
        if isinstance(self.fc, nn.Linear):
            return nn.functional.cross_entropy(self.fc(out), targets), end
        return self.fc(out, targets).loss, end


def text(out, name, cell, embedding_size, tied=False, hidden_size=9, num_layers=2, vocab_size=7, cutoffs=()):
    seq_length, batch_size, steps, learning_rate = 6, 3, 50, 0.01
    number = seed(name)
    model = Characters(cell, vocab_size, embedding_size, hidden_size, num_layers, tied, list(cutoffs))
    if tied:
        nn.init.uniform_(model.fc.weight, -1 / math.sqrt(hidden_size), 1 / math.sqrt(hidden_size))
    # Tokens with something to learn: each is often the one before it plus 1 or 3.
    jumps = torch.randint(0, 4, (batch_size * steps * seq_length + 1,)).clamp(1, 3)
    tokens = (jumps.cumsum(0) % vocab_size).to(torch.int64)
    stride = (len(tokens) - 1) // batch_size
    optimizer = Adam(model.parameters(), lr=learning_rate)
    zeros = torch.zeros(num_layers, batch_size, hidden_size)
    state = (zeros, zeros) if cell == "lstm" else zeros
    tensors = named("init", model.named_parameters())
    losses = []
    for step in range(steps):
        starts = [b * stride + step * seq_length for b in range(batch_size)]
        x = torch.stack([tokens[s : s + seq_length] for s in starts], 1)
        y = torch.stack([tokens[s + 1 : s + seq_length + 1] for s in starts], 1)
        optimizer.zero_grad(set_to_none=False)  # a cluster without a target has a gradient, of zeros
        loss, state = model.loss(x, y, state)
        loss.backward()
        if step == 0:
            tensors |= named("grad", gradients(model))
        optimizer.step()
        losses.append(loss.item())
    tensors |= {"losses": torch.tensor(losses), "tokens": tokens.to(torch.float64)}
    tensors |= named("final", model.named_parameters())
    sizes = {"vocab_size": vocab_size, "embedding_size": embedding_size, "hidden_size": hidden_size}
    sizes |= {"num_layers": num_layers, "tied": tied, "input_size": 1, "output_size": vocab_size}
    sizes |= {"cutoffs": cutoffs} if cutoffs else {}
    training = {"seq_length": seq_length, "batch_size": batch_size, "steps": steps, "learning_rate": learning_rate}
    config = {"loss": "cross-entropy", "optimizer": "adam", "seed": number, **training}
    save(out, name, "text", tensors, model={"cell": cell, **sizes}, **config)


def texts(out):
    text(out, "text_lstm_embedded", "lstm", 5)
    text(out, "text_gru_one_hot", "gru", 0)
    text(out, "text_lstm_tied", "lstm", 9, tied=True)
    text(out, "text_lstm_adaptive", "lstm", 5, hidden_size=16, vocab_size=24, cutoffs=(6, 13))


# Probes: two windows, everything random and non-zero, every gradient.


def probe(out, cell):
    seq_length, batch_size = 4, 2
    sizes = {"input_size": 3, "hidden_size": 5, "num_layers": 2, "output_size": 2}
    name = f"probe_{cell}"
    number = seed(name)
    model = Lesson(cell, **sizes)
    state_shape = sizes["num_layers"], batch_size, sizes["hidden_size"]
    state0 = {key: torch.randn(state_shape) for key in model.state_names}

    tensors = named("param", model.named_parameters())
    for window in ("w0", "w1"):
        x = torch.randn(seq_length, batch_size, sizes["input_size"], requires_grad=True)
        dy = torch.randn(seq_length, batch_size, sizes["output_size"])
        state0 = {key: value.detach().requires_grad_() for key, value in state0.items()}
        y, end = model(x, state0)
        (y * dy).sum().backward()  # parameter gradients add up over the two windows
        dstate0 = [(key, value.grad) for key, value in state0.items()]
        tensors |= named(window, [("x", x), ("y", y), ("dy", dy), ("dx", x.grad)])
        tensors |= named(f"{window}.state0", state0.items()) | named(f"{window}.end_state", end.items())
        tensors |= named(f"{window}.dstate0", dstate0)
        state0 = end
    tensors |= named("grad", gradients(model))

    data = {"seq_length": seq_length, "batch_size": batch_size, "windows": 2}
    save(out, name, "probe", tensors, model={"cell": cell, **sizes}, seed=number, **data)


# Losses, optimisers, clipping, schedules.


def losses(out):
    seed("losses")
    pred, target = torch.randn(4, 3, 2) * 1.5, torch.randn(4, 3, 2)
    # Exactly 0, exactly +1 and -1 (Huber's delta), and far beyond it on both sides.
    pred.view(-1)[:5] = torch.tensor([0.25, 1.5, -0.5, 12.5, -30.0])
    target.view(-1)[:5] = torch.tensor([0.25, 0.5, 0.5, -3.25, 8.0])
    cases = [("mse", nn.MSELoss(), {}), ("mae", nn.L1Loss(), {}), ("huber", nn.HuberLoss(delta=1.0), {"delta": 1.0})]
    for name, criterion, options in cases:
        p = pred.clone().requires_grad_()
        value = criterion(p, target)
        value.backward()
        tensors = {"pred": pred, "target": target, "value": value.reshape(1), "dpred": p.grad}
        save(out, f"loss_{name}", "loss", tensors, loss=name, reduction="mean", **options)

    seed("cross-entropy")
    # As many classes as no line of sixteen holds; one logit far above and one far below the others.
    pred, target = torch.randn(4, 3, 37) * 3, torch.randint(0, 37, (4, 3))
    pred[0, 0, 5], pred[0, 1, 36] = 60.0, -60.0
    target[0, 0], target[0, 1] = 5, 36
    p = pred.clone().requires_grad_()
    value = nn.functional.cross_entropy(p.flatten(0, 1), target.flatten())
    value.backward()
    tensors = {"pred": pred, "target": target.to(torch.float64), "value": value.reshape(1), "dpred": p.grad}
    save(out, "loss_cross_entropy", "loss", tensors, loss="cross-entropy", reduction="mean", classes=37)


def softplus(x):
    """ln(1 + e^x); torch's own is x itself from 20 on."""
    return torch.logaddexp(x, torch.zeros(()))


def gaussian(raw):
    mean, scale = raw.unbind(-1)
    return mean, softplus(scale) + 1e-4


def student_t(raw):
    location, scale, freedom = raw.unbind(-1)
    return 2 + softplus(freedom), location, softplus(scale) + 1e-4


def negative_binomial(raw):
    """r and the mean m; the variance is m + m^2 / r."""
    mean, dispersion = raw.unbind(-1)
    return 1 / (softplus(dispersion) + 1e-6), mean.clamp(max=30).exp() + 1e-6


def negative_binomial_loss(raw, y):
    r, mean = negative_binomial(raw)
    return -NegativeBinomial(r, logits=(mean / r).log()).log_prob(y)


def quantiles_of(raw, levels):
    """The output at the level nearest 1/2, and from there up and down in positive steps."""
    center = min(range(len(levels)), key=lambda j: abs(levels[j] - 0.5))
    found = {center: raw[..., center]}
    for j in range(center + 1, len(levels)):
        found[j] = found[j - 1] + softplus(raw[..., j])
    for j in reversed(range(center)):
        found[j] = found[j + 1] - softplus(raw[..., j])
    return torch.stack([found[j] for j in range(len(levels))], dim=-1)


def pinball_loss(raw, y, levels):
    error = y.unsqueeze(-1) - quantiles_of(raw, levels)
    tau = torch.tensor(levels)
    return 2 * torch.maximum(tau * error, (tau - 1) * error).mean(-1)


LEVELS = [0.05, 0.25, 0.4, 0.8, 0.975]


def distributions(out):
    def case(name, num_outputs, likelihood, counts=False, **options):
        seed(name)
        shape = 4, 3, 2
        pred, target = torch.randn(*shape, num_outputs) * 1.5, torch.randn(shape) * 2
        # The scale (or the dispersion) small and large, with a target far away; the last parameter large.
        pred[0, 0, 0, 1], pred[0, 0, 1, 1], pred[0, 1, 0, -1], pred[0, 1, 1, -1] = -4.0, 9.0, 30.0, -30.0
        target[0, 0, 0] = 8.0
        # Where the scale is least, the target is near.
        pred[0, 1, 1, 0] = target[0, 1, 1] + (1e-4 if num_outputs == 2 else 1.0)
        if counts:
            target = (target.exp() + 0.2).floor()
            pred[0, 2, 0, 0], target[0, 2, 0] = 6.9, 1200.0
            pred[1, 0, 0, 0], target[1, 0, 0] = -9.0, 0.0
        p = pred.clone().requires_grad_()
        value = likelihood(p, target).mean()
        value.backward()
        tensors = {"pred": pred, "target": target, "value": value.reshape(1), "dpred": p.grad}
        save(out, f"loss_{name.replace('-', '_')}", "loss", tensors, loss=name, reduction="mean", **options)

    case("gaussian", 2, lambda raw, y: -Normal(*gaussian(raw)).log_prob(y))
    case("student-t", 3, lambda raw, y: -StudentT(*student_t(raw)).log_prob(y))
    case("negative-binomial", 2, negative_binomial_loss, counts=True)
    case("pinball", len(LEVELS), lambda raw, y: pinball_loss(raw, y, LEVELS), quantiles=LEVELS)


def quantiles(out):
    """The inverse distribution functions, from SciPy: PyTorch has only the normal one."""
    # Beside what is usual: far out in both tails, at the levels of `pinball`, and close to the middle.
    levels = [1e-12, 1e-6, 0.001, 0.025, *LEVELS, 0.4999, 0.5, 0.501, 0.9, 0.99, 0.999, 1 - 1e-6, 1 - 1e-9]
    grid = torch.tensor(sorted(levels))
    small, large = [-12.0, -3.0, 0.0], [1.5, 20.0, 900.0]

    def case(name, raw, found, **options):
        found = torch.as_tensor(found)
        assert found.shape == (len(raw), len(grid))
        tensors = {"outputs": raw, "levels": grid, "quantiles": found}
        name_of_file = f"quantile_{name.replace('-', '_')}"
        save(out, name_of_file, "quantile", tensors, loss=name, scipy=scipy.__version__, **options)

    def column(values):
        return [value.unsqueeze(-1).numpy() for value in values]

    raw = torch.cartesian_prod(torch.tensor([0.0, -40.0, 3.5]), torch.tensor(small + large))
    mean, sd = column(gaussian(raw))
    case("gaussian", raw, stats.norm.ppf(grid, mean, sd))

    freedoms = torch.tensor(small + large + [5e4, 2e5, 1e7])
    raw = torch.cartesian_prod(torch.tensor([0.0, -3.0]), torch.tensor([-2.0, 1.5]), freedoms)
    freedom, location, scale = column(student_t(raw))
    case("student-t", raw, stats.t.ppf(grid, freedom, location, scale))

    means = torch.tensor(small + [math.log(mean) for mean in large + [1e5]])
    raw = torch.cartesian_prod(means, torch.tensor([-30.0, *small, 1.5, 20.0]))
    r, mean = column(negative_binomial(raw))
    case("negative-binomial", raw, stats.nbinom.ppf(grid, r, r / (r + mean)))

    seed("quantiles")
    raw = torch.randn(5, len(LEVELS)) * 3
    rows = [numpy.interp(grid, LEVELS, row) for row in quantiles_of(raw, LEVELS)]
    case("pinball", raw, numpy.stack(rows), quantiles=LEVELS)


def optimizers(out):
    size, steps = 7, 12
    seed("optimizers")
    init = torch.randn(size)
    # A tiny gradient shows where `eps` stands; a zero one shows weight decay alone.
    grads = torch.randn(steps, size) * torch.tensor([1.0, 1.0, 1.0, 10.0, 1e-3, 1e-8, 0.0])
    adam = {"learning_rate": 0.01, "betas": (0.9, 0.999), "eps": 1e-8}
    rmsprop = {"learning_rate": 0.01, "alpha": 0.99, "eps": 1e-8}
    cases = [
        ("sgd", "sgd", SGD, {"learning_rate": 0.05, "momentum": 0.0, "weight_decay": 0.0}),
        ("sgd_momentum", "sgd", SGD, {"learning_rate": 0.05, "momentum": 0.9, "weight_decay": 0.0}),
        ("rmsprop", "rmsprop", RMSprop, rmsprop | {"momentum": 0.0, "weight_decay": 0.0}),
        ("rmsprop_momentum", "rmsprop", RMSprop, rmsprop | {"momentum": 0.9, "weight_decay": 0.0}),
        ("adam", "adam", Adam, adam | {"weight_decay": 0.0}),
        ("adam_l2", "adam", Adam, adam | {"weight_decay": 0.01}),
        ("adamw", "adamw", AdamW, adam | {"weight_decay": 0.01}),
    ]
    for name, family, kind, options in cases:
        parameter = nn.Parameter(init.clone())
        arguments = {"lr" if key == "learning_rate" else key: value for key, value in options.items()}
        optimizer = kind([parameter], foreach=False, **arguments)
        params = []
        for grad in grads:
            parameter.grad = grad.clone()
            optimizer.step()
            params.append(parameter.detach().clone())
        tensors = {"init": init, "grads": grads, "params": torch.stack(params)}
        save(out, f"optim_{name}", "optimizer", tensors, optimizer=family, steps=steps, **options)


def clipping(out):
    max_norm = 1.0
    for name, scale in [("clip_above", 1.0), ("clip_below", 0.1)]:
        seed("clip")
        shapes = {"a": (3, 4), "b": (5,)}
        parameters = {key: nn.Parameter(torch.zeros(shape)) for key, shape in shapes.items()}
        for parameter in parameters.values():
            parameter.grad = torch.randn(parameter.shape) * scale
        tensors = named("before", [(key, value.grad) for key, value in parameters.items()])
        total = nn.utils.clip_grad_norm_(parameters.values(), max_norm, foreach=False)
        tensors |= named("after", [(key, value.grad) for key, value in parameters.items()])
        tensors["total_norm"] = total.reshape(1)
        assert (total > max_norm) == (name == "clip_above")
        save(out, name, "clip", tensors, max_norm=max_norm)


# Better, worse, equal, better by less than the threshold (0.6e-4) and by more (2e-4), and long flat stretches.
METRIC = [
    *[1.0, 0.8, 0.9, 0.7, 0.7, 0.71, 0.72, 0.5, 0.49997, 0.49997],
    *[0.499969, 0.49996, 0.49995, 0.4999, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6],
    *[0.6, 0.6, 0.6, 0.45, 0.46, 0.46, 0.46, 0.44, 0.44, 0.44],
    *[0.44, 0.44, 0.44, 0.44, 0.44, 0.44, 0.3, 0.31, 0.31, 0.31],
]


def schedules(out):
    steps = 40
    cases = [
        ("constant", LambdaLR, {"lr_lambda": lambda _: 1.0}, {}),
        ("step", StepLR, {"step_size": 10, "gamma": 0.5}, {"step_size": 10, "gamma": 0.5}),
        ("cosine", CosineAnnealingLR, {"T_max": 40, "eta_min": 0.0}, {"t_max": 40, "eta_min": 0.0}),
        (
            "plateau",
            ReduceLROnPlateau,
            {"mode": "min", "factor": 0.5, "patience": 3, "threshold": 1e-4, "threshold_mode": "rel"},
            {"mode": "min", "factor": 0.5, "patience": 3, "threshold": 1e-4, "threshold_mode": "rel"},
        ),
    ]
    for name, kind, arguments, options in cases:
        # With a learning rate of 1 the rate in force is the multiplier.
        optimizer = SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
        scheduler = kind(optimizer, **arguments)
        rates = []
        for metric in METRIC:
            rates.append(float(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            scheduler.step(metric) if name == "plateau" else scheduler.step()
        tensors = {"rate": torch.tensor(rates)}
        if name == "plateau":
            tensors["metric"] = torch.tensor(METRIC)
        save(out, f"schedule_{name}", "schedule", tensors, schedule=name, steps=steps, learning_rate=1.0, **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "fixtures", metavar="DIR")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    torch.use_deterministic_algorithms(True)

    curves(out)
    texts(out)
    for cell in CELLS:
        probe(out, cell)
    losses(out)
    distributions(out)
    quantiles(out)
    optimizers(out)
    clipping(out)
    schedules(out)

    files = sorted(out.glob("*.safetensors"))
    print(f"{len(files)} files, {sum(file.stat().st_size for file in files)} bytes, torch {torch.__version__}")


if __name__ == "__main__":
    main()
