//! Training of the pretrained network that is part of the library.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use elman::Series;
use elman::data::synthetic;
use elman::io::read::{Duplicates, Missing, ReadOptions, read_panel};
use elman::models::pretrained::{FrequencyClass, Pretrained, PretrainingConfig, TrainingSet};
use elman::nn::train::Event;
use elman::nn::{Isa, Stream};

/// Place of the network in the repository.
const SHIPPED: &str = "../crates/elman/src/models/pretrained/pretrained.safetensors";
/// Series of each set of synthetic series, for a weight of 1.
const SYNTHETIC: f64 = 16_000.0;
/// Weight of all synthetic series.
const SYNTHETIC_WEIGHT: f64 = 0.5;
/// Most values of one part of a long series.
const PART: usize = 1200;

/// Options of the command.
#[derive(Debug)]
pub struct Options {
    /// Folder of the data.
    pub data: PathBuf,
    /// Sets to leave out, by name.
    pub without: Vec<String>,
    /// File to write; the network of the library by default.
    pub out: PathBuf,
    /// Settings of the training.
    pub config: PretrainingConfig,
}

impl Options {
    /// Reads `DATA [--without SET,…] [--out FILE] [--steps N] [--seed N] [--networks N] [--threads N]`.
    pub fn parse(args: &[&str]) -> anyhow::Result<Self> {
        let (data, mut rest) = args.split_first().context("the folder of the data is missing")?;
        let mut options = Self {
            data: data.into(),
            without: Vec::new(),
            out: Path::new(env!("CARGO_MANIFEST_DIR")).join(SHIPPED),
            config: PretrainingConfig::default(),
        };
        while let [name, value, after @ ..] = rest {
            let config = &mut options.config;
            match *name {
                "--without" => options.without = value.split(',').map(str::to_owned).collect(),
                "--out" => options.out = value.into(),
                "--steps" => config.max_steps = value.parse()?,
                "--seed" => config.seed = value.parse()?,
                "--networks" => config.networks = value.parse()?,
                "--isa" => {
                    config.isa = Isa::find(value).context("an instruction set of this machine")?
                }
                "--threads" => config.threads = value.parse()?,
                _ => anyhow::bail!("no option is called `{name}`"),
            }
            rest = after;
        }
        ensure!(rest.is_empty(), "`{}` has no value", rest[0]);
        Ok(options)
    }
}

/// Trains the network, and writes its file.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let began = Instant::now();
    let sets = sets(&options.data, &options.without)?;
    for set in &sets {
        let values: usize = set.series.iter().map(Vec::len).sum();
        println!(
            "{}: {} series, {values} values, weight {}",
            set.name,
            set.series.len(),
            set.weight
        );
    }
    let trained = Pretrained::train(sets, &options.config, |network, event| {
        if let Event::Step { step, evaluation: Some(loss), .. } = event {
            println!("network {}, step {step}: loss {loss:.4}", network + 1);
        }
        ControlFlow::Continue(())
    })?;
    trained.save(&options.out)?;
    println!("{} written after {:.0} s", options.out.display(), began.elapsed().as_secs_f64());
    Ok(())
}

/// A set of the data folder: name, file, values held back, frequency class, seasonal periods, weight.
type Listed = (&'static str, &'static str, usize, FrequencyClass, &'static [usize], f64);

/// Competition sets, one series a row. Only their training parts are read, and of most the last horizon is held back, on
/// which model selection validates. The monthly series are so short that they are read to their end.
const COMPETITIONS: &[Listed] = &[
    ("M4 Yearly", "m4/Yearly-train.csv.gz", 6, FrequencyClass::Year, &[], 0.22),
    ("M4 Quarterly", "m4/Quarterly-train.csv.gz", 8, FrequencyClass::Quarter, &[4], 0.2),
    ("M4 Monthly", "m4/Monthly-subset-train.csv.gz", 0, FrequencyClass::Month, &[12], 0.2),
    ("M4 Weekly", "m4/Weekly-train.csv.gz", 13, FrequencyClass::Week, &[], 0.08),
    ("M4 Hourly", "m4/Hourly-train.csv.gz", 48, FrequencyClass::Hour, &[24, 168], 0.08),
    ("NN5", "nn5/Daily-train.csv.gz", 56, FrequencyClass::Day, &[7], 0.05),
    ("CIF 2016", "cif2016/Monthly-h12-train.csv.gz", 12, FrequencyClass::Month, &[12], 0.03),
];

/// Means of some of the sets: name of the set, number of values, frequency class, seasonal periods, weight.
type Aggregated = (&'static str, usize, FrequencyClass, &'static [usize], f64);
const AGGREGATED: &[Aggregated] = &[
    ("M4 Quarterly", 4, FrequencyClass::Year, &[], 0.08),
    ("M4 Monthly", 3, FrequencyClass::Quarter, &[4], 0.04),
    ("M4 Weekly", 4, FrequencyClass::Month, &[], 0.03),
    ("M4 Weekly", 52, FrequencyClass::Year, &[], 0.01),
    ("M4 Hourly", 24, FrequencyClass::Day, &[7], 0.02),
    ("M4 Daily", 5, FrequencyClass::Week, &[], 0.02),
    ("NN5", 7, FrequencyClass::Week, &[], 0.02),
    ("hours", 24, FrequencyClass::Day, &[7], 0.03),
];

/// Synthetic sets: frequency class, seasonal periods, weight, shortest and longest series.
type Synthetic = (FrequencyClass, &'static [usize], f64, usize, usize);
const SYNTHETIC_SETS: &[Synthetic] = &[
    (FrequencyClass::Year, &[], 0.2, 8, 80),
    (FrequencyClass::Quarter, &[4], 0.15, 8, 130),
    (FrequencyClass::Month, &[12], 0.25, 14, 330),
    (FrequencyClass::Week, &[], 0.05, 20, 300),
    (FrequencyClass::Week, &[52], 0.05, 110, 400),
    (FrequencyClass::Day, &[7], 0.15, 16, 400),
    (FrequencyClass::Day, &[], 0.05, 20, 300),
    (FrequencyClass::Hour, &[24], 0.1, 60, 500),
];

/// All training sets, without those named.
fn sets(data: &Path, without: &[String]) -> anyhow::Result<Vec<TrainingSet>> {
    let is_used = |name: &str| !without.iter().any(|left_out| left_out == name);
    let mut sets = Vec::new();
    for (name, file, held_back, class, periods, weight) in COMPETITIONS {
        let mut series = values(panel(&data.join(file), &ReadOptions::default())?);
        series.iter_mut().for_each(|y| y.truncate(y.len().saturating_sub(*held_back)));
        sets.push(set(name, *class, periods, *weight, series));
    }
    let mut daily =
        values(panel(&data.join("m4/Daily-sample-60x1280.csv.gz"), &ReadOptions::default())?);
    // The last 14 values are a test set; 14 are held back.
    daily.iter_mut().for_each(|y| y.truncate(y.len() - 28));
    sets.push(set("M4 Daily", FrequencyClass::Day, &[], 0.07, daily));
    sets.push(set("hours", FrequencyClass::Hour, &[24, 168], 0.04, hours(data)?));
    sets.push(set("prices", FrequencyClass::Day, &[], 0.04, prices(data)?));
    sets.retain(|set| is_used(&set.name));
    for (name, count, class, periods, weight) in AGGREGATED {
        if let Some(of) = sets.iter().find(|set| set.name == *name) {
            sets.push(of.aggregated(*count, *class, periods, *weight));
        }
    }
    for set in sets.iter_mut() {
        set.series = set.series.iter().flat_map(|y| y.chunks(PART).map(<[f64]>::to_vec)).collect();
    }
    let mut random = Stream::new(1, "synthetic");
    for (class, periods, weight, shortest, longest) in SYNTHETIC_SETS {
        let period = periods.first().copied().unwrap_or(1);
        let draw = |_| {
            let more = random.unit().powi(2) * (longest - shortest) as f64;
            synthetic::series(shortest + more as usize, period, &mut random)
        };
        let series = (0..(SYNTHETIC * weight) as usize).map(draw).collect();
        let name = format!("synthetic {class:?}");
        sets.push(set(&name, *class, periods, SYNTHETIC_WEIGHT * weight, series));
    }
    Ok(sets)
}

fn set(
    name: &str,
    class: FrequencyClass,
    periods: &[usize],
    weight: f64,
    series: Vec<Vec<f64>>,
) -> TrainingSet {
    TrainingSet {
        name: name.to_owned(),
        class: Some(class),
        periods: periods.to_vec(),
        weight,
        series,
    }
}

/// The first half of three hourly series of the energy folder.
fn hours(data: &Path) -> anyhow::Result<Vec<Vec<f64>>> {
    let files = [
        ("energy/PJME-hourly.csv.gz", None, "PJME_MW"),
        ("energy/bike-sharing-hourly.csv.gz", Some("instant"), "cnt"),
        ("energy/beijing-pm25-hourly.csv.gz", Some("No"), "pm2.5"),
    ];
    let mut all = Vec::new();
    for (file, time, target) in files {
        let read = ReadOptions {
            time_col: time.map(str::to_owned),
            target: Some(target.to_owned()),
            sort: true,
            missing: Missing::Interpolate,
            duplicates: Duplicates::Mean,
            ..ReadOptions::default()
        };
        all.extend(values(panel(&data.join(file), &read)?).into_iter().map(first_half));
    }
    Ok(all)
}

/// The first half of daily stock prices and exchange rates.
fn prices(data: &Path) -> anyhow::Result<Vec<Vec<f64>>> {
    let mut all = Vec::new();
    for stock in ["AAPL", "AMZN", "GE", "IBM", "JNJ", "JPM", "KO", "MSFT", "WMT", "XOM"] {
        let read = ReadOptions { target: Some("Close".to_owned()), ..ReadOptions::default() };
        all.extend(values(panel(&data.join(format!("stocks/{stock}.csv")), &read)?));
    }
    let wide = ReadOptions { wide: true, ..ReadOptions::default() };
    all.extend(values(panel(&data.join("exchange/exchange_rate.txt.gz"), &wide)?));
    Ok(all.into_iter().map(first_half).collect())
}

fn first_half(mut y: Vec<f64>) -> Vec<f64> {
    y.truncate(y.len() / 2);
    y
}

fn panel(path: &Path, read: &ReadOptions) -> anyhow::Result<Vec<Series>> {
    let data = read_panel(path, read);
    Ok(data.with_context(|| format!("cannot read {}", path.display()))?.series)
}

/// Values of each series, with the last known value in place of each missing one.
fn values(panel: Vec<Series>) -> Vec<Vec<f64>> {
    let filled = |series: Series| {
        let mut last = f64::NAN;
        let values = series.values.iter().map(|y| {
            if !y.is_nan() {
                last = *y;
            }
            last
        });
        values.filter(|y| !y.is_nan()).collect()
    };
    panel.into_iter().map(filled).collect()
}
