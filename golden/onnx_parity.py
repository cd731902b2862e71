"""Compare ONNX models of `elman export` in ONNX Runtime with elman's own numbers.

    cargo build --release --bin elman
    cargo build --release --workspace --example passes
    pip install -r requirements-onnx.txt
    python onnx_parity.py [--target TARGET_DIR] [--only WORD]

Trains a small network of every cell, with 1 and 3 layers and every likelihood, and some more (dilated, residual, covariates,
transforms, text, model selection), exports each, and compares: whole windows and single time steps with carried states, with
a batch of 3, and forecasts in the units of the series with those of `elman forecast`. Every file passes `onnx.checker` and
strict shape inference. As a negative control the gates are put in the order of the model file: the outputs must then differ.
Prints one line for each network; exits 1 if a difference is above 1e-5.
"""

import argparse
import csv
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

TOLERANCE = 1e-5
# With gates in the wrong order outputs of order 1 differ by more than this.
WRONG = 1e-2
CELLS = ("rnn", "rnn_relu", "gru", "lstm")
LIKELIHOODS = ("point", "quantiles", "gaussian", "student-t", "negative-binomial")
STEPS, BATCH, HORIZON = 11, 3, 3
KNOWN, NEW = 120, 5

# With a learning rate of 0.05 an Elman network of 3 layers becomes chaotic: in 11 time steps it amplifies a change of its inputs
# by 1e-6 tenfold, and rounding errors likewise, up to a difference of 4e-5.
NETWORK = f"--hidden-size 6 --horizon {HORIZON} --max-steps 40 --lr 0.02 --lags 2 --holdout 0"
VARIANTS = {
    "dilated lstm": "--cell lstm --layers 3 --dilations 1,2,4",
    "dilated gru residual": "--cell gru --layers 3 --dilations 4,3,1 --residual",
    "dilation above T": "--cell lstm --layers 2 --dilations 1,16",
    "residual dropout": "--cell lstm --layers 3 --residual --dropout 0.2",
    "values": "--cell gru --differences 0",
    "lag 1": "--cell lstm --differences 0 --lags 1",
    "no scaler": "--cell lstm --differences 0 --scaler none",
    "min-max": "--cell gru --scaler minmax",
    "log": "--cell lstm --transform log",
    "log offset": "--cell gru --transform log_offset --likelihood gaussian",
    "box-cox": "--cell lstm --transform box_cox",
    "calendar": "--cell lstm --calendar",
}
TEXTS = {
    "one-hot": "--embedding-size 0",
    "embedding": "--embedding-size 5",
    "tied": "--tied",
    "many characters": "--embedding-size 5",
    "adaptive": "--embedding-size 5 --cutoffs 20,90",
}


class Programs:
    """The programs of elman, and a folder for their files."""

    def __init__(self, target, folder):
        self.elman = target / "elman"
        self.passes = target / "examples" / "passes"
        self.folder = folder

    def run(self, line):
        """Run `elman` with the words of `line` in the folder; an error ends this script."""
        words = [str(self.elman), *line.split()]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"elman {line}\n{done.stderr}")
        return done.stdout

    def export(self, model, options=""):
        """Export a model, and load its ONNX models."""
        files = json.loads(self.run(f"export {model} --json {options}"))["files"]
        return [Exported(self.folder / file["path"]) for file in files]


class Exported:
    """An ONNX model, checked, in ONNX Runtime."""

    def __init__(self, path):
        self.path = path
        self.proto = onnx.load(path)
        onnx.checker.check_model(self.proto, full_check=True)
        onnx.shape_inference.infer_shapes(self.proto, strict_mode=True, data_prop=True)
        self.document = json.loads(self.proto.metadata_props[0].value)
        self.session = onnxruntime.InferenceSession(self.proto.SerializeToString())
        self.outputs = [output.name for output in self.session.get_outputs()]
        self.inputs = {port["name"]: port for port in self.document["inputs"]}

    def __call__(self, feeds):
        return dict(zip(self.outputs, self.session.run(None, feeds), strict=True))

    def steps(self, feeds, name):
        """Outputs of one time step after the other; the states of each are those of the one before."""
        feeds, found = dict(feeds), []
        for step in range(len(feeds[name])):
            result = self(feeds | {name: feeds[name][step : step + 1]})
            feeds |= {before: result[after] for before, after in self.document["states"].items()}
            found.append(result)
        whole = {key: np.concatenate([one[key] for one in found]) for key in self.outputs if not key.endswith("_n")}
        return whole | {key: found[-1][key] for key in self.outputs if key.endswith("_n")}

    def zeros(self, batch):
        """States at the start of a series."""
        states = {name: self.inputs[name] for name in self.document["states"]}
        sized = {name: [batch if size == "B" else size for size in port["shape"]] for name, port in states.items()}
        return {name: np.zeros(shape, dtype=states[name]["type"]) for name, shape in sized.items()}


def difference(a, b):
    """The largest absolute difference, relative for numbers above 1."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape or not np.isfinite(b).all():
        raise SystemExit(f"shapes {a.shape} and {b.shape}, or a number that is not finite")
    return float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(b))))


def of_passes(programs, model, exported, random):
    """Compare a network without preprocessing with elman's forward passes; return the differences and the feeds."""
    document = exported.document
    name = "tokens" if "tokens" in exported.inputs else "x"
    sizes = {"T": STEPS, "B": BATCH}
    if name == "tokens":
        feeds = {name: random.integers(0, document["model"]["vocab_size"], (STEPS, BATCH))}
    else:
        shape = [sizes.get(size, size) for size in exported.inputs[name]["shape"]]
        feeds = {name: random.normal(size=shape).astype(np.float32)}
    states = {key: random.uniform(-0.9, 0.9, zero.shape).astype(np.float32) for key, zero in exported.zeros(BATCH).items()}
    feeds |= states
    prefix = document["network"] + "." if document["network"] else ""
    network = {"model": document["model"], "prefix": prefix, "loss": document.get("loss", "mse"), "quantiles": document.get("quantiles", [])}
    x = feeds[name].astype(np.float32)
    files = [programs.folder / file for file in ("network.json", "input.safetensors", "output.safetensors")]
    files[0].write_text(json.dumps(network))
    save_file({"x": x if name == "x" else x[:, :, None].copy()} | states, files[1])
    subprocess.run([programs.passes, programs.folder / model, *files], check=True)
    expected = load_file(files[2])
    raw = "output" if "output" in exported.outputs else "log_probabilities"
    found = {}
    for kind, result in (("whole", exported(feeds)), ("steps", exported.steps(feeds, name))):
        found[kind] = difference(result[raw], expected[f"{kind}.output"])
        for state in document["states"].values():
            found[f"{kind} state"] = max(found.get(f"{kind} state", 0.0), difference(result[state], expected[f"{kind}.{state}"]))
        if "quantiles" in result:
            found["quantiles"] = difference(result["quantiles"], expected["quantiles"])
        found["parameters"] = max(found.get("parameters", 0.0), of_parameters(document, result, raw))
    if np.std(expected["whole.output"]) < 1e-2:
        raise SystemExit(f"{model}: the outputs hardly vary, so that they prove nothing")
    return found, feeds, expected["whole.output"]


def of_parameters(document, result, raw):
    """Compare the parameters of distributions with their formulas, and log-probabilities with those of the logits."""
    raw = np.asarray(result[raw], np.float64)
    if "log_probabilities" in result:
        shifted = raw - raw.max(-1, keepdims=True)
        return difference(result["log_probabilities"], shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)))
    softplus = lambda x: np.logaddexp(0.0, x)  # noqa: E731
    formulas = {
        "gaussian": {"mean": lambda x: x, "standard_deviation": lambda x: softplus(x) + 1e-4},
        "student-t": {"location": lambda x: x, "scale": lambda x: softplus(x) + 1e-4, "degrees_of_freedom": lambda x: 2 + softplus(x)},
        "negative-binomial": {"mean": lambda x: np.exp(np.minimum(x, 30)) + 1e-6, "dispersion": lambda x: softplus(x) + 1e-6},
    }.get(document["loss"], {})
    outputs = raw.reshape(*raw.shape[:2], -1, max(1, len(formulas)))
    return max([difference(result[name], f(outputs[..., at])) for at, (name, f) in enumerate(formulas.items())], default=0.0)


def with_wrong_gates(exported):
    """The model with its gates in the order of the model file."""
    order = exported.document["gate_order"]
    if not order["onnx"]:
        return None
    proto = onnx.ModelProto()
    proto.CopyFrom(exported.proto)
    for constant in proto.graph.initializer:
        if constant.name.startswith(("rnn.W", "rnn.R", "rnn.B")):
            values = numpy_helper.to_array(constant)
            halves = np.split(values, 2, axis=1) if ".B_" in constant.name else [values]
            swapped = []
            for half in halves:
                gates = dict(zip(order["onnx"], np.split(half, len(order["onnx"]), axis=1), strict=True))
                swapped += [gates[letter] for letter in order["model_file"]]
            constant.CopyFrom(numpy_helper.from_array(np.concatenate(swapped, axis=1), constant.name))
    return onnxruntime.InferenceSession(proto.SerializeToString())


def series(random, count, length, start=0):
    """Series of counts above 0 with a season, rows of `unique_id, ds, y`."""
    t = np.arange(start, start + length)
    mean = [60 * (1 + s) + 25 * np.sin(2 * np.pi * t / 12 + s) for s in range(count)]
    return np.array([random.poisson(m) + 1 for m in mean], dtype=np.float64)


def write(path, values):
    """Write series as a CSV file with monthly dates."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["unique_id", "ds", "y"])
        for name, one in zip("abc", values, strict=False):
            rows.writerows([name, f"{2000 + t // 12}-{t % 12 + 1:02}-01", y] for t, y in enumerate(one))


def forecasts(programs, model, data):
    """Forecasts of `elman forecast` by series, and the bounds of their 80 % and 95 % intervals, NaN without intervals."""
    programs.run(f"forecast {model} {data} --horizon {HORIZON} --level 80,95 --out forecast.csv --quiet")
    with (programs.folder / "forecast.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["unique_id"] for row in rows})
    number = lambda column: np.array([[float(r[column] or "nan") for r in rows if r["unique_id"] == name] for name in names])  # noqa: E731
    bounds = [number(f"elman-{end}-{level}") for end, level in (("lo", 95), ("lo", 80), ("hi", 80), ("hi", 95))]
    return number("elman"), np.stack(bounds, -1)


def count_quantile(mean, dispersion, level):
    """The quantile of the negative binomial distribution: the smallest count whose probability of not being exceeded reaches it."""
    r, count, below = 1 / dispersion, 0, 0.0
    while True:
        logs = math.lgamma(count + r) - math.lgamma(r) - math.lgamma(count + 1)
        below += math.exp(logs + r * math.log(r / (r + mean)) + count * math.log(mean / (r + mean)))
        if below >= level:
            return float(count)
        count += 1


def of_result(result, step):
    """Forecasts and bounds of time step `step`, from their quantiles, whose middle one is the median."""
    if "dispersion" in result:
        quantile = np.vectorize(count_quantile, otypes=[np.float64])
        parameters = result["mean"][step].astype(np.float64), result["dispersion"][step].astype(np.float64)
        return quantile(*parameters, 0.5), np.stack([quantile(*parameters, level) for level in (0.025, 0.1, 0.9, 0.975)], -1)
    bounds = result.get("quantile_forecast")
    return result["forecast"][step], None if bounds is None else bounds[step][..., [0, 1, 3, 4]]


def after_training(programs, model, exported, values):
    """Compare forecasts after new values with those of elman, from the state at the end of the training."""
    state = exported.document["state_after_training"]
    feeds = {name: np.array(one["values"], exported.inputs[name]["type"]).reshape(one["shape"]) for name, one in state.items()}
    feeds["y"] = values[0, KNOWN:, None]
    results = [exported(feeds), exported.steps(feeds, "y")]
    found = 0.0
    for new in range(1, NEW + 1):
        write(programs.folder / "longer.csv", values[:1, : KNOWN + new])
        expected = forecasts(programs, model, "longer.csv")
        for result in results:
            found = max([found, *compared(of_result(result, new - 1), expected)])
    return found


def compared(result, expected):
    """The differences of forecasts and, where the graph has them, of their bounds, relative to the mean forecast: a network in
    single precision is as exact as the unit of its series."""
    unit = np.abs(expected[0]).mean()
    yield difference(result[0] / unit, expected[0] / unit)
    if result[1] is not None:
        yield difference(result[1] / unit, expected[1] / unit)


def units(exported, values):
    """Inputs of the unit of each series, as elman fits them to the history."""
    scaler = exported.document["preprocessing"].get("scaler")
    linear = exported.document["preprocessing"]["transform"] == "mean_scale"
    if scaler == "standard" and linear:
        zero, width = values.mean(1), values.std(1)
    elif scaler == "minmax" and linear:
        zero, width = values.min(1), values.max(1) - values.min(1)
    else:
        zero, width = None, np.abs(values).mean(1)
    return {name: unit for name, unit in (("zero", zero), ("width", width)) if name in exported.inputs}


def from_the_start(programs, model, exported, values):
    """Compare the forecasts of three series, each over its whole history, with those of elman."""
    feeds = exported.zeros(len(values)) | units(exported, values) | {"y": np.ascontiguousarray(values.T)}
    expected = forecasts(programs, model, "panel.csv")
    results = exported(feeds), exported.steps(feeds, "y")
    return max(number for result in results for number in compared(of_result(result, -1), expected))


class Report:
    """The lines of the comparison, and its largest differences."""

    def __init__(self):
        self.worst, self.least_wrong, self.failed, self.count = 0.0, np.inf, False, 0

    def add(self, name, found, wrong=None):
        worst = max(found.values())
        passed = worst <= TOLERANCE and (wrong is None or wrong >= WRONG)
        self.worst, self.failed, self.count = max(self.worst, worst), self.failed or not passed, self.count + 1
        control = ""
        if wrong is not None:
            self.least_wrong = min(self.least_wrong, wrong)
            control = f"  wrong gates {wrong:.2g}"
        parts = ", ".join(f"{key} {value:.1e}" for key, value in found.items())
        print(f"{'ok  ' if passed else 'FAIL'}  {name}: {parts}{control}", flush=True)


def of_ensemble(programs, report, name, data, values):
    """Compare the mean forecast of selected networks, of series without a season, with that of elman."""
    programs.run(f"forecast {data} --horizon {HORIZON} --season 0 --model network --save auto.safetensors --out f.csv --quiet")
    networks = programs.export("auto.safetensors", "--out auto.onnx")
    found = []
    for exported in networks:
        feeds = exported.zeros(len(values)) | units(exported, values) | {"y": np.ascontiguousarray(values.T)}
        if "positive" in exported.inputs:
            feeds["positive"] = (values > 0).all(1)
        found.append((exported(feeds)["forecast"][-1], exported.steps(feeds, "y")["forecast"][-1]))
    logs = networks[0].document["preprocessing"]["transform"] == "log"
    expected, _ = forecasts(programs, "auto.safetensors", data)
    means = [np.exp(np.mean(np.log(one), 0)) if logs else np.mean(one, 0) for one in zip(*found, strict=True)]
    unit = np.abs(expected).mean()
    report.add(f"{name}, {len(networks)} networks, forecasts", {"whole": difference(means[0] / unit, expected / unit), "steps": difference(means[1] / unit, expected / unit)})


def network(programs, report, name, model, random):
    """Compare the networks of a model file without preprocessing, with the negative control."""
    for exported in programs.export(model, "--network-only --out network.onnx"):
        found, feeds, expected = of_passes(programs, model, exported, random)
        wrong = with_wrong_gates(exported)
        if wrong is not None:
            raw = exported.outputs.index("output" if "output" in exported.outputs else "log_probabilities")
            wrong = difference(wrong.run(None, feeds)[raw], expected)
        report.add(f"{name} {exported.document['network']}".strip(), found, wrong)


def of_options(programs, report, name, options, values, random):
    """Train networks with these options on one series and on three, and compare."""
    programs.run(f"train one.csv {NETWORK} {options} --save one.safetensors --quiet")
    network(programs, report, name, "one.safetensors", random)
    [exported] = programs.export("one.safetensors", "--out one.onnx")
    if "y" not in exported.inputs:
        return
    found = {"after training": after_training(programs, "one.safetensors", exported, values)}
    if "power" not in exported.inputs:
        programs.run(f"train panel.csv {NETWORK} {options} --save panel.safetensors --quiet")
        [exported] = programs.export("panel.safetensors", "--out panel.onnx")
        found["from the start"] = from_the_start(programs, "panel.safetensors", exported, values[:, :KNOWN])
    report.add(f"{name}, forecasts", found)


def cases(random, programs, report, only):
    """All comparisons."""
    values = series(random, 3, KNOWN + NEW)
    write(programs.folder / "one.csv", values[:1, :KNOWN])
    write(programs.folder / "panel.csv", values[:, :KNOWN])
    (programs.folder / "text.txt").write_text("The quick brown fox jumps over the lazy dog; and the dog sleeps. " * 60)
    many = (random.pareto(1.0, 20_000) * 30).astype(int).clip(0, 299) + 0x4E00
    (programs.folder / "many.txt").write_text("".join(map(chr, many)))
    named = {
        f"{cell}, {layers} layers, {likelihood}": f"--cell {cell} --layers {layers} --likelihood {likelihood}"
        for cell in CELLS
        for layers in (1, 3)
        for likelihood in LIKELIHOODS
    }
    for name, options in (named | VARIANTS).items():
        if only in name:
            of_options(programs, report, name, options, values, random)
    for cell in CELLS:
        for kind, options in TEXTS.items():
            if only in f"text {cell} {kind}":
                sizes = "--hidden-size 8 --layers 2 --max-steps 40 --lr 0.05 --batch-size 4 --seq-length 16"
                text = "many.txt" if kind in ("many characters", "adaptive") else "text.txt"
                programs.run(f"text train {text} --cell {cell} {sizes} {options} --save text.safetensors --quiet")
                network(programs, report, f"text {cell} {kind}", "text.safetensors", random)
    for scope in ("global", "local"):
        if only in f"auto {scope}":
            programs.run(f"forecast panel.csv --horizon {HORIZON} --model network --scope {scope} --save auto.safetensors --out f.csv --quiet")
            network(programs, report, f"auto {scope}", "auto.safetensors", random)


    waves = random.normal(size=(3, 240))
    for t in range(2, 240):
        waves[:, t] += 1.6 * waves[:, t - 1] - 0.8 * waves[:, t - 2]
    for kind, rows in (("waves", waves), ("waves above 0", waves - waves.min() + 5), ("waves from 0", waves - waves.min())):
        if only in f"auto {kind}":
            write(programs.folder / "waves.csv", rows)
            of_ensemble(programs, report, f"auto {kind}", "waves.csv", rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).resolve().parent
    parser.add_argument("--target", type=Path, default=here.parent / "target" / "release", help="folder of the programs")
    parser.add_argument("--only", default="", help="only networks whose name has this word")
    arguments = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(arguments.target.resolve(), Path(folder))
        cases(np.random.default_rng(1), programs, report, arguments.only)
    print(f"{report.count} comparisons, largest difference {report.worst:.1e}; gates in the wrong order {report.least_wrong:.2g} at least")
    return int(report.failed or report.count == 0)


if __name__ == "__main__":
    sys.exit(main())
