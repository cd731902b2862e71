//! The server of forecasts, over sockets: connections, slow clients, the end.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use elman_web::{
    Arrival, Forecast, ForecastServer, Forecaster, ModelScores, Observation, Observed, Refusal,
    ServiceConfig,
};

use crate::client::{ask, send};

/// Forecasts nothing, and takes its time.
#[derive(Default)]
struct Slow {
    time: Duration,
    committed: Arc<AtomicUsize>,
    new: usize,
}

impl Forecaster for Slow {
    fn observe(&mut self, observation: &Observation) -> Result<Observed, Refusal> {
        thread::sleep(self.time);
        self.new += 1;
        let forecast = Forecast {
            unique_id: observation.unique_id.clone(),
            cutoff: String::new(),
            ds: Vec::new(),
            values: Vec::new(),
            intervals: Vec::new(),
        };
        Ok(Observed { arrival: Arrival::Next, missing: 0, forecast })
    }

    fn forecast(
        &mut self,
        _model: usize,
        _unique_id: &str,
        _horizon: Option<usize>,
    ) -> Result<Option<Forecast>, Refusal> {
        Ok(None)
    }

    fn commit(&mut self) -> Result<(), String> {
        self.committed.fetch_add(std::mem::take(&mut self.new), Relaxed);
        Ok(())
    }

    fn scores(&self) -> Vec<ModelScores> {
        Vec::new()
    }
}

fn start(forecaster: Slow, config: &ServiceConfig) -> (ForecastServer, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let models = vec!["model".to_owned()];
    let server = ForecastServer::start(listener, models, Box::new(forecaster), config).unwrap();
    let port = server.address().port();
    (server, port)
}

fn health(port: u16) -> String {
    format!("GET /health HTTP/1.1\nHost: localhost:{port}")
}

fn observation(port: u16, length: usize) -> String {
    format!(
        "POST /observe HTTP/1.1\nHost: localhost:{port}\nContent-Type: application/json\n\
         Content-Length: {length}\n\n"
    )
}

/// Reads until the server closes the connection; the text, and how long it took.
fn rest(mut stream: TcpStream) -> (String, Duration) {
    let began = Instant::now();
    let mut text = String::new();
    match stream.read_to_string(&mut text) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    (text, began.elapsed())
}

#[test]
fn slow_clients_are_closed_after_the_time_out() {
    let time_out = Duration::from_millis(300);
    let (_server, port) =
        start(Slow::default(), &ServiceConfig { time_out, ..ServiceConfig::default() });
    let silent = send(port, "");
    let half_a_head = send(port, "GET /health HTTP/1.1\nHost: ");
    let half_a_body = send(port, &(observation(port, 8) + "{\"y\""));
    let after_an_answer = send(port, &(health(port) + "\n\n"));
    let texts = [silent, half_a_head, half_a_body, after_an_answer].map(|stream| {
        let (text, took) = rest(stream);
        assert!(took < Duration::from_secs(5), "{took:?}: {text}");
        text
    });
    assert!(texts[0].is_empty());
    assert!(texts[1].is_empty() || texts[1].starts_with("HTTP/1.1 408 "), "{}", texts[1]);
    assert!(texts[2].starts_with("HTTP/1.1 408 "), "{}", texts[2]);
    assert!(texts[3].starts_with("HTTP/1.1 200 "), "{}", texts[3]);
}

#[test]
fn a_client_that_sends_a_byte_now_and_then_is_slow() {
    let time_out = Duration::from_millis(400);
    let (_server, port) =
        start(Slow::default(), &ServiceConfig { time_out, ..ServiceConfig::default() });
    let mut drip = send(port, "GET /health HTTP/1.1\n");
    let began = Instant::now();
    while drip.write_all(b"x").is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10), "the connection is still open");
        thread::sleep(Duration::from_millis(50));
    }
    assert!(began.elapsed() >= time_out);
}

#[test]
fn idle_connections_make_room_for_new_ones() {
    let config = ServiceConfig { max_connections: 8, ..ServiceConfig::default() };
    let (_server, port) = start(Slow::default(), &config);
    let idle: Vec<_> = (0..50).map(|_| send(port, "")).collect();
    let answer = ask(port, &health(port));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let mut closed = 0;
    for mut stream in idle {
        stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        closed += usize::from(matches!(stream.read(&mut [0]), Ok(0)));
    }
    assert!(closed >= 42, "{closed} of 50 are closed");
}

#[test]
fn connections_whose_request_is_being_answered_are_not_closed_for_new_ones() {
    let config = ServiceConfig { max_connections: 2, ..ServiceConfig::default() };
    let slow = Slow { time: Duration::from_millis(500), ..Slow::default() };
    let (_server, port) = start(slow, &config);
    let busy = [(); 2].map(|()| send(port, &(observation(port, 7) + "{\"y\":1}")));
    thread::sleep(Duration::from_millis(200));
    let (answer, _) = rest(send(port, ""));
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    for mut stream in busy {
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
    }
}

#[test]
fn the_end_answers_running_requests_and_makes_them_durable() {
    let slow = Slow { time: Duration::from_millis(300), ..Slow::default() };
    let committed = Arc::clone(&slow.committed);
    let (server, port) = start(slow, &ServiceConfig::default());
    let _idle = send(port, "");
    let running = [(); 3].map(|()| send(port, &(observation(port, 7) + "{\"y\":1}")));
    thread::sleep(Duration::from_millis(100));
    assert!(!server.has_ended());
    let began = Instant::now();
    assert_eq!(server.stop(Duration::from_secs(10)), Ok(()));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    for stream in running {
        let (answer, _) = rest(stream);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    assert_eq!(committed.load(Relaxed), 3);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(), "the port is free");
}

#[test]
fn a_client_that_reads_nothing_holds_up_the_end_for_the_patience_alone() {
    let (server, port) = start(Slow::default(), &ServiceConfig::default());
    let mut stuck = send(port, "");
    stuck.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let request = health(port).replace('\n', "\r\n") + "\r\n\r\n";
    // Answers that nobody reads, until the buffers of the socket are full.
    while stuck.write_all(request.repeat(100).as_bytes()).is_ok() {}
    let began = Instant::now();
    assert_eq!(server.stop(Duration::from_millis(300)), Ok(()));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
