//! A server of one page, for browsers on this machine.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// The longest request that is read, in bytes.
const MAX_REQUEST: u64 = 16 * 1024;

/// How long a browser may take to send its request.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers all requests, each on a thread: a browser opens connections on which it sends nothing for a while.
pub fn forever(listener: &TcpListener, port: u16, page: &'static str) {
    for stream in listener.incoming().flatten() {
        thread::spawn(move || {
            // A browser that has gone away needs no answer.
            let _ = answer(stream, port, page);
        });
    }
}

fn answer(mut stream: TcpStream, port: u16, page: &str) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = request_head(&mut stream)?;
    let (status, extra) = status(&head, port);
    let (kind, body) = match status {
        "200 OK" => ("text/html", page),
        refused => ("text/plain", refused),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n{extra}\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
         Connection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body.as_bytes())
}

/// The lines of a request before its body.
fn request_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut part = [0; 1024];
    let mut stream = stream.take(MAX_REQUEST);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part)? {
            0 => break,
            len => head.extend_from_slice(&part[..len]),
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The status of the answer, and a header for it. A request for another host comes from a page of that host, whose name
/// was pointed to this machine (DNS rebinding).
fn status(head: &str, port: u16) -> (&'static str, &'static str) {
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or("").split(' ');
    let (Some(method), Some(path), Some(version)) = (words.next(), words.next(), words.next())
    else {
        return ("400 Bad Request", "");
    };
    let mut hosts = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, host)| host.trim());
    match (hosts.next(), hosts.next()) {
        _ if !version.starts_with("HTTP/1.") => ("400 Bad Request", ""),
        (Some(host), None) if !is_this_machine(host, port) => ("403 Forbidden", ""),
        (Some(_), None) if method != "GET" => ("405 Method Not Allowed", "Allow: GET\r\n"),
        (Some(_), None) if path.split('?').next() != Some("/") => ("404 Not Found", ""),
        (Some(_), None) => ("200 OK", ""),
        _ => ("400 Bad Request", ""),
    }
}

fn is_this_machine(host: &str, port: u16) -> bool {
    let (name, asked) = host.rsplit_once(':').unwrap_or((host, "80"));
    let is_local = name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost");
    is_local && asked == port.to_string()
}

#[cfg(test)]
mod tests {
    use super::status;

    #[track_caller]
    fn check(request: &str, expected: &str) {
        let head = request.replace('\n', "\r\n") + "\r\n\r\n";
        assert_eq!(&status(&head, 7878).0[..3], expected, "{request}");
    }

    #[test]
    fn only_the_page_is_served_and_only_to_this_machine() {
        check("GET / HTTP/1.1\nHost: 127.0.0.1:7878", "200");
        check("GET /?x=1 HTTP/1.1\nAccept: */*\nhost:localhost:7878", "200");
        check("GET / HTTP/1.1\nHost: evil.example:7878", "403");
        check("GET / HTTP/1.1\nHost: 127.0.0.1:7879", "403");
        check("GET / HTTP/1.1\nHost: 127.0.0.1", "403");
        check("GET / HTTP/1.1\nHost: 127.0.0.1.evil.example:7878", "403");
        check("POST / HTTP/1.1\nHost: evil.example", "403");
        check("POST / HTTP/1.1\nHost: localhost:7878", "405");
        check("GET /etc/passwd HTTP/1.1\nHost: localhost:7878", "404");
        check("GET / HTTP/1.1\nHost: localhost:7878\nHost: evil.example", "400");
        check("GET / HTTP/1.1", "400");
        check("nonsense", "400");
        check("", "400");
    }
}
