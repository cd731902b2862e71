//! A server that ends with the test, and its client.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::run::Room;

pub struct Server {
    child: Child,
    port: u16,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub json: Value,
}

impl Server {
    pub fn start(room: &Room, line: &str) -> Self {
        Self::of(&mut room.command(line))
    }

    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("serving: http://127.0.0.1:").expect("an address");
        let port = port.strip_suffix('/').unwrap().parse().unwrap();
        Self { child, port }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", "")
    }

    pub fn text(&self, path: &str) -> String {
        request(self.port, "GET", path, "", "").unwrap().1
    }

    pub fn observe(&self, observations: &Value) -> Answer {
        self.ask("POST", "/observe", "", &observations.to_string())
    }

    pub fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let (status, text) = request(self.port, method, path, headers, body).unwrap();
        Answer { status, json: serde_json::from_str(&text).unwrap_or_default() }
    }

    /// Ends the server by a signal; its exit code.
    pub fn stop(mut self, signal: &str) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.child.wait().unwrap().code().unwrap()
    }

    /// Ends the server as a crash does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and body of the answer to a request.
pub fn request(
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    Ok((status.ok_or(io::ErrorKind::InvalidData)?, body.to_owned()))
}

/// The first day of a month, counted from January 2020.
pub fn month(number: usize) -> String {
    format!("{}-{:02}-01", 2020 + number / 12, 1 + number % 12)
}
