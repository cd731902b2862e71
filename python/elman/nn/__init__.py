"""Training loops of one's own: models with an explicit hidden state, losses and optimizers.

The names are PyTorch's where there is the same thing; arrays are NumPy's, computed in float32.

>>> import math
>>> import numpy as np
>>> from elman import nn
>>> model = nn.Model(cell="rnn", input_size=1, hidden_size=32, output_size=1, seed=1)
>>> optimizer = nn.Adam(model, lr=0.01)
>>> state = None
>>> for step in range(75):
...     wave = np.sin(np.linspace(step * math.pi, (step + 1) * math.pi, 21))
...     prediction, state = model(wave[:-1], state)
...     loss = nn.mse_loss(prediction, wave[1:])
...     loss.backward()
...     optimizer.step()
...     state = state.detach()
>>> float(loss) < 0.005
True
"""

from __future__ import annotations

try:
    import numpy as _numpy  # noqa: F401
except ImportError as error:
    raise ImportError("elman.nn needs NumPy: install it with `pip install numpy`") from error

from elman._elman import NN_CELLS, NN_LOSSES, NN_OPTIMIZERS
from elman.nn.gradients import clip_grad_norm_, no_grad
from elman.nn.losses import (
    Loss,
    LossValue,
    cross_entropy,
    gaussian_nll_loss,
    huber_loss,
    mae_loss,
    mse_loss,
    negative_binomial_nll_loss,
    pinball_loss,
    student_t_nll_loss,
)
from elman.nn.model import Model, load
from elman.nn.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from elman.nn.prediction import Prediction
from elman.nn.state import State

#: Names of the cells.
CELLS: tuple[str, ...] = tuple(NN_CELLS)
#: Names of the losses.
LOSSES: tuple[str, ...] = tuple(NN_LOSSES)
#: Names of the optimizers.
OPTIMIZERS: tuple[str, ...] = tuple(NN_OPTIMIZERS)

__all__ = [
    "CELLS",
    "LOSSES",
    "OPTIMIZERS",
    "SGD",
    "Adam",
    "AdamW",
    "Loss",
    "LossValue",
    "Model",
    "Optimizer",
    "Prediction",
    "RMSprop",
    "State",
    "clip_grad_norm_",
    "cross_entropy",
    "gaussian_nll_loss",
    "huber_loss",
    "load",
    "mae_loss",
    "mse_loss",
    "negative_binomial_nll_loss",
    "no_grad",
    "pinball_loss",
    "student_t_nll_loss",
]
