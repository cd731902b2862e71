//! Which files are read and written, and that none is lost.

mod kind;
mod outputs;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use elman::data::calendar::{Frequency, NamedFrequency, Zone};
use elman::io::read::{Input, LoadedPanel, MissingDates, ReadOptions};
use elman::io::write::{Columns, Row};
use elman::nn::file::{ModelFile, TensorFile};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::ReadArgs;
use crate::failure::{BAD_DATA, Failure, USAGE};
pub use kind::{Kind, may_replace};
pub use outputs::*;

/// A path as it is typed in a shell.
pub fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+:=@%,".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// The default name of a model: that of its data.
pub fn model_name(data: Option<&Path>) -> PathBuf {
    let Some(data) = data else {
        return PathBuf::from("lesson.safetensors");
    };
    // What comes in, or through a pipe or a device, has no name of its own.
    if is_stdin(data) || (data.exists() && !data.is_file()) {
        return PathBuf::from("series.safetensors");
    }
    let name = data.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    PathBuf::from(format!("{stem}.safetensors"))
}

/// The default name of the model of a training that goes on: that of its checkpoint.
pub fn model_of_checkpoint(checkpoint: &Path) -> Option<PathBuf> {
    let name = checkpoint.file_name()?.to_str()?;
    let stem = name.strip_suffix(".checkpoint.safetensors")?;
    Some(checkpoint.with_file_name(format!("{stem}.safetensors")))
}

/// Where the checkpoint goes if it was not said.
pub fn checkpoint_name(model: &Path) -> PathBuf {
    model.with_extension("checkpoint.safetensors")
}

/// Opens the input, once; `-` is stdin.
pub fn open(path: &Path) -> elman::Result<Input> {
    match is_stdin(path) {
        true => Input::of(std::io::stdin(), "stdin"),
        false => Input::open(path),
    }
}

pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Refuses to read two things from what comes in.
pub fn stdin_once(inputs: &[Option<&PathBuf>]) -> Result<(), Failure> {
    match inputs.iter().flatten().filter(|input| is_stdin(input)).count() {
        0 | 1 => Ok(()),
        _ => {
            let message = "`-` is named twice, and stdin can be read once\n  help: name a file for \
                           one of the two";
            Err(Failure::new(USAGE, message))
        }
    }
}

/// Reads a safetensors file, once; `-` is stdin.
pub fn tensors(path: &Path) -> Result<TensorFile, Failure> {
    Ok(match is_stdin(path) {
        true => TensorFile::from_reader(std::io::stdin(), Path::new("stdin"))?,
        false => TensorFile::read(path)?,
    })
}

/// Reads a model or a checkpoint, once; `-` is stdin.
pub fn model(path: &Path) -> Result<ModelFile<f32>, Failure> {
    Ok(tensors(path)?.model()?)
}

/// Reads a trained model, once; `-` is stdin. Refuses a data file, which is no model: `command` is the command that
/// needs one.
pub fn trained_model(path: &Path, command: &str) -> Result<ModelFile<f32>, Failure> {
    let input = open(path)?;
    if !input.is_safetensors() {
        let message = format!(
            "{} is not a model\n  help: train one: elman train {}; then: elman {command}",
            path.display(),
            shell_word(path)
        );
        return Err(Failure::new(BAD_DATA, message));
    }
    let name = PathBuf::from(input.name());
    Ok(ModelFile::from_reader(input, &name)?)
}

/// How what was read is named once more on the command line: what is no file does not stay, and comes in again.
pub fn again(data: Option<&Path>) -> &'static str {
    match data {
        Some(data) if is_stdin(data) || (data.exists() && !data.is_file()) => "- ",
        _ => "",
    }
}

/// Bytes of a file from which on its reading takes long enough for a progress bar.
const LONG: u64 = 50_000_000;

/// Reads every series, with a progress bar if it is `shown` and the file is large.
pub fn read_panel(input: Input, options: &ReadOptions, shown: bool) -> elman::Result<LoadedPanel> {
    let name = input.name().to_owned();
    match input.size().filter(|size| shown && *size > LONG) {
        None => elman::io::read::read_panel_from(input, &name, options),
        Some(size) => {
            let bar = progress(size);
            bar.set_message("reading");
            let loaded = elman::io::read::read_panel_from(bar.wrap_read(input), &name, options);
            bar.finish_and_clear();
            loaded
        }
    }
}

/// A bar for long work, with a message before it.
pub fn progress(of: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:8} {wide_bar} {percent:>3} %  {eta} left");
    ProgressBar::new(of).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(feature = "columnar")]
const NAMES: &str = ".csv, .parquet, .arrow";
#[cfg(not(feature = "columnar"))]
const NAMES: &str = ".csv";

/// Refuses early to write a table under a name that promises another kind of file, or in the place of one.
pub fn may_be_table(path: Option<&PathBuf>) -> Result<(), Failure> {
    let ending = path.and_then(|path| path.extension()?.to_str());
    match ending {
        None | Some("csv" | "txt" | "jsonl") => {}
        #[cfg(feature = "columnar")]
        Some("parquet" | "arrow" | "feather") => {}
        Some(other) => {
            let message = format!(
                "a table cannot be written as .{other}\n  help: name it {NAMES}, or .jsonl for JSON Lines"
            );
            return Err(Failure::new(USAGE, message));
        }
    }
    path.map_or(Ok(()), |path| kind::may_replace(path, kind::Kind::of_table(path)))
}

/// Takes away `--out -`, which means stdout, and tells whether it was there. A file of that name is `./-`.
pub fn to_stdout(out: &mut Option<PathBuf>, json: bool) -> Result<bool, Failure> {
    if out.as_ref().is_none_or(|path| path.as_os_str() != "-") {
        return Ok(false);
    }
    if json {
        let message =
            "`--out -` and `--json` would both write to stdout\n  help: leave one of them out";
        return Err(Failure::new(USAGE, message));
    }
    *out = None;
    Ok(true)
}

/// Writes a forecast as a whole: as the kind of file that the name promises, else as CSV, [`safe`](write_csv) if so.
pub fn write_table<'a>(
    path: &Path,
    columns: &Columns,
    rows: impl Iterator<Item = Row<'a>> + Clone,
    safe: bool,
) -> Result<(), Failure> {
    let mut table = Vec::new();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("jsonl") => elman::io::write::json_lines(&mut table, columns, rows)?,
        #[cfg(feature = "columnar")]
        Some("parquet") => elman::io::write::parquet(&mut table, columns, rows)?,
        #[cfg(feature = "columnar")]
        Some("arrow" | "feather") => elman::io::write::arrow(&mut table, columns, rows)?,
        _ => write_csv(&mut table, columns, rows, safe)?,
    }
    replace(path, &table)
}

/// Writes a CSV table of scores: for each series and model the number of each of `metrics`.
pub fn write_scores(
    file: &Path,
    metrics: &[&str],
    rows: impl IntoIterator<Item = (String, String, Vec<Option<f64>>)>,
) -> Result<(), Failure> {
    let mut table = Vec::new();
    elman::io::write::scores(&mut table, metrics, rows)?;
    replace(file, &table)
}

/// Writes a forecast as CSV, which a spreadsheet may open without running its names if it is to be `safe`.
pub fn write_csv<'a>(
    out: impl Write,
    columns: &Columns,
    rows: impl Iterator<Item = Row<'a>>,
    safe: bool,
) -> io::Result<()> {
    match safe {
        true => elman::io::write::safe_csv(out, columns, rows),
        false => elman::io::write::csv(out, columns, rows),
    }
}

/// How to read: as in `like`, but for the options that are given.
pub fn read_options(like: ReadOptions, args: &ReadArgs) -> Result<ReadOptions, Failure> {
    let frequency = named_frequency(args.freq.as_deref())?;
    let missing_values = Some(&args.missing_values).filter(|values| !values.is_empty());
    let fill = args.fill_missing_dates.then_some(MissingDates::Fill);
    Ok(ReadOptions {
        tz: parsed::<Zone, _>(args.tz.as_deref())?.or(like.tz),
        target: args.target.clone().or(like.target),
        time_col: args.time_col.clone().or(like.time_col),
        id_col: args.id_col.clone().or(like.id_col),
        series: args.series.clone().or(like.series),
        sheet: args.sheet.clone().or(like.sheet),
        missing: args.missing.unwrap_or(like.missing),
        duplicates: args.duplicates.unwrap_or(like.duplicates),
        sort: args.sort || like.sort,
        date_order: args.date_order.or(like.date_order),
        freq: frequency.map(|named| named.frequency).or(like.freq),
        freq_anchor: frequency.map_or(like.freq_anchor, |named| named.anchor),
        freq_periods: frequency.map_or(like.freq_periods, |named| named.periods),
        decimal: args.decimal.or(like.decimal),
        missing_values: missing_values.cloned().unwrap_or(like.missing_values),
        agg: args.agg.or(like.agg),
        missing_dates: fill.or(args.missing_dates).unwrap_or(like.missing_dates),
        max_memory: args.max_memory,
        ..like
    })
}

/// The frequency of `--freq`, without the day of the month or week that it names.
pub fn frequency(name: Option<&str>) -> Result<Option<Frequency>, Failure> {
    Ok(named_frequency(name)?.map(|named| named.frequency))
}

fn named_frequency(name: Option<&str>) -> Result<Option<NamedFrequency>, Failure> {
    parsed(name)
}

/// The value of an option that is given.
fn parsed<T: FromStr<Err = E>, E: Display>(given: Option<&str>) -> Result<Option<T>, Failure> {
    given.map(str::parse).transpose().map_err(|e: E| Failure::new(USAGE, e.to_string()))
}
