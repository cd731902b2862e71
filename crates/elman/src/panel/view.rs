//! How a network sees a series.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ranges::{self, Checked};
use crate::season::Decomposition;

/// The values that the network works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// ln y, for values above 0.
    Log,
    /// ln (y / mean + 0.1), for values of 0 and above.
    SoftLog,
    /// y / mean |y|.
    Plain,
}

/// How a network sees a series: at step t, the last [`lags`](View::lags) values less the level, in
/// units of the typical step or not; and what it says is seen the same way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The values that it works on.
    pub scale: Scale,
    /// Whether the season is taken out before and put back behind.
    pub adjust: bool,
    /// How that season is found.
    #[serde(default)]
    pub decomposition: Decomposition,
    /// The level is the mean of so many last values.
    pub level: usize,
    /// Whether everything is divided by the typical step from value to value.
    pub by_step: bool,
    /// Values shown at a step.
    pub lags: usize,
    /// Whether the seasonal values of the horizon are shown too.
    pub ahead: bool,
    /// Whether a linear map from input to output stands beside the network.
    pub skip: bool,
    /// Whether the covariates are shown.
    #[serde(default)]
    pub beside: bool,
    /// The scaler, by name, that a plain scale takes in place of the mean |y|.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaler: Option<String>,
    /// Whether values may fall below 0 where none known does.
    #[serde(default)]
    pub free: bool,
    /// Whether the line through the last values goes on, where no network is trained.
    #[serde(default)]
    pub drift: bool,
}

impl View {
    /// Whether a series can be seen so.
    pub(super) fn check(&self) -> Checked {
        ranges::steps("level", self.level)?;
        ranges::steps("lags", self.lags)?;
        // With a log transform no forecast is below 0.
        if self.free && self.scale != Scale::Plain {
            return ranges::refuse("free", self.free, "false for logarithms");
        }
        if self.drift && !self.free {
            return ranges::refuse("drift", self.drift, "false where values have a floor");
        }
        Ok(())
    }

    /// Numbers of the series itself that the network is shown at a step.
    pub fn inputs(&self, horizon: usize) -> usize {
        self.lags + usize::from(self.by_step) + if self.ahead { horizon } else { 0 }
    }
}

/// The preprocessing in words: `log transform, 24 lags, normalized differences`.
impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = match (self.scale, &self.scaler) {
            (Scale::Log, _) => "log transform",
            (Scale::SoftLog, _) => "log transform with an offset",
            (Scale::Plain, Some(scaler)) => scaler,
            (Scale::Plain, None) => "scaled by the mean",
        };
        write!(f, "{scale}, {} lags", self.lags)?;
        if self.level > 1 {
            write!(f, ", moving level of {} values", self.level)?;
        }
        let parts = [
            (self.by_step, "normalized differences"),
            (!self.adjust, "not deseasonalized"),
            (self.ahead, "seasonal features"),
            (self.skip, "linear skip"),
            (self.beside, "covariates"),
            (self.free, "no floor at 0"),
            (self.drift, "drift"),
        ];
        parts.iter().filter(|(has, _)| *has).try_for_each(|(_, part)| write!(f, ", {part}"))
    }
}
