//! The description of a model file, in lines.

use elman::data::{counted, thousands};
use elman::inspect::{
    FileKind, ForecasterDescription, ModelInspection, Network, TextDescription, TrainingState,
};
use elman::nn::ModelConfig;
use elman::nn::file::TensorShape;
use elman::select::Provenance;

use super::data::bytes;
use super::sheet::Sheet;
use super::trained;
use crate::commands::text::unit;
use crate::numbers;

/// Tensors, networks and names that are printed, at most.
const MAX_TENSORS: usize = 24;
pub const MAX_NETWORKS: usize = 4;

/// All lines.
pub fn lines(model: &ModelInspection) -> Vec<String> {
    let mut sheet = Sheet::default();
    let size = bytes(model.bytes as u64);
    sheet.text(&format!("{}: {}, {size}", model.path, kind(model.kind)));
    sheet.section("file");
    if let (Some(elman), Some(format)) = (&model.elman_version, model.format_version) {
        sheet.row("written by", &format!("elman {elman}, format {format}"));
    }
    sheet.row("SHA-256", &model.sha256);
    if let Some(network) = &model.network {
        sheet.section("network");
        sheet.row("sizes", &sizes(network));
    }
    if let Some(forecaster) = &model.forecaster {
        networks(&mut sheet, forecaster);
        trained::of_forecaster(&mut sheet, forecaster);
    }
    if let Some(text) = &model.text {
        of_text(&mut sheet, text);
    }
    if let Some(training) = &model.training {
        of_training(&mut sheet, training);
    }
    tensors(&mut sheet, model);
    sheet.into_lines()
}

fn kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Auto => "forecaster with model selection",
        FileKind::Rnn => "forecaster of one network",
        FileKind::Text => "language model",
        FileKind::Checkpoint => "checkpoint of the training of a forecaster",
        FileKind::TextCheckpoint => "checkpoint of the training of a language model",
        FileKind::Foreign => "tensors of another program",
    }
}

/// The sizes of a network in one sentence.
pub fn sizes(model: &ModelConfig) -> String {
    let ModelConfig { cell, input_size, hidden_size, num_layers, output_size, .. } = model;
    let mut parts = vec![
        cell.to_uppercase(),
        match model.vocab_size {
            0 => format!("input size {input_size}"),
            vocabulary => format!("{} tokens", thousands(vocabulary)),
        },
        format!("hidden size {hidden_size}"),
        counted(*num_layers, "layer"),
        format!("output size {output_size}"),
    ];
    if model.embedding_size > 0 {
        parts.push(format!("embedding size {}", model.embedding_size));
    }
    if !model.dilations.is_empty() {
        let dilations: Vec<String> = model.dilations.iter().map(usize::to_string).collect();
        parts.push(format!("dilations {}", dilations.join(", ")));
    }
    let more = [(model.residual, "residual"), (model.skip, "linear skip"), (model.tied, "tied")];
    parts.extend(more.iter().filter(|(has, _)| *has).map(|(_, part)| (*part).to_owned()));
    parts.join(", ")
}

fn networks(sheet: &mut Sheet, forecaster: &ForecasterDescription) {
    for (n, network) in forecaster.networks.iter().take(MAX_NETWORKS).enumerate() {
        let of_series = network.series.as_ref().map(|name| format!(" of series `{name}`"));
        let number = if forecaster.networks.len() > 1 { format!(" {n}") } else { String::new() };
        sheet.section(&format!("network{number}{}", of_series.unwrap_or_default()));
        of_network(sheet, network);
    }
    if let Some(more @ 1..) = forecaster.networks.len().checked_sub(MAX_NETWORKS) {
        sheet.section(&format!("{}; `--json` has all", counted(more, "more network")));
    }
}

fn of_network(sheet: &mut Sheet, network: &Network) {
    if network.optimizer_steps == 0 {
        sheet.row("forecast", "persistence: this network is not trained");
        return;
    }
    sheet.row("sizes", &sizes(&network.model));
    sheet.row("parameters", &thousands(network.parameters));
    sheet.row("preprocessing", &network.preprocessing.to_string());
    let state = if network.carry { "carried" } else { "reset" };
    let steps = numbers::count(network.optimizer_steps);
    let length = counted(network.seq_length, "time step");
    sheet.row(
        "training",
        &format!("{steps} optimizer steps, windows of {length}, hidden state {state}"),
    );
}

fn of_text(sheet: &mut Sheet, text: &TextDescription) {
    sheet.section("training");
    let unit = unit(text.tokenizer);
    sheet.row("vocabulary", &counted(text.vocabulary, unit));
    sheet.row("source", &text.source);
    let TextDescription { seq_length, batch_size, .. } = text;
    sheet.row("windows", &format!("{seq_length} tokens in {}", counted(*batch_size, "lane")));
    let loss = text.validation.map(|nats| format!("{} nats per token", numbers::score(Some(nats))));
    sheet.row("validation loss", &loss.unwrap_or("not measured".to_owned()));
}

fn of_training(sheet: &mut Sheet, training: &TrainingState) {
    sheet.section("state of the training");
    let TrainingState { step, max_steps, best_step, .. } = training;
    let [step, max_steps, best_step] = [*step, *max_steps, *best_step].map(numbers::count);
    sheet.row("optimizer steps", &format!("{step} of {max_steps}"));
    if let Some(loss) = training.best_loss {
        let loss = numbers::significant(loss, 4);
        sheet.row("best validation", &format!("loss {loss} at step {best_step}"));
    }
    if let Some(record) = &training.record {
        sheet.row("data", &source(&record.source));
        sheet.row("horizon", &counted(record.settings.horizon, "time step"));
        if let Some((step, loss)) = record.losses.last() {
            let (step, loss) = (numbers::count(*step), numbers::significant(*loss, 4));
            sheet.row("training loss", &format!("{loss} at step {step}"));
        }
    }
}

/// The provenance in words.
pub fn source(source: &Provenance) -> String {
    match source {
        Provenance::Sine { values } => format!("the sine wave of the lesson, {values} values"),
        Provenance::File { path, .. } => path.clone(),
        Provenance::Program { .. } => "series of a program".to_owned(),
    }
}

/// The tensors with their shapes. The tensors of a checkpoint that are no weights are counted.
fn tensors(sheet: &mut Sheet, model: &ModelInspection) {
    let parameters = counted(model.parameters, "parameter");
    sheet.section(&format!("tensors ({parameters})"));
    for TensorShape { name, dtype, shape } in model.tensors.iter().take(MAX_TENSORS) {
        sheet.line(&format!("{name:44}  {:>20}  {dtype}", format!("{shape:?}")));
    }
    if let Some(more @ 1..) = model.tensors.len().checked_sub(MAX_TENSORS) {
        sheet.line(&format!("{}; `--json` has all", counted(more, "more tensor")));
    }
    let count = |prefix: &str| {
        model.other_tensors.iter().filter(|tensor| tensor.name.starts_with(prefix)).count()
    };
    let groups = [
        ("optimizer.", "moments of the optimizer"),
        ("state.", "hidden states"),
        ("last_good.", "tensors of the last good step"),
        ("best.", "tensors of the best evaluation"),
        ("history", "losses"),
    ];
    for (prefix, what) in groups {
        if let count @ 1.. = count(prefix) {
            sheet.line(&format!("{prefix:44}  {count:>20}  {what}"));
        }
    }
}
