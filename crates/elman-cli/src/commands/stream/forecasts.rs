//! From an observation to a row of the output.

use elman::data::counted;
use elman::stream::{Arrival, Observed, Stream};

use super::messages::{Kind, Messages};
use super::observations::{Observation, Observations};
use super::output::Output;
use super::rows::{Row, RowFormat};
use crate::args::StreamArgs;

/// The stream with its output.
pub struct Forecasts {
    pub stream: Stream<'static>,
    pub output: Output,
    pub messages: Messages,
    /// Lines that were observations.
    pub observed: u64,
    format: RowFormat,
    is_quiet: bool,
    /// Dates of a row, in texts that are used again.
    ds: Vec<String>,
}

impl Forecasts {
    pub fn new(args: &StreamArgs, stream: Stream<'static>) -> Self {
        let horizon = args.horizon as usize;
        let (is_json, is_safe) = (args.json, args.csv.safe_csv);
        let levels = stream.levels().to_vec();
        Self {
            stream,
            output: Output::default(),
            messages: Messages::default(),
            observed: 0,
            format: RowFormat { is_json, has_ids: true, horizon, levels, is_safe },
            is_quiet: args.notes.quiet,
            ds: vec![String::new(); horizon],
        }
    }

    /// Begins the output, whose columns follow those of the input.
    pub fn begin(&mut self, input: &Observations) {
        let columns = input.columns();
        self.format.is_json |= input.is_json();
        self.format.has_ids = columns.iter().any(|(role, _)| *role == "unique_id");
        self.output.begin(self.format.clone());
        if !self.is_quiet {
            let roles = columns.iter().map(|(role, name)| match role == name {
                true => format!("`{name}`"),
                false => format!("{role} `{name}`"),
            });
            let format = if input.is_json() { "JSON Lines" } else { "CSV" };
            let single = if self.format.has_ids { "" } else { "; one series" };
            note!("stdin: {format} with {}{single}", roles.collect::<Vec<_>>().join(", "));
        }
    }

    /// Adds the row of an observation to the output. A duplicate or late observation has none.
    ///
    /// # Errors
    /// Why the observation is bad.
    pub fn observe(&mut self, observation: Observation<'_>, line: u64) -> Result<(), String> {
        let Observation { unique_id, ds, y } = observation;
        let Observed { arrival, forecast } =
            self.stream.observe(unique_id, ds, y).map_err(|error| error.message())?;
        self.observed += 1;
        let cutoff = forecast.cutoff();
        let note = noted(&arrival).and_then(|kind| {
            self.messages.first(kind, line, || sentence(arrival, observation, cutoff))
        });
        if let Some(note) = note.filter(|_| !self.is_quiet) {
            note!("{note}");
        }
        let arrival = match arrival {
            Arrival::Next => ("next", 0),
            Arrival::AfterGap { missing } => ("after_gap", missing),
            Arrival::Reset { missing } => ("reset", missing),
            Arrival::Duplicate | Arrival::Late | Arrival::Early { .. } => return Ok(()),
        };
        self.ds[0].clear();
        self.ds[0].push_str(forecast.next_ds());
        for (k, ds) in self.ds.iter_mut().enumerate().skip(1) {
            *ds = forecast.ds(k + 1);
        }
        let (values, intervals) = (forecast.values(), forecast.intervals());
        self.output.push(&Row { unique_id, y, cutoff, ds: &self.ds, values, intervals, arrival });
        Ok(())
    }
}

/// Observations that are noted, and their kind.
fn noted(arrival: &Arrival) -> Option<Kind> {
    match arrival {
        Arrival::Next => None,
        Arrival::AfterGap { .. } => Some(Kind::Gap),
        Arrival::Reset { .. } => Some(Kind::Reset),
        Arrival::Duplicate => Some(Kind::Duplicate),
        Arrival::Late => Some(Kind::Late),
        Arrival::Early { .. } => Some(Kind::Early),
    }
}

/// The note on the first observation of its kind.
fn sentence(arrival: Arrival, observation: Observation<'_>, cutoff: &str) -> String {
    let Observation { unique_id, ds, .. } = observation;
    let of_series =
        if unique_id.is_empty() { String::new() } else { format!(" of series `{unique_id}`") };
    let ds = ds.unwrap_or("the observation");
    let steps = |missing| counted(missing, "absent time step");
    match arrival {
        Arrival::Duplicate => {
            format!("{ds}{of_series} is known already: skipped, as all duplicates")
        }
        Arrival::Late => format!(
            "{ds}{of_series} is before the last observation, {cutoff}: skipped, as all late observations"
        ),
        Arrival::AfterGap { missing } => format!(
            "{} before {ds}{of_series}: missing values, as in all gaps up to `--max-gap`",
            steps(missing)
        ),
        Arrival::Early { missing } => format!(
            "{} before {ds}{of_series}, more than `--max-gap`: skipped, because the date may be wrong; the next observation after it \
             resets the hidden state",
            steps(missing)
        ),
        Arrival::Reset { missing } => format!(
            "{} before {ds}{of_series}, more than `--max-gap`: the hidden state is reset",
            steps(missing)
        ),
        Arrival::Next => String::new(),
    }
}
