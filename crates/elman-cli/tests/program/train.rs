//! `elman train`.

use crate::run::{Room, example, monthly};

#[test]
fn without_arguments_it_is_the_lesson() {
    let room = Room::new();
    let ran = room.run("train");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("rnn.weight_hh_l0      [32, 32]       1024"), "{}", ran.out);
    for step in [15, 30, 45, 60, 75] {
        assert!(ran.out.contains(&format!("step {step} · loss ")), "{}", ran.out);
    }
    assert!(ran.out.contains("input") && ran.out.contains("prediction"));
    assert!(ran.out.contains("times better"), "{}", ran.out);
    assert!(ran.out.contains("saved     lesson.safetensors"));
    assert_eq!(ran.out.split("try next\n").nth(1).unwrap().matches("  elman ").count(), 3);
    assert_eq!(ran.err, "", "a pipe gets no progress");
    assert!(!ran.out.contains('\x1b'), "a pipe gets no colour");
    assert_eq!(room.files(), ["lesson.safetensors"], "only what was announced");
}

#[test]
fn json_is_one_document_with_every_step() {
    let room = Room::new();
    let lesson = room.json("train --save m.safetensors");
    assert_eq!(lesson["parameters"], 1153);
    let history = lesson["history"].as_array().unwrap();
    assert_eq!(history.len(), 75);
    assert_eq!(history[74]["step"], 75);
    assert_eq!(history[74]["loss"], lesson["final_loss"]);
    assert!(lesson["final_loss"].as_f64().unwrap() < lesson["baseline_loss"].as_f64().unwrap());
    assert_eq!(lesson["configuration"]["model"]["cell"], "rnn");
    assert_eq!(lesson["configuration"]["seq_length"], 20);
    assert_eq!(lesson["files"]["model"], "m.safetensors");
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_seed_others() {
    let room = Room::new();
    let losses = |line: &str| room.json(line)["history"].to_string();
    assert!(losses("train --cell gru --seed 5") == losses("train --cell gru --seed 5"));
    assert!(losses("train --cell gru --seed 5") != losses("train --cell gru --seed 6"));
}

#[test]
fn every_option_reaches_the_training() {
    let room = Room::new();
    let line = "train --cell lstm --hidden 8 --layers 2 --lags 2 --horizon 3 --level 90 --holdout 40 --differences 1 \
                --scaler robust --season 9 --dropout 0.1 --seq 10 \
                --batch-size 3 --max-steps 12 --lr 0.004 --optimizer rmsprop --momentum 0.3 \
                --weight-decay 0.01 --loss huber --clip 0.7 --schedule step --warmup 2 \
                --schedule-step 5 --schedule-factor 0.4 --schedule-floor 0.1 \
                --schedule-patience 3 --no-carry --val-every 4 --patience 9 --seed 3";
    let got = &room.json(line)["configuration"];
    let model = &got["model"];
    assert_eq!(
        (&model["cell"], &model["hidden_size"], &model["num_layers"], &model["input_size"]),
        // Two differences are three lags, beside the mean absolute difference.
        (&"lstm".into(), &8.into(), &2.into(), &4.into())
    );
    assert_eq!(
        (&got["lags"], &got["horizon"], &got["holdout"]),
        (&2.into(), &3.into(), &40.into())
    );
    assert_eq!((&got["differences"], &got["scaler"]), (&1.into(), &"robust".into()));
    assert_eq!((got["levels"][0].as_f64(), &got["seasons"][0]), (Some(90.0), &9.into()));
    assert_eq!((&got["seq_length"], &got["batch_size"]), (&10.into(), &3.into()));
    let train = &got["train"];
    assert_eq!(train["optimizer"]["name"], "rmsprop");
    assert_eq!(train["optimizer"]["momentum"], 0.3);
    assert_eq!(train["optimizer"]["weight_decay"], 0.01);
    assert_eq!(train["schedule"]["name"], "step");
    assert_eq!(train["schedule"]["warmup"], 2);
    assert_eq!(train["schedule"]["step_size"], 5);
    assert_eq!(train["schedule"]["factor"], 0.4);
    assert_eq!(train["schedule"]["floor"], 0.1);
    assert_eq!(train["schedule"]["plateau_patience"], 3);
    assert_eq!(
        (&train["loss"], &train["clip"], &train["carry"], &train["seed"]),
        (&"huber".into(), &0.7.into(), &false.into(), &3.into())
    );
    assert_eq!((&train["val_every"], &train["patience"]), (&4.into(), &9.into()));
    assert_eq!((&train["max_steps"], &train["learning_rate"]), (&12.into(), &0.004.into()));
    assert_eq!(model["dropout"], 0.1);
}

#[test]
fn names_of_cells_may_have_capitals() {
    let run = Room::new().json("train --cell GRU --steps 2");
    assert_eq!(run["configuration"]["model"]["cell"], "gru");
    // `--steps` is an alias of `--max-steps`.
    assert_eq!(run["optimizer_steps"], 2);
}

#[test]
fn an_instruction_set_changes_the_last_bits_and_no_more() {
    let room = Room::new();
    let machine = room.json("bench --workload W1 --runs 1 --seconds 0.001")["machine"].clone();
    let sets: Vec<String> = serde_json::from_value(machine["isa_available"].clone()).unwrap();
    let losses = |isa: &str| -> Vec<f64> {
        let line =
            format!("train --cell lstm --hidden 80 --batch-size 20 --max-steps 6 --isa {isa}");
        let run = room.json(&line);
        run["history"].as_array().unwrap().iter().map(|s| s["loss"].as_f64().unwrap()).collect()
    };
    let all: Vec<Vec<f64>> = sets.iter().map(|isa| losses(isa)).collect();
    for (isa, got) in sets.iter().zip(&all).skip(1) {
        assert!(*got != all[0], "{isa} is {}", sets[0]);
        for (got, want) in got.iter().zip(&all[0]) {
            assert!((got - want).abs() < 1e-4 * want, "{isa}: {got} for {want}");
        }
    }
    let ran = room.run("train nothing.csv --isa sse9");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no instruction set of this machine is called `sse9`"), "{}", ran.err);
    assert!(ran.err.contains("choose from `portable`"), "{}", ran.err);
}

#[test]
fn initial_weights_are_taken_from_a_file() {
    let room = Room::new();
    let first = room.json("train --max-steps 20 --save a.safetensors");
    let second = room.json("train --max-steps 20 --init a.safetensors --save b.safetensors");
    let first_loss = |run: &serde_json::Value| run["history"][0]["loss"].as_f64().unwrap();
    // The first window seen again with what was learnt: far better than at random.
    assert!(first_loss(&second) < 0.5 * first_loss(&first));
    let ran = room.run("train --hidden 16 --init a.safetensors");
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("`rnn.weight_ih_l0` is F32 [32, 1] where the model has F32 [16, 1]"));
}

#[test]
fn a_series_is_scored_beside_the_baselines() {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    let ran = room.run("train sales.csv --holdout 48");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found = "monthly, 2000-01-01 to 2019-12-01, 240 values, no gaps";
    assert!(ran.err.contains(found), "{}", ran.err);
    let test_set = "test set: the last 48 values, from 2016-01-01; 48 forecasts of 1 step";
    assert!(ran.out.contains(test_set), "{}", ran.out);
    assert_eq!(room.files(), ["sales.csv", "sales.safetensors"]);
    let json = room.json("train sales.csv --holdout 48");
    let mase = |name: &str| {
        let scores = json["scores"].as_array().unwrap();
        scores.iter().find(|score| score["name"] == name).unwrap()["mase"].as_f64().unwrap()
    };
    assert!(mase("elman") < 0.5 * mase("seasonal_naive"), "{}", json["scores"]);
    assert!(ran.out.contains(&format!("seasonal_naive  {:>8.3}", mase("seasonal_naive"))));
    assert_eq!((&json["seasons"][0], &json["test_forecasts"]), (&12.into(), &48.into()));
    // The 80 % interval contains about four fifths of the values.
    let coverage = json["coverage"][0].as_f64().unwrap();
    assert!((0.6..1.0).contains(&coverage), "{coverage}");
}

#[test]
fn it_says_plainly_when_the_network_is_worth_nothing() {
    let room = Room::new();
    let ran =
        room.run(&format!("train {} --max-steps 3 --save m.safetensors", example("sp500.csv")));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let claim = ran.out.lines().find(|line| line.starts_with("note: elman is")).unwrap();
    assert!(claim.contains("baseline"), "{claim}");
    let forecast = room.run("forecast m.safetensors --horizon 2");
    assert!(forecast.err.contains(claim), "{}", forecast.err);
}

#[test]
fn a_panel_with_missing_values_is_trained_and_every_command_takes_the_model() {
    let room = Room::new();
    let all = monthly(96);
    let mut table = "store,ds,y\n".to_owned();
    for (store, from) in [("north", 0), ("south", 20)] {
        for (i, line) in all.lines().skip(1 + from).enumerate() {
            let date = line.split(',').next().unwrap();
            let line = if i == 30 { format!("{date},") } else { line.to_owned() };
            table.push_str(&format!("{store},{line}\n"));
        }
    }
    room.write("stores.csv", &table);
    let line = "train stores.csv --horizon 3 --likelihood gaussian --level 90 --max-steps 30";
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("2 series, monthly"), "{}", ran.err);
    assert!(ran.out.contains("values of each series"), "{}", ran.out);
    let again = "forecast stores.safetensors stores.csv --horizon 4";
    assert!(ran.out.contains(&format!("elman {}", &again[..43])), "{}", ran.out);
    let forecast = room.run(again);
    let lines: Vec<&str> = forecast.out.lines().collect();
    assert_eq!(lines[0], "unique_id,ds,elman,elman-lo-90,elman-hi-90");
    assert_eq!((lines.len(), forecast.code), (1 + 2 * 4, 0), "{}", forecast.err);
    let backtest = room.json("backtest stores.safetensors stores.csv --n-windows 5 --level 50");
    assert_eq!((&backtest["horizon"], &backtest["levels"][0]), (&3.into(), &50.0.into()));
    assert!(backtest["metrics"]["elman"]["mase"].as_f64().unwrap() > 0.0);
    assert_eq!(backtest["coverage"].as_array().unwrap().len(), 1);
}

#[test]
fn early_stopping_takes_the_best_weights_and_leaves_the_held_out_part_alone() {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    let line = "train sales.csv --max-steps 4000 --val-every 20 --patience 3 --schedule constant";
    let run = room.json(line);
    assert_eq!(run["stopped_early"], true);
    let evaluations: Vec<f64> = run["evaluations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["validation_loss"].as_f64().unwrap())
        .collect();
    let best = evaluations.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(evaluations[evaluations.len() - 4], best, "three worse ones after the best");
    // Changing the held-out part changes nothing that was learnt.
    let mut other: Vec<String> = monthly(240).lines().map(str::to_owned).collect();
    for line in other.iter_mut().skip(1 + 192) {
        let date = line.split(',').next().unwrap().to_owned();
        *line = format!("{date},7777");
    }
    room.write("other.csv", &(other.join("\n") + "\n"));
    let again = room.json(&line.replace("sales.csv", "other.csv"));
    assert!(run["history"] == again["history"]);
    assert!(run["evaluations"] == again["evaluations"]);
    assert_ne!(run["scores"], again["scores"]);
}

#[test]
fn pictures_are_kept_in_every_format() {
    let room = Room::new();
    let ran = room.run("train --plot a.png --plot b.svg --plot c.html");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let bytes = |name: &str| std::fs::read(room.path(name)).unwrap();
    assert!(bytes("a.png").starts_with(b"\x89PNG\r\n"));
    let svg = String::from_utf8(bytes("b.svg")).unwrap();
    assert!(svg.contains("step 75"), "every report has its picture");
    let html = String::from_utf8(bytes("c.html")).unwrap();
    assert!(html.contains("step 15") && !html.contains("src=\"http"));
}

#[test]
fn quiet_prints_nothing_and_still_saves() {
    let room = Room::new();
    let ran = room.run("train --quiet");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert_eq!(room.files(), ["lesson.safetensors"]);
}

#[test]
fn weights_that_are_kept_after_divergence_can_forecast() {
    for options in
        ["--val-every 1", "--val-every 1 --max-steps 1", "--max-steps 2", "--max-steps 1"]
    {
        let room = Room::new();
        let line = format!("train --cell rnn_relu --optimizer sgd --lr 1e30 {options} --quiet");
        let ran = room.run(&line);
        assert!([0, 4].contains(&ran.code), "{line}: {} {}", ran.code, ran.err);
        let is_saved = room.files() == ["lesson.safetensors"];
        assert!(is_saved || ran.err.contains("no model is saved"), "{line}: {}", ran.err);
        let forecast = room.run("forecast lesson.safetensors --horizon 3");
        assert_eq!(forecast.code == 0, is_saved, "{line}: {}", forecast.err);
    }
}

#[test]
fn divergence_before_the_first_evaluation_keeps_the_old_model_and_exits_with_4() {
    let room = Room::new();
    assert_eq!(room.run("train --max-steps 20 --quiet").code, 0);
    let old = std::fs::read(room.path("lesson.safetensors")).unwrap();
    let ran = room.run("train --cell rnn_relu --optimizer sgd --lr 1e30 --max-steps 200");
    assert_eq!(ran.code, 4, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("learning rate halved"), "{}", ran.err);
    assert!(ran.err.contains("training diverged"), "{}", ran.err);
    assert!(ran.err.contains("no model is saved"), "{}", ran.err);
    assert!(std::fs::read(room.path("lesson.safetensors")).unwrap() == old);
}

#[test]
fn what_to_try_next_works_as_it_is_printed() {
    let room = Room::new();
    room.write("two.csv", &monthly(120).replace("ds,y", "when,units"));
    let line = "train two.csv --target units --time-col when --max-steps 5 --plain";
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let tries = ran.out.split("try next\n").nth(1).unwrap();
    let commands: Vec<&str> = tries.lines().filter_map(|l| l.strip_prefix("  elman ")).collect();
    assert_eq!(commands.len(), 3);
    for command in commands {
        let ran = room.run(command);
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
    }
}

/// The commands of `try next` after `line`.
fn tries(room: &Room, line: &str) -> Vec<String> {
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    let tries = ran.out.split("try next\n").nth(1).unwrap();
    tries.lines().filter_map(|line| line.strip_prefix("  elman ")).map(str::to_owned).collect()
}

#[test]
fn what_to_try_next_keeps_the_options_of_the_training() {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    let options = "--lags 3 --horizon 2 --differences 1 --transform log --season 6,12 --no-carry";
    let line = format!("train sales.csv {options} --max-steps 5 --save m.safetensors --plain");
    let [forecast, again, larger] = &tries(&room, &line)[..] else { panic!("three commands") };
    assert!(forecast.starts_with("forecast m.safetensors --horizon"), "{forecast}");
    for command in [again, larger] {
        for option in options.split("--").skip(1) {
            assert!(command.contains(&format!("--{}", option.trim())), "{option} in {command}");
        }
        assert!(!command.contains("--save") && !command.contains("--plain"), "{command}");
        assert_eq!(room.run(command).code, 0, "{command}");
    }
    assert!(again.contains("--max-steps 5"), "{again}");
    assert!(!larger.contains("--max-steps 5"), "{larger}");
    let lesson = tries(&room, "train --cell gru --seed 4 --max-steps 5");
    assert!(
        lesson[1].starts_with("train --cell gru --max-steps 5 --seed 4 --no-carry"),
        "{lesson:?}"
    );
}

#[test]
fn a_resumed_training_has_no_options_to_keep() {
    let room = Room::new();
    room.run("train --cell gru --max-steps 5 --checkpoint c.safetensors --quiet");
    let commands = tries(&room, "train --resume c.safetensors --max-steps 8");
    assert_eq!(commands.len(), 1, "{commands:?}");
    assert!(commands[0].starts_with("forecast "), "{commands:?}");
}

#[test]
fn the_windows_of_the_training_are_printed() {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    let ran = room.run("train sales.csv --max-steps 2 --season 12 --batch-size 2 --plain");
    let windows = "sequence length 24, batch size 2; seasonal period: 12 time steps\n";
    assert!(ran.out.contains(windows), "{}", ran.out);
    let lesson = room.run("train --max-steps 2 --plain");
    assert!(lesson.out.contains("sequence length 20, batch size 1\n"), "{}", lesson.out);
}

#[test]
fn dropout_without_a_second_layer_is_told_of() {
    let room = Room::new();
    let note = "`--dropout 0.1` has no effect";
    let one = room.run("train --dropout 0.1 --max-steps 2");
    assert!(one.code == 0 && one.err.contains(note), "{}", one.err);
    let two = room.run("train --dropout 0.1 --layers 2 --max-steps 2");
    assert!(two.code == 0 && !two.err.contains(note), "{}", two.err);
    room.write("words.txt", &"a rose is a rose ".repeat(40));
    let text = room.run("text train words.txt --layers 1 --hidden 4 --dropout 0.1 --max-steps 2");
    assert!(text.code == 0 && text.err.contains(note), "{}", text.err);
}

#[test]
fn the_checkpoint_is_kept_and_named_at_the_end() {
    let room = Room::new();
    let kept = "kept      c.safetensors, the last checkpoint";
    let ran = room.run("train --max-steps 20 --checkpoint c.safetensors");
    assert!(ran.code == 0 && ran.out.contains(kept), "{}", ran.out);
    let ran = room.run("train --resume c.safetensors --max-steps 30");
    assert!(ran.code == 0 && ran.out.contains(kept), "{}", ran.out);
    assert!(room.files().contains(&"c.safetensors".to_owned()));
    assert!(!room.run("train --max-steps 20").out.contains("kept"));
}

#[test]
fn values_too_large_to_square_are_refused() {
    let room = Room::new();
    room.write("huge.csv", &monthly(60).replace(".", "").replace("\n2", "e300\n2"));
    let ran = room.run("train huge.csv");
    assert_ne!(ran.code, 0);
    assert!(!room.files().contains(&"huge.safetensors".to_owned()), "{}", ran.err);
}

#[test]
fn a_short_lesson_is_trained() {
    let ran = Room::new().run("train --seq-length 2 --max-steps 5");
    assert_eq!(ran.code, 0, "{}", ran.err);
}
