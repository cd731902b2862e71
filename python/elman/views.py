"""Views of a fitted forecaster: charts, the page of a notebook, modules of PyTorch, ONNX files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elman import html
from elman.errors import ElmanError
from elman.parameters import flag, whole

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from torch.nn import ModuleList

    from elman._elman import Fitted
    from elman.chart import Chart
    from elman.data import Data
    from elman.frames import Frame


class Views:
    """Charts, page and exports of a fitted forecaster."""

    if TYPE_CHECKING:
        h: int

        @property
        def fitted_(self) -> Fitted:  # noqa: D102
            ...

        @property
        def report_(self) -> dict[str, Any]:  # noqa: D102
            ...

        def _history(self, df: Frame | None, future: Frame | None) -> Data: ...

        def _set_notes(self, notes: list[str]) -> None: ...

    def plot(
        self,
        unique_id: object = None,
        df: Frame | None = None,
        X_df: Frame | None = None,
        h: int | None = None,
    ) -> Chart:
        """Draw the newest values and the forecast of a series, or of the first six.

        Parameters
        ----------
        unique_id : optional
            The series.
        df, X_df, h : optional
            As in `predict`.
        """
        from elman.chart import of_forecast

        data = self._history(df, X_df)
        ahead = whole(self.h if h is None else h, "h")
        return of_forecast(self.fitted_, data.panel, unique_id, ahead, self.report_)

    def to_torch(self) -> ModuleList:
        """Trained networks as modules of PyTorch (`elman.torch.Network`), in evaluation mode.

        A network has the numbers of the engine for the same input. The input is a row of encoded
        values, and the forecast is the mean of the networks, decoded, as in `report_`.

        Raises
        ------
        OptionError
            A forecaster without trained networks.
        """
        from elman.torch import modules

        return modules(self.fitted_.networks())

    def to_onnx(self, path: str | os.PathLike[str], network_only: bool = False) -> list[Path]:
        """Write the trained networks as ONNX models, with their states as inputs and outputs.

        Parameters
        ----------
        path : path
            The file. Of several networks, each file has the name of its network before the
            ending, such as ``sales.net.0.onnx``.
        network_only : bool
            Whether the preprocessing stays out of the graph.

        Returns
        -------
        list of Path
            The files. Their metadata ``elman`` describe inputs and outputs. `notes_` lists the
            steps of the preprocessing that the graph leaves out.
        """
        from elman.onnx import write

        files, notes = write(self.fitted_, path, flag(network_only, "network_only"))
        self._set_notes(notes)
        return files

    def _repr_html_(self) -> str | None:
        if "_fitted" not in self.__dict__:
            return None
        from elman.chart import of_forecast

        report = self.report_
        parts = [f"<p><code>{html.escape(repr(self))}</code></p>"]
        parts.append(html.scores(report["scores"], "name", ["mase", "smape"]))
        parts.append(html.sentence(report["sentence"]))
        try:
            panel = self._history(None, None).panel
            parts.append(of_forecast(self.fitted_, panel, panel.unique_ids[0], self.h, None).svg())
        except ElmanError:
            # A forecaster from a file has no data, and one with covariates has no future values.
            pass
        return "\n".join(parts)
