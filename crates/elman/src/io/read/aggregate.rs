//! Series brought to a coarser step right after they are read: `--freq W --agg sum`.

use super::ReadOptions;
use crate::data::calendar::{Frequency, MonthAnchor};
use crate::data::{Aggregate, Aggregated, Periods, Series, thousands};
use crate::error::{Error, Result};
use elman_nn::registry::Entry;

/// What `--freq` and `--agg` ask for together.
pub(super) struct Asked {
    how: Aggregate,
    periods: Periods,
}

impl Asked {
    /// None without `--agg`.
    ///
    /// # Errors
    /// `--agg` without `--freq`.
    pub(super) fn of(options: &ReadOptions) -> Result<Option<Self>> {
        let Some(how) = options.agg else { return Ok(None) };
        let Some(frequency) = options.freq else {
            return Err(Error::Forecast {
                reason: "`--agg` needs a coarser frequency, and none is given".to_owned(),
                help: "set `--freq`, such as W, M or Q".to_owned(),
            });
        };
        let week_ends = match options.freq_anchor {
            Some(MonthAnchor::Weekday(day)) => Some(day),
            _ => None,
        };
        Ok(Some(Self { how, periods: Periods { frequency, week_ends } }))
    }

    /// How the data are read before: with their own step.
    pub(super) fn finer(options: &ReadOptions) -> ReadOptions {
        ReadOptions { freq: None, freq_anchor: None, agg: None, ..options.clone() }
    }

    /// The series by periods, and a note on what was done.
    ///
    /// # Errors
    /// Those of [`Series::aggregated`]; no whole period in any series.
    pub(super) fn apply(
        &self,
        series: Vec<Series>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Series>> {
        let (mut first, mut last, mut short) = (0, 0, Vec::new());
        let mut all = Vec::with_capacity(series.len());
        for one in series {
            let name = one.name.clone();
            let done: Aggregated = one.aggregated(self.how, self.periods)?;
            first += usize::from(done.first);
            last += usize::from(done.last);
            match done.series {
                Some(series) => all.push(series),
                None => short.push(name),
            }
        }
        if all.is_empty() {
            let frequency = self.periods.frequency;
            return Err(Error::Forecast {
                reason: format!("no series has a complete {frequency} period"),
                help: "name a shorter step with `--freq`".to_owned(),
            });
        }
        notes.insert(0, self.note(first, last));
        if let Some(name) = short.first() {
            let many = thousands(short.len());
            notes.push(format!(
                "series without a complete period are left out: {many}, the first `{name}`"
            ));
        }
        Ok(all)
    }

    /// What was done, and how many periods that are not whole were left out: the `first` and the `last` of a series.
    fn note(&self, first: usize, last: usize) -> String {
        let Periods { frequency, week_ends } = self.periods;
        let of_week = match frequency {
            Frequency::Days(n) if n % 7 == 0 => {
                const DAYS: [&str; 7] =
                    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
                let end = usize::from(week_ends.unwrap_or(6)) % 7;
                format!(", from {} to {}", DAYS[(end + 1) % 7], DAYS[end])
            }
            _ => String::new(),
        };
        let ends = match (first, last) {
            (0, 0) => String::new(),
            _ => format!(
                "; incomplete periods are left out: {first} at the start, {last} at the end"
            ),
        };
        let how = self.how.name();
        let named = if week_ends.is_some() { "last" } else { "first" };
        format!("{frequency}{of_week}: the {how} of each period, dated by its {named} day{ends}")
    }
}
