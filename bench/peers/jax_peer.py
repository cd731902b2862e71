"""JAX: the whole optimiser step in one jitted function with donated buffers, time by lax.scan.

Variant `one`: one step a call, its loss read out at each call. Variant `many`: several steps in one call, a
scan over windows, the losses read out together: fewer calls than a training loop that looks at its loss would make.

Threads: XLA's processor pool has the size of the processors this process may run on, so bench/run.py starts it under
`taskset` on as many as there are threads; for one thread Eigen's pool is switched off as well.
"""

import os
import sys

if "--threads" not in sys.argv or sys.argv[sys.argv.index("--threads") + 1] == "1":
    one_thread = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {one_thread}".strip()
os.environ["JAX_PLATFORMS"] = "cpu"

import functools

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

from common import LEARNING_RATE, arguments, measure, report, ring, stream_values
from workloads import WORKLOADS

# Of variant `many`. At W4 three gain as much over one as ten do (0.42 s a step to 0.37), in a third of the time.
STEPS_A_CALL = {"W1": 75, "W2": 10, "W3": 10, "W4": 3, "W5": 3}


def cell_step(kind, gates_x, w_hh, b_hh, state):
    """One time step of one layer, from its input's part of the gates."""
    if kind == "gru":
        (h,) = state
        rx, zx, nx = jnp.split(gates_x, 3, -1)
        rh, zh, nh = jnp.split(h @ w_hh.T + b_hh, 3, -1)
        r, z = jax.nn.sigmoid(rx + rh), jax.nn.sigmoid(zx + zh)
        n = jnp.tanh(nx + r * nh)
        return ((1 - z) * n + z * h,)
    gates = gates_x + state[0] @ w_hh.T
    if kind == "rnn":
        return (jnp.tanh(gates),)
    i, f, g, o = jnp.split(gates, 4, -1)
    c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return (jax.nn.sigmoid(o) * jnp.tanh(c), c)


def unroll(w):
    """W1's loop over time is written out in full, which halves its time (22 to 11 us a step in one run of `many`); the
    others lose by it, already at two steps a turn (W2 380 to 440 us, W3 8 to 11 ms at five)."""
    return w.steps if w.hidden * w.batch <= 32 else 1


def network(w, params, x, state):
    """Predictions [T, B, 1] and the new state; the input's product of a layer is one product for all time steps."""
    new_state = []
    for layer in range(w.layers):
        w_ih, w_hh = params[f"rnn.weight_ih_l{layer}"], params[f"rnn.weight_hh_l{layer}"]
        b_ih, b_hh = params[f"rnn.bias_ih_l{layer}"], params[f"rnn.bias_hh_l{layer}"]
        gates = x @ w_ih.T + (b_ih if w.cell == "gru" else b_ih + b_hh)

        def one(state, gates_x):
            state = cell_step(w.cell, gates_x, w_hh, b_hh, state)
            return state, state[0]

        if w.steps == 1:
            last, h = one(state[layer], gates[0])
            x = h[None]
        else:
            last, x = jax.lax.scan(one, state[layer], gates, unroll=unroll(w))
        new_state.append(last)
    return x @ params["fc.weight"].T + params["fc.bias"], new_state


def zero_state(w):
    parts = 2 if w.cell == "lstm" else 1
    return [tuple(jnp.zeros((w.batch, w.hidden)) for _ in range(parts)) for _ in range(w.layers)]


def adam(params, grads, m, v, count):
    count = count + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
    # 1 - beta^count through expm1: in f32 the plain form is off by 6e-5 at the first step.
    correct_m, correct_v = (-jnp.expm1(count * np.log(beta)) for beta in (0.9, 0.999))
    params = jax.tree.map(
        lambda p, m, v: p - LEARNING_RATE * (m / correct_m) / (jnp.sqrt(v / correct_v) + 1e-8), params, m, v
    )
    return params, m, v, count


def train(w, args, params):
    """A closure that does one call and returns its losses, and how many steps a call is."""

    def loss_of(params, x, target, state):
        prediction, state = network(w, params, x, state)
        return jnp.mean((prediction - target) ** 2), state

    def one_step(carry, data):
        params, m, v, count, state = carry
        (loss, state), grads = jax.value_and_grad(loss_of, has_aux=True)(params, *data, state)
        return adam(params, grads, m, v, count) + (state,), loss

    zeros = lambda: jax.tree.map(jnp.zeros_like, params)
    at = {"carry": (params, zeros(), zeros(), jnp.zeros(()), zero_state(w)), "number": 0}
    windows = ring(w)
    steps = 1
    if args.variant == "many":
        steps = STEPS_A_CALL[args.workload]
        stacks = [
            [np.stack([windows[(first + i) % 2][part] for i in range(steps)]) for part in (0, 1)] for first in (0, 1)
        ]
        call = jax.jit(lambda carry, data: jax.lax.scan(one_step, carry, data), donate_argnums=0)
    else:
        stacks = windows
        call = jax.jit(one_step, donate_argnums=0)

    def step():
        # A jitted call copies numpy arrays in by itself, faster than jnp.asarray would.
        data = tuple(stacks[at["number"] % 2])
        at["carry"], losses = call(at["carry"], data)
        at["number"] += steps
        return np.atleast_1d(np.asarray(losses))

    return step, steps


def stream(w, params):
    at = {"state": zero_state(w), "number": 0}
    values = stream_values().reshape(40, 1, 1, 1)

    @functools.partial(jax.jit, donate_argnums=0)
    def call(state, x):
        prediction, state = network(w, params, x, state)
        return prediction[0, 0, 0], state

    def step():
        prediction, at["state"] = call(at["state"], values[at["number"] % 40])
        at["number"] += 1
        return np.asarray(prediction)  # float() takes half as long again

    return step


def forward(w, params):
    at = {"number": 0}
    windows = [x for x, _ in ring(w)]
    call = jax.jit(lambda x: network(w, params, x, zero_state(w))[0])

    def step():
        at["number"] += 1
        return np.asarray(call(windows[(at["number"] - 1) % 2]))

    return step


def main():
    args = arguments(["one", "many"])
    w = WORKLOADS[args.workload]
    params = {name: jnp.asarray(value) for name, value in load_file(args.weights).items()}
    steps_a_call = 1
    if w.task == "train":
        step, steps_a_call = train(w, args, params)
        curve = []
        while len(curve) < args.curve:
            curve.extend(step())
        curve = curve[: args.curve]
    elif w.task == "stream":
        step = stream(w, params)
        curve = [step() for _ in range(args.curve)]
    else:
        step = forward(w, params)
        curve = step()[-1, : args.curve, 0]
    us, steps = measure(step, args.seconds, steps_a_call)
    report("jax", jax.__version__, args, us, steps, curve)


main()
