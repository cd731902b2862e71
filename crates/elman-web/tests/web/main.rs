//! Requests to the server, over sockets.

mod client;
mod events;
mod forecasts;
mod requests;
