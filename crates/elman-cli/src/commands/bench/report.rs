//! What was measured: a line of the table, or an entry of the JSON document.

use elman::nn::Isa;
use serde_json::{Value, json};

use super::measure::Measured;
use super::workloads::{Kind, Sizes, Workload};
use crate::failure::Failure;
use crate::numbers::{fixed, significant};

/// Significant digits of a time or a speed.
const DIGITS: usize = 4;

/// A workload's figures.
pub struct Report {
    workload: Workload,
    isa: Isa,
    threads: usize,
    measured: Measured,
    flop_per_step: f64,
}

impl Report {
    pub fn new(
        workload: Workload,
        isa: Isa,
        threads: usize,
        measured: Measured,
    ) -> Result<Self, Failure> {
        let flop_per_step = workload.flop_per_step()?;
        Ok(Self { workload, isa, threads, measured, flop_per_step })
    }

    /// FLOPs a microsecond are thousandths of GFLOP/s.
    fn gflops(&self) -> f64 {
        self.flop_per_step / self.measured.median() / 1e3
    }

    /// Windows a second, where that is what people count.
    fn samples_per_s(&self) -> Option<f64> {
        let batch = self.workload.sizes.b as f64;
        (self.workload.kind == Kind::Forward).then(|| 1e6 * batch / self.measured.median())
    }

    /// The entry of the JSON document.
    pub fn document(&self) -> Value {
        let Self { workload, isa, threads, measured, .. } = self;
        let Sizes { i, h, l, t, b } = workload.sizes;
        let mut entry = json!({
            "workload": workload.name,
            "kind": workload.kind.name(),
            "cell": workload.cell,
            "input_size": i,
            "hidden_size": h,
            "num_layers": l,
            "seq_length": t,
            "batch_size": b,
            "threads": threads,
            "isa": isa.name(),
            "us_per_step": measured.median(),
            "min_us_per_step": measured.min(),
            "runs": measured.runs,
            "steps_per_run": measured.steps_per_run,
            "flop_per_step": self.flop_per_step,
            "gflops": self.gflops(),
        });
        if let Some(samples) = self.samples_per_s() {
            entry["samples_per_s"] = samples.into();
        }
        entry
    }

    /// The line of the table, under [`head`] with the same `width`.
    pub fn line(&self, width: usize) -> String {
        let samples = self.samples_per_s().map_or(String::new(), |samples| fixed(samples, 0));
        let cells = [
            self.threads.to_string(),
            self.isa.name().to_owned(),
            significant(self.measured.median(), DIGITS),
            significant(self.measured.min(), DIGITS),
            significant(self.gflops(), DIGITS),
            samples,
        ];
        columns(self.workload.name, &self.workload.to_string(), width, &cells)
    }

    /// A word of warning, if the runs tell of a machine that was busy with other things.
    pub fn warning(&self) -> Option<String> {
        // Runs on a quiet machine lie within a few per cent of each other.
        const BUSY: f64 = 1.2;
        let ratio = self.measured.median() / self.measured.min();
        (ratio > BUSY).then(|| {
            format!(
                "note: {}: half the runs took {} times as long as the fastest, or longer: the machine \
                 is busy, trust the fastest",
                self.workload.name,
                fixed(ratio, 1)
            )
        })
    }
}

/// The head of the table; `width` is that of the longest workload in words.
pub fn head(width: usize) -> String {
    let cells = ["threads", "isa", "µs/step", "fastest", "GFLOP/s", "samples/s"];
    columns("workload", "what", width, &cells.map(str::to_owned))
}

fn columns(name: &str, what: &str, width: usize, cells: &[String; 6]) -> String {
    let [threads, isa, median, min, gflops, samples] = cells;
    let line = format!(
        "{name:8}  {what:width$}  {threads:>7}  {isa:8}  {median:>9}  {min:>9}  {gflops:>7}  \
         {samples:>9}"
    );
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::workloads::ALL;
    use super::*;

    #[test]
    fn a_table() {
        let isa = Isa::find("portable").unwrap();
        let width = ALL.iter().map(|workload| workload.to_string().len()).max().unwrap();
        let mut lines = vec![head(width)];
        for (workload, us) in ALL.iter().zip([2.5, 75.25, 3710.4, 222e3, 907e3, 0.5, 5688.9]) {
            let measured = Measured { runs: vec![us, us * 1.01, us], steps_per_run: 1 };
            lines.push(Report::new(*workload, isa, 1, measured).unwrap().line(width));
        }
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn a_busy_machine_is_told_of() {
        let isa = Isa::find("portable").unwrap();
        let warning = |runs: [f64; 3]| {
            let measured = Measured { runs: runs.to_vec(), steps_per_run: 1 };
            Report::new(ALL[0], isa, 1, measured).unwrap().warning()
        };
        assert_eq!(warning([1.0, 1.05, 9.0]), None);
        let warning = warning([1.0, 3.0, 9.0]).unwrap();
        assert!(warning.starts_with("note: W1: half the runs took 3.0 times as long"), "{warning}");
    }
}
