//! Losses of a training loop of one's own.

use super::arrays::{Values, check};
use crate::errors::{option, raised};
use elman::nn::losses::{Loss, Predicts};
use elman::nn::registry::Entry;
use numpy::{PyArray1, PyArray3, PyArrayMethods};
use pyo3::prelude::*;
use std::fmt;

/// Loss of a registered name.
#[pyclass(frozen, module = "elman._elman")]
pub struct NnLoss(Loss<f32>);

impl fmt::Debug for NnLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NnLoss").field(&self.0.entry().name()).finish()
    }
}

#[pymethods]
impl NnLoss {
    /// The loss called `name`; `quantiles` are the levels of `pinball`.
    #[new]
    fn new(name: &str, quantiles: Vec<f64>) -> PyResult<Self> {
        Loss::new(name, &quantiles).map(Self).map_err(|error| raised(&error.into()))
    }

    /// P, the outputs for each target; `None` for classes, of which there are as many as outputs.
    #[getter]
    fn outputs_per_target(&self) -> Option<usize> {
        match self.0.entry().predicts() {
            Predicts::Classes => None,
            _ => Some(self.0.outputs_per_target()),
        }
    }

    /// Mean loss of predictions `[T, B, N·P]` and targets `[T, B, N]`, and its gradient; NaN masks a target.
    fn mean<'py>(
        &self,
        py: Python<'py>,
        prediction: Values<'py>,
        target: Values<'py>,
        shape: [usize; 3],
    ) -> PyResult<(f64, Bound<'py, PyArray3<f32>>)> {
        let (prediction, target) = (prediction.singles()?, target.singles()?);
        let [steps, batch, targets] = shape;
        let size = steps.checked_mul(batch);
        let outputs = prediction.len() / size.unwrap_or(usize::MAX).max(1);
        let loss = self.0.clone().among(outputs / targets.max(1));
        if outputs == 0
            || Some(target.len()) != size.and_then(|size| size.checked_mul(targets))
            || prediction.len() != target.len() * loss.outputs_per_target()
        {
            return Err(option("predictions and targets do not fit", "give [T, B, N]"));
        }
        self.check_targets(&target, shape, loss.outputs_per_target())?;
        let known = target.iter().filter(|target| !target.is_nan()).count().max(1);
        let mut gradient = vec![0.0; prediction.len()];
        let mean = py.detach(|| loss.share(&prediction, &target, known, &mut gradient));
        Ok((mean, PyArray1::from_vec(py, gradient).reshape([steps, batch, outputs])?))
    }

    /// Points `[N]` of outputs `[N, P]`; those of the quantile `level`, if given.
    #[pyo3(signature = (outputs, per_target, level=None))]
    fn points<'py>(
        &self,
        py: Python<'py>,
        outputs: Values<'py>,
        per_target: usize,
        level: Option<f64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let loss = self.0.clone().among(per_target);
        let outputs = outputs.singles()?;
        if per_target == 0
            || per_target != loss.outputs_per_target()
            || !outputs.len().is_multiple_of(per_target)
        {
            return Err(option("the outputs do not fit the loss", "give [T, B, N·P]"));
        }
        let rows = outputs.chunks_exact(per_target);
        let points = match level {
            None => rows.map(|row| loss.point(row)).collect::<Vec<_>>(),
            Some(level) => {
                let quantiles = rows.map(|row| loss.quantile(row, level));
                quantiles.collect::<Option<_>>().ok_or_else(|| {
                    let message = format!("the loss has no quantile {level}");
                    option(&message, "give a level between 0 and 1 to a loss of a distribution")
                })?
            }
        };
        Ok(PyArray1::from_vec(py, points))
    }
}

impl NnLoss {
    fn check_targets(&self, target: &[f32], shape: [usize; 3], outputs: usize) -> PyResult<()> {
        let [steps, batch, targets] = shape;
        let axes = [('T', steps), ('B', batch), ('N', targets)];
        let is_count = |target: f32| target >= 0.0 && target.fract() == 0.0;
        let valid = |target: f32| match self.0.entry().predicts() {
            _ if target.is_nan() => true,
            _ if target.is_infinite() => false,
            Predicts::Classes => is_count(target) && target < outputs as f32,
            Predicts::Counts => is_count(target),
            _ => true,
        };
        let must_be = match self.0.entry().predicts() {
            Predicts::Classes => format!("the number of a class, from 0 to {}", outputs - 1),
            Predicts::Counts => "counts: whole numbers from 0".to_owned(),
            _ => "finite values of single precision, or NaN for a masked one".to_owned(),
        };
        check("target", &axes, target, valid, &must_be)
    }
}
