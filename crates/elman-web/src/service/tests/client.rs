//! Requests to the routes. Each answer is compared with the OpenAPI document.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use super::forecaster::{Disk, LastValue};
use super::openapi;
use crate::guard::Hosts;
use crate::service::routes::Service;
use crate::service::{ServiceConfig, owner};

/// Routes of this machine at port 7878.
pub(super) struct Client {
    router: Router,
    runtime: Runtime,
    pub(super) disk: Disk,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    #[track_caller]
    pub(super) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }
}

impl Client {
    pub(super) fn new(models: &[&str], config: &ServiceConfig) -> Self {
        Self::at(Hosts::Local(7878), models, config)
    }

    pub(super) fn at(hosts: Hosts, models: &[&str], config: &ServiceConfig) -> Self {
        let disk = Disk::default();
        let forecaster = Box::new(LastValue::new(models.len(), &disk));
        let (requests, _) = owner::start(forecaster).unwrap();
        let models = models.iter().map(ToString::to_string).collect();
        let service = Arc::new(Service::new(models, requests, hosts, config));
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { router: service.router(), runtime, disk }
    }

    /// With one model and the default limits.
    pub(super) fn usual() -> Self {
        Self::new(&["sales"], &ServiceConfig::default())
    }

    /// The answer to a request, whose status and document are those of the OpenAPI document.
    #[track_caller]
    pub(super) fn ask(&self, request: Request) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = self.runtime.block_on(async {
            let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            Answer { status: head.status.as_u16(), headers: head.headers, text }
        });
        openapi::check(method.as_str(), &path, &answer);
        answer
    }

    #[track_caller]
    pub(super) fn get(&self, path: &str) -> Answer {
        self.ask(request("GET", path, &[], ""))
    }

    #[track_caller]
    pub(super) fn observe(&self, body: &str) -> Answer {
        self.ask(request("POST", "/observe", &[JSON], body))
    }
}

pub(super) const JSON: (&str, &str) = ("content-type", "application/json");

/// A request to this machine, unless a header `host` names another one.
pub(super) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let mut request = Request::builder().method(method).uri(path);
    if headers.iter().all(|(name, _)| *name != "host") {
        request = request.header("host", "localhost:7878");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}
