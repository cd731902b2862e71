//! What forecasts straight from data have in common: settings, the progress bar, sentences.

use std::ops::ControlFlow;
use std::sync::Mutex;

use elman::intervals::levels;
use elman::io::read::{Input, LoadedPanel, Missing, ReadOptions};
use elman::models::rnn::{Likelihood, StackConfig};
use elman::nn::registry::Entry;
use elman::select::{AutoForecaster, Progress, SelectionReport};
use indicatif::ProgressBar;

use crate::args::{ColumnArgs, CommonArgs, Given, PanelArgs, ReadArgs};
use crate::commands::bench::machine;
use crate::failure::{Failure, USAGE};
use crate::{files, print};

/// The settings that were asked for.
pub fn settings(
    horizon: u32,
    args: &PanelArgs,
    common: &CommonArgs,
) -> Result<AutoForecaster, Failure> {
    let levels = asked_levels(&args.level)?.unwrap_or_else(|| vec![80.0, 95.0]);
    let (asked, of_machine) = common.threads();
    let likelihood = asked_likelihood(args.likelihood, args.loss.as_deref())?;
    let usual = AutoForecaster::new(1);
    Ok(AutoForecaster {
        horizon: horizon as usize,
        model: args.first_model()?,
        seasons: asked_seasons(&args.season),
        decomposition: args.decomposition.unwrap_or_default(),
        levels,
        scope: args.scope.unwrap_or_default(),
        cell: args.cell.clone().unwrap_or(usual.cell),
        hidden_size: args.hidden_size.map_or(usual.hidden_size, usize::from),
        stack: StackConfig {
            num_layers: args.stack.layers(args.num_layers.map(usize::from)).unwrap_or(1),
            dilations: args.stack.dilations.clone(),
            residual: args.stack.residual,
        },
        learning_rate: args.learning_rate.unwrap_or(usual.learning_rate),
        max_steps: args.max_steps,
        patience: args.patience,
        seq_length: args.seq_length.map(usize::from),
        carry: !args.no_carry,
        calendar: args.columns.calendar,
        likelihood: likelihood.unwrap_or_default(),
        loss: args.loss.clone().unwrap_or(usual.loss),
        scaler: args.scaler.clone(),
        non_negative: args.non_negative,
        point: args.point.unwrap_or_default(),
        keep_outliers: args.keep_outliers,
        seed: common.seed(),
        threads: asked.unwrap_or(of_machine),
        isa: args.isa.as_deref().map(|name| machine::isa(Some(name))).transpose()?,
    })
}

/// Refuses options that change a training, where the model is trained already.
pub fn refuse_training_options(given: &Given) -> Result<(), Failure> {
    let given = given.of_group::<PanelArgs>(&PanelArgs::NOT_OF_TRAINING);
    let [first, ..] = &given[..] else { return Ok(()) };
    let names = given.join(", ");
    let message = format!(
        "`{first}` is an option of training, and this file is a trained model\n  help: leave out {names}, or start from a \
         data file"
    );
    Err(Failure::new(USAGE, message))
}

/// The levels that are asked for, if any are.
pub fn asked_levels(asked: &[String]) -> Result<Option<Vec<f64>>, Failure> {
    match asked {
        [] => Ok(None),
        asked => Ok(Some(levels::parse(&asked.join(","))?)),
    }
}

/// The seasonal periods that are asked for, if any are; an empty list for none.
pub fn asked_seasons(asked: &[usize]) -> Option<Vec<usize>> {
    let mut seasons: Vec<usize> = asked.iter().copied().filter(|m| *m > 1).collect();
    seasons.sort_unstable();
    seasons.dedup();
    (!asked.is_empty()).then_some(seasons)
}

/// The likelihood that is asked for, if one is. Only the likelihood `point` has a loss to choose.
pub fn asked_likelihood(
    likelihood: Option<Likelihood>,
    loss: Option<&str>,
) -> Result<Option<Likelihood>, Failure> {
    match (loss, likelihood.filter(|asked| *asked != Likelihood::Point)) {
        (Some(loss), Some(likelihood)) => {
            let message = format!(
                "`--loss {loss}` is for the likelihood `point`, and `{}` has its own loss\n  help: leave out `--loss`",
                likelihood.name()
            );
            Err(Failure::new(USAGE, message))
        }
        _ => Ok(likelihood),
    }
}

/// The most notes of a kind that are printed; many series have many.
const MAX_NOTES: usize = 5;

/// The defaults of reading a panel.
pub fn read_defaults() -> ReadOptions {
    ReadOptions { missing: Missing::Mask, ..ReadOptions::default() }
}

/// `like` with the options that are given.
pub fn read_options(
    like: ReadOptions,
    columns: &ColumnArgs,
    args: &ReadArgs,
) -> Result<ReadOptions, Failure> {
    let or =
        |given: &[String], like: Vec<String>| if given.is_empty() { like } else { given.to_vec() };
    let like = ReadOptions {
        wide: columns.wide || like.wide,
        futr_exog: or(&columns.futr_exog, like.futr_exog),
        hist_exog: or(&columns.hist_exog, like.hist_exog),
        static_exog: or(&columns.static_exog, like.static_exog),
        ..like
    };
    files::read_options(like, args)
}

/// Reads every series. With `talks` it prints the number of series, their frequency and notes on stderr.
pub fn read(input: Input, options: &ReadOptions, talks: bool) -> Result<LoadedPanel, Failure> {
    let loaded = files::read_panel(input, options, talks && print::stderr_is_seen())?;
    if talks {
        say_found(&loaded);
    }
    Ok(loaded)
}

/// Prints the number of series, their frequency and notes on stderr.
pub fn say_found(loaded: &LoadedPanel) {
    note!("{}: {}", loaded.path, loaded.found());
    for note in loaded.notes.iter().take(MAX_NOTES) {
        note!("note: {note}");
    }
    if let Some(more @ 1..) = loaded.notes.len().checked_sub(MAX_NOTES) {
        let all = loaded.notes.len() < LoadedPanel::MAX_NOTES;
        let more = if all { more.to_string() } else { "many".to_owned() };
        note!("note: {more} more notes");
    }
}

/// The notes on a file and on its forecast.
pub fn notes<'a>(loaded: &'a LoadedPanel, more: &'a [String]) -> Vec<&'a String> {
    loaded.notes.iter().chain(more).collect()
}

/// Coverage of the intervals; null where none was validated.
pub fn validated(coverage: &[f64]) -> Option<&[f64]> {
    (!coverage.is_empty()).then_some(coverage)
}

/// Prints notes.
pub fn say(notes: &[String]) {
    limited(notes.iter().map(|line| format!("note: {line}")).collect())
        .iter()
        .for_each(|line| note!("{line}"));
}

/// The first notes, and the number of the others.
pub fn limited(mut notes: Vec<String>) -> Vec<String> {
    if let Some(more @ 1..) = notes.len().checked_sub(MAX_NOTES) {
        notes.truncate(MAX_NOTES);
        notes.push(format!("note: {more} more notes"));
    }
    notes
}

/// A progress bar on a terminal.
pub struct Bar {
    bar: ProgressBar,
    /// The stage, and the updates in it.
    stage: Mutex<(&'static str, u64)>,
}

impl Bar {
    pub fn new(shown: bool) -> Self {
        let bar = if shown { files::progress(1) } else { ProgressBar::hidden() };
        Self { bar, stage: Mutex::new(("", 0)) }
    }

    /// Shows the progress, and lets the run continue.
    pub fn show(&self, progress: Progress) -> ControlFlow<()> {
        let (name, done, of) = match progress {
            Progress::Selecting(done, of) => ("model selection", done, of),
            Progress::FineTuning(done, of) => ("fine-tuning", done, of),
            Progress::Training(done, of) => ("training", done, of),
            Progress::Forecasting(done, of) => ("forecast", done, of),
            Progress::Series(done, of) => ("series", done, of),
            _ => return ControlFlow::Continue(()),
        };
        // Several networks report at once, not always in order.
        let Ok(mut stage) = self.stage.lock() else { return ControlFlow::Continue(()) };
        if stage.0 != name {
            self.bar.set_length(of);
            self.bar.set_message(name);
            self.bar.reset_eta();
            *stage = (name, 0);
        }
        stage.1 = stage.1.max(done);
        self.bar.set_position(stage.1);
        ControlFlow::Continue(())
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The seasonal periods; for local models those of each number of series.
pub fn found_seasons(selection: &SelectionReport) -> String {
    match &selection.series_by_seasons[..] {
        [] | [_] => seasons(&selection.seasons),
        all => {
            let of = |(found, n): &(Vec<usize>, usize)| format!("{} in {n} series", seasons(found));
            all.iter().map(of).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The seasonal periods in words.
pub fn seasons(seasons: &[usize]) -> String {
    match seasons {
        [] => "no seasonal period".to_owned(),
        [one] => format!("seasonal period: {one} time steps"),
        all => {
            let all: Vec<String> = all.iter().map(usize::to_string).collect();
            let (last, others) = all.split_last().map_or(("", &[][..]), |(last, all)| (last, all));
            format!("seasonal periods: {} and {last} time steps", others.join(", "))
        }
    }
}

/// A sentence about the sample of series that was used, if it was a sample.
pub fn sampled(selection: &SelectionReport, series: usize) -> Option<String> {
    let sampled = selection.sampled;
    let is_trained = selection.candidate_scores.iter().any(|candidate| candidate.budget > 0);
    if sampled >= series {
        return None;
    }
    let [sampled, series] = [sampled, series].map(elman::data::thousands);
    Some(match is_trained {
        true => {
            format!("model selection and training on a random sample: {sampled} of {series} series")
        }
        false => format!("validation on {sampled} of {series} series"),
    })
}

/// Percentage points below the level from which on a note says that intervals are too narrow.
const LACKING: f64 = 5.0;

/// A note about intervals of a distribution that are too narrow, if they are.
pub fn narrow(selection: &SelectionReport, likelihood: Likelihood) -> Option<String> {
    let lacks = |(level, share): (&f64, &f64)| level - 100.0 * share > LACKING;
    let narrow = selection.levels.iter().zip(&selection.coverage).any(lacks);
    (narrow && likelihood != Likelihood::Point).then(|| {
        "note: these prediction intervals are too narrow; `--likelihood point` has conformal intervals"
            .to_owned()
    })
}

/// Whether model selection uses the covariates, if there are any.
pub fn covariates(selection: &SelectionReport) -> Option<String> {
    let names = selection.covariates.join(", ");
    let selected = || {
        selection
            .candidate_scores
            .iter()
            .filter(|candidate| candidate.selected && candidate.budget > 0)
    };
    let with = selected().filter(|candidate| candidate.preprocessing.use_covariates).count();
    match (names.is_empty(), with, selected().count()) {
        (true, ..) => None,
        // One network without model selection has them as inputs.
        _ if selection.candidate_scores.is_empty() => Some(format!("covariates used: {names}")),
        (_, 0, _) => Some(format!(
            "note: covariates not used, because they do not lower the validation error: {names}"
        )),
        (_, with, all) if with == all => Some(format!("covariates used: {names}")),
        (_, with, all) => {
            Some(format!("covariates used: {names}, in {with} of {all} selected candidates"))
        }
    }
}
