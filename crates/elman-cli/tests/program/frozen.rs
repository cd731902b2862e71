//! Regression tests of forecasts, backtests and texts, bit for bit: each number is printed with all digits that its bits
//! need. A refactoring does not change these snapshots.
//!
//! All commands have `--isa portable`, so that every machine gives the same bits.

use std::fmt::Write;

use crate::run::Room;

/// Numbers that look random and are the same everywhere, from 0 to 1.
fn noise(i: usize) -> f64 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 40) as f64 / (1u64 << 24) as f64
}

/// A CSV table. Values have two decimals, so that the C library does not decide their last bits.
fn table(header: &str, rows: impl Iterator<Item = (String, Option<f64>, String)>) -> String {
    let mut table = format!("{header}\n");
    for (keys, y, others) in rows {
        let y = y.map_or(String::new(), |y| format!("{y:.2}"));
        writeln!(table, "{keys},{y}{others}").unwrap();
    }
    table
}

fn day(i: usize) -> String {
    let (month, day) = (i / 28, i % 28);
    format!("2021-{:02}-{:02}", month + 1, day + 1)
}

fn hour(i: usize) -> String {
    format!("2021-03-{:02} {:02}:00", i / 24 + 1, i % 24)
}

fn month(i: usize) -> String {
    format!("{}-{:02}-01", 2010 + i / 12, i % 12 + 1)
}

/// Daily sales of three shops: a weekly season, a price as future covariate, a region as static covariate, one missing value.
fn shops() -> String {
    let row = |shop: usize, i: usize| {
        let price = 2.0 + ((i / 9 + shop) % 3) as f64;
        let week = [0.0, 2.0, 1.0, 4.0, 8.0, 14.0, 11.0][i % 7];
        let y = 40.0 * (shop + 1) as f64 + week * (shop + 1) as f64 - 5.0 * price
            + 3.0 * noise(100 * shop + i);
        let known = i < 80 && (i, shop) != (30, 1);
        (
            format!("shop{shop},{}", day(i)),
            known.then_some(y),
            format!(",{price},{}", ["north", "south"][shop % 2]),
        )
    };
    table("unique_id,ds,y,price,region", (0..3).flat_map(|shop| (0..84).map(move |i| row(shop, i))))
}

/// One series of hours with an outage in the last day.
fn hours() -> String {
    let y = |i: usize| 500.0 + 20.0 * [0, 1, 3, 6, 9, 11, 9, 6][i % 24 / 3] as f64 + 8.0 * noise(i);
    let y = |i: usize| if i == 230 { 0.5 } else { y(i) };
    table("ds,load", (0..240).map(|i| (hour(i), Some(y(i)), String::new())))
}

/// Counts, most of them 0.
fn counts() -> String {
    let y = |part: usize, i: usize| (noise(31 * part + 7 * i) * 6.0 - 3.0).max(0.0).floor();
    let rows = (0..4).flat_map(|part| (0..48).map(move |i| (part, i)));
    table(
        "unique_id,ds,y",
        rows.map(|(part, i)| (format!("p{part},{}", month(i)), Some(y(part, i)), String::new())),
    )
}

/// A balance that goes below 0.
fn balance() -> String {
    let y = |i: usize| 300.0 - 4.0 * i as f64 + [30.0, -10.0, 5.0, -25.0][i % 4] + 6.0 * noise(i);
    table("ds,balance", (0..96).map(|i| (month(i), Some(y(i)), String::new())))
}

/// Sixteen years.
fn years() -> String {
    let rows = (0..16).map(|i| {
        ((2000 + i).to_string(), Some(90.0 + 3.5 * i as f64 + 5.0 * noise(i)), String::new())
    });
    table("year,visitors", rows)
}

const SMALL: &str = "--isa portable --hidden-size 6 --max-steps 12 --quiet";

/// What the program writes to stdout with these data, each kind of file in a room of its own.
#[track_caller]
fn written(name: &str, content: &str, line: &str) -> String {
    let room = Room::new();
    room.write(name, content);
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    ran.out
}

fn forecast(content: &str, options: &str) -> String {
    written("data.csv", content, &format!("forecast data.csv {SMALL} {options}"))
}

fn example(name: &str) -> String {
    let path = format!("{}/../../examples/data/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn forecasts_of_a_month() {
    insta::assert_snapshot!(forecast(&example("global-temperature.csv"), "--horizon 6"));
}

#[test]
fn forecasts_of_shops_with_covariates() {
    let options =
        "--horizon 4 --futr-exog price --static-exog region --likelihood quantiles --num-layers 2";
    insta::assert_snapshot!(forecast(&shops(), options));
}

#[test]
fn forecasts_of_hours_after_an_outage() {
    insta::assert_snapshot!(forecast(&hours(), "--horizon 6 --cell gru --decomposition stl"));
}

#[test]
fn forecasts_of_counts() {
    insta::assert_snapshot!(forecast(
        &counts(),
        "--horizon 3 --likelihood negative-binomial --calendar"
    ));
}

#[test]
fn forecasts_of_a_balance_below_0() {
    insta::assert_snapshot!(forecast(&balance(), "--horizon 6 --likelihood student-t --level 90"));
}

#[test]
fn forecasts_of_years_by_themselves() {
    insta::assert_snapshot!(forecast(&years(), "--horizon 3 --scope local --scaler standard"));
}

#[test]
fn backtest_of_stocks() {
    let prices: Vec<_> = example("sp500.csv").lines().map(str::to_owned).collect();
    let prices = [&prices[..1], &prices[prices.len() - 200..]].concat().join("\n");
    let line = format!("backtest data.csv {SMALL} --horizon 2 --n-windows 3 --step-size 5 --out -");
    insta::assert_snapshot!(written("data.csv", &prices, &line));
}

#[test]
fn losses_of_the_lesson_and_of_a_series() {
    let losses = |line: &str, content: &str| {
        let room = Room::new();
        room.write("data.csv", content);
        let json = room.json(&format!("{line} --isa portable --quiet"));
        let losses = json["history"].as_array().unwrap();
        losses.iter().map(|step| step["loss"].to_string()).collect::<Vec<_>>().join("\n")
    };
    let lesson = losses("train --max-steps 12", "");
    let series = losses("train data.csv --max-steps 8 --hidden-size 6", &balance());
    insta::assert_snapshot!(format!("{lesson}\n\n{series}"));
}

#[test]
fn losses_and_text_of_coriolanus() {
    let room = Room::new();
    let text: String = example("coriolanus.txt").chars().take(20_000).collect();
    room.write("text.txt", &text);
    let json = room.json("text train text.txt --max-steps 6 --hidden-size 12 --num-layers 1 --seq-length 16 --isa portable --quiet");
    let evaluations = json["evaluations"].to_string();
    let line = "text sample text.safetensors --length 40 --temperature 0.05 --seed 3";
    let sampled = room.run(line);
    assert_eq!(sampled.code, 0, "{}", sampled.err);
    insta::assert_snapshot!(format!("{evaluations}\n\n{}", sampled.out));
}
