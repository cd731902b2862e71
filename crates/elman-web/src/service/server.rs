//! The server: one thread for requests, one for the forecaster.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_util::future::select;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use super::connections;
use super::forecaster::Forecaster;
use super::limits::ServiceConfig;
use super::owner::{self, Owner};
use super::routes::Service;
use crate::guard::Hosts;
use crate::server::patience;

/// Server of online forecasts over HTTP. It stops at once when dropped.
#[derive(Debug)]
pub struct ForecastServer {
    address: SocketAddr,
    /// How long answers that are under way may take, once the server is to stop.
    stop: watch::Sender<Option<Duration>>,
    http: Option<JoinHandle<()>>,
    owner: Option<Owner>,
}

impl ForecastServer {
    /// Starts to answer requests at `listener`, with `forecaster`, whose models have these names. A listener of this machine
    /// alone answers requests to this machine alone.
    ///
    /// # Errors
    /// The system gives no thread, or no address.
    pub fn start(
        listener: TcpListener,
        models: Vec<String>,
        forecaster: Box<dyn Forecaster>,
        config: &ServiceConfig,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let hosts = match address.ip().is_loopback() {
            true => Hosts::Local(address.port()),
            false => Hosts::All,
        };
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let (requests, owner) = owner::start(forecaster)?;
        let service = Arc::new(Service::new(models, requests, hosts, config));
        let (stop, stopping) = watch::channel(None);
        let http = thread::Builder::new()
            .name("elman-http".to_owned())
            .spawn(move || run(&runtime, listener, &service, stopping))?;
        Ok(Self { address, stop, http: Some(http), owner: Some(owner) })
    }

    /// The address of the listener.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether a thread of the server has ended, which happens only if it fails.
    pub fn has_ended(&self) -> bool {
        let http = self.http.as_ref().is_none_or(JoinHandle::is_finished);
        http || self.owner.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Takes no more requests, answers those under way, at most for `patience`, and makes the observations durable.
    ///
    /// # Errors
    /// The reason why the state cannot be written.
    pub fn stop(mut self, patience: Duration) -> Result<(), String> {
        self.end(patience)
    }

    fn end(&mut self, patience: Duration) -> Result<(), String> {
        // The threads may have ended already.
        let _ = self.stop.send(Some(patience));
        if let Some(http) = self.http.take() {
            // A panic was reported by the thread.
            let _ = http.join();
        }
        // With the last request the other thread ends.
        match self.owner.take().map(JoinHandle::join) {
            Some(Err(_)) => Err("the thread of the forecasts has failed".to_owned()),
            Some(Ok(saved)) => saved,
            None => Ok(()),
        }
    }
}

impl Drop for ForecastServer {
    fn drop(&mut self) {
        let _ = self.end(Duration::ZERO);
    }
}

/// Answers requests until `stopping` has a value.
fn run(
    runtime: &Runtime,
    listener: TcpListener,
    service: &Arc<Service>,
    stopping: watch::Receiver<Option<Duration>>,
) {
    runtime.block_on(async {
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
        let open = Arc::clone(&service.connections);
        let served = connections::serve(
            listener,
            service.router(),
            open,
            service.time_out,
            stopping.clone(),
        );
        let too_late = async { tokio::time::sleep(patience(stopping).await).await };
        select(pin!(served), pin!(too_late)).await;
    });
}
