//! A server killed under load: each observation that was answered with 200 is in its state file, once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use elman::nn::Stream;
use serde_json::{Value, json};

use super::client::{Server, month, request};
use super::room;

const KILLS: usize = 20;
const CLIENTS: usize = 8;

/// Answers between two kills.
const ANSWERS: usize = 10;

/// The observation of a client, by its number.
fn observation(client: usize, number: usize) -> Value {
    let y = 50.0 + ((number * 7919 + client * 104_729) % 1000) as f64 / 100.0;
    json!({"unique_id": format!("series {client}"), "ds": month(number), "y": y})
}

/// What a client has sent.
#[derive(Default)]
struct Sent {
    /// Observations that were answered.
    answered: AtomicUsize,
    /// Requests without an answer.
    unanswered: AtomicUsize,
    /// Observations that were taken, and answered as duplicates only: the server was killed before the first answer.
    repeated: AtomicUsize,
}

/// Sends one observation after another until the end; one without an answer again.
fn send(client: usize, port: &Mutex<u16>, is_over: &AtomicBool, sent: &Sent) {
    let mut is_first_try = true;
    while !(is_first_try && is_over.load(Relaxed)) {
        let number = sent.answered.load(Relaxed);
        let port = *port.lock().unwrap();
        let body = observation(client, number).to_string();
        let Ok((status, body)) = request(port, "POST", "/observe", "", &body) else {
            is_first_try = false;
            sent.unanswered.fetch_add(1, Relaxed);
            thread::sleep(Duration::from_millis(5));
            continue;
        };
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        match answer["arrival"].as_str().unwrap() {
            "next" => {}
            "duplicate" if !is_first_try => _ = sent.repeated.fetch_add(1, Relaxed),
            other => panic!("{other}: {body}"),
        }
        is_first_try = true;
        sent.answered.fetch_add(1, Relaxed);
    }
}

/// Tells the clients to end, also when the test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Waits for so many further answers.
fn wait_for(sent: &[Sent], answers: usize) {
    let answered = || sent.iter().map(|one| one.answered.load(Relaxed)).sum::<usize>();
    let (before, began) = (answered(), Instant::now());
    while answered() < before + answers {
        assert!(began.elapsed() < Duration::from_secs(60), "the server gives no answers");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn twenty_times() {
    let room = room();
    let line = "serve sales.safetensors --port 0 --state";
    let mut server = Server::start(&room, &format!("{line} a.redb"));
    let port = Mutex::new(server.port());
    let (is_over, sent) = (AtomicBool::new(false), [(); CLIENTS].map(|()| Sent::default()));
    let mut moments = Stream::new(1, "moments of the kills");
    thread::scope(|scope| {
        let over = Over(&is_over);
        for (client, sent) in sent.iter().enumerate() {
            let (port, is_over) = (&port, &is_over);
            scope.spawn(move || send(client, port, is_over, sent));
        }
        for _ in 0..KILLS {
            wait_for(&sent, ANSWERS);
            thread::sleep(Duration::from_secs_f64(moments.uniform(0.0, 0.05)));
            server.kill();
            server = Server::start(&room, &format!("{line} a.redb"));
            *port.lock().unwrap() = server.port();
        }
        drop(over);
    });

    let sum = |of: fn(&Sent) -> &AtomicUsize| sent.iter().map(|one| of(one).load(Relaxed)).sum();
    let (answered, unanswered): (usize, usize) =
        (sum(|one| &one.answered), sum(|one| &one.unanswered));
    let repeated: usize = sum(|one| &one.repeated);
    println!(
        "{KILLS} kills: {answered} answered, {unanswered} unanswered, {repeated} taken before their answer"
    );
    assert!(unanswered > KILLS, "the kills hit a server under load");
    // Nothing is lost, and nothing counts twice: a server that nobody disturbed has the same counts and forecasts.
    let undisturbed = Server::start(&room, &format!("{line} b.redb"));
    for (client, sent) in sent.iter().enumerate() {
        let all: Vec<Value> =
            (0..sent.answered.load(Relaxed)).map(|number| observation(client, number)).collect();
        all.chunks(1000).for_each(|part| assert_eq!(undisturbed.observe(&json!(part)).status, 200));
        let path = format!("/forecast/series%20{client}");
        assert_eq!(server.get(&path).json, undisturbed.get(&path).json, "client {client}");
    }
    let taken =
        format!("elman_observations_total{{model=\"sales\",arrival=\"taken\"}} {answered}\n");
    for server in [server, undisturbed] {
        let metrics = server.text("/metrics");
        assert!(metrics.contains(&taken), "{taken}{metrics}");
    }
}
