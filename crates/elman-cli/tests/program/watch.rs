//! `elman train --watch`: the events of a training, and that they change nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::run::{Room, monthly};

/// A training with a page.
struct Watched {
    child: Child,
    port: u16,
    stderr: BufReader<ChildStderr>,
}

impl Watched {
    fn start(room: &Room, line: &str) -> Self {
        Self::of(room.command(&format!("{line} --watch --no-open --port 0")))
    }

    /// With a browser that opens nothing: the program waits for the first client, however short the training is.
    #[cfg(target_os = "linux")]
    fn opened(room: &Room, line: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;
        room.write("xdg-open", "#!/bin/sh\n");
        let browser = room.path("xdg-open");
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = room.command(&format!("{line} --watch --port 0"));
        command.env("PATH", browser.parent().unwrap());
        Self::of(command)
    }

    #[cfg(not(target_os = "linux"))]
    fn opened(room: &Room, line: &str) -> Self {
        Self::start(room, line)
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.starts_with("watch: ") {
            said.clear();
            assert!(stderr.read_line(&mut said).unwrap() > 0, "ended without an address");
        }
        let address = said.trim().strip_prefix("watch: http://127.0.0.1:").unwrap();
        let port = address.strip_suffix("/#view=watch").unwrap().parse().unwrap();
        Self { child, port, stderr }
    }

    /// A connection on which the events are asked for.
    fn connect(&self) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = "GET /events HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\n\r\n";
        stream.write_all(request.replace("PORT", &self.port.to_string()).as_bytes()).unwrap();
        stream
    }

    /// All events of a client that connects now, by name.
    fn events(&self) -> thread::JoinHandle<Vec<(String, Value)>> {
        let stream = self.connect();
        thread::spawn(move || {
            let mut events = Vec::new();
            let mut name = String::new();
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let Some(text) = line.strip_prefix("event: ") {
                    name = text.to_owned();
                } else if let Some(data) = line.strip_prefix("data: ") {
                    events.push((name.clone(), serde_json::from_str(data).unwrap()));
                }
            }
            events
        })
    }

    /// The exit code, and the messages after the address.
    fn end(mut self) -> (i32, String) {
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code().unwrap(), said)
    }
}

fn room() -> Room {
    let room = Room::new();
    room.write("sales.csv", &monthly(240));
    room
}

#[test]
fn a_client_gets_the_training_from_its_first_event_to_the_result() {
    let room = room();
    // Long enough for the client to come before the end.
    let watched =
        Watched::start(&room, "train sales.csv --hidden-size 64 --max-steps 1500 --patience 90");
    let [first, second] = [watched.events(), watched.events()];
    let (code, said) = watched.end();
    assert_eq!(code, 0, "{said}");
    for events in [first, second].map(|client| client.join().unwrap()) {
        let (name, hello) = &events[0];
        assert_eq!((name.as_str(), hello["end"].is_null()), ("hello", true));
        assert_eq!(hello["about"]["subject"], "y");
        assert_eq!(hello["about"]["shapes"][1][0], "lstm");
        assert!(hello["about"]["data"].as_str().unwrap().contains("sales.csv: 240 values"));
        let steps: Vec<&Value> =
            events.iter().filter(|event| event.0 == "step").map(|event| &event.1).collect();
        let numbers: Vec<u64> =
            steps.iter().map(|step| step["progress"]["step"].as_u64().unwrap()).collect();
        assert!(numbers.is_sorted() && numbers.last() == Some(&1500), "{numbers:?}");
        let last = steps.last().unwrap();
        let losses = last["losses"].as_array().unwrap();
        assert!(losses.len() > 100 && losses.len() <= 257, "{}", losses.len());
        assert_eq!(losses.last().unwrap()[0], 1500);
        assert!(!last["validation"].as_array().unwrap().is_empty());
        let charts: Vec<&(String, Value)> =
            events.iter().filter(|event| event.0 == "chart").collect();
        assert!(!charts.is_empty() && charts.len() < steps.len().max(3));
        let window = &charts.last().unwrap().1;
        let length = window["input"].as_array().unwrap().len();
        assert!(length > 1 && length <= 24, "{length}");
        assert!(!window["x_ticks"].as_array().unwrap().is_empty());
        let (name, end) = events.last().unwrap();
        assert_eq!((name.as_str(), &end["state"]), ("end", &Value::from("finished")));
        assert_eq!(end["result"]["file"], "sales.safetensors");
        assert_eq!(end["result"]["scores"][0]["name"], "elman");
        assert!(end["result"]["claim"].as_str().unwrap().contains("baseline"));
    }
}

#[test]
fn watching_changes_no_bit_of_the_model() {
    let room = room();
    let line = "train sales.csv --max-steps 200 --quiet --save";
    assert_eq!(room.run(&format!("{line} alone.safetensors")).code, 0);
    let watched = Watched::opened(&room, &format!("{line} watched.safetensors"));
    let client = watched.events();
    let (code, said) = watched.end();
    assert_eq!((code, said.as_str()), (0, ""));
    assert_eq!(client.join().unwrap().last().unwrap().0, "end");
    let [alone, watched] =
        ["alone", "watched"].map(|name| std::fs::read(room.path(&format!("{name}.safetensors"))));
    assert!(alone.unwrap() == watched.unwrap());
}

#[test]
fn a_training_on_text_has_samples_and_the_same_weights() {
    let room = room();
    room.write("fox.txt", &"the quick brown fox jumps over the lazy dog. ".repeat(300));
    let line = "text train fox.txt --hidden-size 24 --num-layers 1 --max-steps 60 --sample-every 20 --quiet --save";
    assert_eq!(room.run(&format!("{line} alone.safetensors")).code, 0);
    let watched = Watched::opened(&room, &format!("{line} watched.safetensors"));
    let client = watched.events();
    let (code, said) = watched.end();
    assert_eq!((code, said.as_str()), (0, ""));
    let events = client.join().unwrap();
    assert_eq!(events[0].1["about"]["loss"], "nats per character");
    let sample = &events.iter().rfind(|event| event.0 == "sample").unwrap().1;
    assert_eq!((&sample["step"], sample["text"].as_str().unwrap().len()), (&60.into(), 240));
    assert!(events.iter().all(|event| event.0 != "chart"));
    let end = &events.last().unwrap().1;
    assert_eq!(end["result"]["file"], "watched.safetensors");
    let [alone, watched] =
        ["alone", "watched"].map(|name| std::fs::read(room.path(&format!("{name}.safetensors"))));
    assert!(alone.unwrap() == watched.unwrap());
}

#[test]
fn the_program_ends_although_a_client_reads_nothing_or_has_gone() {
    let room = room();
    let watched = Watched::start(&room, "train sales.csv --max-steps 400 --quiet");
    let _stuck = watched.connect();
    drop(watched.connect());
    let began = Instant::now();
    assert_eq!(watched.end().0, 0);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
#[cfg(unix)]
fn ctrl_c_and_divergence_are_told() {
    let room = room();
    let watched = Watched::start(&room, "train --max-steps 9000000");
    let client = watched.events();
    thread::sleep(Duration::from_millis(300));
    let id = watched.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let (code, said) = watched.end();
    assert_eq!(code, 130, "{said}");
    let events = client.join().unwrap();
    assert_eq!(events.last().unwrap().1["state"], "interrupted");
    // Millions of steps, and no more events than ten a second.
    assert!(events.len() < 60, "{}", events.len());

    let line = "train --learning-rate 10 --hidden-size 64 --max-steps 1000";
    let watched = Watched::start(&room, line);
    let client = watched.events();
    let (code, said) = watched.end();
    assert_eq!(code, 4, "{said}");
    let (_, end) = client.join().unwrap().pop().unwrap();
    assert_eq!(end["state"], "failed");
    assert!(end["message"].as_str().unwrap().contains("try a smaller `--learning-rate`"), "{end}");
}

#[test]
#[cfg(target_os = "linux")]
fn the_end_of_a_short_training_waits_for_the_browser_that_was_opened() {
    let room = room();
    // A browser that takes its time.
    let watched = Watched::opened(&room, "train --max-steps 5");
    thread::sleep(Duration::from_secs(1));
    let client = watched.events();
    let began = Instant::now();
    assert_eq!(watched.end().0, 0);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let events = client.join().unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].1["end"]["state"], "finished");
}

#[test]
fn mistakes_name_the_next_step() {
    let room = room();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let ran = room.run(&format!("train sales.csv --watch --no-open --port {port}"));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("choose another `--port`"), "{}", ran.err);
    assert_eq!(room.files(), ["sales.csv"]);
    for option in ["--port 7878", "--no-open"] {
        let ran = room.run(&format!("train sales.csv {option}"));
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("--watch"), "{}", ran.err);
    }
}

#[test]
#[cfg(unix)]
fn a_model_file_whose_name_is_not_utf_8_can_be_watched() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let room = room();
    let mut command =
        room.command("train sales.csv --max-steps 20 --quiet --watch --no-open --save");
    command.arg(OsStr::from_bytes(b"m\xff.safetensors"));
    let (code, said) = Watched::of(command).end();
    assert_eq!((code, said.as_str()), (0, ""));
}
