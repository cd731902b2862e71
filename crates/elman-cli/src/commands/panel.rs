//! What forecasts straight from data have in common: settings, the progress bar, sentences.

use std::sync::Mutex;

use elman::panel::{Contest, Head, PanelSettings, Progress, Scope, Stack, levels};
use elman::read::{Input, LoadedPanel, Missing, ReadOptions};
use elman::season::Decomposition;
use indicatif::ProgressBar;

use crate::args::{CommonArgs, PanelArgs, ReadArgs};
use crate::commands::bench::machine;
use crate::failure::{Failure, USAGE};
use crate::{files, print};

/// The settings that were asked for.
pub fn settings(
    horizon: u32,
    args: &PanelArgs,
    common: &CommonArgs,
) -> Result<PanelSettings, Failure> {
    let levels = match &args.level[..] {
        [] => vec![80.0, 95.0],
        asked => levels::parse(&asked.join(","))?,
    };
    let mut seasons: Vec<usize> = args.season.iter().copied().filter(|m| *m > 1).collect();
    seasons.sort_unstable();
    seasons.dedup();
    let (asked, of_machine) = common.threads();
    if let (Some(loss), Some(head)) = (&args.loss, args.head.as_deref().filter(|h| *h != "point")) {
        let message = format!(
            "`--loss {loss}` is for the head `point`, and `{head}` has its own loss\n  help: leave out `--loss`"
        );
        return Err(Failure::new(USAGE, message));
    }
    let usual = PanelSettings::new(1);
    Ok(PanelSettings {
        horizon: horizon as usize,
        seasons: (!args.season.is_empty()).then_some(seasons),
        decomposition: match args.decomposition.as_deref() {
            Some("stl") => Decomposition::Stl,
            _ => Decomposition::Classical,
        },
        levels,
        scope: match args.scope.as_deref() {
            Some("local") => Scope::Local,
            _ => Scope::Global,
        },
        cell: args.cell.clone().unwrap_or(usual.cell),
        hidden_size: args.hidden_size.map_or(usual.hidden_size, usize::from),
        stack: Stack {
            num_layers: args.stack.layers(args.num_layers.map(usize::from)).unwrap_or(1),
            dilations: args.stack.dilations.clone(),
            residual: args.stack.residual,
        },
        learning_rate: args.learning_rate.unwrap_or(usual.learning_rate),
        steps: args.steps,
        patience: args.patience,
        seq_length: args.seq_length.map(usize::from),
        carry: !args.no_carry,
        calendar: args.calendar,
        head: args.head.as_deref().and_then(Head::named).unwrap_or_default(),
        loss: args.loss.clone().unwrap_or(usual.loss),
        scaler: args.scaler.clone(),
        non_negative: args.non_negative,
        keep_outliers: args.keep_outliers,
        seed: common.seed(),
        threads: asked.unwrap_or(of_machine),
        isa: args.isa.as_deref().map(|name| machine::isa(Some(name))).transpose()?,
    })
}

/// The most notes of a kind that are printed; many series have many.
const MOST_NOTES: usize = 5;

/// How a panel is read if nothing else is said.
pub fn usual() -> ReadOptions {
    ReadOptions { missing: Missing::Mask, ..ReadOptions::default() }
}

/// How to read: as in `like`, but for the options that are given.
pub fn read_options(
    like: ReadOptions,
    panel: &PanelArgs,
    args: &ReadArgs,
) -> Result<ReadOptions, Failure> {
    let or =
        |given: &[String], like: Vec<String>| if given.is_empty() { like } else { given.to_vec() };
    let like = ReadOptions {
        wide: panel.wide || like.wide,
        futr_exog: or(&panel.futr_exog, like.futr_exog),
        hist_exog: or(&panel.hist_exog, like.hist_exog),
        static_exog: or(&panel.static_exog, like.static_exog),
        ..like
    };
    files::read_options(like, args)
}

/// Reads every series, and says on stderr what was found if it `talks`.
pub fn read(input: Input, options: &ReadOptions, talks: bool) -> Result<LoadedPanel, Failure> {
    let loaded = files::read_panel(input, options, talks && print::stderr_is_seen())?;
    if talks {
        say_found(&loaded);
    }
    Ok(loaded)
}

fn say_found(loaded: &LoadedPanel) {
    note!("{}: {}", loaded.path, loaded.found());
    for note in loaded.notes.iter().take(MOST_NOTES) {
        note!("note: {note}");
    }
    if let Some(more @ 1..) = loaded.notes.len().checked_sub(MOST_NOTES) {
        let all = loaded.notes.len() < LoadedPanel::MOST_NOTES;
        let more = if all { more.to_string() } else { "many".to_owned() };
        note!("note: and {more} more of this kind");
    }
}

/// The notes on a file, and on what came of it.
pub fn notes<'a>(loaded: &'a LoadedPanel, more: &'a [String]) -> Vec<&'a String> {
    loaded.notes.iter().chain(more).collect()
}

/// Shares of values within intervals; null where none was validated.
pub fn validated(coverage: &[f64]) -> Option<&[f64]> {
    (!coverage.is_empty()).then_some(coverage)
}

/// Prints what should be known besides the numbers.
pub fn say(notes: &[String]) {
    for line in notes.iter().take(MOST_NOTES) {
        note!("note: {line}");
    }
    if let Some(more @ 1..) = notes.len().checked_sub(MOST_NOTES) {
        note!("note: and {more} more of this kind");
    }
}

/// How far the work is, on a terminal.
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

    pub fn show(&self, progress: Progress) {
        let (name, done, of) = match progress {
            Progress::Trying(done, of) => ("trying", done, of),
            Progress::Training(done, of) => ("training", done, of),
            Progress::Series(done, of) => ("series", done, of),
        };
        // Several networks report at once, not always in order.
        let Ok(mut stage) = self.stage.lock() else { return };
        if stage.0 != name {
            self.bar.set_length(of);
            self.bar.set_message(name);
            self.bar.reset_eta();
            *stage = (name, 0);
        }
        stage.1 = stage.1.max(done);
        self.bar.set_position(stage.1);
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The seasons of a contest, in words; of how many series, where each has its own.
pub fn found_seasons(contest: &Contest) -> String {
    match &contest.series_by_seasons[..] {
        [] | [_] => seasons(&contest.seasons),
        all => {
            let of = |(found, n): &(Vec<usize>, usize)| format!("{} in {n} series", seasons(found));
            all.iter().map(of).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The seasons, in words.
pub fn seasons(seasons: &[usize]) -> String {
    match seasons {
        [] => "no season".to_owned(),
        [one] => format!("season of {one} steps"),
        all => {
            let all: Vec<String> = all.iter().map(usize::to_string).collect();
            format!("seasons of {} steps", all.join(" and "))
        }
    }
}

/// That only a sample was trained on, if so.
pub fn sampled(contest: &Contest, series: usize) -> Option<String> {
    let sampled = contest.sampled;
    (sampled < series)
        .then(|| format!("tried and trained on {sampled} of the {series} series, drawn at random"))
}

/// Points of coverage that bands may lack before it is said.
const LACKING: f64 = 5.0;

/// That the bands a network says itself held too little, if so.
pub fn narrow(contest: &Contest, head: Head) -> Option<String> {
    let lacks = |(level, share): (&f64, &f64)| level - 100.0 * share > LACKING;
    let narrow = contest.levels.iter().zip(&contest.coverage).any(lacks);
    (narrow && head != Head::Point).then(|| {
        "note: these bands are too narrow; those of `--head point` are made from the errors"
            .to_owned()
    })
}

/// Whether covariates helped, if there are any.
pub fn covariates(contest: &Contest) -> Option<String> {
    let names = contest.covariates.join(", ");
    let chosen = || contest.trials.iter().filter(|trial| trial.chosen && trial.effort > 0);
    let with = chosen().filter(|trial| trial.view.beside).count();
    match (names.is_empty(), with, chosen().count()) {
        (true, ..) => None,
        (_, 0, _) => Some(format!("note: {names}: no help in the trial, and not used")),
        (_, with, all) if with == all => Some(format!("helped in the trial: {names}")),
        (_, with, all) => Some(format!("helped in the trial: {names}, in {with} of {all} views")),
    }
}
