//! The models of the server, each with the stream of its series.

use std::path::Path;

use elman::FittedForecaster;
use elman::stream::{StateStore, Stream, StreamConfig};

use super::streams::Member;
use crate::args::{ServeArgs, ServedStreamArgs};
use crate::commands::panel;
use crate::failure::{Failure, USAGE};
use crate::files;
use crate::numbers::count;

/// The names of the models, and their streams.
///
/// # Errors
/// A file that is no model; two models of one name; state files that are not one for each model, or not of this model.
pub fn load(args: &ServeArgs) -> Result<(Vec<String>, Vec<Member>), Failure> {
    let names: Vec<String> = args.models.iter().map(|path| name(path)).collect();
    check(args, &names)?;
    let mut members = Vec::with_capacity(names.len());
    for (index, path) in args.models.iter().enumerate() {
        let state = args.state.get(index).map(AsRef::as_ref);
        members.push(member(path, state, args)?);
    }
    Ok((names, members))
}

/// The name of a model in requests.
fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn check(args: &ServeArgs, names: &[String]) -> Result<(), Failure> {
    let refuse = |message: String| Err(Failure::new(USAGE, message));
    if args.models.iter().any(|path| files::is_stdin(path)) {
        return refuse("a model of the server needs a name\n  help: name a file".to_owned());
    }
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        let help = "give the files different names";
        return refuse(format!("two models have the name `{}`\n  help: {help}", pair[0]));
    }
    if !args.state.is_empty() && args.state.len() != args.models.len() {
        let (states, models) = (args.state.len(), args.models.len());
        let help = "give `--state` once for each model, in the order of the models";
        return refuse(format!("{states} state files for {models} models\n  help: {help}"));
    }
    let models: Vec<_> = args.models.iter().map(Some).collect();
    files::are_apart(&models, args.state.iter())
}

fn member(path: &Path, state: Option<&Path>, args: &ServeArgs) -> Result<Member, Failure> {
    let (mut fitted, _) = FittedForecaster::from_file(&files::model(path)?)?;
    if let Some(levels) = panel::asked_levels(&args.stream.online.level)? {
        fitted = fitted.with_levels(levels)?;
    }
    let config = config(&args.stream, &fitted)?;
    // One model for the whole run of the program.
    let fitted: &'static FittedForecaster = Box::leak(Box::new(fitted));
    let Some(state) = state else {
        return Ok(Member::new(Stream::new(fitted, config)?, None));
    };
    let store = StateStore::open(state)?;
    let position = store.position()?;
    let stream = Stream::with_state(fitted, config, store)?;
    if !args.notes.quiet && position > 0 {
        let (series, observations) = (count(stream.len() as u64), count(position));
        let file = state.display();
        note!("{file}: continues {series} series after {observations} observations");
    }
    Ok(Member::new(stream, Some(position)))
}

fn config(args: &ServedStreamArgs, fitted: &FittedForecaster) -> Result<StreamConfig, Failure> {
    let freq = files::frequency(args.freq.as_deref())?;
    let horizon = args.horizon.map_or(fitted.settings.horizon, |horizon| horizon as usize);
    Ok(args.online.config(horizon, freq))
}
