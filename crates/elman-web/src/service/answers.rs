//! Answers to requests that succeed, as JSON.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::{Value, json};

use super::forecaster::{Observed, Refusal};
use super::problem::{OfArray, Problem};

/// An answer with the name of its model.
#[derive(Debug, Serialize)]
pub(crate) struct OfModel<'a, T> {
    pub(crate) model: &'a str,
    #[serde(flatten)]
    pub(crate) answer: &'a T,
}

/// A JSON document.
pub(crate) fn document(value: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(value) {
        Ok(json) => typed("application/json", json),
        Err(error) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Problem::new(status, format!("the answer cannot be written: {error}"), "")
                .into_response()
        }
    }
}

/// A body of this media type.
pub(crate) fn typed(media_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// The answer to observations, each of the model of this number: 200 if all were taken; else 422, with the answers to the others.
pub(crate) fn observed(
    models: &[String],
    of: &[usize],
    results: &[Result<Observed, Refusal>],
    is_array: bool,
) -> Response<Body> {
    let mut answers = Vec::with_capacity(results.len());
    for (model, result) in of.iter().zip(results) {
        answers.push(result.as_ref().ok().map(|answer| OfModel { model: &models[*model], answer }));
    }
    match results.iter().position(Result::is_err) {
        Some(first) => refused(&answers, results, first, is_array).into_response(),
        None if is_array => document(&answers),
        None => document(&answers[0]),
    }
}

fn refused(
    answers: &[Option<OfModel<'_, Observed>>],
    results: &[Result<Observed, Refusal>],
    first: usize,
    is_array: bool,
) -> Problem {
    let bad = |(index, result): (usize, &Result<Observed, Refusal>)| {
        let Refusal { detail, help } = result.as_ref().err()?;
        Some(json!({"index": index, "detail": detail, "help": help}))
    };
    let errors: Vec<Value> = results.iter().enumerate().filter_map(bad).collect();
    let text = |name: &str| errors[0][name].as_str().unwrap_or_default().to_owned();
    let detail = match is_array {
        true => format!(
            "{} of {} observations are refused; observation {first}: {}",
            errors.len(),
            results.len(),
            text("detail")
        ),
        false => text("detail"),
    };
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail, text("help"));
    problem.index = Some(first);
    if is_array {
        let results = answers.iter().map(|answer| json!(answer)).collect();
        problem.array = Some(Box::new(OfArray { errors, results }));
    }
    problem
}
