//! Paths of the service, and the checks of each request.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{MatchedPath, Path, RawQuery, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::answers::{self, OfModel, document, typed};
use super::connections::{Connections, Place};
use super::limits::{Limits, ServiceConfig};
use super::metrics::{self, Metrics};
use super::openapi;
use super::owner::{NoAnswer, Requests};
use super::problem::Problem;
use super::request;
use crate::guard::{self, Hosts};

/// The one path that needs no token, and has no rate limit.
const HEALTH: &str = "/health";

/// Everything that requests are answered with.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) models: Vec<String>,
    pub(crate) requests: Requests,
    pub(crate) connections: Arc<Connections>,
    pub(crate) hosts: Hosts,
    pub(crate) limits: Limits,
    pub(crate) body_limit: usize,
    pub(crate) time_out: Duration,
    pub(crate) metrics: Metrics,
    openapi: Bytes,
}

type Shared = State<Arc<Service>>;

impl Service {
    pub(crate) fn new(
        models: Vec<String>,
        requests: Requests,
        hosts: Hosts,
        config: &ServiceConfig,
    ) -> Self {
        let openapi = openapi::document(&models, config.token.is_some());
        Self {
            models,
            requests,
            connections: Connections::new(config.max_connections),
            hosts,
            limits: Limits::new(config),
            body_limit: config.body_limit,
            time_out: config.time_out,
            metrics: Metrics::new(),
            openapi: openapi.to_string().into(),
        }
    }

    /// The routes.
    pub(crate) fn router(self: &Arc<Self>) -> Router {
        let layer = middleware::from_fn_with_state(Arc::clone(self), whole_request);
        Router::new()
            .route("/observe", post(observe))
            .route("/forecast", get(forecast_unnamed))
            .route("/forecast/{unique_id}", get(forecast))
            .route(HEALTH, get(health))
            .route("/metrics", get(scores))
            .route("/openapi.json", get(openapi))
            .method_not_allowed_fallback(|| async {
                let help = "`GET /openapi.json` has the methods of each path";
                Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path has no such method", help)
            })
            .fallback(|| async {
                let help = "`GET /openapi.json` has all paths";
                Problem::new(StatusCode::NOT_FOUND, "there is no such path", help)
            })
            .layer(layer)
            .with_state(Arc::clone(self))
    }
}

/// Checks a request, reads its whole body, answers it, and counts the answer.
async fn whole_request(
    State(service): Shared,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let (began, method) = (Instant::now(), request.method().clone());
    let place = request.extensions().get::<Arc<Place>>().cloned();
    let mut response = match read(&service, request).await {
        Ok(request) => {
            place.iter().for_each(|place| place.begin_answer());
            let response = next.run(request).await;
            place.iter().for_each(|place| place.end_answer());
            response
        }
        Err(problem) => problem.into_response(),
    };
    guard::add_headers(&mut response);
    let path = path.as_ref().map_or("other", MatchedPath::as_str);
    service.metrics.count(&method, path, response.status(), began.elapsed());
    response
}

/// The request with its whole body, or why it is refused.
async fn read(service: &Service, request: Request) -> Result<Request, Problem> {
    if let Some(status) = guard::foreign(request.headers(), service.hosts) {
        let detail = "the header `Host` or `Origin` names another machine";
        return Err(Problem::new(status, detail, "send requests to the address of the server"));
    }
    if request.uri().path() != HEALTH {
        service.limits.check(request.headers())?;
    }
    let (head, body) = request.into_parts();
    let body = Limited::new(body, service.body_limit).collect();
    let body = tokio::time::timeout(service.time_out, body).await.map_err(|_| {
        let detail = format!("the body did not come within {:?}", service.time_out);
        Problem::new(StatusCode::REQUEST_TIMEOUT, detail, "send the request again")
    })?;
    let body = body.map_err(|error| match error.is::<LengthLimitError>() {
        true => {
            let detail = format!("the body has more than {} bytes", service.body_limit);
            let help = "send fewer observations in one request";
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail, help)
        }
        false => Problem::new(StatusCode::BAD_REQUEST, format!("bad body: {error}"), ""),
    })?;
    Ok(Request::from_parts(head, Body::from(body.to_bytes())))
}

async fn observe(
    State(service): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<Body>, Problem> {
    // A page of another site may send other media types without asking the server first.
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case("application/json") {
        let detail = "the body is not declared as JSON";
        let help = "send the header `Content-Type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail, help));
    }
    let read = request::observations(&body, &service.models)?;
    let of: Vec<usize> = read.list.iter().map(|observation| observation.model).collect();
    let results = service.requests.observe(read.list).await.map_err(unanswered)?;
    Ok(answers::observed(&service.models, &of, &results, read.is_array))
}

async fn forecast(
    State(service): Shared,
    unique_id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response<Body>, Problem> {
    let Path(unique_id) = unique_id.map_err(|rejection| {
        Problem::new(StatusCode::BAD_REQUEST, rejection.body_text(), "write the name in UTF-8")
    })?;
    forecast_of(&service, unique_id, query).await
}

/// The forecast of the series without a name.
async fn forecast_unnamed(
    State(service): Shared,
    RawQuery(query): RawQuery,
) -> Result<Response<Body>, Problem> {
    forecast_of(&service, String::new(), query).await
}

async fn forecast_of(
    service: &Service,
    unique_id: String,
    query: Option<String>,
) -> Result<Response<Body>, Problem> {
    let wanted = request::wanted(query.as_deref().unwrap_or_default(), &service.models)?;
    let model = &service.models[wanted.model];
    let missing = format!("the model `{model}` has no series {unique_id:?}");
    let found = service.requests.forecast(wanted.model, unique_id, wanted.horizon).await;
    match found.map_err(unanswered)? {
        Ok(Some(forecast)) => Ok(document(&OfModel { model, answer: &forecast })),
        Ok(None) => {
            let help = "send an observation of the series to `POST /observe` first";
            Err(Problem::new(StatusCode::NOT_FOUND, missing, help))
        }
        Err(refusal) => Err(Problem::of(StatusCode::UNPROCESSABLE_ENTITY, refusal)),
    }
}

/// Whether observations are taken. The answer says nothing else, as the request needs no token.
async fn health(State(service): Shared) -> Result<Response<Body>, Problem> {
    match service.requests.are_answered() {
        true => Ok(document(&serde_json::json!({"status": "ok"}))),
        false => {
            let detail = "the last observations could not be written to the state file";
            let help = "see that the file can be written, and start the server again";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail, help).retry_after(1))
        }
    }
}

async fn openapi(State(service): Shared) -> Response<Body> {
    typed("application/json", service.openapi.clone())
}

async fn scores(State(service): Shared) -> Result<Response<Body>, Problem> {
    let scores = service.requests.scores().await.map_err(unanswered)?;
    let text = service.metrics.text(service.connections.len(), &service.models, &scores);
    let text = text
        .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string(), ""))?;
    Ok(typed(metrics::MEDIA_TYPE, text))
}

/// The answer where the forecaster gives none.
fn unanswered(why: NoAnswer) -> Problem {
    let detail = match why {
        NoAnswer::NotSaved(reason) => format!("the state cannot be written: {reason}"),
        NoAnswer::Ended => "the server is ending".to_owned(),
    };
    let help = "send the request again, when `GET /health` is answered with 200: an observation counts once";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail, help).retry_after(1)
}
