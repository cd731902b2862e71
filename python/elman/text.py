"""Language models of characters or bytes.

>>> from elman.text import TextModel
>>> model = TextModel.fit("to be, or not to be. " * 60, hidden_size=16, max_steps=40)
>>> len(model.sample("to be", length=20))
20
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from elman import _elman
from elman.errors import DataError, OptionError
from elman.outputs import MODEL, replaceable
from elman.parameters import number, whole
from elman.progress import Progress
from elman.training import OF_FILES, files, interruptible, options

#: Longest text that may be the name of a file, in characters.
_LONGEST_PATH = 1024


class TextModel:
    """Language model: the probability of each character to be the next one.

    Attributes
    ----------
    losses_ : list of float
        Training loss of each optimizer step, in nats per character; empty of a loaded model.
    validation_loss_ : float or None
        Loss on the validation set, in nats per character.
    unigram_loss_ : float or None
        Loss of the unigram model there, which knows only how frequent each character is.
    """

    def __init__(
        self,
        model: _elman.TextModel,
        losses: Sequence[float] = (),
        unigram_loss: float | None = None,
    ) -> None:
        self._model = model
        self.losses_ = list(losses)
        self.unigram_loss_ = unigram_loss

    @classmethod
    def fit(
        cls,
        text: str | bytes | os.PathLike[str],
        *,
        cell: str | None = None,
        hidden_size: int | None = None,
        num_layers: int | None = None,
        dilations: Sequence[int] | None = None,
        residual: bool | None = None,
        dropout: float | None = None,
        bytes: bool | None = None,  # noqa: A002
        embedding_size: int | None = None,
        tied: bool | None = None,
        cutoffs: Sequence[int] | None = None,
        seq_length: int | None = None,
        batch_size: int | None = None,
        max_steps: int | None = None,
        learning_rate: float | None = None,
        optimizer: str | None = None,
        momentum: float | None = None,
        weight_decay: float | None = None,
        clip: float | None = None,
        schedule: str | None = None,
        warmup: int | None = None,
        schedule_step: int | None = None,
        schedule_factor: float | None = None,
        schedule_floor: float | None = None,
        schedule_patience: int | None = None,
        carry: bool | None = None,
        val_every: int | None = None,
        patience: int | None = None,
        held_out: float | None = None,
        max_memory: int | None = None,
        init: str | os.PathLike[str] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int | None = None,
        resume: str | os.PathLike[str] | None = None,
        seed: int | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> TextModel:
        """Train a language model; the parameters and the numbers are those of ``elman text train``.

        Parameters
        ----------
        text : str, bytes or path
            The text, as `str` or `bytes`, or its file, as `pathlib.Path`.
        cell, hidden_size, num_layers, dilations, residual, dropout : optional
            Network: by default two layers of LSTM, hidden size 256.
        bytes : bool, optional
            Bytes as tokens, in place of characters.
        embedding_size, tied : optional
            Size of the embedding, by default 64, 0 for one-hot inputs; whether the head shares
            its weights.
        cutoffs : sequence of int, optional
            Cutoffs of the adaptive softmax; by default for 1,000 characters and more.
        seq_length, batch_size : int, optional
            Window of truncated backpropagation, by default 64 characters; lanes.
        max_steps, learning_rate, clip, patience, val_every : optional
            Optimizer steps, by default 2000; peak learning rate, by default 0.004; largest norm
            of the gradient, by default 1, 0 for none; early stopping; steps between evaluations.
        optimizer, momentum, weight_decay : optional
            Optimizer, by default ``"adam"``, and its constants.
        schedule, warmup, schedule_step, schedule_factor, schedule_floor, schedule_patience : \
optional
            Schedule of the learning rate, by default ``"cosine"``, and its constants.
        carry : bool, optional
            Whether the hidden state is carried from window to window; by default it is.
        held_out : float, optional
            Share of the text, at its end, for validation; by default 0.1.
        max_memory : int, optional
            Memory limit of reading, in bytes.
        init : path, optional
            Model whose vocabulary, network and weights the training starts from.
        checkpoint : path, optional
            File of checkpoints. Ctrl-C stops the training and keeps its checkpoint.
        checkpoint_every : int, optional
            Optimizer steps between two checkpoints; by default a tenth of all.
        resume : path, optional
            Checkpoint that the training continues from, on the same text, to the bit.
        seed : int, optional
            Seed of all random numbers; by default 1.
        threads : int, optional
            Threads. The number changes no result.
        progress : bool, optional
            Whether a bar of tqdm is shown; by default in terminals and notebooks.

        Raises
        ------
        DataError
            A text that is too short, or not UTF-8.
        OptionError
            A parameter that has no such value; a `str` that is the name of a file.
        DivergedError
            A loss that is not finite, or far above the first one at the end.
        KeyboardInterrupt
            Ctrl-C, after the checkpoint was written.
        """
        given = dict(locals())
        named = {name: given[name] for name in OF_FILES}
        others = {"cls", "text", "progress", *OF_FILES}
        document = options({name: given[name] for name in given if name not in others})
        with Progress(progress) as bar, interruptible(checkpoint):
            trained = _elman.fit_text(_source(text), document, files(named, None), bar)
        return cls(*trained)

    def sample(
        self,
        prompt: str = "",
        length: int = 500,
        temperature: float = 1.0,
        seed: int = 1,
        *,
        top_k: int | None = None,
        top_p: float | None = None,
    ) -> str:
        """Generate text that continues `prompt`.

        Parameters
        ----------
        prompt : str
            The text to continue, in characters of the vocabulary.
        length : int
            Characters, or bytes of a model of bytes.
        temperature : float
            Below 1 favors likely characters, above 1 gives more variety; 0 takes the most likely.
        seed : int
            Seed of the draws.
        top_k : int, optional
            Draw from so many most likely characters.
        top_p : float, optional
            Draw from the most likely characters with this total probability.
        """
        sampling = {
            "temperature": number(temperature, "temperature"),
            "top_k": None if top_k is None else whole(top_k, "top_k"),
            "top_p": None if top_p is None else number(top_p, "top_p"),
            "seed": whole(seed, "seed", 0, 2**64 - 1),
        }
        if not isinstance(prompt, str):
            raise OptionError(f"`prompt` is {prompt!r}", "give the text to continue, as `str`")
        count = whole(length, "length", 0, 2**32)
        return self._model.sample(prompt, count, json.dumps(sampling))

    def evaluate(self, text: str | bytes | os.PathLike[str], threads: int | None = None) -> float:
        """Cross-entropy on a text, in nats per character; its exponential is the perplexity.

        Parameters
        ----------
        text : str, bytes or path
            The text, as `str` or `bytes`, or its file, as `pathlib.Path`.
        threads : int, optional
            Threads. The number changes no result.
        """
        at_most = None if threads is None else whole(threads, "threads")
        return self._model.evaluate(_source(text), at_most)[0]

    @property
    def validation_loss_(self) -> float | None:
        """Loss on the validation set, in nats per character."""
        return self._model.validation_loss

    @property
    def vocabulary(self) -> list[str]:
        """Characters that the model knows, or bytes."""
        return self._model.vocabulary

    @property
    def config(self) -> dict[str, Any]:
        """Configuration of the training: network, optimizer, windows."""
        document: dict[str, Any] = json.loads(self._model.settings())
        return document

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, which ``elman text sample`` reads, too."""
        self._model.save(replaceable(path, MODEL))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TextModel:
        """Read a model file, or a checkpoint: the weights of its best evaluation."""
        return cls(_elman.TextModel.load(Path(path)))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_model": self._model.to_bytes()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._model = _elman.TextModel.from_bytes(state["_model"])

    def __repr__(self) -> str:
        return self._model.table()


def _source(text: str | bytes | os.PathLike[str]) -> bytes | Path:
    """The bytes of a text, or the path of its file.

    Raises
    ------
    OptionError
        A `str` that is the name of a file: a text, or the file, may be meant.
    """
    if isinstance(text, str):
        if _is_file(text):
            raise OptionError(
                f"the text {text!r} is the name of a file",
                f"give the file as `pathlib.Path({text!r})`; a `str` is the text itself",
            )
        return _encoded(text)
    if isinstance(text, os.PathLike):
        return Path(text)
    if isinstance(text, (bytes, bytearray)):
        return bytes(text)
    raise OptionError(
        f"the text is of the kind {type(text).__name__}",
        "give the text as `str` or `bytes`, or its file as `pathlib.Path`",
    )


def _is_file(text: str) -> bool:
    if len(text) > _LONGEST_PATH:
        return False
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"the text is not Unicode: {error.reason}") from error
