//! The scale of a series: how its values become inputs of the network.

use elman_nn::error::Error;

use crate::engine::setting;
use crate::series::TEST_LEN;

/// An input is (value − mean) / deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

impl Scale {
    /// Inputs are the values themselves.
    pub(crate) const IDENTITY: Self = Self { mean: 0.0, deviation: 1.0 };

    /// The mean and the standard deviation of the training set, all values but the last [`TEST_LEN`].
    ///
    /// # Errors
    /// Too few values; values that are all equal or not finite.
    pub(crate) fn of_training_set(values: &[f64]) -> Result<Self, Error> {
        let got = values.len().to_string();
        let train_len = values.len().checked_sub(TEST_LEN).filter(|&len| len > 1);
        let train_len = train_len.ok_or(setting("values", got, "more than the test set"))?;
        let train = &values[..train_len];
        let mean = train.iter().sum::<f64>() / train_len as f64;
        let squares = train.iter().map(|y| (y - mean).powi(2)).sum::<f64>();
        let deviation = (squares / train_len as f64).sqrt();
        if !(deviation > 0.0 && values.iter().all(|y| y.is_finite())) {
            let got = format!("a standard deviation of {deviation}");
            return Err(setting("values", got, "finite and not all equal"));
        }
        Ok(Self { mean, deviation })
    }

    /// The inputs of the network.
    pub(crate) fn inputs(self, values: &[f64]) -> Vec<f32> {
        values.iter().map(|y| ((y - self.mean) / self.deviation) as f32).collect()
    }
}
