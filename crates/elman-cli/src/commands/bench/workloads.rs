//! The standard workloads: what is measured, and how much arithmetic it is.

use std::fmt;

use elman::nn::ModelConfig;
use elman::nn::cells::CellEntry;
use elman::nn::registry::Entry;

use crate::args::BenchArgs;

/// What one step of a workload does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One optimiser step, as in `elman train`.
    Train,
    /// One time step through a model with its memory; the output is the next input.
    Stream,
    /// A batch of windows forward, each from an empty memory.
    Forward,
}

/// I, H, L, T, B: one output (K = 1) at every time step.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    pub i: usize,
    pub h: usize,
    pub l: usize,
    pub t: usize,
    pub b: usize,
}

/// One workload.
#[derive(Debug, Clone, Copy)]
pub struct Workload {
    pub name: &'static str,
    pub about: &'static str,
    pub kind: Kind,
    pub cell: &'static str,
    pub sizes: Sizes,
}

/// The standard ones, the same as for the peers in `bench/`; a new one is one entry.
pub const ALL: &[Workload] = &[
    Workload {
        name: "W1",
        about: "the lesson",
        kind: Kind::Train,
        cell: "rnn",
        sizes: Sizes { i: 1, h: 32, l: 1, t: 20, b: 1 },
    },
    Workload {
        name: "W2",
        about: "small",
        kind: Kind::Train,
        cell: "gru",
        sizes: Sizes { i: 1, h: 32, l: 1, t: 50, b: 8 },
    },
    Workload {
        name: "W3",
        about: "medium",
        kind: Kind::Train,
        cell: "lstm",
        sizes: Sizes { i: 8, h: 64, l: 2, t: 50, b: 32 },
    },
    Workload {
        name: "W4",
        about: "large",
        kind: Kind::Train,
        cell: "lstm",
        sizes: Sizes { i: 32, h: 256, l: 2, t: 100, b: 64 },
    },
    Workload {
        name: "W5",
        about: "extra large",
        kind: Kind::Train,
        cell: "lstm",
        sizes: Sizes { i: 32, h: 512, l: 2, t: 100, b: 64 },
    },
    Workload {
        name: "I1",
        about: "one value in, one out",
        kind: Kind::Stream,
        cell: "lstm",
        sizes: Sizes { i: 1, h: 64, l: 1, t: 1, b: 1 },
    },
    Workload {
        name: "I2",
        about: "many windows at once",
        kind: Kind::Forward,
        cell: "lstm",
        sizes: Sizes { i: 8, h: 64, l: 2, t: 50, b: 256 },
    },
];

/// The workloads that are asked for.
pub fn chosen(args: &BenchArgs) -> Result<Vec<Workload>, elman::Error> {
    let custom = custom(args)?;
    let is_asked = |name| args.workload.iter().any(|asked| asked.eq_ignore_ascii_case(name));
    let all = args.workload.is_empty() && custom.is_none();
    let standard = ALL.iter().copied().filter(|workload| all || is_asked(workload.name));
    Ok(standard.chain(custom).collect())
}

/// The lesson with the sizes that are given; `None` if none is.
fn custom(args: &BenchArgs) -> Result<Option<Workload>, elman::Error> {
    let network = &args.network;
    let sizes = [
        network.input_size,
        network.hidden_size,
        network.num_layers,
        network.seq_length,
        network.batch_size,
    ];
    if network.cell.is_none() && sizes.iter().all(Option::is_none) {
        return Ok(None);
    }
    let lesson = ALL[0];
    let cell = network.cell.as_deref().unwrap_or(lesson.cell);
    let [i, h, l, t, b] = sizes;
    Ok(Some(Workload {
        name: "custom",
        about: "of your own",
        kind: Kind::Train,
        cell: CellEntry::<f32>::find(cell)?.name(),
        sizes: Sizes {
            i: i.unwrap_or(lesson.sizes.i),
            h: h.unwrap_or(lesson.sizes.h),
            l: l.unwrap_or(lesson.sizes.l),
            t: t.unwrap_or(lesson.sizes.t),
            b: b.unwrap_or(lesson.sizes.b),
        },
    }))
}

impl Workload {
    /// The model that is run.
    pub fn model(&self) -> ModelConfig {
        let Sizes { i, h, l, .. } = self.sizes;
        ModelConfig {
            cell: self.cell.to_owned(),
            input_size: i,
            hidden_size: h,
            num_layers: l,
            ..ModelConfig::default()
        }
    }

    /// Floating-point operations of the matrix products of one step, an addition and a
    /// multiplication counted as two:
    ///
    /// ```text
    /// forward   2·T·B·(Σ_l G·H·(I_l + H) + H·K)      I_0 = I, above it H
    /// training  3 times that, less 2·T·B·G·H·I: the input needs no gradient
    /// ```
    ///
    /// What is pointwise (gates, loss, update) is left out, as is usual.
    pub fn flop_per_step(&self) -> Result<f64, elman::Error> {
        let gates = CellEntry::<f32>::find(self.cell)?.gates;
        let Sizes { i, h, l, t, b } = self.sizes;
        // In floating point: a slip of the hand in a size shall not overflow.
        let [g, i, h, l, t, b] = [gates, i, h, l, t, b].map(|size| size as f64);
        let recurrent = g * h * (i + h) + (l - 1.0) * g * h * (h + h);
        let forward = 2.0 * t * b * (recurrent + h);
        Ok(match self.kind {
            Kind::Train => 3.0 * forward - 2.0 * t * b * g * h * i,
            Kind::Stream | Kind::Forward => forward,
        })
    }
}

/// `train lstm I8 H64 L2 T50 B32`
impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sizes { i, h, l, t, b } = self.sizes;
        write!(f, "{} {} I{i} H{h} L{l} T{t} B{b}", self.kind.name(), self.cell)
    }
}

impl Kind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Train => "train",
            Kind::Stream => "stream",
            Kind::Forward => "forward",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_counted_as_on_paper() {
        let count = |name| {
            let workload = ALL.iter().find(|w| w.name == name).unwrap();
            workload.flop_per_step().unwrap()
        };
        // Three products of [T·B, I + H] and [G·H, I + H] and three of the head, less the first dx.
        assert_eq!(count("W1"), (6 * 20 * (32 * 33 + 32) - 2 * 20 * 32) as f64);
        let layers = 1024_u64 * (32 + 256) + 1024 * (256 + 256);
        assert_eq!(count("W4"), (6 * 6400 * (layers + 256) - 2 * 6400 * 1024 * 32) as f64);
        assert_eq!(count("I1"), (2 * (256 * 65 + 64)) as f64);
    }
}
