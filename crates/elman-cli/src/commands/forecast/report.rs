//! The report of a forecast: its files, its table, and the notes beside it.

use std::process::ExitCode;
use std::time::Instant;

use elman::data::counted;
use elman::io::read::LoadedPanel;
use elman::io::write::{self, Columns, Row};
use elman::metrics::Claim;
use elman::models::rnn::Likelihood;
use elman::report::{self, Album, Picture};
use elman::select::{
    AutoForecaster, BenchmarkScore, FineTuningScores, FittedForecaster, Forecast, Model,
    ModelWeight, Point, SelectionReport, too_short,
};
use serde_json::{Value, json};

use super::assumed::{self, Assumed};
use super::fitted::{Reach, talks};
use super::in_sample;
use super::others::Others;
use crate::args::ForecastArgs;
use crate::commands::{formulas, panel, scores};
use crate::failure::{Failure, Outcome};
use crate::files::Written;
use crate::{files, numbers, print};

/// Series in a chart, at most.
const MAX_PAGES: usize = 6;

/// A forecast with all that it comes from.
pub struct Report<'a> {
    pub args: &'a ForecastArgs,
    pub reach: &'a Reach,
    pub fitted: &'a FittedForecaster,
    pub loaded: &'a LoadedPanel,
    pub forecast: Forecast,
    pub others: Others,
    /// The forecasts after the values of `--assume`.
    pub assumed: Option<Assumed>,
}

impl Report<'_> {
    /// Writes the files and prints the forecast, with notes. `written` has the files that are written already.
    pub fn present(mut self, started: Instant, mut written: Written) -> Outcome {
        let ended = self.cut()?;
        if let Some(assumed) = &self.assumed {
            let others = std::mem::take(&mut self.others);
            self.others = others.with_assumed(assumed::ASSUMED, assumed.forecast.clone());
        }
        if self.args.common.json() {
            let others = std::mem::take(&mut self.others);
            self.others = others.with_baselines(&self.forecast, &self.loaded.series, self.reach)?;
        }
        let seconds = started.elapsed().as_secs_f64();
        self.write_table(&mut written);
        self.write_scores(&mut written);
        self.write_charts(&mut written);
        let outside = self.write_in_sample(&mut written);
        self.print_forecast(&written);
        if talks(self.args) {
            self.print_chart();
            self.print_selection();
            self.differences().iter().for_each(|sentence| note!("{sentence}"));
            outside.inspect(|sentence| note!("{sentence}"));
            self.print_limits(ended);
            self.print_formulas();
            note!("done in {}", numbers::seconds(seconds));
            self.print_files(&written);
        }
        written.end().map(|()| ExitCode::SUCCESS)
    }

    /// Cuts the forecast at the date that was asked for. Returns the number of series that end after it.
    fn cut(&mut self) -> Result<usize, Failure> {
        let Some(until) = &self.reach.until else { return Ok(0) };
        if let Some(assumed) = &mut self.assumed {
            assumed.forecast.cut(&self.loaded.series, until)?;
        }
        Ok(self.forecast.cut(&self.loaded.series, until)?)
    }

    fn levels(&self) -> &[f64] {
        &self.fitted.settings.levels
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> + Clone {
        let panel = &self.loaded.series;
        self.others.add(self.forecast.rows(panel), panel)
    }

    fn columns(&self) -> Columns {
        self.others.columns(self.forecast.selection.model, self.levels())
    }

    /// The number of series in a chart.
    fn pages(&self) -> usize {
        self.loaded.series.len().min(MAX_PAGES)
    }

    fn picture(&self, series: usize) -> Picture {
        let picture = self.forecast.picture(&self.loaded.series[series], series);
        match &self.assumed {
            Some(assumed) => assumed.drawn(picture, &self.loaded.series[series], series),
            None => picture,
        }
    }

    /// Writes the table of `--out`.
    fn write_table(&self, written: &mut Written) {
        if let Some(out) = &self.args.out {
            let safe = self.args.csv.safe_csv;
            written.attempt(out, files::write_table(out, &self.columns(), self.rows(), safe));
        }
    }

    /// Writes the table of `--insample`. Returns a sentence about the values outside their intervals.
    fn write_in_sample(&self, written: &mut Written) -> Option<String> {
        let file = self.args.insample.as_ref()?;
        let (selection, panel) = (&self.forecast.selection, &self.loaded.series);
        let result = in_sample::write(file, self.fitted, selection, panel, self.args.csv.safe_csv);
        let sentence = result.as_ref().ok().cloned();
        written.attempt(file, result.map(drop));
        sentence
    }

    /// Writes the validation errors of each series.
    fn write_scores(&self, written: &mut Written) {
        if let Some(file) = &self.args.scores {
            if self.fitted.validation_scores().next().is_none() && talks(self.args) {
                let file = file.display();
                note!("note: {file} has no scores: the series are too short to validate");
            }
            let rows = self.fitted.validation_scores().flat_map(|of| {
                let row = |score: &BenchmarkScore| {
                    (of.series.clone(), score.name.clone(), vec![score.mase, score.smape])
                };
                of.scores.iter().map(row)
            });
            written.attempt(file, files::write_scores(file, &["mase", "smape"], rows));
        }
    }

    /// Writes the charts of `--plot`.
    fn write_charts(&self, written: &mut Written) {
        for plot in &self.args.plot {
            let title = if self.pages() > 1 { self.loaded.path.clone() } else { String::new() };
            let pages = (0..self.pages()).map(|series| self.picture(series)).collect();
            let facts = facts(self.loaded, &self.forecast);
            let album = Album { title, pages, facts, unlike: true, ..Album::default() };
            written.attempt(plot, report::write(plot, &album));
        }
    }

    /// Prints the JSON document, or the table if it is in no file.
    fn print_forecast(&self, written: &Written) {
        if self.args.common.json() {
            out!("{}", self.document());
        } else if !written.has(self.args.out.as_ref()) {
            let safe = self.args.csv.safe_csv;
            print::results(|stdout| files::write_csv(stdout, &self.columns(), self.rows(), safe));
        }
    }

    /// Prints a chart of a single series for a person at a terminal.
    fn print_chart(&self) {
        if self.pages() == 1 && print::stdout_is_seen() && print::stderr_is_seen() {
            let color = std::env::var_os("NO_COLOR").is_none();
            note!("{}", report::text(&self.picture(0), 72, 14, color));
        }
    }

    /// Prints the selection, the training and the errors of the model.
    fn print_selection(&self) {
        let Self { args, fitted, loaded, forecast, .. } = self;
        let is_from_model = args.data.is_some() || fitted.training().is_some();
        match is_from_model {
            true => note!("from the training of this model:"),
            false => panel::sampled(&forecast.selection, loaded.series.len())
                .into_iter()
                .for_each(|line| note!("{line}")),
        }
        note!("{}", selection_in_sentences(forecast, &fitted.settings));
        networks(fitted).inspect(|line| note!("{line}"));
        panel::say(&forecast.notes);
    }

    /// What the assumed values change, in sentences.
    fn differences(&self) -> Vec<String> {
        let assumed = self.assumed.as_ref();
        assumed.map_or(Vec::new(), |a| a.differences(&self.loaded.series, &self.forecast))
    }

    /// Prints where the forecast ends before its horizon, or goes beyond that of the training.
    fn print_limits(&self, ended: usize) {
        if ended > 0 {
            note!("note: {ended} series end after this date and have no forecast");
        }
        let trained = self.fitted.settings.horizon;
        if self.reach.horizon > trained {
            let intervals = match self.forecast.intervals.iter().all(Vec::is_empty) {
                true => "",
                false => ", and the intervals widen with the square root of the steps",
            };
            note!(
                "note: the model was trained for a horizon of {trained}; beyond it the forecast is recursive{intervals}"
            );
        }
    }

    /// Prints a note about names that a spreadsheet would run.
    fn print_formulas(&self) {
        let names = self.loaded.series.iter().map(|series| &series.name[..]);
        formulas::note(names, self.args.out.as_deref(), self.args.csv.safe_csv);
    }

    /// Prints the files, and what can be done with them.
    fn print_files(&self, written: &Written) {
        let args = self.args;
        written.files.iter().for_each(|file| note!("saved {}", file.display()));
        if let Some(save) = args.save.as_ref().filter(|save| written.has(Some(save))) {
            let (save, data) = (save.display(), &self.loaded.path);
            let trained = self.fitted.settings.horizon;
            note!("to forecast newer data: elman forecast {save} {data} --horizon {trained}");
        }
        let pages = self.pages();
        if self.loaded.series.len() > pages && !args.plot.is_empty() {
            note!("note: the chart shows the first {pages} series");
        }
    }

    /// The JSON document.
    fn document(&self) -> Value {
        let Self { args, reach, fitted, loaded, forecast, .. } = self;
        let columns = self.columns();
        let (selection, settings) = (&forecast.selection, &fitted.settings);
        let rows: Vec<Value> = self.rows().map(|row| write::json(&columns, row)).collect();
        json!({
            "command": "forecast",
            "data": loaded.path,
            "found": loaded.found(),
            "notes": panel::notes(loaded, &forecast.notes),
            "horizon": reach.horizon,
            "scope": settings.scope,
            "seasons": selection.seasons,
            "likelihood": settings.likelihood,
            "transform": selection.transform,
            "covariates": selection.covariates,
            "errors_on": if selection.candidate_scores.is_empty() { "test set" } else { "validation" },
            "validation_steps": selection.held_out,
            "validation_forecasts": selection.forecasts,
            "candidates": selection.candidate_scores,
            "scores": selection.scores,
            "best_baseline": selection.best_baseline,
            "claim": selection.claim(),
            "levels": settings.levels,
            "coverage": panel::validated(&selection.coverage),
            "optimizer_steps": selection.updates,
            "model": selection.model,
            "point": settings.point,
            "composition": selection.composition(),
            "fine_tuning": selection.fine_tuning,
            "assumed": self.assumed.as_ref().map(|assumed| assumed.document(&loaded.series)),
            "differences": self.differences(),
            "forecast": rows,
            "trained_horizon": settings.horizon,
            "files": {"out": args.out, "insample": args.insample, "scores": args.scores, "plots": args.plot, "model": args.save},
        })
    }
}

/// The report of model selection, in sentences.
fn selection_in_sentences(forecast: &Forecast, settings: &AutoForecaster) -> String {
    let mut lines = vec![panel::found_seasons(&forecast.selection)];
    let Some(claim) = forecast.selection.claim() else {
        lines.push(unknown_errors(&forecast.selection, settings));
        return lines.join("\n");
    };
    let candidates = &forecast.selection.candidate_scores;
    let is_selected = !candidates.is_empty();
    let (place, head) =
        if is_selected { ("validation", "validation") } else { ("the test set", "test set") };
    lines.push(tried(&forecast.selection));
    lines.extend(scores::table(head, &forecast.selection));
    let has_lost = candidates.iter().any(|candidate| candidate.budget > 0)
        && !candidates.iter().any(|candidate| candidate.selected && candidate.budget > 0);
    if forecast.selection.series_by_seasons.is_empty() && has_lost {
        lines.push(format!(
            "no trained network is clearly better than the {} forecast",
            untrained(&forecast.selection)
        ));
    }
    lines.extend(composition(&forecast.selection));
    lines.extend(fine_tuning(&forecast.selection));
    lines.extend(panel::covariates(&forecast.selection));
    lines.push(claim.sentence());
    if settings.point == Point::Mean {
        lines.push("note: the forecast is the mean; the errors are those of the median".to_owned());
    }
    lines.extend(scores::coverage(place, &forecast.selection, settings.likelihood));
    lines.join("\n")
}

/// Why the errors of the forecast are unknown.
fn unknown_errors(selection: &SelectionReport, settings: &AutoForecaster) -> String {
    if selection.candidate_scores.is_empty() {
        let intervals = match settings.likelihood {
            Likelihood::Point => ", and there are no prediction intervals",
            _ => ", and so is the coverage of the prediction intervals",
        };
        return format!("note: there was no test set: the errors are unknown{intervals}");
    }
    let result = composition(selection)
        .unwrap_or_else(|| format!("forecast: the {} forecast", untrained(selection)));
    format!("note: {}\n{result}", too_short(selection, settings.horizon))
}

/// The models of the forecast with their weights, if there are other ones than networks.
fn composition(selection: &SelectionReport) -> Option<String> {
    let models = selection.composition();
    let in_words = |ModelWeight { model, weight }: &ModelWeight| match models.len() {
        1 => (*model).to_owned(),
        _ => format!("{} {model}", numbers::per_cent(*weight, 0)),
    };
    let is_network_alone = selection.network_weight == 1.0;
    let of_all = if selection.series_by_seasons.is_empty() { "" } else { ", on average" };
    let names: Vec<String> = models.iter().map(in_words).collect();
    let is_trained = selection.candidate_scores.iter().any(|candidate| candidate.budget > 0);
    let untrained = match selection.model {
        Model::Auto if !is_trained => {
            "; too few values to train networks (`--model network` trains networks anyway)"
        }
        _ => "",
    };
    (!is_network_alone).then(|| format!("forecast: {}{of_all}{untrained}", names.join(", ")))
}

/// Validation errors of the pretrained network before and after fine-tuning, if they were compared.
fn fine_tuning(selection: &SelectionReport) -> Option<String> {
    let FineTuningScores { pretrained, fine_tuned } = selection.fine_tuning?;
    Some(format!(
        "pretrained network: validation error {} times that of {}, {} after fine-tuning",
        numbers::score(Some(pretrained)),
        SelectionReport::BENCHMARK.name,
        numbers::score(Some(fine_tuned)),
    ))
}

/// The name of the forecast without a network.
fn untrained(selection: &SelectionReport) -> &'static str {
    let drifts = selection
        .candidate_scores
        .iter()
        .any(|candidate| candidate.selected && candidate.preprocessing.drift);
    match (drifts, selection.seasons.is_empty()) {
        (true, true) => "drift",
        (true, false) => "seasonal drift",
        (false, true) => "naive",
        (false, false) => "seasonally adjusted naive",
    }
}

/// Model selection in one sentence.
fn tried(selection: &SelectionReport) -> String {
    let candidates = selection.candidate_scores.len();
    let forecasts = || counted(selection.forecasts, "rolling forecast");
    let selected = || selection.candidate_scores.iter().filter(|candidate| candidate.selected);
    if candidates == 0 {
        return format!("test set: the last {} time steps ({})", selection.held_out, forecasts());
    }
    if selection.candidate_scores.iter().all(|candidate| candidate.budget == 0) {
        return format!("validation: the last {} time steps ({})", selection.held_out, forecasts());
    }
    let series: usize = selection.series_by_seasons.iter().map(|(_, series)| series).sum();
    if series == 0 {
        return format!(
            "model selection: {candidates} candidates on the last {} time steps ({} each); {}",
            selection.held_out,
            forecasts(),
            match selected().count() {
                1 => "the best one is used".to_owned(),
                best => format!("ensemble of the best {best}"),
            }
        );
    }
    let untrained = selected().filter(|candidate| candidate.budget == 0).count();
    let rest = match untrained {
        0 => String::new(),
        _ => format!(
            "; for {untrained} of the series no network is clearly better than the naive or seasonally adjusted naive forecast, \
             which is used"
        ),
    };
    format!(
        "model selection for each of {series} series: {candidates} candidates in all, {} validation forecasts{rest}",
        selection.forecasts
    )
}

/// The trained networks, if there are any.
fn networks(fitted: &FittedForecaster) -> Option<String> {
    let trained = || fitted.nets().filter(|net| net.settings.max_steps > 0);
    let net = &trained().next()?.settings;
    let steps = || trained().map(|net| net.settings.max_steps);
    let (least, most) = (steps().min()?, steps().max()?);
    let updates = if least == most { most.to_string() } else { format!("{least}–{most}") };
    Some(format!(
        "trained: {}, hidden size {}, {updates} optimizer steps, sequence length {}",
        counted(trained().count(), &net.cell.to_uppercase()),
        net.hidden_size,
        net.seq_length
    ))
}

/// The same for the table of a chart.
fn facts(loaded: &LoadedPanel, forecast: &Forecast) -> Vec<(String, String)> {
    let selection = &forecast.selection;
    let mut facts = vec![
        ("data".to_owned(), loaded.found()),
        ("found".to_owned(), panel::found_seasons(selection)),
    ];
    let mases = selection
        .scores
        .iter()
        .map(|score| (format!("MASE of {}", score.name), numbers::score(score.mase)));
    facts.extend(mases);
    let claim = selection.claim();
    let sentence = |claim: Claim| claim.sentence().trim_start_matches("note: ").to_owned();
    let name = if selection.candidate_scores.is_empty() { "test set" } else { "model selection" };
    facts.extend(claim.map(|claim| (name.to_owned(), sentence(claim))));
    let held = selection.levels.iter().zip(&selection.coverage);
    facts.extend(held.map(|(level, share)| {
        (format!("coverage of the {level} % interval"), numbers::per_cent(*share, 1))
    }));
    facts
}
