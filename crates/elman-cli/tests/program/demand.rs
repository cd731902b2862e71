//! `elman forecast` of intermittent demand: most values are 0, and a plan needs the mean.

use crate::run::Room;

/// Demand of 3 pieces in about every fourth month, for each of some products.
fn demand(products: usize, months: usize) -> String {
    let mut csv = "unique_id,ds,y\n".to_owned();
    for product in 0..products {
        for t in 0..months {
            let is_sold = (7 * t + 3 * product + t * t / 5).is_multiple_of(4);
            let (year, month) = (2015 + t / 12, 1 + t % 12);
            csv += &format!("p{product},{year}-{month:02}-01,{}\n", if is_sold { 3 } else { 0 });
        }
    }
    csv
}

fn mean(csv: &str, column: usize) -> f64 {
    let cells = csv.lines().skip(1).map(|line| line.split(',').nth(column).unwrap());
    let values: Vec<f64> = cells.map(|cell| cell.parse().unwrap()).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn the_mean_of_intermittent_demand_is_above_its_median() {
    let room = Room::new();
    let data = demand(3, 96);
    room.write("demand.csv", &data);
    let known = mean(&data, 2);
    assert!((0.5..1.2).contains(&known), "{known}");
    let run = |options: &str| {
        let ran = room.run(&format!("forecast demand.csv --horizon 6 {options}"));
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran
    };
    for model in ["auto", "pretrained"] {
        let ran = run(&format!("--model {model}"));
        let (median, lower) = (mean(&ran.out, 2), mean(&ran.out, 3));
        assert_eq!(lower, 0.0, "most values are 0: {}", ran.out);
        let ran = run(&format!("--model {model} --point mean"));
        let mean = mean(&ran.out, 2);
        assert!(ran.err.contains("note: the forecast is the mean"), "{}", ran.err);
        assert!(median < 0.8 * mean, "{model}: median {median}, mean {mean}");
        assert!((0.6 * known..1.5 * known).contains(&mean), "{model}: {mean}, of {known}");
    }
    let ran = run("--model croston,tsb");
    assert!(ran.out.starts_with("unique_id,ds,croston,"), "{}", ran.out);
    assert!((mean(&ran.out, 2) - known).abs() < 0.3, "{}", ran.out);
    assert!(room.json("forecast demand.csv --horizon 2 --point mean")["point"] == "mean");
}

#[test]
fn the_mean_is_a_choice_of_each_forecast_from_a_model() {
    let room = Room::new();
    room.write("demand.csv", &demand(3, 96));
    room.run("forecast demand.csv --horizon 6 --save m.safetensors --out f.csv --quiet");
    let median = room.run("forecast m.safetensors demand.csv --horizon 6 --quiet");
    assert_eq!(median.out, std::fs::read_to_string(room.path("f.csv")).unwrap());
    let by_mean = room.run("forecast m.safetensors demand.csv --horizon 6 --point mean --quiet");
    assert!(mean(&by_mean.out, 2) > mean(&median.out, 2), "{}", by_mean.out);
    let refused = room.run("forecast demand.csv --horizon 6 --likelihood student-t --point mean");
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{}", refused.err);
    assert!(refused.err.contains("forecast the median"), "{}", refused.err);
}

#[test]
fn scores_of_each_series_are_those_of_validation() {
    let room = Room::new();
    room.write("demand.csv", &demand(3, 96));
    let ran = room.run("forecast demand.csv --horizon 6 --scores s.csv --out f.csv");
    assert!(ran.err.contains("saved s.csv"), "{}", ran.err);
    let scores = std::fs::read_to_string(room.path("s.csv")).unwrap();
    assert!(scores.starts_with("unique_id,model,mase,smape\np0,elman,"), "{scores}");
    assert_eq!(scores.lines().count(), 1 + 3 * 9);
    room.write("short.csv", "ds,y\n2024-01,5\n2024-02,7\n2024-03,6\n");
    let ran = room.run("forecast short.csv --horizon 3 --scores s.csv --out f.csv");
    assert!(ran.err.contains("s.csv has no scores"), "{}", ran.err);
    room.run("forecast demand.csv --horizon 6 --save m.safetensors --quiet --out f.csv");
    let refused = room.run("forecast m.safetensors demand.csv --horizon 6 --scores s.csv");
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("elman backtest MODEL DATA --scores FILE"), "{}", refused.err);
}

#[test]
fn the_fine_tuned_network_is_a_model_with_its_own_number_of_steps() {
    let room = Room::new();
    room.write("demand.csv", &demand(3, 48));
    let ran =
        room.run("forecast demand.csv --horizon 6 --model fine-tuned,pretrained --max-steps 2");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("unique_id,ds,fine-tuned,"), "{}", ran.out);
    assert!(ran.err.contains("after fine-tuning"), "{}", ran.err);
    let refused = room.run("forecast demand.csv --horizon 6 --model fine-tuned --cell gru");
    assert_eq!(refused.code, 2, "{}", refused.err);
}
