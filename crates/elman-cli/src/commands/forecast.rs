//! `elman forecast MODEL_OR_DATA [DATA]`: the future, from a trained model or straight from data.

mod fitted;
mod trained;

use std::io::Read;
use std::path::{Path, PathBuf};

use elman::nn::file::ModelFile;
use elman::panel::Fitted;

use crate::args::ForecastArgs;
use crate::failure::{Failure, Outcome, USAGE};
use crate::files;

/// Decides by what stands in the first file.
pub fn run(args: ForecastArgs) -> Outcome {
    let outputs: Vec<&Path> = args.out.iter().chain(&args.save).map(PathBuf::as_path).collect();
    files::can_write(&outputs, &args.plot)?;
    let inputs = [Some(&args.source), args.data.as_ref()];
    files::are_apart(&inputs, args.out.iter().chain(&args.plot).chain(&args.save))?;
    files::may_be_table(args.out.as_ref())?;
    if is_model(&args.source) {
        if args.save.is_some() {
            let message = "`--save` keeps the networks of a forecast straight from data; this file is \
                           a model already";
            return Err(Failure::new(USAGE, message));
        }
        let of_panel = ModelFile::<f32>::read(&args.source).is_ok_and(|file| Fitted::is_in(&file));
        return if of_panel { fitted::again(args) } else { trained::run(args) };
    }
    if let Some(save) = &args.save {
        files::may_hold_model(save)?;
    }
    if args.data.is_some() && args.source.exists() {
        let source = args.source.display();
        let message = format!(
            "{source} is no model, and new values go behind a model\n  help: train one first: elman \
             train {source}; or forecast straight from one file: elman forecast {source} --horizon {}",
            args.horizon
        );
        return Err(Failure::new(USAGE, message));
    }
    fitted::run(args)
}

/// By its name, or because it begins as a safetensors file does: with the length of its JSON header, and
/// then the header.
fn is_model(path: &Path) -> bool {
    if path.extension().is_some_and(|ending| ending == "safetensors") {
        return true;
    }
    let mut start = [0; 9];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start[8] == b'{' && start[4..8] == [0; 4]
}
