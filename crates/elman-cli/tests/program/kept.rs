//! `elman forecast --save`: the networks of a panel kept for newer data.

use crate::run::{Room, monthly};

#[test]
fn kept_networks_forecast_newer_data_without_training() {
    let room = Room::new();
    let all = monthly(120);
    let known: String = all.lines().take(100).map(|line| format!("{line}\n")).collect();
    room.write("known.csv", &known);
    room.write("all.csv", &all);
    let first = room.run("forecast known.csv --horizon 3 --max-steps 30 --save m.safetensors");
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(first.err.contains("elman forecast m.safetensors known.csv --horizon 3"));
    let again = room.run("forecast m.safetensors known.csv --horizon 3");
    assert_eq!(again.out, first.out, "{}", again.err);
    let newer = room.run("forecast m.safetensors all.csv --horizon 5 --level 50");
    assert!(newer.out.starts_with("unique_id,ds,elman,elman-lo-50,elman-hi-50\n"), "{}", newer.out);
    assert!(newer.out.contains("2010-05-01") && newer.out.lines().count() == 6, "{}", newer.out);
    assert!(newer.err.contains("trained for a horizon of 3"), "{}", newer.err);
    // What was measured in training was measured at its levels.
    assert!(
        newer.err.contains("80 % interval") && !newer.err.contains("50 % interval"),
        "{}",
        newer.err
    );
    for (line, said) in [
        ("forecast m.safetensors --horizon 3", "needs a data file"),
        ("forecast m.safetensors all.csv --horizon 3 --season 4", "leave out"),
        ("forecast m.safetensor all.csv --horizon 3", "No such file"),
        ("forecast m.safetensors all.csv --horizon 3 --save n.safetensors", "a model already"),
        ("forecast all.csv --horizon 3 --save known.csv", "not a model of elman"),
    ] {
        let ran = room.run(line);
        assert!(ran.code != 0 && ran.err.contains(said), "{line}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn the_number_of_threads_is_not_in_the_file() {
    let room = Room::new();
    let mut shops = "shop,ds,y\n".to_owned();
    for (i, shop) in ["a", "b", "c"].into_iter().enumerate() {
        for line in monthly(40 + i).lines().skip(1) {
            shops += &format!("{shop},{line}\n");
        }
    }
    room.write("shops.csv", &shops);
    room.write("sales.csv", &monthly(60));
    room.write("words.txt", &"to be or not to be, that is the question\n".repeat(40));
    for line in [
        "forecast shops.csv --horizon 3 --hidden-size 4 --max-steps 8",
        "forecast shops.csv --horizon 3 --hidden-size 4 --max-steps 8 --scope local",
        "train sales.csv --max-steps 8 --batch-size 2",
        "text train words.txt --hidden-size 8 --max-steps 8",
    ] {
        let saved = ["1", "2", "7"].map(|threads| {
            let ran = room.run(&format!("{line} --save m.safetensors --threads {threads} --quiet"));
            assert_eq!(ran.code, 0, "{line}: {}", ran.err);
            let bytes = std::fs::read(room.path("m.safetensors")).unwrap();
            std::fs::remove_file(room.path("m.safetensors")).unwrap();
            bytes
        });
        assert!(saved[0] == saved[1] && saved[1] == saved[2], "{line}");
    }
}

#[test]
fn covariates_are_named_tried_and_kept() {
    let room = Room::new();
    let mut csv = "ds,y,open,region\n".to_owned();
    for t in 0..90 {
        let open = i32::from(t * t % 7 < 3);
        let y = if t < 86 { (50 + 30 * open + t % 3).to_string() } else { String::new() };
        csv.push_str(&format!("2024-{:02}-{:02},{y},{open},north\n", 1 + t / 28, 1 + t % 28));
    }
    room.write("shop.csv", &csv);
    let line = "forecast shop.csv --target y --futr-exog open --static-exog region --season 0 \
                --max-steps 60 --horizon 4 --save shop.safetensors";
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("covariates used: open, region"), "{}", ran.err);
    let again = room.run("forecast shop.safetensors shop.csv --horizon 4 --quiet");
    assert_eq!(again.out, ran.out, "the file knows which columns are covariates");
    let far = room.run("forecast shop.safetensors shop.csv --horizon 5 --quiet");
    assert_eq!((far.code, far.out.as_str()), (3, ""), "{}", far.err);
    assert!(far.err.contains("`open` of series `y` is not known for 2024-04-07"), "{}", far.err);
    let wrong = room.run("forecast shop.csv --futr-exog opne --horizon 4");
    assert!(wrong.code == 3 && wrong.err.contains("did you mean `open`"), "{}", wrong.err);
    // A network without model selection has the same covariates.
    let line = "train shop.csv --target y --futr-exog open --static-exog region --missing-dates fill \
                --max-steps 20 --save one.safetensors --quiet";
    assert_eq!(room.run(line).code, 0);
    let forecast = room.run("forecast one.safetensors shop.csv --horizon 1 --quiet");
    assert_eq!((forecast.code, forecast.out.lines().count()), (0, 2), "{}", forecast.err);
    let without = room.run("forecast one.safetensors --horizon 1");
    assert!(without.code == 2 && without.err.contains("needs a data file"), "{}", without.err);
}

#[test]
fn heads_and_losses_are_chosen_by_name() {
    let room = Room::new();
    room.write("sales.csv", &monthly(90));
    let line = "forecast sales.csv --horizon 3 --max-steps 60 --level 80";
    let point = room.run(line);
    for head in ["quantiles", "gaussian", "student-t"] {
        let ran = room.run(&format!("{line} --likelihood {head} --json"));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains(&format!("\"likelihood\":\"{head}\"")), "{}", ran.out);
        assert_ne!(ran.out, point.out);
    }
    let back = room
        .run("backtest sales.csv --horizon 3 --n-windows 4 --max-steps 30 --likelihood gaussian");
    assert!(back.code == 0 && back.err.contains("CRPS: "), "{}", back.err);
    for (code, more, said) in [
        (3, "--likelihood negative-binomial", "counts 0, 1, 2"),
        (2, "--likelihood gaussian --loss mse", "has its own loss"),
        (2, "--likelihood gausian", "gaussian"),
    ] {
        let ran = room.run(&format!("{line} {more}"));
        assert!(ran.code == code && ran.err.contains(said), "{more}: {} {}", ran.code, ran.err);
    }
}

#[test]
fn absent_dates_are_missing_values_and_for_kept_networks_too() {
    let room = Room::new();
    let all = monthly(60);
    let rows: Vec<String> = all.lines().map(|line| format!("{line}\n")).collect();
    room.write("gap.csv", &[&rows[..40], &rows[42..]].concat().concat());
    let line = "forecast gap.csv --horizon 2 --max-steps 30 --save m.safetensors";
    let first = room.run(line);
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(
        first.err.contains("note: 2 dates absent from the file: added as missing values"),
        "{}",
        first.err
    );
    let again = room.run("forecast m.safetensors gap.csv --horizon 2");
    assert_eq!(again.out, first.out, "{}", again.err);
    assert!(again.err.contains("2 dates absent"), "{}", again.err);
    let alias = room.run("forecast gap.csv --horizon 2 --max-steps 30 --fill-missing-dates");
    assert_eq!(alias.out, first.out, "{}", alias.err);
    let in_rows = room.run("forecast gap.csv --horizon 2 --max-steps 30 --missing-dates skip");
    assert!(in_rows.err.contains("1 gap (2 steps missing)"), "{}", in_rows.err);
    let one = room.run("train gap.csv --max-steps 5");
    assert!(
        one.err.contains("2 dates absent from the file: added as missing values"),
        "{}",
        one.err
    );
}

#[test]
fn a_date_is_reached_by_each_series_in_its_own_number_of_steps() {
    let room = Room::new();
    let mut csv = "unique_id,ds,y\n".to_owned();
    for (id, days) in [("early", 26), ("late", 29), ("over", 40)] {
        for t in 0..days {
            let (month, day) = (1 + t / 31, 1 + t % 31);
            csv += &format!("{id},2024-{month:02}-{day:02},{}\n", 10 + t % 7);
        }
    }
    room.write("days.csv", &csv);
    let ran = room.run("forecast days.csv --until 2024-01 --max-steps 5 --save m.safetensors");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let dates = |id: &str| -> Vec<String> {
        let own = ran.out.lines().filter(|line| line.starts_with(id));
        own.filter_map(|line| line.split(',').nth(1)).map(str::to_owned).collect()
    };
    assert_eq!(dates("early").first().map(String::as_str), Some("2024-01-27"));
    assert_eq!((dates("early").len(), dates("late").len(), dates("over").len()), (5, 2, 0));
    assert_eq!(dates("late").last().map(String::as_str), Some("2024-01-31"));
    assert!(ran.err.contains("1 series end after this date"), "{}", ran.err);
    let again = room.run("forecast m.safetensors days.csv --until 2024-01-31 --quiet");
    assert_eq!(again.out, ran.out, "{}", again.err);
    for (line, code, said) in [
        ("forecast days.csv", 2, "--horizon"),
        ("forecast days.csv --horizon 2 --until 2025", 2, "cannot be used with"),
        ("forecast days.csv --until 2023", 2, "is not after the last value"),
        ("forecast days.csv --until tomorrow", 2, "is no date"),
    ] {
        let ran = room.run(line);
        assert!(ran.code == code && ran.err.contains(said), "{line}: {} {}", ran.code, ran.err);
    }
}
