//! Time of one observation: an update of the hidden state and a forecast one step ahead, by an LSTM of hidden size 64.
//!
//! `cargo run --release -p elman --no-default-features --features weights --example online_speed`

#![expect(clippy::print_stdout, reason = "an example prints its results")]

use std::hint::black_box;
use std::time::Instant;

use elman::stream::{LearnConfig, Observation, Stream, StreamConfig};
use elman::{RnnForecaster, Series};

/// Shortest of several runs of `count` calls, in microseconds a call.
fn fastest(count: usize, mut call: impl FnMut(usize) -> elman::Result<()>) -> elman::Result<f64> {
    let mut fastest = f64::INFINITY;
    for _ in 0..7 {
        let start = Instant::now();
        (0..count).try_for_each(&mut call)?;
        fastest = fastest.min(start.elapsed().as_secs_f64() * 1e6 / count as f64);
    }
    Ok(fastest)
}

fn main() -> elman::Result<()> {
    let wave = |t: usize| 50.0 + 10.0 * (t as f64 / 6.0).sin();
    let history = Series::counted("wave", (0..600).map(wave).collect());
    let fitted = RnnForecaster::new(1).hidden_size(64).max_steps(50).fit(&[history])?;

    let mut online = fitted.continued()?;
    let update = fastest(100_000, |t| online.update(wave(t)))?;
    println!("update                               {update:.3} µs");
    let both = fastest(100_000, |t| {
        online.update(wave(t))?;
        black_box(online.forecast()?);
        Ok(())
    })?;
    println!("update and forecast                  {both:.3} µs");

    let mut stream = Stream::new(&fitted, StreamConfig::new(1))?;
    let one = fastest(100_000, |t| stream.observe("", None, wave(t)).map(drop))?;
    println!("stream, one series                   {one:.3} µs");
    let learn = Some(LearnConfig::default());
    let mut stream = Stream::new(&fitted, StreamConfig { learn, ..StreamConfig::new(1) })?;
    let learning = fastest(500, |t| stream.observe("", None, wave(t)).map(drop))?;
    println!("stream, one series, online training  {learning:.1} µs");

    let ids: Vec<String> = (0..1000).map(|id| id.to_string()).collect();
    let mut stream = Stream::new(&fitted, StreamConfig::new(1))?;
    let start = Instant::now();
    for t in 0..120 {
        ids.iter().try_for_each(|id| stream.observe(id, None, wave(t)).map(drop))?;
    }
    let new = start.elapsed().as_secs_f64() * 1e6 / 120_000.0;
    println!("stream, the first 120 values of new series {new:.1} µs each");
    let many =
        fastest(100_000, |t| stream.observe(&ids[t % 1000], None, wave(t / 1000)).map(drop))?;
    println!("stream, 1,000 series                 {many:.3} µs");
    let all: Vec<Observation<'_>> =
        ids.iter().map(|unique_id| Observation { unique_id, ds: None, y: 50.0 }).collect();
    let batched = fastest(100, |_| {
        black_box(stream.observe_all(&all));
        Ok(())
    })?;
    println!("stream, 1,000 series in batches      {:.3} µs", batched / 1000.0);
    println!("state of a series                    {} bytes", stream.state_bytes() / stream.len());
    Ok(())
}
