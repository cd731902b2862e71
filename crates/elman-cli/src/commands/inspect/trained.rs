//! The description of a trained forecaster: forecast, hidden state, data, scores.

use elman::data::{counted, thousands};
use elman::inspect::{ForecasterDescription, HiddenState};
use elman::nn::registry::Entry;
use elman::select::TrainedOn;

use super::model::source;
use super::options::options;
use super::sheet::Sheet;
use crate::commands::{panel, scores};
use crate::numbers;

/// Names that are printed, at most.
const MAX_NAMES: usize = 5;

/// The sections of a forecaster after those of its networks.
pub fn of_forecaster(sheet: &mut Sheet, forecaster: &ForecasterDescription) {
    forecast(sheet, forecaster);
    if let Some(state) = &forecaster.hidden_state {
        hidden_state(sheet, state);
    }
    data(sheet, forecaster);
    errors(sheet, forecaster);
}

fn forecast(sheet: &mut Sheet, forecaster: &ForecasterDescription) {
    sheet.section("forecast");
    sheet.row("horizon", &counted(forecaster.horizon, "time step"));
    let weights = forecaster.composition.iter();
    let weights = weights.map(|of| format!("{} {}", numbers::per_cent(of.weight, 0), of.model));
    sheet.row("composition", &weights.collect::<Vec<_>>().join(", "));
    sheet.row("season", &panel::found_seasons(&forecaster.selection));
    sheet.row("transform", forecaster.transform);
    if !forecaster.covariates.is_empty() {
        sheet.row("covariates", &forecaster.covariates.join(", "));
    }
    let levels = forecaster.levels.iter().map(|level| format!("{level} %"));
    sheet.row("intervals", &levels.collect::<Vec<_>>().join(", "));
    sheet.row("likelihood", forecaster.likelihood.name());
    let calibration = match forecaster.calibration_errors {
        0 => "none".to_owned(),
        errors => format!("conformal, {} normalized errors", thousands(errors)),
    };
    sheet.row("calibration", &calibration);
    sheet.row("scope", forecaster.scope.name());
}

fn hidden_state(sheet: &mut Sheet, state: &HiddenState) {
    sheet.section("hidden state");
    sheet.row("series", &state.series);
    sheet.row("after", &format!("{}, up to {}", counted(state.after, "value"), state.last));
    let norms = state.norms.iter().map(|(name, norm)| {
        format!("{name} {:?}, norm {}", state.shape, numbers::significant(*norm, 4))
    });
    sheet.row("tensors", &norms.collect::<Vec<_>>().join("; "));
}

fn data(sheet: &mut Sheet, forecaster: &ForecasterDescription) {
    let TrainedOn { frequency, series, values, names, first, last } = &forecaster.trained_on;
    sheet.section("trained on");
    if let Some(data) = &forecaster.source {
        sheet.row("source", &source(data));
    }
    if *series > 0 {
        let some: Vec<String> =
            names.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect();
        let more = if *series > some.len() { ", …" } else { "" };
        sheet.row("series", &format!("{}: {}{more}", thousands(*series), some.join(", ")));
    }
    if *values > 0 {
        sheet.row("values", &thousands(*values));
    }
    let frequency = frequency.map_or("no dates".to_owned(), |frequency| frequency.to_string());
    sheet.row("frequency", &frequency);
    let dates = match (first, last) {
        (Some((first, _)), Some((last, _))) => format!("{first} to {last}"),
        (None, Some((last, _))) => format!("up to {last}"),
        _ => String::new(),
    };
    if !dates.is_empty() {
        sheet.row("dates", &dates);
    }
    sheet.row("read", &options(&forecaster.read));
}

fn errors(sheet: &mut Sheet, forecaster: &ForecasterDescription) {
    let selection = &forecaster.selection;
    let head = if forecaster.scores_on == "test" { "test set" } else { "validation" };
    sheet.section(&format!("errors ({head})"));
    if forecaster.scores.is_empty() {
        sheet.row("scores", "not measured: there were too few values");
        return;
    }
    let forecasts = counted(forecaster.forecasts, "forecast");
    sheet.row(
        "measured on",
        &format!("the last {} of each series, {forecasts}", counted(selection.held_out, "value")),
    );
    scores::table(head, selection).iter().for_each(|line| sheet.line(line.trim_start()));
    if let Some(claim) = selection.claim() {
        sheet.row("comparison", claim.sentence().trim_start_matches("note: "));
    }
    if !forecaster.coverage.is_empty() {
        sheet.row("coverage", &scores::shares(&selection.levels, &forecaster.coverage));
    }
}
