from __future__ import annotations

import json
import math
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ctrl_c import stop_with_ctrl_c

from elman.errors import DataError, DivergedError, FileError, OptionError
from elman.text import TextModel

TEXT = "To be, or not to be, that is the question:\nWhether 'tis nobler in the mind. " * 40
SMALL: dict[str, Any] = {"hidden_size": 16, "num_layers": 1, "max_steps": 40}
FLAGS = ["--hidden-size", "16", "--num-layers", "1", "--max-steps", "40"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hamlet.txt"
    path.write_text(TEXT)
    return path


def run(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({}, ""),
        (
            {"cell": "gru", "dropout": 0.2, "num_layers": 2, "seed": 4, "bytes": True},
            "--cell gru --dropout 0.2 --num-layers 2 --seed 4 --bytes",
        ),
        (
            {"tied": True, "held_out": 0.2, "seq_length": 20, "batch_size": 3, "clip": 0},
            "--tied --held-out 0.2 --seq-length 20 --batch-size 3 --clip 0",
        ),
    ],
)
def test_training_text_and_loss_are_those_of_the_program(
    program: Path, file: Path, tmp_path: Path, options: dict[str, Any], flags: str
) -> None:
    saved = tmp_path / "model.safetensors"
    command = [program, "text", "train", file, *FLAGS, *flags.split(), "--json", "--quiet"]
    document = json.loads(run(*command, "--save", saved))
    model = TextModel.fit(file, **{**SMALL, **options})
    assert model.validation_loss_ == document["validation_loss"]
    assert model.unigram_loss_ == document["unigram_loss"]
    assert model.config == document["configuration"]
    assert len(model.losses_) == 40
    sampling = ["--prompt", "To be", "--length", "60", "--temperature", "0.8", "--seed", "3"]
    sampled = json.loads(run(program, "text", "sample", saved, *sampling, "--json"))
    assert model.sample("To be", 60, 0.8, 3) == sampled["text"]
    evaluated = json.loads(run(program, "text", "eval", saved, file, "--json"))
    assert model.evaluate(file) == evaluated["nats"]
    ours = tmp_path / "ours.safetensors"
    model.save(ours)
    again = json.loads(run(program, "text", "sample", ours, *sampling, "--json"))
    assert again == sampled


def test_a_text_is_a_str_bytes_or_a_file(file: Path) -> None:
    losses = [TextModel.fit(text, **SMALL).losses_ for text in (TEXT, TEXT.encode(), file)]
    assert losses[1:] == losses[:1] * 2


def test_a_str_that_is_the_name_of_a_file_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = TextModel.fit(TEXT, **SMALL)
    monkeypatch.chdir(file.parent)
    for name in (str(file), file.name):
        for call in (TextModel.fit, model.evaluate):
            with pytest.raises(OptionError, match="name of a file") as caught:
                call(name)
            assert f"pathlib.Path({name!r})" in str(caught.value.help)


def test_files_and_copies_are_the_same_model(tmp_path: Path) -> None:
    model = TextModel.fit(TEXT, **SMALL)
    saved = tmp_path / "model.safetensors"
    model.save(saved)
    expected = model.sample("To", 40)
    assert len(expected) == 40
    for same in (TextModel.load(saved), pickle.loads(pickle.dumps(model))):
        assert same.sample("To", 40) == expected
        assert same.evaluate(TEXT) == model.evaluate(TEXT, threads=2)
        assert repr(same) == repr(model)
    assert model.sample("To", 40, seed=2) != expected
    assert model.sample("To", 40, temperature=0, seed=2) == model.sample("To", 40, 0)
    assert model.sample("To", 40, top_k=1) == model.sample("To", 40, 0)
    assert model.sample("To", 0) == ""


def test_a_model_learns_its_text() -> None:
    model = TextModel.fit(TEXT, **{**SMALL, "max_steps": 200, "learning_rate": 0.02})
    assert model.validation_loss_ is not None
    assert model.unigram_loss_ is not None
    assert model.validation_loss_ < 0.5 * model.unigram_loss_
    assert model.losses_[-1] < 0.5 * model.losses_[0]
    assert set(model.vocabulary) == set(TEXT)
    assert math.exp(model.evaluate(TEXT)) < 5


def test_a_resumed_training_is_an_undisturbed_one(tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.safetensors"
    options = {**SMALL, "dropout": 0.2, "num_layers": 2, "schedule": "constant", "val_every": 5}
    options |= {"learning_rate": 0.02, "warmup": 0}
    whole = TextModel.fit(TEXT, **options)
    TextModel.fit(TEXT, **{**options, "max_steps": 15}, checkpoint=checkpoint)
    for given in (options, {"max_steps": 40}):
        resumed = TextModel.fit(TEXT, resume=checkpoint, **given)
        assert resumed.losses_ == whole.losses_
        assert resumed.sample("To", 40) == whole.sample("To", 40)
    with pytest.raises(OptionError, match="`cell` cannot change"):
        TextModel.fit(TEXT, resume=checkpoint, cell="gru")
    with pytest.raises(DataError, match="text has changed"):
        TextModel.fit(TEXT + "to", resume=checkpoint)
    first = TextModel.fit(TEXT, init=checkpoint, max_steps=1).losses_[0]
    assert first < 0.9 * whole.losses_[0]


INTERRUPTED = """
import sys
from pathlib import Path
from elman.text import TextModel
TextModel.fit(
    Path(sys.argv[1]), hidden_size=64, num_layers=1, max_steps=1500, val_every=100,
    checkpoint=sys.argv[2], checkpoint_every=10,
)
print("not interrupted")
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGINT is sent to another process")
def test_ctrl_c_keeps_a_checkpoint_that_continues_bit_for_bit(file: Path, tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.safetensors"
    stop_with_ctrl_c(INTERRUPTED, file, checkpoint)
    with pytest.raises(OptionError, match="has done") as refused:
        TextModel.fit(file, resume=checkpoint, max_steps=1)
    assert 10 <= int(str(refused.value).split("has done ")[1].split()[0]) < 1500
    options = {"hidden_size": 64, "num_layers": 1, "max_steps": 1500, "val_every": 100}
    whole = TextModel.fit(file, **options)
    resumed = TextModel.fit(file, resume=checkpoint, **options)
    assert resumed.losses_ == whole.losses_
    assert resumed.sample("To", 40) == whole.sample("To", 40)


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    model = TextModel.fit(TEXT, **SMALL)
    with pytest.raises(DataError, match="vocabulary"):
        model.sample("Zz€")
    with pytest.raises(DataError):
        model.evaluate("€")
    with pytest.raises(OptionError, match="temperature"):
        model.sample("To", temperature=-1)
    with pytest.raises(OptionError, match="top_p"):
        model.sample("To", top_p=2)
    with pytest.raises(OptionError, match="length"):
        model.sample("To", length=-1)
    with pytest.raises(OptionError, match="kind int"):
        TextModel.fit(3)
    with pytest.raises(DataError):
        TextModel.fit("")
    with pytest.raises(DataError, match="too few"):
        TextModel.fit("short", batch_size=8)
    with pytest.raises(DataError):
        TextModel.fit("\udc80" * 100)
    with pytest.raises(OptionError, match="choose from"):
        TextModel.fit(TEXT, cell="lst")
    with pytest.raises(FileError):
        TextModel.fit(tmp_path / "none.txt")
    with pytest.raises(FileError):
        TextModel.load(tmp_path / "none.safetensors")
    with pytest.raises(FileError):
        TextModel.fit(TEXT, **SMALL, checkpoint=tmp_path / "none" / "run")
    with pytest.raises(DivergedError):
        TextModel.fit(TEXT, **{**SMALL, "learning_rate": 1e4, "clip": 0})
