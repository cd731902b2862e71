//! `elman play`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::run::Room;

/// A server that ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(room: &Room) -> Self {
        let mut command = room.command("play --no-open");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("playground: http://127.0.0.1:").unwrap();
        let port = port.strip_suffix('/').unwrap().parse().unwrap();
        Self { child, port }
    }

    /// The answer to a request with this first line and host, as text.
    fn ask(&self, line: &str, host: &str) -> String {
        String::from_utf8_lossy(&self.ask_bytes(line, host)).into_owned()
    }

    fn ask_bytes(&self, line: &str, host: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_page_is_exported_as_one_file() {
    let room = Room::new();
    let ran = room.run("play --export page.html");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("page.html: "), "{}", ran.out);
    let page = std::fs::read_to_string(room.path("page.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    // No reference leads out of the file.
    assert!(!page.contains("src=\"") && !page.contains("{{"));
    // The module that forecasts and the pretrained network are inside: gzip in base64 begins with these letters.
    for part in ["forecast-module", "pretrained"] {
        assert!(page.contains(&format!("id=\"{part}\">H4sI")), "{part}");
    }

    let ran = room.run("play --export no/such/folder/page.html");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("there is no folder no/such/folder"), "{}", ran.err);
    room.write("data.csv", "ds,y\n2024-01,1\n");
    let ran = room.run("play --export data.csv");
    assert!(ran.err.contains("data.csv exists and is not a"), "{}", ran.err);
    assert_eq!(room.run("play --export page.html").code, 0, "its own page is replaced");
    assert_eq!(room.run("play --export page.html --port 7878").code, 2);
}

#[test]
fn the_page_is_served_to_this_machine_alone() {
    let room = Room::new();
    let server = Server::start(&room);
    let own = format!("127.0.0.1:{}", server.port);
    let answer = server.ask("GET /", &own);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/html"), "{answer:.100}");
    assert!(answer.trim_end().ends_with("</html>"));
    assert!(server.ask("GET /", "evil.example").starts_with("HTTP/1.1 403 "));
    assert!(server.ask("POST /", &own).starts_with("HTTP/1.1 405 "));
    assert!(server.ask("GET /other", &own).starts_with("HTTP/1.1 404 "));

    // What the page loads when a file is first forecast.
    let module = server.ask_bytes("GET /forecast.wasm", &own);
    let body = module.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&module[..body]).to_lowercase();
    assert!(head.contains("content-type: application/wasm\r\n"), "{head}");
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&module[body..]).read_to_end(&mut unpacked).unwrap();
    assert!(unpacked.starts_with(b"\0asm"));
    let weights = server.ask_bytes("GET /pretrained.safetensors", &own);
    assert!(weights.ends_with(elman::models::pretrained::SHIPPED));
    assert!(!String::from_utf8_lossy(&weights[..400]).to_lowercase().contains("content-encoding"));

    // A connection that says nothing holds no one up.
    let _silent = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    assert!(server.ask("GET /", &own).starts_with("HTTP/1.1 200 "));

    let ran = room.run(&format!("play --no-open --port {}", server.port));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("choose another `--port`"), "{}", ran.err);
}
