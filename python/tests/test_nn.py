from __future__ import annotations

import copy
import json
import math
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from elman import nn
from elman.errors import DataError, DivergedError, FileError, OptionError

ROOT = Path(__file__).resolve().parents[2]


def fixture(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors of a golden fixture as NumPy arrays of float64, and its description."""
    file = (ROOT / "golden" / "fixtures" / f"{name}.safetensors").read_bytes()
    end = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:end])
    case = json.loads(header.pop("__metadata__")["case"])
    tensors = {}
    for key, tensor in header.items():
        first, last = tensor["data_offsets"]
        values = np.frombuffer(file[end + first : end + last], dtype="<f8")
        tensors[key] = values.reshape(tensor["shape"])
    return tensors, case


def lesson_window(step: int) -> Any:
    """21 points of a sine wave, by the C library as in the engine."""
    return np.array([math.sin(step * math.pi + math.pi * k / 20) for k in range(21)])


def train_lesson(model: nn.Model, steps: int = 75) -> list[float]:
    optimizer = nn.Adam(model, lr=0.01)
    state, losses = None, []
    for step in range(steps):
        wave = lesson_window(step)
        prediction, state = model(wave[:-1], state)
        loss = nn.mse_loss(prediction, wave[1:])
        loss.backward()
        optimizer.step()
        state = state.detach()
        losses.append(float(loss))
    return losses


def random(*shape: int, seed: int = 7) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def test_lesson_has_the_losses_of_pytorch() -> None:
    tensors, _ = fixture("curve_lesson")
    model = nn.Model()
    init = {key[5:]: value for key, value in tensors.items() if key.startswith("init.")}
    model.load_state_dict(init)
    losses = train_lesson(model)
    # The fixture is computed in double precision, the model in single precision.
    np.testing.assert_allclose(losses, tensors["losses"], rtol=2e-3, atol=1e-6)


def test_lesson_has_the_losses_and_weights_of_the_program(program: Path, tmp_path: Path) -> None:
    file = tmp_path / "lesson.safetensors"
    command = [program, "train", "--save", file, "--json", "--quiet"]
    document = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    model = nn.Model(seed=1)
    losses = train_lesson(model)
    assert losses == [row["loss"] for row in document["history"]]
    trained = nn.load(file).parameters()
    for name, values in model.parameters().items():
        assert (values == trained[name]).all(), name


def of_probe(cell: str) -> tuple[nn.Model, dict[str, Any]]:
    tensors, case = fixture(f"probe_{cell}")
    model = nn.Model(**case["model"])
    model.load_state_dict({k[6:]: v for k, v in tensors.items() if k.startswith("param.")})
    return model, tensors


@pytest.mark.parametrize("cell", nn.CELLS)
def test_gradients_of_two_windows_are_those_of_pytorch(cell: str) -> None:
    model, tensors = of_probe(cell)
    for window in ("w0", "w1"):
        start = f"{window}.state0."
        first = {k[len(start) :]: v for k, v in tensors.items() if k.startswith(start)}
        prediction, state = model(tensors[f"{window}.x"], nn.State.from_numpy(model, first))
        np.testing.assert_allclose(prediction.numpy(), tensors[f"{window}.y"], atol=2e-6)
        for name, values in state.numpy().items():
            np.testing.assert_allclose(values, tensors[f"{window}.end_state.{name}"], atol=2e-6)
        prediction.backward(tensors[f"{window}.dy"])
    for name, gradient in model.gradients().items():
        np.testing.assert_allclose(gradient, tensors[f"grad.{name}"], atol=2e-5, err_msg=name)


def outputs_of(loss: nn.Loss) -> int:
    return 5 if loss.outputs_per_target is None else loss.outputs_per_target


@pytest.mark.parametrize("name", nn.LOSSES)
@pytest.mark.parametrize("cell", nn.CELLS)
def test_gradients_are_finite_differences(cell: str, name: str) -> None:
    loss = nn.Loss(name, [0.1, 0.5, 0.9] if name == "pinball" else ())
    model = nn.Model(cell, 2, 4, outputs_of(loss), num_layers=2, seed=3)
    x = random(6, 3, 2)
    target = np.abs(np.round(2 * random(6, 3, 1, seed=8))) % 5 + 0.0
    target[2, 1] = np.nan
    value = loss(model(x)[0], target)
    value.backward()
    gradients, weights = model.gradients(), model.parameters()
    for variable, values in weights.items():
        # Along the gradient itself, so that the difference is far above the rounding.
        direction = gradients[variable] / np.linalg.norm(gradients[variable])
        step, shifted = 4e-3, []
        for sign in (-1, 1):
            moved = values + sign * step * direction
            model.load_state_dict({**weights, variable: moved})
            shifted.append(float(loss(model(x)[0], target)))
        slope = (shifted[1] - shifted[0]) / (2 * step)
        expected = np.linalg.norm(gradients[variable])
        # The kinks of ReLU, absolute values and quantiles are between the two points at times.
        assert slope == pytest.approx(expected, rel=0.06, abs=2e-5), variable


def test_gradient_flows_through_a_state_that_is_not_detached() -> None:
    x, y = random(10, 2, 1), random(10, 2, 1, seed=8)
    whole = nn.Model("lstm", hidden_size=5)
    nn.mse_loss(whole(x)[0], y).backward()
    halves = nn.Model("lstm", hidden_size=5)
    first, state = halves(x[:5])
    second, _ = halves(x[5:], state)
    ((nn.mse_loss(first, y[:5]) + nn.mse_loss(second, y[5:])) / 2).backward()
    cut = nn.Model("lstm", hidden_size=5)
    first, state = cut(x[:5])
    second, _ = cut(x[5:], state.detach())
    ((nn.mse_loss(first, y[:5]) + nn.mse_loss(second, y[5:])) / 2).backward()
    name = "rnn.weight_hh_l0"
    np.testing.assert_allclose(halves.gradients()[name], whole.gradients()[name], atol=1e-6)
    assert np.abs(cut.gradients()[name] - whole.gradients()[name]).max() > 1e-4


def test_gradient_flows_from_one_model_into_another() -> None:
    encoder, decoder = nn.Model(hidden_size=4, seed=1), nn.Model(hidden_size=4, seed=2)
    _, state = encoder(random(6, 1, 1))
    nn.mse_loss(decoder(random(3, 1, 1), state)[0], random(3, 1, 1, seed=8)).backward()
    assert np.abs(encoder.gradients()["rnn.weight_hh_l0"]).max() > 0
    assert np.abs(encoder.gradients()["fc.weight"]).max() == 0


def test_gradients_add_up_until_the_optimizer_step() -> None:
    model = nn.Model(hidden_size=4)
    x, y = random(6, 1, 1), random(6, 1, 1, seed=8)
    nn.mse_loss(model(x)[0], y).backward()
    once = model.gradients()
    nn.mse_loss(model(x)[0], y).backward()
    for name, gradient in model.gradients().items():
        np.testing.assert_allclose(gradient, 2 * once[name], rtol=1e-5, atol=1e-9)
    optimizer = nn.SGD(model, lr=0.0)
    optimizer.step()
    nn.mse_loss(model(x)[0], y).backward()
    for name, gradient in model.gradients().items():
        np.testing.assert_array_equal(gradient, once[name])


@pytest.mark.parametrize("name", nn.OPTIMIZERS)
def test_optimizers_learn_the_sine_wave(name: str) -> None:
    model = nn.Model("gru", hidden_size=8)
    optimizer = nn.Optimizer(model, name, lr=0.05 if name == "sgd" else 0.01, momentum=0.9)
    losses = []
    for step in range(120):
        wave = lesson_window(step % 2)
        loss = nn.mse_loss(model(wave[:-1])[0], wave[1:])
        loss.backward()
        nn.clip_grad_norm_(model, 1.0)
        optimizer.step()
        losses.append(float(loss))
    assert optimizer.num_steps == 120
    assert losses[-1] < 0.1 * losses[0]


def test_sgd_subtracts_the_gradient() -> None:
    model = nn.Model(hidden_size=3)
    before = model.parameters()
    nn.mse_loss(model(random(4, 1, 1))[0], random(4, 1, 1, seed=8)).backward()
    gradients = model.gradients()
    nn.SGD(model, lr=0.5).step()
    for name, values in model.parameters().items():
        np.testing.assert_allclose(values, before[name] - 0.5 * gradients[name], atol=1e-7)


def test_clipping_scales_the_norm() -> None:
    model = nn.Model(hidden_size=3)
    nn.mse_loss(model(random(4, 1, 1))[0], 9 + random(4, 1, 1, seed=8)).backward()

    def norm() -> float:
        return math.sqrt(
            sum(float((g.astype(float) ** 2).sum()) for g in model.gradients().values())
        )

    before = norm()
    assert before > 1
    assert nn.clip_grad_norm_(model, 0.25) == pytest.approx(before)
    assert norm() == pytest.approx(0.25, rel=1e-5)


def test_state_is_read_set_detached_and_reset() -> None:
    model = nn.Model("lstm", hidden_size=3, num_layers=2)
    _, state = model(random(5, 4, 1))
    tensors = state.numpy()
    assert {name: values.shape for name, values in tensors.items()} == {
        "h": (2, 4, 3),
        "c": (2, 4, 3),
    }
    assert state.shape == (2, 4, 3)
    assert state.has_history
    assert not state.detach().has_history
    again = nn.State.from_numpy(model, tensors)
    x = random(5, 4, 1, seed=9)
    np.testing.assert_array_equal(model(x, state)[0].numpy(), model(x, again)[0].numpy())
    assert state.reset([1]) is state
    assert (state.numpy()["h"][:, 1] == 0).all()
    assert (state.numpy()["h"][:, 2] == tensors["h"][:, 2]).all()
    state.reset()
    np.testing.assert_array_equal(model(x, state)[0].numpy(), model(x)[0].numpy())


def test_carried_state_continues_the_sequence() -> None:
    model = nn.Model("gru", hidden_size=6, dilations=[1, 3], num_layers=2, residual=True)
    x = random(12, 2, 1)
    whole = model(x)[0].numpy()
    first, state = model(x[:5])
    second, _ = model(x[5:], state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, atol=1e-6)


def test_arrays_come_in_without_a_copy() -> None:
    from elman.nn.arrays import window

    for dtype in (np.float32, np.float64):
        x = np.ones((4, 2, 3), dtype)
        assert np.shares_memory(window(x, "x", "I", 3, None), x)
        assert np.shares_memory(window(x[:, 0], "x", "I", 3, None), x) is False


def test_every_kind_of_array_gives_the_same_numbers() -> None:
    model = nn.Model(input_size=2, hidden_size=3)
    x = np.arange(24.0).reshape(6, 2, 2) / 8
    expected = model(x)[0].numpy()
    wide = np.zeros((6, 2, 4))
    wide[..., ::2] = x
    forms = [
        x.astype(np.float32),
        np.asfortranarray(x),
        wide[..., ::2],
        x.astype(">f8"),
        x.astype(np.float16),
        x.tolist(),
    ]
    for form in forms:
        np.testing.assert_array_equal(model(form)[0].numpy(), expected)


def test_inputs_may_be_overwritten_before_the_backward_pass() -> None:
    x, y = random(6, 1, 1).astype(np.float32), random(6, 1, 1, seed=8)
    models = [nn.Model(hidden_size=4), nn.Model(hidden_size=4)]
    for model, overwrites in zip(models, (False, True), strict=True):
        buffer = x.copy()
        loss = nn.mse_loss(model(buffer)[0], y)
        if overwrites:
            buffer[:] = 1e9
        loss.backward()
    first, second = (model.gradients() for model in models)
    for name, gradient in first.items():
        np.testing.assert_array_equal(gradient, second[name])


def test_losses_predict_points_and_quantiles() -> None:
    levels = [0.1, 0.5, 0.9]
    loss = nn.Loss("pinball", levels)
    prediction, _ = nn.Model(output_size=3)(random(4, 2, 1))
    quantiles = [loss.quantile(prediction, level) for level in levels]
    assert quantiles[0].shape == (4, 2, 1)
    assert (quantiles[0] <= quantiles[1]).all()
    assert (quantiles[1] <= quantiles[2]).all()
    np.testing.assert_array_equal(loss.point(prediction), quantiles[1])
    classes = nn.Loss("cross-entropy").point(prediction)
    np.testing.assert_array_equal(classes[..., 0], prediction.numpy().argmax(axis=2))
    with pytest.raises(OptionError, match="no quantile"):
        nn.Loss("mse").quantile(prediction, 0.5)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64])
def test_values_that_an_array_masks_are_nan(kind: type) -> None:
    values, mask = np.arange(6).reshape(6, 1, 1).astype(kind), np.arange(6).reshape(6, 1, 1) > 3
    masked = np.ma.masked_array(values, mask)
    prediction, _ = nn.Model()(random(6, 1, 1))
    expected = float(nn.mse_loss(prediction, np.where(mask, np.nan, values)))
    assert float(nn.mse_loss(prediction, masked)) == expected
    assert float(nn.mse_loss(prediction, values)) != expected
    with pytest.raises(OptionError, match=r"\[t=4, b=0, i=0\] is NaN"):
        nn.Model()(masked)


def test_masked_targets_do_not_count() -> None:
    model = nn.Model(hidden_size=3)
    x, y = random(6, 1, 1), random(6, 1, 1, seed=8)
    y[4:] = np.nan
    assert float(nn.mse_loss(model(x)[0], y)) == pytest.approx(
        float(nn.mse_loss(model(x[:4])[0], y[:4]))
    )


def test_tokens_are_classes_and_inputs() -> None:
    model = nn.Model("gru", hidden_size=12, output_size=4, vocab_size=4, embedding_size=3)
    optimizer = nn.Adam(model, lr=0.05)
    tokens = np.array([0, 1, 2, 3] * 6)
    for _ in range(60):
        loss = nn.cross_entropy(model(tokens[:-1])[0], tokens[1:])
        loss.backward()
        optimizer.step()
    assert float(loss) < 0.1
    for bad in (4, -1, 0.5):
        with pytest.raises(OptionError, match="from 0 to 3"):
            model([[[bad]]])
        with pytest.raises(OptionError, match="from 0 to 3"):
            nn.cross_entropy(model([0])[0], [bad])


def test_dropout_is_for_training_alone() -> None:
    model = nn.Model(hidden_size=8, num_layers=2, dropout=0.5)
    x = random(5, 1, 1)
    assert (model(x)[0].numpy() != model(x)[0].numpy()).any()
    model.eval()
    np.testing.assert_array_equal(model(x)[0].numpy(), model(x)[0].numpy())
    model.train()
    assert (model(x)[0].numpy() != model(x)[0].numpy()).any()


def test_files_and_copies_have_the_same_weights(tmp_path: Path) -> None:
    model = nn.Model("lstm", 2, 5, 3, 2, seed=4)
    file = tmp_path / "model.safetensors"
    model.save(file)
    x = random(4, 2, 2)
    expected = model(x)[0].numpy()
    for same in (nn.load(file), pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(same(x)[0].numpy(), expected)
        assert repr(same) == repr(model)
    nn.mse_loss(model(x)[0], np.zeros((4, 2, 3))).backward()
    nn.Adam(model).step()
    assert (model(x)[0].numpy() != expected).any()


def test_without_gradients_nothing_is_recorded() -> None:
    model = nn.Model(hidden_size=3)
    with nn.no_grad():
        prediction, state = model(random(4, 1, 1))
        loss = nn.mse_loss(prediction, random(4, 1, 1))
    assert not state.has_history
    with pytest.raises(OptionError, match="no_grad"):
        loss.backward()
    assert model(random(4, 1, 1))[1].has_history


def test_backward_passes_are_done_once_and_on_the_same_weights() -> None:
    model = nn.Model(hidden_size=3)
    optimizer = nn.Adam(model)
    with pytest.raises(OptionError, match="no gradients since"):
        optimizer.step()
    x = random(4, 1, 1)
    prediction, state = model(x)
    loss = nn.mse_loss(prediction, x)
    later = nn.mse_loss(model(x)[0], x)
    loss.backward()
    with pytest.raises(OptionError, match="computed already"):
        loss.backward()
    optimizer.step()
    with pytest.raises(OptionError, match="weights have changed"):
        later.backward()
    with pytest.raises(OptionError, match="computed already"):
        nn.mse_loss(model(x, state)[0], x).backward()
    nn.mse_loss(model(x, state.detach())[0], x).backward()


def test_a_loss_that_is_not_finite_has_no_gradients() -> None:
    model = nn.Model(hidden_size=3)
    model.load_state_dict({k: v * 0 + 1e30 for k, v in model.parameters().items()})
    loss = nn.mse_loss(model([1.0])[0], [1.0])
    assert not math.isfinite(float(loss))
    with pytest.raises(DivergedError):
        loss.backward()


MODEL = nn.Model(hidden_size=4)


def set_bias(values: list[float]) -> None:
    MODEL.load_state_dict({**MODEL.parameters(), "fc.bias": values})


BAD: list[tuple[str, Callable[[], object]]] = [
    (r"x: expected \[T, B, I=1\], got \[3, 2, 2\]", lambda: MODEL(np.zeros((3, 2, 2)))),
    (r"got \[0\]", lambda: MODEL([])),
    (r"got \[\]", lambda: MODEL(1.0)),
    (r"\[t=1, b=0, i=0\] is NaN", lambda: MODEL([0, math.nan])),
    ("is inf", lambda: MODEL([1e300])),
    ("kind <U1", lambda: MODEL("x")),
    ("kind complex", lambda: MODEL([1j])),
    ("no array", lambda: MODEL([[1], [1, 2]])),
    ("state is of the kind", lambda: MODEL([1.0], np.zeros((1, 1, 4)))),
    (r"expected h \[L=1, B=2, H=4\]", lambda: MODEL(np.zeros((2, 2, 1)), MODEL.zero_state())),
    ("expected h ", lambda: MODEL([1.0], nn.Model("lstm", hidden_size=4).zero_state())),
    (r"target: expected \[T=2, B=1, N=1\]", lambda: nn.mse_loss(MODEL([1, 2])[0], [1, 2, 3])),
    ("first value of", lambda: nn.mse_loss(np.zeros((1, 1, 1)), [1])),
    ("needs 2 outputs", lambda: nn.gaussian_nll_loss(MODEL([1])[0], [1])),
    ("levels", lambda: nn.Loss("pinball")),
    ("choose from mse", lambda: nn.Loss("mean")),
    ("choose from rnn", lambda: nn.Model("lst")),
    ("`hidden_size` is 0", lambda: nn.Model(hidden_size=0)),
    ("`hidden_size` is '3'", lambda: nn.Model(hidden_size="3")),
    ("`hidden_size` = 1048576", lambda: nn.Model(hidden_size=1 << 20)),
    ("`dropout`", lambda: nn.Model(dropout=math.nan)),
    ("`dropout` = 1", lambda: nn.Model(dropout=1)),
    ("`seed`", lambda: nn.Model(seed=-1)),
    ("kind int", lambda: nn.Adam(3)),
    ("`betas` = 2", lambda: nn.Adam(MODEL, betas=(2, 0))),
    ("`max_norm`", lambda: nn.clip_grad_norm_(MODEL, 0)),
    ("choose from sgd", lambda: nn.Optimizer(MODEL, "adm")),
    ("is missing", lambda: MODEL.load_state_dict({})),
    ("no weight", lambda: MODEL.load_state_dict({**MODEL.parameters(), "x": [1]})),
    (r"fc.bias: expected \[1\]", lambda: set_bias([1, 2])),
    ("is NaN", lambda: set_bias([math.nan])),
    (r"has the tensors \['h'\]", lambda: nn.State.from_numpy(MODEL, {})),
    (r"h: expected \[L=1, B=1, H=4\]", lambda: nn.State.from_numpy(MODEL, {"h": [[[1.0]]]})),
    ("no lane 1", lambda: MODEL.zero_state().reset([1])),
    (r"gradient: expected \[T=1, B=1, K=1\]", lambda: MODEL([1])[0].backward([1, 2])),
]  # fmt: skip


@pytest.mark.parametrize(("message", "call"), BAD, ids=[message for message, _ in BAD])
def test_bad_arguments_are_refused(message: str, call: Callable[[], object]) -> None:
    before = MODEL.parameters()
    with pytest.raises(OptionError, match=message) as raised:
        call()
    assert raised.value.help or "choose from" in str(raised.value) or "must be" in str(raised.value)
    for name, values in MODEL.parameters().items():
        np.testing.assert_array_equal(values, before[name])


def test_bad_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        nn.load(tmp_path / "none.safetensors")
    file = tmp_path / "damaged.safetensors"
    MODEL.save(file)
    file.write_bytes(file.read_bytes()[:-4] + b"\0\0\0\1")
    with pytest.raises(DataError):
        nn.load(file)
    with pytest.raises(FileError):
        MODEL.save(tmp_path / "none" / "model.safetensors")


def test_trainings_in_threads_have_the_same_losses() -> None:
    results: dict[int, list[float]] = {}

    def work(number: int) -> None:
        results[number] = train_lesson(nn.Model(seed=1))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({tuple(losses) for losses in results.values()}) == 1
    assert len(results) == 4


def test_a_long_history_is_dropped_on_a_small_stack() -> None:
    code = """
import threading
from elman import nn
model = nn.Model(hidden_size=1)
def work():
    state = None
    for _ in range(4000):
        _, state = model([0.5], state)
threading.stack_size(256 * 1024)
thread = threading.Thread(target=work)
thread.start()
thread.join()
print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


def test_modules_of_pytorch_have_the_same_outputs_and_gradients() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")

    class Net(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.rnn = torch.nn.LSTM(3, 5, num_layers=2)
            self.fc = torch.nn.Linear(5, 2)

    net = Net()
    model = nn.Model("lstm", 3, 5, 2, 2)
    model.load_state_dict(net.state_dict())
    x, y = random(7, 4, 3).astype(np.float32), random(7, 4, 2, seed=8).astype(np.float32)
    outputs = net.fc(net.rnn(torch.from_numpy(x))[0])
    torch.nn.functional.mse_loss(outputs, torch.from_numpy(y)).backward()
    prediction, _ = model(torch.from_numpy(x))
    np.testing.assert_allclose(prediction.numpy(), outputs.detach().numpy(), atol=1e-6)
    nn.mse_loss(prediction, y).backward()
    for name, parameter in net.named_parameters():
        np.testing.assert_allclose(
            model.gradients()[name], parameter.grad.numpy(), atol=1e-6, err_msg=name
        )
    state = {name: torch.from_numpy(values) for name, values in model.state_dict().items()}
    net.load_state_dict(state)
