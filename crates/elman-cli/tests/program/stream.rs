//! `elman stream`: what it answers, to which lines, and when.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::run::{Ran, Room, monthly};

/// A folder with a model `m.safetensors`, trained on 120 months with a horizon of 3.
fn room() -> Room {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    let line =
        "train sales.csv --max-steps 30 --horizon 3 --hidden-size 4 --save m.safetensors --quiet";
    let ran = room.run(line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    room
}

/// The months from number `from` on, with a header.
fn months(from: usize, to: usize) -> String {
    let all = monthly(to);
    let mut lines = all.lines();
    let header = lines.next().unwrap();
    let rows: Vec<&str> = lines.skip(from).collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

/// Runs `line` with `input` on stdin.
fn fed(room: &Room, line: &str, input: impl AsRef<[u8]>) -> Ran {
    let mut command = room.command(line);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_ref().to_owned();
    // With `--strict` the program ends before it has read all.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

#[track_caller]
fn done(room: &Room, line: &str, input: impl AsRef<[u8]>) -> Ran {
    let ran = fed(room, line, input);
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    ran
}

/// A running stream with a reader of its lines.
struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    out: Receiver<String>,
    err: Receiver<String>,
}

/// Time within which an answer must come.
const SOON: Duration = Duration::from_secs(20);

impl Running {
    fn start(room: &Room, line: &str) -> Self {
        let mut command = room.command(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = lines(child.stdout.take().unwrap());
        let err = lines(child.stderr.take().unwrap());
        Self { stdin: child.stdin.take(), child, out, err }
    }

    fn send(&mut self, text: &str) {
        self.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn answer(&self) -> String {
        self.out.recv_timeout(SOON).expect("an answer before the next line")
    }

    #[cfg(unix)]
    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// The exit code and the rest of stderr.
    fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        (code, self.err.iter().collect::<Vec<_>>().join("\n"))
    }
}

fn lines(from: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[test]
fn csv_in_csv_out_as_elman_forecast() {
    let room = room();
    let ran = done(&room, "stream m.safetensors", months(120, 124));
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[0], "ds,cutoff,elman,elman-lo-80,elman-hi-80,elman-lo-95,elman-hi-95");
    assert_eq!(lines.len(), 5, "{}", ran.out);
    for (line, (ds, cutoff)) in lines[1..].iter().zip([
        ("2010-02-01", "2010-01-01"),
        ("2010-03-01", "2010-02-01"),
        ("2010-04-01", "2010-03-01"),
        ("2010-05-01", "2010-04-01"),
    ]) {
        assert!(line.starts_with(&format!("{ds},{cutoff},")), "{line}");
    }
    // The model has the state after 120 values: the forecast after one more is that of `elman forecast`.
    room.write("next.csv", &months(120, 121));
    let forecast = room.run("forecast m.safetensors next.csv --horizon 1 --quiet");
    let value =
        |line: &str, column: usize| line.split(',').nth(column).unwrap().parse::<f64>().unwrap();
    let right = value(forecast.out.lines().nth(1).unwrap(), 2);
    let streamed = value(lines[1], 2);
    // One row and several rows are summed in another order.
    assert!((streamed - right).abs() <= 1e-5 * (1.0 + right.abs()), "{streamed} and {right}");
}

#[test]
fn a_longer_horizon_has_columns_for_each_step() {
    let room = room();
    let ran = done(&room, "stream m.safetensors --horizon 2 --level 90", months(120, 121));
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        lines[0],
        "ds,cutoff,elman+1,elman+1-lo-90,elman+1-hi-90,elman+2,elman+2-lo-90,elman+2-hi-90"
    );
    assert_eq!(lines[1].split(',').count(), 8);
    let ran = fed(&room, "stream m.safetensors --horizon 4", months(120, 121));
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("the horizon is 4") && ran.err.contains("help: "), "{}", ran.err);
}

#[test]
fn json_lines_in_and_out_have_the_same_numbers_as_csv() {
    let room = room();
    let csv = months(120, 124);
    let by_csv = done(&room, "stream m.safetensors --horizon 3", &csv).out;
    let objects: Vec<String> = csv
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .map(|(ds, y)| format!("{{\"ds\":\"{ds}\",\"y\":{y}}}\n"))
        .collect();
    let by_json = done(&room, "stream m.safetensors --horizon 3", objects.concat()).out;
    assert_eq!(done(&room, "stream m.safetensors --horizon 3 --json", &csv).out, by_json);
    for (csv, json) in by_csv.lines().skip(1).zip(by_json.lines()) {
        let json: Value = serde_json::from_str(json).unwrap();
        let cells: Vec<&str> = csv.split(',').collect();
        assert_eq!(json["ds"][0], cells[0]);
        assert_eq!(json["cutoff"], cells[1]);
        assert_eq!(json["arrival"], "next");
        for (step, cells) in cells[2..].chunks(5).enumerate() {
            let names = ["elman", "elman-lo-80", "elman-hi-80", "elman-lo-95", "elman-hi-95"];
            for (name, cell) in names.iter().zip(cells) {
                assert_eq!(json[name][step].as_f64(), cell.parse().ok(), "{name}");
            }
        }
    }
}

#[test]
fn series_are_told_apart_by_their_ids() {
    let room = room();
    let two = "unique_id;ds;y\nb;2024-01-01;5\n\"a;1\";2024-01-01;7,5\nb;2024-02-01;6\n";
    let ran = done(&room, "stream m.safetensors --level 80", two);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[0], "unique_id,ds,cutoff,elman,elman-lo-80,elman-hi-80");
    assert!(lines[1].starts_with("b,2024-02-01,2024-01-01,"), "{}", ran.out);
    assert!(lines[2].starts_with("a;1,2024-02-01,2024-01-01,"), "{}", ran.out);
    assert!(lines[3].starts_with("b,2024-03-01,2024-02-01,"), "{}", ran.out);
}

#[test]
fn an_answer_comes_before_the_next_line_is_sent() {
    let room = room();
    let mut running = Running::start(&room, "stream m.safetensors --quiet");
    let csv = months(120, 126);
    let mut lines = csv.lines();
    running.send(&format!("{}\n", lines.next().unwrap()));
    for (n, line) in lines.enumerate() {
        // A line that comes in two pieces.
        let (begin, end) = line.split_at(4);
        running.send(begin);
        running.send(&format!("{end}\n"));
        if n == 0 {
            assert!(running.answer().starts_with("ds,cutoff,elman"));
        }
        let answer = running.answer();
        assert_eq!(answer.split(',').nth(1), line.split(',').next());
    }
    drop(running.stdin.take());
    assert_eq!(running.end(), (Some(0), String::new()));
}

#[test]
fn many_lines_are_written_in_few_blocks() {
    let room = room();
    let mut csv = "unique_id,ds,y\n".to_owned();
    (0..3000).for_each(|n| csv.push_str(&format!("s{n},2024-01-01,{n}\n")));
    let out = std::fs::File::create(room.path("out.csv")).unwrap();
    room.write("in.csv", &csv);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-c", "-e", "trace=write", "-o", "calls"]);
    strace.args([env!("CARGO_BIN_EXE_elman"), "stream", "m.safetensors", "--quiet"]);
    strace.current_dir(room.path("m.safetensors").parent().unwrap());
    strace.stdin(std::fs::File::open(room.path("in.csv")).unwrap()).stdout(out);
    let Ok(status) = strace.status() else { return };
    assert!(status.success());
    let calls = std::fs::read_to_string(room.path("calls")).unwrap();
    let writes = calls.lines().find(|line| line.ends_with(" write")).unwrap();
    let number: u64 = writes.split_whitespace().nth(3).unwrap().parse().unwrap();
    assert!(number < 100, "{calls}");
    assert_eq!(std::fs::read_to_string(room.path("out.csv")).unwrap().lines().count(), 3001);
}

#[test]
fn bad_lines_are_reported_counted_and_skipped() {
    let room = room();
    let good = months(120, 124);
    let rows: Vec<&str> = good.lines().collect();
    let long = "x".repeat((1 << 20) + 1);
    let mut feed = format!(
        "{}\n{}\n2010-02-01,1,2\nnot a date,5\n2010-02-01,many\n\n\"2010-02-01,5\n{long}\n{}\n{}\n",
        rows[0], rows[1], rows[2], rows[3]
    )
    .into_bytes();
    feed.extend_from_slice(b"2010-04-01,\xff\n");
    feed.extend_from_slice(rows[4].as_bytes());
    let ran = done(&room, "stream m.safetensors --summary summary.json", &feed);
    assert_eq!(ran.out, done(&room, "stream m.safetensors", &good).out, "as without them");
    let said = |text: &str| assert!(ran.err.contains(text), "{text}: {}", ran.err);
    said("line 3: has 3 cells, and the header has 2\n");
    said("line 4: `not a date` is no date\n");
    said("line 5: y: `many` is not a number\n");
    said("line 7: a quotation mark is not closed\n");
    said("line 8: is longer than 1,048,576 bytes\n");
    said("line 11: is not UTF-8\n");
    said("6 bad lines skipped");
    let summary: Value =
        serde_json::from_str(&std::fs::read_to_string(room.path("summary.json")).unwrap()).unwrap();
    assert_eq!((&summary["bad_lines"], &summary["lines"]), (&6.into(), &12.into()));
    assert_eq!(summary["summary"]["observations"], 4);
}

#[test]
fn of_many_bad_lines_the_first_are_reported() {
    let room = room();
    let feed = format!("ds,y\n2010-01-01,1\n{}", "x\n".repeat(500));
    let ran = done(&room, "stream m.safetensors", feed);
    assert_eq!(ran.err.matches("has 1 cell").count(), 20, "{}", ran.err);
    assert!(ran.err.contains("further bad lines are only counted"), "{}", ran.err);
    assert!(ran.err.contains("500 bad lines skipped"), "{}", ran.err);
    let ran = fed(&room, "stream m.safetensors", "ds,y\nx\ny\n");
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "no line is an observation: {}", ran.err);
}

#[test]
fn strict_stops_at_the_first_bad_line() {
    let room = room();
    let feed = format!("{}2010-03-01,x\n2010-03-01,5\n", months(120, 122));
    let ran = fed(&room, "stream m.safetensors --strict", feed);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 3, "the forecasts before it: {}", ran.out);
    let last: Vec<&str> = ran.err.lines().rev().take(2).collect();
    assert_eq!(last[1], "error: line 4: y: `x` is not a number");
    assert!(last[0].contains("help: leave out `--strict`"), "{}", ran.err);
}

#[test]
fn duplicates_late_observations_and_gaps_are_noted_once_and_counted() {
    let room = room();
    let feed = "ds,y\n2010-01-01,100\n2010-01-01,101\n2010-01-01,102\n2009-12-01,99\n2010-04-01,103\n2030-04-01,104\n2030-05-01,105\n";
    let ran = done(&room, "stream m.safetensors --json --max-gap 5", feed);
    let rows: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let arrivals: Vec<&str> = rows.iter().map(|row| row["arrival"].as_str().unwrap()).collect();
    assert_eq!(arrivals, ["next", "after_gap", "reset"], "{}", ran.out);
    assert_eq!(rows[1]["missing"], 2);
    assert_eq!(ran.err.matches("is known already").count(), 1, "{}", ran.err);
    assert!(ran.err.contains("note: line 3: 2010-01-01 is known already"), "{}", ran.err);
    assert!(
        ran.err.contains("note: line 5: 2009-12-01 is before the last observation, 2010-01-01"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("note: line 6: 2 absent time steps before 2010-04-01"), "{}", ran.err);
    assert!(
        ran.err.contains(
            "note: line 7: 239 absent time steps before 2030-04-01, more than `--max-gap`: skipped"
        ),
        "{}",
        ran.err
    );
    let reset = "note: line 8: 240 absent time steps before 2030-05-01, more than `--max-gap`: the hidden state is reset";
    assert!(ran.err.contains(reset), "{}", ran.err);
    assert!(ran.err.contains("2 duplicates, 1 late, 1 early, 1 reset"), "{}", ran.err);
}

#[test]
fn progress_is_printed_every_so_many_lines() {
    let room = room();
    let ran = done(&room, "stream m.safetensors --print-every 5", months(120, 140));
    let reports: Vec<&str> =
        ran.err.lines().filter(|line| line.contains("lines/s · 1 series")).collect();
    assert_eq!(reports.len(), 4, "{}", ran.err);
    assert!(reports[1].starts_with("10 lines · "), "{}", ran.err);
    assert!(
        reports[1].contains("MAE 1 step ahead ") && reports[1].contains("(last value "),
        "{}",
        reports[1]
    );
    assert!(reports[1].contains("coverage 80 %: "), "{}", reports[1]);
    assert_eq!(done(&room, "stream m.safetensors --quiet", months(120, 140)).err, "");
}

#[test]
fn a_state_continues_bit_for_bit_and_counts_nothing_twice() {
    let room = room();
    let whole = done(&room, "stream m.safetensors --horizon 3 --json", months(120, 160)).out;
    let line = "stream m.safetensors --horizon 3 --json --state s.redb --save-state s.redb --summary s.json";
    let first = done(&room, line, months(120, 140));
    assert!(first.err.contains("saved s.redb"), "{}", first.err);
    // The whole feed from its beginning.
    let second = done(&room, line, months(120, 160));
    assert!(second.err.contains("s.redb: state of 1 series after line 21"), "{}", second.err);
    assert!(
        second.err.contains("is known already") || second.err.contains("is before the last"),
        "{}",
        second.err
    );
    assert_eq!(first.out + &second.out, whole);
    let summary: Value =
        serde_json::from_str(&std::fs::read_to_string(room.path("s.json")).unwrap()).unwrap();
    assert_eq!(summary["summary"]["observations"], 40);
}

#[test]
fn a_state_file_is_not_lost() {
    let room = room();
    let save = "stream m.safetensors --save-state s.redb";
    done(&room, save, months(120, 125));
    let before = std::fs::read(room.path("s.redb")).unwrap();
    let ran = fed(&room, save, months(120, 125));
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(
        ran.err.contains("s.redb exists") && ran.err.contains("`--state s.redb`"),
        "{}",
        ran.err
    );
    assert!(std::fs::read(room.path("s.redb")).unwrap() == before);
    let ran = fed(&room, "stream m.safetensors --state none.redb", months(120, 125));
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("cannot read none.redb"), "{}", ran.err);
    assert!(!room.path("none.redb").exists());
    room.write("letter", "Dear John");
    let ran =
        fed(&room, "stream m.safetensors --state letter --save-state letter", months(120, 125));
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(std::fs::read_to_string(room.path("letter")).unwrap(), "Dear John");
    // A copy under another name continues, and the first file stays.
    done(&room, "stream m.safetensors --state s.redb --save-state t.redb", months(120, 130));
    let ran = done(&room, "stream m.safetensors --state t.redb", months(130, 131));
    assert!(ran.err.contains("t.redb: state of 1 series after line 11"), "{}", ran.err);
    let ran = done(&room, "stream m.safetensors --state s.redb", months(125, 126));
    assert!(ran.err.contains("s.redb: state of 1 series after line 6"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn signals_save_the_state_while_the_feed_is_silent() {
    let room = room();
    for (signal, code) in [("-TERM", 0), ("-INT", 130)] {
        let state = format!("{code}.redb");
        let mut running =
            Running::start(&room, &format!("stream m.safetensors --save-state {state}"));
        running.send(&months(120, 123));
        for _ in 0..4 {
            running.answer();
        }
        running.signal(signal);
        let (ended, err) = running.end();
        assert_eq!(ended, Some(code), "{signal}: {err}");
        assert!(err.contains("stopped by a signal after line 4"), "{err}");
        let ran = done(&room, &format!("stream m.safetensors --state {state}"), months(123, 124));
        assert!(ran.err.contains("after line 4 of the last run"), "{}", ran.err);
        assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    }
}

#[cfg(unix)]
#[test]
fn the_end_of_the_reader_saves_the_state() {
    let room = room();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = room.command("stream m.safetensors --save-state s.redb");
    command.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(months(120, 123).as_bytes()).unwrap();
    // It ends although the feed does not.
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(err.contains("the reader of stdout has ended"), "{err}");
    let ran = done(&room, "stream m.safetensors --state s.redb", months(120, 124));
    assert!(ran.err.contains("after line 4 of the last run"), "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_the_state_before_stays() {
    let room = room();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    room.write("in.csv", &months(120, 123));
    let mut command = room.command("stream m.safetensors --state s.redb --save-state s.redb");
    command.stdin(std::fs::File::open(room.path("in.csv")).unwrap()).stdout(full);
    let output = command.output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("cannot write the forecasts to stdout"), "{err}");
    let ran = done(&room, "stream m.safetensors --state s.redb", months(120, 123));
    assert_eq!(ran.out.lines().count(), 4, "no forecast is lost: {}", ran.err);
}

#[test]
fn what_cannot_be_a_stream_is_refused_with_the_next_step() {
    let room = room();
    for (line, input, code, said) in [
        ("stream -", "", 2, "help: name the file of the model"),
        ("stream none.safetensors", "", 1, "help: "),
        ("stream sales.csv", "", 3, ""),
        ("stream m.safetensors", "[{\"y\":1}]\n", 3, "help: send one object on each line"),
        ("stream m.safetensors", "a,b,c,1\n", 3, "help: send a header first"),
        (
            "stream m.safetensors",
            "ds,a,b\n2010-01-01,1,2\n",
            3,
            "help: say which with `--target a`",
        ),
        ("stream m.safetensors --target z", "ds,y\n2010-01-01,1\n", 3, "`z`"),
        ("stream m.safetensors --summary sales.csv", "", 1, "is not a JSON document"),
        ("stream m.safetensors --save-state m.safetensors", "", 2, "help: choose another name"),
        ("stream m.safetensors --save-every 5", "", 2, "--save-state"),
        ("stream m.safetensors --learning-rate 0.1", "", 2, "--learn"),
        ("stream m.safetensors --horizon 0", "", 2, "help: give a whole number from 1"),
        ("stream m.safetensors --freq fortnight", "", 2, "choose from"),
    ] {
        let ran = fed(&room, line, input);
        assert_eq!(ran.code, code, "{line}: {}", ran.err);
        assert!(ran.err.contains(said) && !ran.err.contains("panicked"), "{line}: {}", ran.err);
        assert_eq!(ran.out, "", "{line}");
    }
    assert_eq!(done(&room, "stream m.safetensors", "").out, "", "a feed without a line");
}
