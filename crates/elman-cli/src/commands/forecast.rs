//! `elman forecast MODEL_OR_DATA [DATA]`: the future, from a trained model or straight from data.

mod assumed;
mod fitted;
mod in_sample;
mod others;
mod report;

use std::path::{Path, PathBuf};

use elman::nn::file::ModelFile;

use crate::args::ForecastArgs;
use crate::failure::{Failure, Outcome, USAGE};
use crate::files;

/// Decides by what stands in the first file.
pub fn run(mut args: ForecastArgs) -> Outcome {
    // A forecast without `--out` goes to stdout anyway.
    files::to_stdout(&mut args.out, args.common.json())?;
    let outputs = || args.out.iter().chain(&args.save).chain(&args.insample).chain(&args.scores);
    files::can_write(&outputs().map(PathBuf::as_path).collect::<Vec<_>>(), &args.plot)?;
    let inputs = [Some(&args.source), args.data.as_ref()];
    files::stdin_once(&inputs)?;
    files::are_apart(&inputs, outputs().chain(&args.plot))?;
    files::may_be_table(args.out.as_ref())?;
    files::may_be_table(args.insample.as_ref())?;
    let input = files::open(&args.source)?;
    if is_called_model(&args.source) || input.is_safetensors() {
        if args.save.is_some() {
            let message = "`--save` saves the model of a forecast from a data file; this file is a model already\n  help: \
                           leave out `--save`";
            return Err(Failure::new(USAGE, message));
        }
        if args.scores.is_some() {
            let message = "`--scores` writes the validation errors of a training; this file is a model already\n  help: \
                           evaluate the model: elman backtest MODEL DATA --scores FILE";
            return Err(Failure::new(USAGE, message));
        }
        let name = PathBuf::from(input.name());
        let file = ModelFile::<f32>::from_reader(input, &name)?;
        return fitted::again(args, &file);
    }
    if let Some(save) = &args.save {
        files::may_hold_model(save)?;
    }
    if args.data.is_some() {
        let source = args.source.display();
        let message = format!(
            "{source} is not a model, and a second file needs a model first\n  help: train one: elman train {source}; or \
             forecast from one file: elman forecast {source} {}",
            args.reach()
        );
        return Err(Failure::new(USAGE, message));
    }
    fitted::run(args, input)
}

/// By its name: then it is to be a model, and is refused as one if it is none.
fn is_called_model(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "safetensors")
}
