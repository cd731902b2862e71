//! What is timed: the program's own steps, driven as `elman train` and a forecast drive them.

use std::hint::black_box;

use elman::nn::file::TensorFile;
use elman::nn::layers::Window;
use elman::nn::train::Event;
use elman::nn::windows::{Batch, Windows};
use elman::nn::{Isa, Model, Params, Runner, TrainConfig, Trainer};

use super::windows::Prepared;
use super::workloads::{Kind, Sizes, Workload};
use crate::failure::{DIVERGED, Failure};

/// Does so many steps. One call for a whole run, so that calling costs a step nothing.
pub type Steps = Box<dyn FnMut(u64) -> Result<(), Failure>>;

/// On what a workload runs.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    pub isa: Isa,
    /// The threads asked for, and those of the machine.
    pub threads: (Option<usize>, usize),
    pub seed: u64,
    /// Initial weights; `None` for random ones.
    pub weights: Option<&'a TensorFile>,
    /// First optimizer steps whose losses are reported.
    pub curve: u64,
}

/// A workload that can begin.
pub struct Ready {
    pub steps: Steps,
    /// The threads that it works with.
    pub threads: usize,
    /// The losses of the first optimizer steps.
    pub curve: Vec<f64>,
}

/// The model of a workload; its sizes are checked before anything of any size is made.
pub fn model(workload: &Workload, setup: Setup<'_>) -> Result<Model<f32>, Failure> {
    let model = Model::new(workload.model())?.with_isa(setup.isa);
    model.check_window(workload.sizes.t, workload.sizes.b)?;
    Ok(model)
}

/// Everything a workload needs, made ready.
pub fn ready(workload: &Workload, model: Model<f32>, setup: Setup<'_>) -> Result<Ready, Failure> {
    let Sizes { i, t, b, .. } = workload.sizes;
    let windows = Prepared::new(Window { steps: t, batch: b }, i);
    match workload.kind {
        Kind::Train => train(model, windows, setup),
        Kind::Stream => stream(model, setup),
        Kind::Forward => forward(model, windows, setup),
    }
}

fn train(model: Model<f32>, windows: Prepared, setup: Setup<'_>) -> Result<Ready, Failure> {
    let config = TrainConfig {
        max_steps: u64::MAX,
        // The rate changes no figure; a low one keeps any network calm over very many steps.
        learning_rate: 1e-3,
        val_every: u64::MAX,
        seed: setup.seed,
        ..TrainConfig::default()
    };
    let params = initial(&model, setup)?;
    let trainer = Trainer::new(config, model, params, Box::new(windows))?;
    let (asked, of_machine) = setup.threads;
    let threads = asked.unwrap_or_else(|| trainer.recommended_threads(of_machine));
    let mut trainer = trainer.with_threads(threads);
    let threads = trainer.threads();
    let mut step = move || match trainer.advance()? {
        Event::Step { loss, .. } => Ok(black_box(loss)),
        // A training that rolls back repeats a step with another rate: its time is not that of a step.
        Event::RolledBack { .. } | Event::Finished { .. } => {
            let message = format!("the loss after step {} was not finite", trainer.step());
            Err(Failure::new(DIVERGED, message))
        }
    };
    let curve = (0..setup.curve).map(|_| step()).collect::<Result<_, _>>()?;
    let steps = Box::new(move |steps| (0..steps).try_for_each(|_| step().map(drop)));
    Ok(Ready { steps, threads, curve })
}

fn initial(model: &Model<f32>, setup: Setup<'_>) -> Result<Params<f32>, Failure> {
    match setup.weights {
        Some(file) => Ok(file.weights(model)?),
        None => Ok(model.initial_params(setup.seed)),
    }
}

/// The output is the next input, as in a forecast; held within the wave's range, so that weights
/// nobody has trained cannot drive it away.
fn stream(model: Model<f32>, setup: Setup<'_>) -> Result<Ready, Failure> {
    let params = initial(&model, setup)?;
    let mut runner = Runner::new(&model, 1, 1, 1)?;
    let mut x = [0.5];
    let steps = Box::new(move |steps| {
        for _ in 0..steps {
            x = [runner.run(&model, &params, &x)?[0].clamp(-1.0, 1.0)];
        }
        Ok(())
    });
    Ok(Ready { steps, threads: 1, curve: Vec::new() })
}

fn forward(model: Model<f32>, windows: Prepared, setup: Setup<'_>) -> Result<Ready, Failure> {
    let params = initial(&model, setup)?;
    let Window { steps, batch } = windows.window();
    let (asked, of_machine) = setup.threads;
    let mut runner = Runner::new(&model, steps, batch, asked.unwrap_or(of_machine))?;
    let threads = runner.threads();
    let mut at_hand = Batch::new(&windows);
    let mut number = 0;
    let steps = Box::new(move |steps| {
        for _ in 0..steps {
            windows.fill(number, &mut at_hand);
            number += 1;
            runner.reset();
            black_box(runner.run(&model, &params, &at_hand.x)?);
        }
        Ok(())
    });
    Ok(Ready { steps, threads, curve: Vec::new() })
}
