//! A thread that answers requests.

use std::io;
use std::net::TcpListener;
use std::pin::pin;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use futures_util::future;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::site::Site;

/// A server, on a thread of its own. The server stops at once when dropped.
#[derive(Debug)]
pub struct Server {
    port: u16,
    /// How long answers that are under way may take, once the server is to stop.
    stop: watch::Sender<Option<Duration>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to answer requests at `listener`.
    ///
    /// # Errors
    /// The system gives no thread, or no address.
    pub fn start(listener: TcpListener, site: Site) -> io::Result<Self> {
        let port = listener.local_addr()?.port();
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let (stop, stopped) = watch::channel(None);
        let router = site.router(port);
        let thread = thread::Builder::new()
            .name("elman-web".to_owned())
            .spawn(move || run(&runtime, listener, router, stopped))?;
        Ok(Self { port, stop, thread: Some(thread) })
    }

    /// The port of the listener.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the end of the server, which comes only if the listener fails.
    pub fn wait(mut self) {
        self.join();
    }

    /// Takes no more requests, and waits until the answers under way are sent, at most `patience`.
    pub fn stop(mut self, patience: Duration) {
        self.end(patience);
    }

    fn end(&mut self, patience: Duration) {
        // The thread may have ended already.
        let _ = self.stop.send(Some(patience));
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic was reported by the thread.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end(Duration::ZERO);
    }
}

/// Answers requests until `stopped` has a value.
fn run(
    runtime: &Runtime,
    listener: TcpListener,
    router: Router,
    stopped: watch::Receiver<Option<Duration>>,
) {
    runtime.block_on(async {
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
        let asked = patience(stopped.clone());
        let server = axum::serve(listener, router).with_graceful_shutdown(async {
            asked.await;
        });
        let too_late = async { tokio::time::sleep(patience(stopped).await).await };
        future::select(pin!(server.into_future()), pin!(too_late)).await;
    });
}

/// Waits until the server is to stop; the time that answers under way may then take.
pub(crate) async fn patience(mut stopped: watch::Receiver<Option<Duration>>) -> Duration {
    let patience = stopped.wait_for(Option::is_some).await;
    patience.ok().and_then(|patience| *patience).unwrap_or_default()
}
