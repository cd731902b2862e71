//! Series brought to a coarser step right after they are read: `--freq W --agg sum`.

use super::{ReadOptions, zones};
use crate::data::calendar::{Frequency, MonthAnchor, PeriodAnchor, Zone};
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
        // A day of the week alone ends weeks, too: older model files have nothing else.
        let week_end = || match options.freq_anchor {
            Some(MonthAnchor::Weekday(day)) => Some(PeriodAnchor::WeekEnd(day)),
            _ => None,
        };
        let anchor = options.freq_periods.or_else(week_end);
        let zone = options.tz.clone().filter(|_| frequency.has_days());
        Ok(Some(Self { how, periods: Periods { frequency, anchor, zone } }))
    }

    /// How the data are read before: with their own step. Days of a zone are made of moments, of which no two are the same; shorter
    /// periods, of times on the wall clock.
    pub(super) fn finer(options: &ReadOptions) -> ReadOptions {
        let tz = options.tz.clone().filter(|_| !options.freq.is_some_and(Frequency::has_days));
        let (freq, freq_anchor, freq_periods, agg) = (None, None, None, None);
        ReadOptions { freq, freq_anchor, freq_periods, agg, tz, ..options.clone() }
    }

    /// The series aggregated to periods, and a note that names the period and its date. `zone` is the time zone of the time column.
    ///
    /// # Errors
    /// Those of [`Series::aggregated`]; no whole period in any series.
    pub(super) fn apply(
        &self,
        series: Vec<Series>,
        zone: Option<&Zone>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Series>> {
        let (mut first, mut last, mut short) = (0, 0, Vec::new());
        let mut all = Vec::with_capacity(series.len());
        for one in series {
            let name = one.name.clone();
            let periods = self.periods_of(&one, zone, notes);
            let done: Aggregated = one.aggregated(self.how, periods)?;
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

    /// The periods of a series: in the zone of `--tz`, else in that of the column of times.
    fn periods_of(
        &self,
        series: &Series,
        of_column: Option<&Zone>,
        notes: &mut Vec<String>,
    ) -> Periods {
        let mut zone = self.periods.zone.clone();
        if let Some(asked) = &zone {
            let (applies, note) = zones::applies(series, asked);
            notes.extend(note.filter(|note| !notes.contains(note)));
            zone = zone.filter(|_| applies);
        } else {
            zone = of_column.cloned();
            let note = zones::days_in_utc(series).filter(|_| self.periods.frequency.has_days());
            notes.extend(note.filter(|note| !notes.contains(note)));
        }
        Periods { zone, ..self.periods.clone() }
    }

    /// What was done, and how many periods that are not whole were left out: the `first` and the `last` of a series.
    fn note(&self, first: usize, last: usize) -> String {
        let Periods { frequency, anchor, .. } = self.periods;
        let is_weekly = matches!(frequency, Frequency::Days(n) if n % 7 == 0);
        let words = anchor.or(is_weekly.then_some(PeriodAnchor::WeekEnd(6)));
        let of_period = match words.map(|anchor| anchor.to_string()) {
            Some(days) if !days.is_empty() => format!(", {days}"),
            _ => String::new(),
        };
        let ends = match (first, last) {
            (0, 0) => String::new(),
            _ => format!(
                "; incomplete periods are left out: {first} at the start, {last} at the end"
            ),
        };
        let how = self.how.name();
        let day = match anchor {
            Some(PeriodAnchor::WeekEnd(_) | PeriodAnchor::End(_)) => "last",
            _ => "first",
        };
        format!("{frequency}{of_period}: the {how} of each period, dated by its {day} day{ends}")
    }
}
