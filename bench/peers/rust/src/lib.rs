//! What every Rust peer shares: the workloads, their data, the command line, the clock and the
//! line printed. The same as `common.py`, where the choices are explained.

use std::collections::HashMap;
use std::f64::consts::PI;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use safetensors::SafeTensors;
use serde_json::json;

pub const LEARNING_RATE: f64 = 1e-3;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell {
    Rnn,
    Gru,
    Lstm,
}

impl Cell {
    pub fn gates(self) -> usize {
        match self {
            Cell::Rnn => 1,
            Cell::Gru => 3,
            Cell::Lstm => 4,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Task {
    Train,
    Stream,
    Forward,
}

#[derive(Clone, Copy, Debug)]
pub struct Workload {
    pub cell: Cell,
    pub inputs: usize,
    pub hidden: usize,
    pub layers: usize,
    pub steps: usize,
    pub batch: usize,
    pub task: Task,
}

impl Workload {
    pub fn named(name: &str) -> Result<Self> {
        let (cell, [inputs, hidden, layers, steps, batch], task) = match name {
            "W1" => (Cell::Rnn, [1, 32, 1, 20, 1], Task::Train),
            "W2" => (Cell::Gru, [1, 32, 1, 50, 8], Task::Train),
            "W3" => (Cell::Lstm, [8, 64, 2, 50, 32], Task::Train),
            "W4" => (Cell::Lstm, [32, 256, 2, 100, 64], Task::Train),
            "W5" => (Cell::Lstm, [32, 512, 2, 100, 64], Task::Train),
            "I1" => (Cell::Lstm, [1, 64, 1, 1, 1], Task::Stream),
            "I2" => (Cell::Lstm, [8, 64, 2, 50, 256], Task::Forward),
            _ => bail!("no workload {name}"),
        };
        Ok(Self { cell, inputs, hidden, layers, steps, batch, task })
    }

    /// Window `number`: inputs [T, B, I] and targets [T, B, 1].
    pub fn window(&self, number: usize) -> (Vec<f32>, Vec<f32>) {
        let time = |stream: usize, point: usize| {
            number as f64 * PI
                + 2.0 * PI * stream as f64 / self.batch as f64
                + PI * point as f64 / self.steps as f64
        };
        let (mut x, mut target) = (Vec::new(), Vec::new());
        for point in 0..self.steps {
            for stream in 0..self.batch {
                let now = time(stream, point);
                x.extend((1..=self.inputs).map(|i| (i as f64 * now).sin() as f32));
                target.push(time(stream, point + 1).sin() as f32);
            }
        }
        (x, target)
    }

    /// The values fed to I1: 40 to a period.
    pub fn stream_values() -> Vec<f32> {
        (0..40).map(|n| (n as f64 * PI / 20.0).sin() as f32).collect()
    }
}

pub struct Weights(HashMap<String, (Vec<usize>, Vec<f32>)>);

impl Weights {
    fn load(path: &str) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| path.to_owned())?;
        let file = SafeTensors::deserialize(&bytes)?;
        let tensors = file.tensors().into_iter().map(|(name, view)| {
            let values =
                view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            (name, (view.shape().to_vec(), values.collect()))
        });
        Ok(Self(tensors.collect()))
    }

    /// The shape and values of one parameter.
    pub fn get(&self, name: &str) -> Result<(&[usize], &[f32])> {
        let (shape, values) = self.0.get(name).with_context(|| format!("no weight {name}"))?;
        Ok((shape, values))
    }

    /// The values of one parameter with two axes, transposed.
    pub fn transposed(&self, name: &str) -> Result<([usize; 2], Vec<f32>)> {
        let (shape, values) = self.get(name)?;
        let (rows, columns) = (shape[0], shape[1]);
        let turned =
            (0..rows * columns).map(|at| values[at % rows * columns + at / rows]).collect();
        Ok(([columns, rows], turned))
    }
}

pub struct Args {
    name: String,
    pub workload: Workload,
    pub variant: String,
    pub threads: usize,
    pub weights: Weights,
    pub seconds: f64,
    pub curve: usize,
}

impl Args {
    /// Reads the command line; the first of `variants` is the default.
    pub fn parse(variants: &[&str]) -> Result<Self> {
        let mut given: HashMap<String, String> = HashMap::new();
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let key = word.strip_prefix("--").with_context(|| format!("not an option: {word}"))?;
            given.insert(
                key.to_owned(),
                words.next().with_context(|| format!("{word} needs a value"))?,
            );
        }
        let mut take = |key: &str, default: Option<&str>| {
            given
                .remove(key)
                .or(default.map(str::to_owned))
                .with_context(|| format!("--{key} is missing"))
        };
        let name = take("workload", None)?;
        let args = Self {
            workload: Workload::named(&name)?,
            name,
            variant: take("variant", Some(variants[0]))?,
            threads: take("threads", Some("1"))?.parse()?,
            weights: Weights::load(&take("weights", None)?)?,
            seconds: take("seconds", Some("2"))?.parse()?,
            curve: take("curve", Some("0"))?.parse()?,
        };
        ensure!(given.is_empty(), "unknown options: {:?}", given.keys());
        ensure!(variants.contains(&args.variant.as_str()), "variants: {}", variants.join(", "));
        // The frameworks read this by themselves, some of them before any code of ours could say otherwise.
        let set = std::env::var("RAYON_NUM_THREADS").unwrap_or_default();
        ensure!(set == args.threads.to_string(), "start with RAYON_NUM_THREADS={}", args.threads);
        Ok(args)
    }

    /// Prints the losses or outputs first seen, then measures and prints the one line of JSON.
    ///
    /// `step` does one step and returns its loss (the prediction of I1); `curve` is given for I2.
    pub fn run(
        &self,
        peer: &str,
        version: &str,
        curve: Option<Vec<f32>>,
        mut step: impl FnMut() -> Result<f32>,
    ) -> Result<()> {
        let curve = match curve {
            Some(curve) => curve,
            None => (0..self.curve).map(|_| step()).collect::<Result<_>>()?,
        };
        let measured =
            if self.seconds > 0.0 { Some(measure(&mut step, self.seconds)?) } else { None };
        let mut line = json!({
            "peer": peer, "version": version, "workload": self.name, "variant": self.variant,
            "threads": self.threads, "steps": measured.map_or(0, |(_, steps)| steps), "curve": curve,
        });
        match measured {
            Some((us, _)) if self.workload.task == Task::Forward => {
                line["samples_per_s"] = json!(self.workload.batch as f64 / us * 1e6);
            }
            Some((us, _)) => line["us_per_step"] = json!(us),
            None => {}
        }
        println!("{line}");
        Ok(())
    }
}

/// The median over slices of the mean time of a step, in microseconds, and how many steps were
/// measured; see `measure` of common.py.
fn measure(step: &mut impl FnMut() -> Result<f32>, seconds: f64) -> Result<(f64, usize)> {
    step()?;
    let start = Instant::now();
    let mut calls = 0;
    while calls < 1 || start.elapsed().as_secs_f64() < 0.1 * seconds {
        std::hint::black_box(step()?);
        calls += 1;
    }
    let once = start.elapsed().as_secs_f64() / calls as f64;
    let slices = ((seconds / once) as usize).clamp(3, 20);
    let calls = ((seconds / slices as f64 / once) as usize).max(1);
    let mut times = Vec::new();
    for _ in 0..slices {
        let start = Instant::now();
        for _ in 0..calls {
            std::hint::black_box(step()?);
        }
        times.push(start.elapsed().as_secs_f64() / calls as f64);
    }
    times.sort_by(f64::total_cmp);
    let median = (times[(slices - 1) / 2] + times[slices / 2]) / 2.0;
    Ok((median * 1e6, slices * calls))
}
