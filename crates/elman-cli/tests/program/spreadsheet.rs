//! Tables that people open in a spreadsheet.

use crate::run::Room;

/// A hundred days of two series, one of whose ids a spreadsheet would run.
fn with_formula(room: &Room) {
    let mut csv = "unique_id,ds,y\n".to_owned();
    for id in ["\"=1+1;=2\"", "-1"] {
        for day in 1..=60 {
            let (month, day) = (1 + (day - 1) / 28, 1 + (day - 1) % 28);
            csv.push_str(&format!("{id},2024-{month:02}-{day:02},{}\n", -10 - (day % 7)));
        }
    }
    room.write("sales.csv", &csv);
}

#[test]
fn formulas_are_text_where_that_is_asked_for() {
    let room = Room::new();
    with_formula(&room);
    let quick = "--horizon 1 --max-steps 5 --missing-dates skip";
    let run = |line: &str| {
        let ran = room.run(&format!("{line} {quick}"));
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        ran
    };
    let read = |name: &str| std::fs::read_to_string(room.path(name)).unwrap();

    let exact = run("forecast sales.csv");
    assert!(exact.out.contains("\n=1+1;=2,2024-"), "{}", exact.out);
    let note =
        "note: a spreadsheet would run the name \"=1+1;=2\" as a formula; `--safe-csv` writes";
    assert!(exact.err.contains(note), "{}", exact.err);

    let safe = run("forecast sales.csv --safe-csv");
    assert!(safe.out.contains("\n\"'=1+1;=2\",\"2024-"), "{}", safe.out);
    assert!(!safe.err.contains("spreadsheet"), "{}", safe.err);
    // Nothing else is changed: the id that is a number, and the values below 0.
    assert_eq!(safe.out.replace("'=", "=").replace('"', ""), exact.out.replace('"', ""));

    run("forecast sales.csv --safe-csv --out f.csv --save m.safetensors");
    assert_eq!(read("f.csv"), safe.out);
    let again = room.run("forecast m.safetensors sales.csv --horizon 1 --safe-csv");
    assert_eq!(again.out, safe.out);
    run("backtest sales.csv --n-windows 2 --safe-csv --out b.csv");
    let tested = read("b.csv");
    assert!(tested.lines().nth(1).unwrap().starts_with("\"'=1+1;=2\",\"2024-"), "{tested}");
    let scores = run("backtest sales.csv --n-windows 2");
    assert!(!scores.err.contains("spreadsheet"), "no names are written: {}", scores.err);
    let lines = run("forecast sales.csv --out f.jsonl --safe-csv");
    assert!(read("f.jsonl").contains("\"unique_id\":\"=1+1;=2\""), "{}", lines.err);
    let lines = run("forecast sales.csv --out f.jsonl");
    assert!(!lines.err.contains("spreadsheet"), "{}", lines.err);
}

#[test]
fn the_name_of_a_column_is_one_too() {
    let room = Room::new();
    let rows: String = (1..=28).map(|day| format!("2024-02-{day:02},{day}\n")).collect();
    room.write("d.csv", &format!("ds,@SUM(1)\n{rows}"));
    for line in
        ["train d.csv --max-steps 5 --quiet", "forecast d.safetensors --horizon 1 --safe-csv"]
    {
        let ran = room.run(line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        assert!(line.starts_with("train") || ran.out.contains("\n\"'@SUM(1)\","), "{}", ran.out);
    }
    let exact = room.run("forecast d.safetensors --horizon 1");
    assert!(exact.out.contains("\n@SUM(1),"), "{}", exact.out);
    assert!(exact.err.contains("--safe-csv"), "{}", exact.err);
}
