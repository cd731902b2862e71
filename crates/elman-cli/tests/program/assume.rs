//! `elman forecast --assume`.

use crate::run::{Room, monthly};

/// The cells of a line of a table.
fn cells(table: &str, line: usize) -> Vec<String> {
    table.lines().nth(line).unwrap().split(',').map(str::to_owned).collect()
}

#[test]
fn assumed_values_give_a_second_forecast_from_the_hidden_state() {
    let room = Room::new();
    room.write("sales.csv", &monthly(96));
    room.run("train sales.csv --max-steps 30 --quiet");
    let plain = room.run("forecast sales.safetensors --horizon 5 --quiet").out;
    let line = "forecast sales.safetensors --horizon 5 --assume 2008-01=150,2008-02=160";
    let ran = room.run(&format!("{line} --plot both.svg"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(cells(&ran.out, 0)[7..9], ["elman-assumed", "elman-assumed-lo-80"]);
    for row in 1..=5 {
        assert_eq!(cells(&ran.out, row)[..7], cells(&plain, row)[..], "the first forecast stays");
    }
    assert_eq!(cells(&ran.out, 1)[7..], ["150", "150", "150", "150", "150"]);
    assert_eq!(cells(&ran.out, 2)[7], "160");
    assert_ne!(cells(&ran.out, 3)[7], cells(&ran.out, 3)[2]);
    assert!(
        ran.err.contains("if 2008-01-01 = 150, 2008-02-01 = 160: the forecast of `y`"),
        "{}",
        ran.err
    );
    // The future after the assumed values is that after the same values as new data.
    room.write("new.csv", "ds,y\n2008-01-01,150\n2008-02-01,160\n");
    let updated = room.run("forecast sales.safetensors new.csv --horizon 3 --quiet").out;
    for row in 1..=3 {
        assert_eq!(cells(&ran.out, row + 2)[7..9], cells(&updated, row)[2..4]);
    }
    let svg = std::fs::read_to_string(room.path("both.svg")).unwrap();
    assert!(svg.contains(">forecast if assumed<") && svg.contains(">forecast<"));
    let json = room.json(line);
    assert_eq!(
        (&json["assumed"][1]["ds"], &json["assumed"][1]["y"]),
        (&"2008-02-01".into(), &160.0.into())
    );
    assert_eq!(json["forecast"][0]["elman-assumed"], 150.0);
    assert_eq!(json["differences"].as_array().unwrap().len(), 1);
    let counted = room.run("forecast sales.safetensors --horizon 5 --assume +1=150,+2=160 --quiet");
    let dated = room.run(&format!("{line} --quiet"));
    assert_eq!(counted.out, dated.out);
}

#[test]
fn a_model_with_data_and_a_data_file_have_a_second_forecast_too() {
    let room = Room::new();
    room.write("sales.csv", &monthly(96));
    let line = "--horizon 4 --assume 2008-01=150";
    let saved = format!("forecast sales.csv {line} --max-steps 5 --save many.safetensors --quiet");
    let from_data = room.run(&saved);
    assert_eq!(from_data.code, 0, "{}", from_data.err);
    let from_model = room.run(&format!("forecast many.safetensors sales.csv {line} --quiet"));
    assert_eq!(from_model.out, from_data.out);
    assert_eq!(cells(&from_model.out, 1)[7], "150");
    let until =
        room.run("forecast many.safetensors sales.csv --until 2008-04 --assume +1=150 --quiet");
    assert_eq!(until.out, from_data.out);
}

#[test]
fn a_series_of_a_panel_is_named() {
    let room = Room::new();
    let mut csv = "ds,unique_id,y\n".to_owned();
    for shop in ["north", "south"] {
        for line in monthly(60).lines().skip(1) {
            let (date, value) = line.split_once(',').unwrap();
            csv.push_str(&format!("{date},{shop},{value}\n"));
        }
    }
    room.write("shops.csv", &csv);
    let line = "forecast shops.csv --horizon 3 --model theta";
    let ran = room.run(&format!("{line} --assume south:2005-01=300 --quiet"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(cells(&ran.out, 1)[7], cells(&ran.out, 1)[2], "north has no assumed value");
    assert_eq!(cells(&ran.out, 4)[7], "300");
    for (assume, said) in [
        ("2005-01=300", "put the name before the date, such as `--assume north:2005-01-01=1.5`"),
        ("soth:2005-01=300", "such as `--assume south:2005-01-01=1.5`"),
        ("south:2005-01=3 --assume south:2005-02=4", "given twice for series `south`"),
    ] {
        let ran = room.run(&format!("{line} --assume {assume}"));
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn wrong_assumed_values_name_the_next_date() {
    let room = Room::new();
    room.write("sales.csv", &monthly(48));
    room.run("train sales.csv --max-steps 2 --quiet");
    let said = |assume: &str| {
        let ran = room.run(&format!("forecast sales.safetensors --horizon 3 --assume {assume}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{assume}: {}", ran.err);
        let error = ran.err.find("error: ").unwrap();
        format!("{assume}\n{}", &ran.err[error..])
    };
    let wrong = [
        "2003-12=1",
        "2004-01-15=1",
        "2004=1",
        "soon=1",
        "2004-01=lots",
        "2004-01",
        "2004-02=1,2004-01=2",
        "2004-01=1,2004-01=2",
        "+0=1",
        "+3=1",
        "2004-01=inf",
        "2004-01=nan",
    ];
    insta::assert_snapshot!("assume_wrong", wrong.map(said).join("\n"));
}
