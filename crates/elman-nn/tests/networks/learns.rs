//! What each loss learns of a sample: the parameters, or quantiles, from which it was made.

use elman_nn::layers::Window;
use elman_nn::losses::Loss;
use elman_nn::train::Event;
use elman_nn::windows::{Batch, Windows};
use elman_nn::{Error, Model, ModelConfig, TrainConfig, Trainer};

/// Values in a sample.
const SIZE: usize = 500;

/// The same values again and again, of which the input says nothing.
#[derive(Clone)]
struct Sample(Vec<f32>);

impl Sample {
    /// The quantiles of `loss` with `outputs` at (i + ½) / SIZE: a sample without chance.
    fn of(loss: &str, outputs: &[f32]) -> Self {
        let loss = Loss::<f32>::new(loss, &[]).unwrap();
        let level = |i| (i as f64 + 0.5) / SIZE as f64;
        Self((0..SIZE).map(|i| loss.quantile(outputs, level(i)).unwrap() as f32).collect())
    }

    fn mean(&self) -> f64 {
        self.0.iter().map(|&y| f64::from(y)).sum::<f64>() / SIZE as f64
    }

    fn variance(&self) -> f64 {
        let squares = self.0.iter().map(|&y| (f64::from(y) - self.mean()).powi(2));
        squares.sum::<f64>() / SIZE as f64
    }

    fn trainer(&self, loss: &str, quantiles: &[f64]) -> Trainer<'static, f32> {
        let outputs = Loss::<f32>::new(loss, quantiles).unwrap().outputs_per_target();
        let sizes = ModelConfig { hidden_size: 2, output_size: outputs, ..ModelConfig::default() };
        let model = Model::new(sizes).unwrap();
        let params = model.initial_params(1);
        let mut train =
            TrainConfig { max_steps: 1500, learning_rate: 0.05, ..TrainConfig::default() };
        train.schedule.name = "cosine".to_owned();
        (train.loss, train.quantiles) = (loss.to_owned(), quantiles.to_vec());
        Trainer::new(train, model, params, Box::new(self.clone())).unwrap()
    }

    /// The outputs for one value, after training.
    fn learnt_by(&self, loss: &str, quantiles: &[f64]) -> (Loss<f32>, Vec<f32>) {
        let mut trainer = self.trainer(loss, quantiles);
        while let Event::Step { .. } = trainer.advance().unwrap() {}
        assert_eq!(trainer.step(), trainer.config().max_steps);
        let loss = trainer.loss().clone();
        let outputs = trainer.output()[..loss.outputs_per_target()].to_vec();
        (loss, outputs)
    }
}

impl Windows<f32> for Sample {
    fn window(&self) -> Window {
        Window { steps: 1, batch: SIZE }
    }
    fn input_size(&self) -> usize {
        1
    }
    fn target_size(&self) -> usize {
        1
    }
    fn fill(&self, _: u64, batch: &mut Batch<f32>) {
        batch.x.fill(1.0);
        batch.target.copy_from_slice(&self.0);
        batch.fresh.fill(true);
    }
}

fn softplus(x: f32) -> f64 {
    f64::from(x).exp().ln_1p()
}

#[track_caller]
fn near(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got} for {want}");
}

/// The likelihood is highest at the sample's own mean and variance; training comes within 1e-3.
#[test]
fn gaussian_learns_mean_and_standard_deviation() {
    let sample = Sample::of("gaussian", &[3.0, 1.5]);
    let (_, outputs) = sample.learnt_by("gaussian", &[]);
    near(f64::from(outputs[0]), sample.mean(), 1e-3);
    near(softplus(outputs[1]) + 1e-4, sample.variance().sqrt(), 1e-3);
}

/// The sample lacks the farthest tails, so that it looks lighter-tailed: ν within a tenth.
#[test]
fn student_t_learns_location_scale_and_tails() {
    let made_from = [-2.0, 1.0, 1.0];
    let (loss, outputs) = Sample::of("student-t", &made_from).learnt_by("student-t", &[]);
    near(loss.point(&outputs), -2.0, 1e-3);
    near(softplus(outputs[1]), softplus(1.0), 0.02);
    near(2.0 + softplus(outputs[2]), 2.0 + softplus(1.0), 0.1);
}

/// The likelihood is highest at the sample's own mean; the dispersion of the sample is a little
/// below that of the distribution, again for want of tails.
#[test]
fn negative_binomial_learns_mean_and_dispersion_of_counts() {
    let sample = Sample::of("negative-binomial", &[1.4, -0.5]);
    let (loss, outputs) = sample.learnt_by("negative-binomial", &[]);
    near(f64::from(outputs[0]).exp(), sample.mean(), 1e-3);
    near(softplus(outputs[1]), softplus(-0.5), 0.03);
    assert_eq!(loss.point(&outputs), f64::from(sample.0[SIZE / 2]), "the median");
}

/// Any value between two neighbours of the sample is a quantile of it.
#[test]
fn pinball_learns_the_quantiles_of_a_skewed_sample() {
    let levels = [0.1, 0.25, 0.5, 0.75, 0.9];
    let mut sample = Sample::of("gaussian", &[0.0, 0.0]);
    sample.0.iter_mut().for_each(|y| *y = y.exp());
    let (loss, outputs) = sample.learnt_by("pinball", &levels);
    for level in levels {
        let at = level * SIZE as f64;
        let (below, above) = (sample.0[at as usize - 3], sample.0[at as usize + 2]);
        let got = loss.quantile(&outputs, level).unwrap();
        assert!(
            (f64::from(below)..=f64::from(above)).contains(&got),
            "{level}: {got}, {below}..{above}"
        );
    }
}

/// A negative target has no likelihood, although the formula would have a finite value here: training
/// says so instead of learning from it.
#[test]
fn counts_below_zero_are_reported() {
    let mut sample = Sample::of("negative-binomial", &[1.4, -0.5]);
    sample.0[7] = -0.5;
    let mut trainer = sample.trainer("negative-binomial", &[]);
    let end = loop {
        match trainer.advance() {
            Ok(Event::RolledBack { from: 0, to: 0, .. }) => {}
            end => break end,
        }
    };
    assert!(matches!(end, Err(Error::Diverged { step: 0, .. })), "{end:?}");
}
