//! `elman forecast`.

use crate::run::{Room, monthly};

/// The rows of a forecast table.
fn rows(csv: &str) -> Vec<(String, String, f64)> {
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with("unique_id,ds,elman"));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0].to_owned(), cells[1].to_owned(), cells[2].parse().unwrap())
        })
        .collect()
}

#[test]
fn the_sine_goes_on() {
    let room = Room::new();
    room.run("train --max-steps 600 --schedule cosine --quiet");
    let ran = room.run("forecast lesson.safetensors --horizon 40 --plot f.png");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = rows(&ran.out);
    assert_eq!(rows.len(), 40);
    for (_, time, value) in &rows {
        // One whole wave, predicted from its own predictions.
        let error = (value - time.parse::<f64>().unwrap().sin()).abs();
        assert!(error < 0.25, "{time}: {value}");
    }
    assert_eq!(room.files(), ["f.png", "lesson.safetensors"]);
}

#[test]
fn dates_go_on_with_the_datas_own_step_and_the_season_is_learnt() {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    room.run("train sales.csv --max-steps 800 --quiet");
    let ran = room.run("forecast sales.safetensors --horizon 12");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = rows(&ran.out);
    assert_eq!(rows[0].1, "2020-01-01");
    assert_eq!(rows[11].1, "2020-12-01");
    assert!(rows.iter().all(|row| row.0 == "y"));
    // Summer above winter, by about the 20 of the season.
    assert!(rows[3].2 - rows[9].2 > 10.0, "{rows:?}");
}

#[test]
fn new_data_run_through_the_memory_first() {
    let room = Room::new();
    let all = monthly(240);
    let lines: Vec<&str> = all.lines().collect();
    let part = |from: usize, to: usize| {
        let body = lines[1 + from..1 + to].join("\n");
        format!("{}\n{body}\n", lines[0])
    };
    room.write("first.csv", &part(0, 200));
    room.write("next.csv", &part(200, 240));
    room.write("all.csv", &part(0, 240));
    room.write("old.csv", &part(100, 150));
    room.write("later.csv", &part(220, 240));
    room.run("train first.csv --max-steps 100 --quiet");
    let forecast = |data: &str| room.run(&format!("forecast first.safetensors {data} --horizon 3"));

    let next = forecast("next.csv");
    assert!(next.err.contains("is updated with 40 new values"), "{}", next.err);
    assert!(next.out.contains(",2020-01-01,"), "{}", next.out);
    let whole = forecast("all.csv");
    assert!(whole.err.contains("includes the first 200 values already"), "{}", whole.err);
    assert_eq!(whole.out, next.out, "the way there does not matter");
    let old = forecast("old.csv");
    assert!(old.err.contains("is reset, then updated with all 50"), "{}", old.err);
    room.write("other.csv", &all.replace("2016-08-01,1", "2016-08-01,2"));
    let other = forecast("other.csv");
    assert_eq!((other.code, other.out.as_str()), (3, ""));
    assert!(other.err.contains("the value of 2016-08-01 is 2"), "{}", other.err);
    let later = forecast("later.csv");
    assert!(later.err.contains("do not continue the values of the model"), "{}", later.err);
    assert!(later.out.contains(",2020-01-01,"));
    assert_ne!(later.out, next.out, "twenty months of memory are missing");
    let nothing = forecast("");
    assert!(nothing.out.contains(",2016-09-01,"), "{}", nothing.out);
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    room.run("train sales.csv --max-steps 5 --quiet");
    for line in [
        "forecast sales.safetensors sales.csv --horizon 2 --out sales.csv",
        "forecast sales.safetensors --horizon 2 --out sales.safetensors",
        "forecast sales.safetensors --horizon 2 --out ./sales.safetensors",
        "train sales.csv --plot sales.csv.png --plot sales.csv.png",
        "train --save a.safetensors --checkpoint a.safetensors",
    ] {
        let ran = room.run(line);
        assert_eq!(ran.code, 2, "{line}: {}", ran.err);
        assert!(ran.err.contains("is named for two outputs"), "{line}: {}", ran.err);
    }
    assert_eq!(std::fs::read_to_string(room.path("sales.csv")).unwrap(), monthly(120));
}

#[test]
fn out_and_json() {
    let room = Room::new();
    room.run("train --quiet");
    let ran = room.run("forecast lesson.safetensors --horizon 2 --out f.csv");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    let written = rows(&std::fs::read_to_string(room.path("f.csv")).unwrap());
    let json = room.json("forecast lesson.safetensors --horizon 2");
    for (row, value) in written.iter().zip(json["forecast"].as_array().unwrap()) {
        assert_eq!(value["ds"].as_str().unwrap(), row.1);
        assert_eq!(value["elman"].as_f64().unwrap(), row.2);
    }
    assert_eq!(json["forecast"].as_array().unwrap().len(), 2);
}

#[test]
fn data_are_read_with_the_options_that_the_errors_name() {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    room.run("train sales.csv --max-steps 5 --quiet");
    room.write("gap.csv", "ds,y\n2010-01-01,120\n2010-02-01,n/a\n2010-03-01,125\n");
    let ran = room.run("forecast sales.safetensors gap.csv --horizon 1 --missing error");
    assert!(ran.err.contains("`--missing interpolate`"), "{}", ran.err);
    let ran = room.run("forecast sales.safetensors gap.csv --horizon 1");
    assert!(ran.out.contains(",2010-04-01,"), "{}{}", ran.out, ran.err);
    room.write("one.csv", "ds,y\n2010-01-01,120\n");
    let ran = room.run("forecast sales.safetensors one.csv --horizon 1");
    assert!(ran.out.contains(",2010-02-01,"), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("is updated with 1 new value\n"), "{}", ran.err);
    room.write("daily.csv", "ds,y\n2015-01-01,1\n2015-01-02,2\n2015-01-03,3\n");
    let ran = room.run("forecast sales.safetensors daily.csv --horizon 1");
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("the model is monthly, and these data are daily"), "{}", ran.err);
}

/// Three stores of unlike length, monthly.
fn stores() -> String {
    let all = monthly(96);
    let mut table = "store,ds,y\n".to_owned();
    for (store, from) in [("north", 0), ("south", 20), ("west", 40)] {
        for line in all.lines().skip(1 + from) {
            table.push_str(&format!("{store},{line}\n"));
        }
    }
    table
}

#[test]
fn straight_from_a_file_of_many_series() {
    let room = Room::new();
    room.write("stores.csv", &stores());
    let ran =
        room.run("forecast stores.csv --horizon 6 --max-steps 40 --plot f.html --level 50,90");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[0], "unique_id,ds,elman,elman-lo-50,elman-hi-50,elman-lo-90,elman-hi-90");
    assert_eq!(lines.len(), 1 + 3 * 6);
    assert!(lines[1].starts_with("north,2008-01-01,"), "{}", lines[1]);
    assert!(lines[18].starts_with("west,2008-06-01,"), "{}", lines[18]);
    for line in &lines[1..] {
        let cells: Vec<f64> = line.split(',').skip(2).map(|cell| cell.parse().unwrap()).collect();
        let [y, low, high, lower, higher] = cells[..] else { panic!("{line}") };
        assert!(lower <= low && low <= y && y <= high && high <= higher, "{line}");
    }
    assert!(ran.err.contains("stores.csv: 3 series, monthly, 56 to 96 values each"), "{}", ran.err);
    assert!(ran.err.contains("seasonal period: 12 time steps"), "{}", ran.err);
    // Nine of them do not overlap: no claim rests on so few.
    assert!(ran.err.contains("overlapping forecasts: too few to tell"), "{}", ran.err);
    assert_eq!(room.files(), ["f.html", "stores.csv"]);
    let json = room.json("forecast stores.csv --horizon 6 --max-steps 40 --level 50,90");
    assert_eq!(json["forecast"].as_array().unwrap().len(), 18);
    assert_eq!(json["seasons"], serde_json::json!([12]));
    assert_eq!(json["scores"][0]["name"], "elman");
    assert_eq!(json["claim"]["verdict"], "too_few");
    assert_eq!(json["claim"]["evidence"]["independent"], 9);
    // Each half of the forecasts is compared with a model that the other half selected.
    assert_eq!(json["claim"]["evidence"]["selected"], false);
    let first = json["forecast"][0]["elman"].as_f64().unwrap();
    assert_eq!(lines[1].split(',').nth(2).unwrap().parse::<f64>().unwrap(), first, "the same seed");
    room.run("forecast stores.csv --horizon 6 --max-steps 40 --out f.jsonl --quiet");
    let written = std::fs::read_to_string(room.path("f.jsonl")).unwrap();
    assert_eq!(written.lines().count(), 18);
}

#[test]
fn networks_of_its_own_for_each_series() {
    let room = Room::new();
    room.write("stores.csv", &stores());
    let line =
        "forecast stores.csv --horizon 6 --max-steps 20 --scope local --save own.safetensors";
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 1 + 3 * 6);
    assert!(ran.err.contains("model selection for each of 3 series: "), "{}", ran.err);
    let again = room.run("forecast own.safetensors stores.csv --horizon 6");
    assert_eq!(again.out, ran.out, "{}", again.err);
    let tuned = room.run("tune stores.csv --horizon 6 --scope local");
    assert!(
        tuned.code == 2 && tuned.err.contains("does not support `--scope local`"),
        "{}",
        tuned.err
    );
    let back =
        room.run("backtest stores.csv --horizon 6 --max-steps 20 --scope local --n-windows 2");
    assert_eq!(back.code, 0, "{}", back.err);
    // What a model has already is not asked for again; what is wrong is named.
    let model = "forecast own.safetensors stores.csv --horizon 6 --scope local --scaler robust";
    let refused = room.run(model);
    assert!(refused.err.contains("leave out --scope, --scaler"), "{}", refused.err);
    let counts = "forecast stores.csv --horizon 6 --likelihood negative-binomial --scaler robust";
    assert!(room.run(counts).err.contains("leave out `--scaler`"));
}

#[test]
fn scalers_and_stacks_of_layers_are_asked_for_by_name() {
    let room = Room::new();
    room.write("sales.csv", &monthly(96));
    let said = |options: &str| {
        let ran = room.run(&format!("forecast sales.csv --horizon 6 --max-steps 20 {options}"));
        assert_eq!(ran.code, 0, "{options}: {}", ran.err);
        ran.out
    };
    let mut all = vec![said("")];
    for scaler in ["standard", "robust", "minmax", "none"] {
        all.push(said(&format!("--scaler {scaler}")));
    }
    all.push(said("--decomposition stl"));
    all.push(said("--num-layers 2"));
    all.push(said("--num-layers 2 --residual"));
    all.push(said("--dilations 1,4"));
    for (n, one) in all.iter().enumerate() {
        assert!(all[..n].iter().all(|other| other != one), "number {n} changes nothing");
    }
    let unlike = room.run("forecast sales.csv --horizon 6 --num-layers 3 --dilations 1,4");
    assert!(unlike.code == 2 && unlike.err.contains("one for each layer"), "{}", unlike.err);
    let single = room.run("forecast sales.csv --horizon 6 --residual");
    assert!(single.code == 2 && single.err.contains("two layers or more"), "{}", single.err);
    let line = "train sales.csv --max-steps 60 --dilations 1,4 --residual --save net.safetensors";
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("2 layers, dilations [1, 4], residual"), "{}", ran.out);
    let next = room.run("forecast net.safetensors --horizon 6");
    assert_eq!((next.code, next.out.lines().count()), (0, 7), "{}", next.err);
}

#[test]
fn a_series_alone_in_a_second_without_options() {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    let ran = room.run("forecast sales.csv --horizon 12 --max-steps 60");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 13);
    assert!(
        ran.err.contains("monthly, 2000-01-01 to 2009-12-01, 120 values, no gaps"),
        "{}",
        ran.err
    );
}

#[test]
fn going_back_prints_scores_and_keeps_what_was_said() {
    let room = Room::new();
    room.write("stores.csv", &stores());
    let ran = room.run(
        "backtest stores.csv --horizon 6 --n-windows 3 --step-size 2 --max-steps 40 --out b.csv",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let heads: Vec<&str> = ran.out.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(heads, ["mae", "rmse", "mape", "smape", "mase", "rmsse", "owa"]);
    for name in
        ["elman", "naive", "seasonal_naive", "mean", "drift", "naive2", "theta", "damped", "ets"]
    {
        assert!(ran.out.lines().any(|line| line.starts_with(name)), "{name}: {}", ran.out);
    }
    assert!(ran.err.contains("9 forecasts, horizon 6, 3 series"), "{}", ran.err);
    let said = std::fs::read_to_string(room.path("b.csv")).unwrap();
    assert!(said.starts_with("unique_id,ds,cutoff,y,elman,elman-lo-80,"), "{said}");
    assert_eq!(said.lines().count(), 1 + 9 * 6);
    let row: Vec<&str> = said.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(row[..3], ["north", "2007-03-01", "2007-02-01"]);
    let json =
        room.json("backtest stores.csv --horizon 6 --n-windows 3 --step-size 2 --max-steps 40");
    assert_eq!(json["metrics"]["naive2"]["owa"], 1.0);
    assert!(json["series"]["west"]["elman"]["mase"].as_f64().unwrap() > 0.0);
}

#[test]
fn models_are_forecast_side_by_side() {
    let room = Room::new();
    room.write("sales.csv", &monthly(60));
    let all = room.run("forecast sales.csv --horizon 3 --model theta,pretrained,auto --level 80");
    assert_eq!(all.code, 0, "{}", all.err);
    let header = all.out.lines().next().unwrap();
    let names = "theta,theta-lo-80,theta-hi-80,pretrained,pretrained-lo-80,pretrained-hi-80,elman";
    assert!(header.starts_with(&format!("unique_id,ds,{names}")), "{header}");
    let column = |table: &str, name: &str| -> Vec<String> {
        let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let place = lines.next().unwrap().iter().position(|cell| *cell == name).unwrap();
        lines.map(|cells| cells[place].to_owned()).collect()
    };
    for name in ["pretrained", "theta"] {
        let one = room.run(&format!("forecast sales.csv --horizon 3 --model {name} --level 80"));
        assert_eq!(column(&one.out, name), column(&all.out, name), "{}", one.err);
        assert!(one.err.contains(&format!("forecast: {name}")), "{}", one.err);
    }
    let auto = room.run("forecast sales.csv --horizon 3 --level 80");
    assert_eq!(column(&auto.out, "elman"), column(&all.out, "elman"));
    assert!(auto.err.contains("`--model network` trains"), "{}", auto.err);
    let network = room.run("forecast sales.csv --horizon 3 --max-steps 20 --level 80");
    assert!(network.err.contains("trained: "), "{}", network.err);
    let json = room.json("forecast sales.csv --horizon 3");
    let weights = json["composition"].as_array().unwrap().iter();
    let sum: f64 = weights.map(|model| model["weight"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-9 && json["forecast"][0]["ets"].is_number(), "{json}");
    for (line, said) in [
        ("forecast sales.csv --horizon 3 --model theta,theta", "two models for the column `theta`"),
        ("forecast sales.csv --horizon 3 --model theta --cell gru", "is an option of networks"),
        (
            "backtest sales.csv --horizon 3 --model ets --likelihood quantiles",
            "is an option of networks",
        ),
    ] {
        let refused = room.run(line);
        assert!(refused.code == 2 && refused.err.contains(said), "{line}: {}", refused.err);
    }
}

#[test]
fn known_values_outside_their_interval_are_listed() {
    let room = Room::new();
    let table = monthly(72).replace("2004-03-01,", "2004-03-01,9");
    room.write("sales.csv", &table);
    let ran = room.run("forecast sales.csv --horizon 3 --keep-outliers --insample known.csv");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("outside the 95 % interval") && ran.err.contains("2004-03-01"),
        "{}",
        ran.err
    );
    let known = std::fs::read_to_string(room.path("known.csv")).unwrap();
    assert!(known.lines().next().unwrap().ends_with("elman-hi-95,outside"), "{known}");
    assert_eq!(known.lines().count(), 72);
    let outside = known.lines().find(|line| line.contains(",2004-03-01,")).unwrap();
    assert!(outside.ends_with(",1"), "{outside}");
}

#[test]
fn a_backtest_has_the_baselines_and_the_scores_of_each_series() {
    let room = Room::new();
    room.write("stores.csv", &stores());
    let line = "backtest stores.csv --horizon 4 --n-windows 2 --out tested.csv --scores scores.csv";
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let read = |name: &str| std::fs::read_to_string(room.path(name)).unwrap();
    let header = read("tested.csv").lines().next().unwrap().to_owned();
    assert!(
        header.ends_with("elman-hi-95,naive,seasonal_naive,mean,drift,naive2,theta,damped,ets")
    );
    let scores = read("scores.csv");
    assert!(scores.starts_with("unique_id,model,mae,"), "{scores}");
    assert_eq!(scores.lines().count(), 1 + 3 * 9, "three series, elman and eight baselines");
}
