//! A browser of a few lines.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use elman_web::{Server, Site};

/// A server at a free port.
pub fn serve(site: Site) -> Server {
    Server::start(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), site).unwrap()
}

/// A connection on which a request is sent.
pub fn send(port: u16, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.replace('\n', "\r\n").as_bytes()).unwrap();
    stream
}

/// The whole answer to a request, whose connection is closed after it.
pub fn ask(port: u16, request: &str) -> String {
    let mut answer = String::new();
    let request = format!("{request}\nConnection: close\n\n");
    send(port, &request).read_to_string(&mut answer).unwrap();
    answer
}

/// A client of `/events`.
pub struct Events {
    lines: BufReader<TcpStream>,
}

impl Events {
    pub fn connect(port: u16) -> Self {
        let stream = send(port, &format!("GET /events HTTP/1.1\nHost: 127.0.0.1:{port}\n\n"));
        Self { lines: BufReader::new(stream) }
    }

    /// Name and data of the next event; `None` at the end of the stream.
    pub fn next(&mut self) -> Option<(String, String)> {
        let mut name = String::new();
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(text) = line.trim_end().strip_prefix("event: ") {
                name = text.to_owned();
            } else if let Some(text) = line.trim_end().strip_prefix("data: ") {
                return Some((name, text.to_owned()));
            } else if line == "0\r\n" {
                return None;
            }
        }
    }

    /// The names of all events until the end of the stream.
    pub fn names(mut self) -> Vec<String> {
        std::iter::from_fn(|| self.next()).map(|(name, _)| name).collect()
    }
}
