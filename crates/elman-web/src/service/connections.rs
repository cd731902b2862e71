//! Connections: accepted up to a limit, closed when their client is too slow, ended together.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use futures_util::future::{Either, select};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::server::patience;

/// Longest head of a request, in bytes; hyper answers 431 beyond.
const MAX_HEAD: usize = 64 << 10;

/// Pause after the system gave no connection, as when there are too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// The answer to a connection beyond the limit.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// The open connections. One that waits for a request may be closed for a new one.
#[derive(Debug)]
pub(crate) struct Connections {
    most: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Connections whose request is being answered.
    busy: usize,
    /// Connections that wait for a request or read it, in the order in which they began to.
    waiting: BTreeMap<u64, Arc<Notify>>,
    next: u64,
}

impl Connections {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, inner: Mutex::default() })
    }

    /// The number of open connections.
    pub(crate) fn len(&self) -> usize {
        let inner = self.inner();
        inner.busy + inner.waiting.len()
    }

    /// A place for a new connection, if necessary that of the connection that has waited the longest; `None` if all
    /// connections are busy.
    fn admit(self: &Arc<Self>) -> Option<Arc<Place>> {
        let mut inner = self.inner();
        if inner.busy + inner.waiting.len() >= self.most {
            let (_, longest) = inner.waiting.pop_first()?;
            longest.notify_one();
        }
        let closed = Arc::new(Notify::new());
        let number = inner.wait(&closed);
        drop(inner);
        let standing = Mutex::new(Standing::Waiting(number));
        Some(Arc::new(Place { connections: Arc::clone(self), closed, standing }))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn wait(&mut self, closed: &Arc<Notify>) -> u64 {
        self.next += 1;
        self.waiting.insert(self.next, Arc::clone(closed));
        self.next
    }
}

/// The place of one connection among all; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    connections: Arc<Connections>,
    closed: Arc<Notify>,
    standing: Mutex<Standing>,
}

#[derive(Debug, Clone, Copy)]
enum Standing {
    Waiting(u64),
    Busy,
    /// Given to another connection.
    Gone,
}

impl Place {
    /// A whole request has come: the connection stays open until its answer is ready.
    pub(crate) fn begin_answer(&self) {
        self.turn(true);
    }

    /// The answer is ready: the connection may be closed for another one.
    pub(crate) fn end_answer(&self) {
        self.turn(false);
    }

    fn turn(&self, busy: bool) {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut inner = self.connections.inner();
        *standing = match *standing {
            Standing::Waiting(number) if busy => match inner.waiting.remove(&number) {
                Some(_) => {
                    inner.busy += 1;
                    Standing::Busy
                }
                None => Standing::Gone,
            },
            Standing::Busy if !busy => {
                inner.busy -= 1;
                Standing::Waiting(inner.wait(&self.closed))
            }
            same => same,
        };
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.end_answer();
        let standing = self.standing.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Standing::Waiting(number) = standing {
            self.connections.inner().waiting.remove(number);
        }
    }
}

/// Answers requests at `listener` until `stopping`, and then ends all connections after the answers under way.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Arc<Connections>,
    time_out: Duration,
    stopping: watch::Receiver<Option<Duration>>,
) {
    let mut open = JoinSet::new();
    let mut stopped = pin!(patience(stopping.clone()));
    loop {
        // Those that have ended.
        while open.try_join_next().is_some() {}
        let accepted = match select(&mut stopped, pin!(listener.accept())).await {
            Either::Left(_) => break,
            Either::Right((accepted, _)) => accepted,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        match connections.admit() {
            Some(place) => {
                let router = router.clone();
                open.spawn(connection(stream, router, place, time_out, stopping.clone()));
            }
            // As far as the client takes it: nobody waits for a client beyond the limit.
            None => _ = stream.try_write(FULL),
        }
    }
    drop(listener);
    open.join_all().await;
}

/// Answers the requests of one connection.
async fn connection(
    stream: TcpStream,
    router: Router,
    place: Arc<Place>,
    time_out: Duration,
    stopping: watch::Receiver<Option<Duration>>,
) {
    // An answer is one packet or few, and goes out at once.
    let _ = stream.set_nodelay(true);
    let closed = Arc::clone(&place.closed);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Arc::clone(&place));
        router.clone().oneshot(request)
    });
    let http = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(time_out)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut http = pin!(http);
    let stopped = pin!(patience(stopping));
    // An error of the connection is the client's: nobody is there to be told.
    let closed = pin!(closed.notified());
    let ended = select(closed, stopped);
    match select(http.as_mut(), ended).await {
        Either::Left(_) | Either::Right((Either::Left(_), _)) => {}
        Either::Right((Either::Right(_), _)) => {
            http.as_mut().graceful_shutdown();
            let _ = http.await;
        }
    }
}
