//! Training episodes of the pretrained network: parts of random series, each encoded from its own beginning.

use elman_nn::Stream;
use elman_nn::layers::Window;
use elman_nn::windows::{Batch, Windows};

use super::FrequencyClass;
use super::encoding::{Encoding, INPUTS, KNOTS, MAX_VALUES, Source, Space};
use super::network::MAX_STEPS;

/// Least values of a series that is trained on.
pub(super) const MIN_VALUES: usize = 6;
/// Series in one window; all are of one set.
const LANES: usize = 64;
/// Time steps of a seasonal episode after the cutoff of its season.
const AFTER_CUTOFF: usize = 12;
/// Probabilities of an episode: that it has the beginning of its series, logs where these exist, the season of its set, no
/// frequency class, and, in values, the opposite sign.
const FROM_BEGINNING: f64 = 0.5;
const IN_LOGS: f64 = 0.5;
const WITH_SEASON: f64 = 0.9;
const WITHOUT_CLASS: f64 = 0.15;
const NEGATED: f64 = 0.1;

/// Series of one kind, to train on.
#[derive(Debug, Clone)]
pub struct TrainingSet {
    /// Name for messages.
    pub name: String,
    /// Frequency class of all series.
    pub class: Option<FrequencyClass>,
    /// Seasonal periods in time steps, shortest first; empty for none.
    pub periods: Vec<usize>,
    /// Probability that a window has series of this set, relative to other sets.
    pub weight: f64,
    /// Values of each series, none of them missing.
    pub series: Vec<Vec<f64>>,
}

impl TrainingSet {
    /// The set of the means of `count` successive values, counted from the end: of another frequency. Series of fewer than
    /// eight means are left out.
    pub fn aggregated(
        &self,
        count: usize,
        class: FrequencyClass,
        periods: &[usize],
        weight: f64,
    ) -> Self {
        let means = |y: &Vec<f64>| {
            let whole = &y[y.len() % count..];
            whole.chunks_exact(count).map(|y| y.iter().sum::<f64>() / count as f64).collect()
        };
        let long = self.series.iter().filter(|y| y.len() / count >= 8);
        Self {
            name: format!("{}, means of {count}", self.name),
            class: Some(class),
            periods: periods.to_vec(),
            weight,
            series: long.map(means).collect(),
        }
    }
}

/// Windows of episodes, drawn by the number of the window.
pub(super) struct Episodes {
    pub(super) sets: Vec<TrainingSet>,
    pub(super) seed: u64,
}

/// One lane of a window: time steps `from..end` of an encoded series, with targets from time step `cutoff` on.
struct Episode {
    encoding: Encoding,
    from: usize,
    end: usize,
    cutoff: usize,
}

impl Episodes {
    /// A set, by its weight.
    fn draw_set(&self, random: &mut Stream) -> &TrainingSet {
        let total: f64 = self.sets.iter().map(|set| set.weight).sum();
        let mut left = random.uniform(0.0, total);
        let is_drawn = |set: &&TrainingSet| {
            left -= set.weight;
            left < 0.0
        };
        self.sets.iter().find(is_drawn).unwrap_or(&self.sets[0])
    }
}

impl Episode {
    /// A random part of a random series. An episode with a season is cut at a random time step, up to which its season is
    /// estimated, and has targets after it; one without a season has targets everywhere.
    fn draw(set: &TrainingSet, random: &mut Stream) -> Self {
        let below = |n: usize, random: &mut Stream| (random.unit() * n as f64) as usize;
        let y = &set.series[below(set.series.len(), random)];
        let is_whole = random.unit() < FROM_BEGINNING;
        let start = if is_whole { 0 } else { below(y.len() - MIN_VALUES + 1, random) };
        let y = &y[start..y.len().min(start + MAX_VALUES)];
        let n = y.len();
        let has_season = !set.periods.is_empty() && random.unit() < WITH_SEASON;
        let has_logs = y.iter().all(|y| *y > 0.0) && random.unit() < IN_LOGS;
        let class = if random.unit() < WITHOUT_CLASS { None } else { set.class };
        let sign = if !has_logs && random.unit() < NEGATED { -1.0 } else { 1.0 };
        let (cutoff, end) = match has_season {
            true => {
                let first = (n / 3).max(2);
                let cutoff = first + below(n - first, random);
                (cutoff, (cutoff + AFTER_CUTOFF).min(n - 1))
            }
            false if n > 2 * MAX_STEPS => (0, n - 1 - below(n - MAX_STEPS, random)),
            false => (0, n - 1),
        };
        let source = Source {
            values: &y.iter().map(|y| sign * y).collect::<Vec<_>>(),
            periods: if has_season { &set.periods } else { &[] },
            cutoff: if has_season { cutoff } else { n },
            class,
        };
        let space = if has_logs { Space::Logs } else { Space::Values };
        let from = end.saturating_sub(MAX_STEPS);
        Self { encoding: Encoding::new(source, space), from, end, cutoff }
    }
}

impl Windows<f32> for Episodes {
    fn window(&self) -> Window {
        Window { steps: MAX_STEPS, batch: LANES }
    }

    fn input_size(&self) -> usize {
        INPUTS
    }

    fn target_size(&self) -> usize {
        KNOTS.len()
    }

    fn fill(&self, number: u64, batch: &mut Batch<f32>) {
        // Neighboring seeds begin with similar numbers: spread them by the golden ratio.
        let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut random = Stream::new(self.seed.wrapping_add(spread), "episodes");
        let set = self.draw_set(&mut random);
        let lanes: Vec<Episode> = (0..LANES).map(|_| Episode::draw(set, &mut random)).collect();
        let longest = lanes.iter().map(|lane| lane.end - lane.from).max().unwrap_or(1);
        batch.set_steps(longest);
        batch.fresh.fill(true);
        let inputs = batch.x.chunks_exact_mut(INPUTS);
        let rows = inputs.zip(batch.target.chunks_exact_mut(KNOTS.len())).enumerate();
        for (row, (x, target)) in rows {
            let Episode { encoding, from, end, cutoff } = &lanes[row % LANES];
            match from + row / LANES {
                t if t < *end => {
                    encoding.write_inputs(t, x);
                    encoding.write_targets(t, *cutoff, target);
                }
                _ => {
                    x.fill(0.0);
                    target.fill(f32::NAN);
                }
            }
        }
    }
}
