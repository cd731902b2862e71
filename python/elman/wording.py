"""Messages of the engine in the words of Python, and next steps where the engine has none."""

from __future__ import annotations

#: Phrases with commands and switches of the program, and those with calls and arguments of
#: Python. The options come from the engine as arguments: `` `--missing drop` `` as
#: `` `missing="drop"` ``. A switch is worded in its phrase: its name may be that of a column.
IN_PYTHON = (
    ("`elman train --resume`", "`elman.RnnForecaster(h, resume=path).fit(df)`"),
    ("`elman train DATA`", "`elman.RnnForecaster(h).fit(df)`"),
    ("a model of `elman forecast --save`", "a model of `save`"),
    ("`elman forecast MODEL DATA --horizon N`", "`elman.load(path).predict(df)`"),
    ("`elman forecast MODEL --horizon N`", "`elman.load(path).predict(df)`"),
    ("`elman forecast MODEL`", "`elman.load(path)`"),
    (
        "`elman forecast DATA --model network --save MODEL`",
        '`elman.AutoForecaster(h, model="network").fit(df)`',
    ),
    ("`elman forecast DATA`", "`elman.AutoForecaster(h).fit(df)`"),
    (
        "`elman backtest DATA --refit`",
        "`elman.AutoForecaster(h).backtest(df, refit=True)`",
    ),
    ("`elman text sample MODEL`", "`elman.text.TextModel.load(path)`"),
    ("elman text sample MODEL", "generate text with `elman.text.TextModel.load(path)`"),
    ('`format="pytorch"`', "`to_torch()`"),
    ('`format="onnx"`', "`to_onnx()`"),
    ('`max_memory="64GB"`', "`max_memory=64_000_000_000`"),
    ("without `no_carry`", "with `carry=True`"),
    ("a smaller `lr`", "a smaller `learning_rate`"),
    ("try a smaller `learning_rate`, another `scaler`, or", "try another `scaler`, or"),
    ("into bytes with `bytes`", "into bytes with `bytes=True`"),
    ("in order with `sort`", "in order with `sort=True`"),
    ("as a series with `wide`", "as a series with `wide=True`"),
    ("`keep_outliers` keeps", "`keep_outliers=True` keeps"),
    ("with the covariate and an empty target", "with the covariate, as `X_df`"),
)

#: Parts of a message without a next step, and the next step.
NEXT_STEPS = (
    (
        "not a safetensors file",
        "give a model file, as `save` writes it; data go to `fit` and `predict`",
    ),
    ("a directory, and a file is wanted", "give a file in it"),
    ("a file without a forecasting model", "read its network with `elman.nn.load(path)`"),
    ("No such file or directory", "check the path, and that its folder exists"),
    ("Is a directory", "name a file in it"),
    ("Permission denied", "allow the access, or name another file"),
    ("No space left", "free some space, or name a file on another disk"),
)


def in_python(text: str) -> str:
    """A message, a note or a next step of the engine in the words of Python."""
    for of_program, of_python in IN_PYTHON:
        text = text.replace(of_program, of_python)
    return text


def next_step(message: str) -> str | None:
    """The next step after an error without one, if there is a known one."""
    return next((step for part, step in NEXT_STEPS if part in message), None)
