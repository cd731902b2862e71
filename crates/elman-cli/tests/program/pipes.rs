//! Data and models that come through a pipe, where every byte comes once: as from a file, everywhere.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::run::{Room, monthly};

/// How `content` can come in: the name that is typed for it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// `-`
    Stdin,
    /// `/dev/stdin`, which is what `<( )` is: a pipe with a name.
    Device,
    /// A named pipe, which has to be opened once: whoever writes into it has gone when it is opened again.
    Fifo,
}

const WAYS: [Way; 3] = [Way::Stdin, Way::Device, Way::Fifo];

/// Runs `line`, in which `IN` stands for what comes in by a `way`.
fn through(room: &Room, line: &str, content: &[u8], way: Way) -> Output {
    let fifo = room.path("fifo");
    let name = match way {
        Way::Stdin => "-",
        Way::Device => "/dev/stdin",
        Way::Fifo => {
            _ = std::fs::remove_file(&fifo);
            assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
            "fifo"
        }
    };
    let mut command = room.command(&line.replace("IN", name));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take();
    let content = content.to_owned();
    // Nothing is read of a command that is refused: that nobody takes the bytes is no failure of the test.
    let writer = std::thread::spawn(move || match way {
        Way::Fifo => drop(std::fs::File::create(fifo).and_then(|mut to| to.write_all(&content))),
        _ => drop(stdin.as_mut().map(|to| to.write_all(&content))),
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// That `line` prints for `content` in a file what it prints for it through each pipe.
#[track_caller]
fn is_the_same(room: &Room, line: &str, content: &[u8]) {
    std::fs::write(room.path("file"), content).unwrap();
    let from_file = room.run(&line.replace("IN", "file"));
    assert_eq!(from_file.code, 0, "{line}: {}", from_file.err);
    assert!(!from_file.out.is_empty(), "{line}");
    for way in WAYS {
        let piped = through(room, line, content, way);
        let err = String::from_utf8_lossy(&piped.stderr);
        assert_eq!(piped.status.code(), Some(0), "{line}, {way:?}: {err}");
        assert_eq!(String::from_utf8_lossy(&piped.stdout), from_file.out, "{line}, {way:?}");
    }
}

fn sequence() -> Vec<u8> {
    (1..=12).flat_map(|value| format!("{value}\n").into_bytes()).collect()
}

/// Options of a network that is trained at once.
const SMALL: &str = "--hidden-size 2 --max-steps 4 --season 0 --quiet";

#[test]
fn a_pipe_loses_none_of_its_bytes() {
    let room = Room::new();
    let piped = through(&room, "forecast IN --horizon 1 --hidden-size 2", &sequence(), Way::Device);
    let err = String::from_utf8_lossy(&piped.stderr);
    assert!(err.contains("12 values"), "{err}");
    is_the_same(&room, &format!("forecast IN --horizon 1 {SMALL}"), &sequence());
}

#[test]
fn gzip_through_a_pipe_is_unpacked() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&sequence()).unwrap();
    let line = format!("forecast IN --horizon 1 {SMALL}");
    is_the_same(&Room::new(), &line, &packed.finish().unwrap());
}

#[test]
fn every_command_that_reads_a_series_reads_it_from_a_pipe() {
    let room = Room::new();
    let series = monthly(40);
    is_the_same(
        &room,
        &format!("backtest IN --horizon 1 --n-windows 2 {SMALL}"),
        series.as_bytes(),
    );
    is_the_same(&room, &format!("tune IN --horizon 1 --trials 2 {SMALL}"), series.as_bytes());
    std::fs::write(room.path("y.csv"), &series).unwrap();
    let losses = room.json("train y.csv --max-steps 4")["history"].clone();
    assert_eq!(losses.as_array().unwrap().len(), 4);
    for way in WAYS {
        let piped = through(&room, "train IN --max-steps 4 --json", series.as_bytes(), way);
        let err = String::from_utf8_lossy(&piped.stderr);
        assert_eq!(piped.status.code(), Some(0), "{way:?}: {err}");
        let out: serde_json::Value = serde_json::from_slice(&piped.stdout).unwrap();
        assert_eq!(out["history"], losses, "{way:?}");
        // What has no name of its own leaves its model under this one.
        std::fs::remove_file(room.path("series.safetensors")).unwrap();
    }
}

#[test]
fn a_text_comes_through_a_pipe_to_train_on_and_to_be_measured() {
    let room = Room::new();
    let text = "the cat sat on the mat. ".repeat(30);
    for way in WAYS {
        let line = "text train IN --max-steps 2 --hidden-size 4 --save t.safetensors --quiet";
        let piped = through(&room, line, text.as_bytes(), way);
        let err = String::from_utf8_lossy(&piped.stderr);
        assert_eq!(piped.status.code(), Some(0), "{way:?}: {err}");
        std::fs::write(room.path("same.txt"), &text).unwrap();
        let nats = room.json("text eval t.safetensors same.txt")["nats"].as_f64().unwrap();
        let line = "text eval t.safetensors IN --json";
        let piped = through(&room, line, text.as_bytes(), way);
        let out: serde_json::Value = serde_json::from_slice(&piped.stdout).unwrap();
        assert_eq!(out["nats"].as_f64(), Some(nats), "{way:?}");
    }
}

#[test]
fn a_model_comes_through_a_pipe() {
    let room = Room::new();
    room.write("y.csv", &monthly(40));
    room.run("train y.csv --max-steps 4 --quiet --save one.safetensors");
    room.run(
        "forecast y.csv --horizon 2 --hidden-size 2 --max-steps 4 --quiet --save all.safetensors",
    );
    let bytes = |name: &str| std::fs::read(room.path(name)).unwrap();
    is_the_same(&room, "forecast IN --horizon 2 --quiet", &bytes("one.safetensors"));
    is_the_same(&room, "forecast IN y.csv --horizon 2 --quiet", &bytes("all.safetensors"));
    // The values that follow come through it as well: a single row, whose step is that of the model.
    is_the_same(&room, "forecast one.safetensors IN --horizon 2 --quiet", b"ds,y\n2003-05-01,5\n");
}

#[test]
fn the_same_pipe_is_not_read_for_two_things() {
    let room = Room::new();
    let ran = room.run("forecast - - --horizon 2");
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("`-` is named twice"), "{}", ran.err);
    assert!(ran.err.contains("help: "), "{}", ran.err);
    assert_eq!(room.run("text eval - -").code, 2);
}

/// A device without end is no safetensors file, which its first bytes show.
#[test]
fn an_endless_device_ends() {
    let room = Room::new();
    let ran = room.run("text sample /dev/zero");
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("not a safetensors file"), "{}", ran.err);
}

#[test]
fn a_small_file_of_much_text_is_refused_and_the_option_is_named() {
    let room = Room::new();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&b"1\n".repeat(30 << 20)).unwrap();
    std::fs::write(room.path("bomb.csv.gz"), packed.finish().unwrap()).unwrap();
    std::fs::write(room.path("bomb.txt"), "a b ".repeat(5 << 20)).unwrap();
    for line in [
        "forecast bomb.csv.gz --horizon 1",
        "backtest bomb.csv.gz --horizon 1",
        "tune bomb.csv.gz --horizon 1",
        "train bomb.csv.gz",
        "text train bomb.txt",
    ] {
        let ran = room.run(&format!("{line} --max-memory 10MB"));
        assert_eq!(ran.code, 3, "{line}: {}", ran.err);
        let expected =
            "takes more than 10.0 MB of memory to read\n  help: allow more with `--max-memory";
        assert!(ran.err.contains(expected), "{line}: {}", ran.err);
    }
    let ran = room.run("forecast bomb.csv.gz --horizon 1 --max-memory much");
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("write it like 2GB, 512MiB"), "{}", ran.err);
}
