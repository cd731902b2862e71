//! Events of a feed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use elman_web::{Event, Feed, Server, Site, Snapshot};

use crate::client::{Events, ask, send, serve};

/// Counts, and carries a load.
#[derive(Clone)]
struct Count(usize, String);

impl Snapshot for Count {
    fn first_event(&self) -> Event {
        Event { name: "hello", data: self.0.to_string() }
    }
}

fn feed() -> (Arc<Feed<Count>>, Server) {
    let feed = Arc::new(Feed::new(Count(0, String::new())));
    let server = serve(Site::new([]).with_events(&feed));
    (feed, server)
}

fn step(count: &mut Count) -> Event {
    count.0 += 1;
    Event { name: "step", data: format!("{}{}", count.0, count.1) }
}

fn end(count: &mut Count) -> Event {
    Event { name: "end", data: count.0.to_string() }
}

fn named(name: &str, data: &str) -> Option<(String, String)> {
    Some((name.to_owned(), data.to_owned()))
}

#[test]
fn a_client_gets_the_snapshot_and_then_each_event() {
    let (feed, server) = feed();
    assert!(!feed.had_clients());
    feed.publish(step);
    let mut early = Events::connect(server.port());
    assert_eq!(early.next(), named("hello", "1"));
    assert!(feed.had_clients());
    feed.publish(step);
    feed.publish(step);
    assert_eq!([early.next(), early.next()], [named("step", "2"), named("step", "3")]);

    let mut late = Events::connect(server.port());
    assert_eq!(late.next(), named("hello", "3"));
    feed.end(end);
    for mut client in [early, late] {
        assert_eq!([client.next(), client.next()], [named("end", "3"), None]);
    }
    // After the end.
    assert_eq!(Events::connect(server.port()).names(), ["hello"]);
    feed.publish(step);
    let mut last = Events::connect(server.port());
    assert_eq!([last.next(), last.next()], [named("hello", "4"), None]);
}

#[test]
fn events_have_their_media_type_and_guards() {
    let (feed, server) = feed();
    feed.end(end);
    let port = server.port();
    let answer = ask(port, &format!("GET /events HTTP/1.1\nHost: localhost:{port}"));
    assert!(answer.contains("content-type: text/event-stream\r\n"), "{answer}");
    assert!(answer.contains("cache-control: no-store\r\n"), "{answer}");
    let foreign = "Origin: http://evil.example";
    let answer = ask(port, &format!("GET /events HTTP/1.1\nHost: localhost:{port}\n{foreign}"));
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
}

/// Larger than the buffers of a socket, many times over.
const LOAD: usize = 1 << 20;

#[test]
fn a_slow_client_never_holds_up_the_training_and_gets_the_snapshot_anew() {
    let (feed, server) = feed();
    let mut slow = Events::connect(server.port());
    assert_eq!(slow.next(), named("hello", "0"));
    feed.publish(|count| {
        count.1 = " ".repeat(LOAD);
        step(count)
    });
    let began = Instant::now();
    // 1 GB in all: a server that kept them for the client would be seen.
    for _ in 1..1000 {
        feed.publish(step);
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(resident() < 400 << 20, "{} bytes", resident());
    feed.end(end);
    let names = slow.names();
    assert!(names.len() < 100, "most events were lost: {}", names.len());
    assert!(names.contains(&"hello".to_owned()), "{names:?}");
}

/// The memory of this process, in bytes; 0 where the system does not tell.
fn resident() -> usize {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return 0 };
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() << 10
}

#[test]
fn the_end_reaches_the_clients_before_the_server_stops() {
    let (feed, server) = feed();
    let clients = [(); 3].map(|()| {
        let mut client = Events::connect(server.port());
        assert_eq!(client.next(), named("hello", "0"));
        client
    });
    let gone = Events::connect(server.port());
    drop(gone);
    feed.publish(step);
    feed.end(end);
    let began = Instant::now();
    server.stop(Duration::from_secs(10));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    for client in clients {
        assert_eq!(client.names(), ["step", "end"]);
    }
}

#[test]
fn a_client_that_reads_nothing_holds_up_the_end_for_the_patience_alone() {
    let (feed, server) = feed();
    let mut stuck = Events::connect(server.port());
    assert_eq!(stuck.next(), named("hello", "0"));
    feed.publish(|count| {
        count.1 = " ".repeat(16 * LOAD);
        step(count)
    });
    feed.end(end);
    let began = Instant::now();
    server.stop(Duration::from_millis(300));
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn the_number_of_clients_is_limited() {
    let (_feed, server) = feed();
    let mut clients: Vec<_> = (0..32).map(|_| Events::connect(server.port())).collect();
    clients.iter_mut().for_each(|client| assert!(client.next().is_some()));
    let port = server.port();
    let answer = ask(port, &format!("GET /events HTTP/1.1\nHost: localhost:{port}"));
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    clients.pop();
    // The server sees a connection that is closed a little later.
    let began = Instant::now();
    loop {
        use std::io::Read;
        let mut start = [0; 12];
        let request = format!("GET /events HTTP/1.1\nHost: localhost:{port}\n\n");
        send(port, &request).read_exact(&mut start).unwrap();
        if start == *b"HTTP/1.1 200" {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(10));
    }
}
