//! Forecasts of further models: the other names of `--model`, and the baselines in the JSON document.

use elman::Series;
use elman::data::History;
use elman::io::write::{Columns, Row};
use elman::models::baselines::Baseline;
use elman::select::{AutoForecaster, Forecast, Model};

use super::fitted::Reach;
use crate::failure::Failure;

/// A forecast of another model, without the report.
struct Other {
    name: &'static str,
    /// Whether it is a further name of `--model`.
    is_asked_model: bool,
    forecast: Forecast,
}

/// Forecasts of further models.
#[derive(Default)]
pub struct Others(Vec<Other>);

impl Others {
    /// Forecasts of `models`, each with the other settings of the first one.
    pub fn of(
        models: &[Model],
        settings: &AutoForecaster,
        panel: &[Series],
        reach: &Reach,
    ) -> Result<Self, Failure> {
        let of_model = |model: &Model| -> Result<Other, Failure> {
            let settings = AutoForecaster { model: *model, ..settings.clone() };
            let mut forecast = settings.fit(panel)?.predict_ahead(panel, reach.horizon)?;
            if let Some(until) = &reach.until {
                forecast.cut(panel, until)?;
            }
            Ok(Other { name: model.column(false), is_asked_model: true, forecast })
        };
        Ok(Self(models.iter().map(of_model).collect::<Result<_, _>>()?))
    }

    /// Adds the forecast of assumed values, whose name is [`ASSUMED`](super::assumed::ASSUMED).
    pub fn with_assumed(mut self, name: &'static str, forecast: Forecast) -> Self {
        self.0.push(Other { name, is_asked_model: false, forecast });
        self
    }

    /// Adds the baselines that are not among them, without prediction intervals, for the panel of `first`.
    pub fn with_baselines(
        mut self,
        first: &Forecast,
        panel: &[Series],
        reach: &Reach,
    ) -> Result<Self, Failure> {
        let season = first.selection.seasons.first().copied().unwrap_or(1);
        for baseline in Baseline::COMPARED {
            let is_first = first.selection.model.column(true) == baseline.name;
            if is_first || self.0.iter().any(|other| other.name == baseline.name) {
                continue;
            }
            let of_series = |series: &Series| {
                let history = History::new(&series.values);
                let season = if series.len() >= season { season } else { 1 };
                baseline.forecast(&history.filled, reach.horizon, season)
            };
            let mut forecast = Forecast {
                values: panel.iter().map(of_series).collect::<Result<_, _>>()?,
                levels: Vec::new(),
                intervals: vec![Vec::new(); panel.len()],
                selection: first.selection.clone(),
                notes: Vec::new(),
            };
            if let Some(until) = &reach.until {
                forecast.cut(panel, until)?;
            }
            self.0.push(Other { name: baseline.name, is_asked_model: false, forecast });
        }
        Ok(self)
    }

    /// Adds the columns of these models to those of the forecast of the `first` one.
    pub fn columns(&self, first: Model, levels: &[f64]) -> Columns {
        let more =
            self.0.iter().flat_map(|other| Columns::of_model(other.name, &other.forecast.levels));
        let name = first.column(!self.0.iter().any(|other| other.is_asked_model)).to_owned();
        Columns { name, more: more.collect(), ..Columns::with(levels) }
    }

    /// Adds the numbers of these models to the rows of the forecast, which has the same series and steps.
    pub fn add<'a>(
        &'a self,
        rows: impl Iterator<Item = Row<'a>> + Clone + 'a,
        panel: &'a [Series],
    ) -> impl Iterator<Item = Row<'a>> + Clone + 'a {
        let tables: Vec<_> = self.0.iter().map(|other| other.forecast.rows(panel)).collect();
        rows.scan(tables, |tables, mut row| {
            for other in tables {
                let Row { elman, bounds, .. } = other.next()?;
                row.more.push(elman);
                row.more.extend(bounds.into_iter().flat_map(|(low, high)| [low, high]));
            }
            Some(row)
        })
    }
}
