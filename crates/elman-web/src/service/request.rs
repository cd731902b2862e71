//! Requests as they are sent, read and checked.

use std::cell::Cell;
use std::fmt;

use axum::http::StatusCode;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de::value::MapAccessDeserializer};

use super::forecaster::Observation;
use super::problem::Problem;

/// Most observations of one request.
pub(crate) const MAX_OBSERVATIONS: usize = 1000;

/// Longest name of a series, in bytes of UTF-8.
pub(crate) const MAX_ID: usize = 256;

/// Longest date, in bytes; the longest that a calendar reads is far shorter.
const MAX_DATE: usize = 64;

/// Largest whole number in place of a text: beyond it, a number of JSON need not be exact.
const MAX_WHOLE: f64 = 9_007_199_254_740_991.0;

/// Most time steps of a forecast that a request may ask for.
pub(crate) const MAX_HORIZON: usize = 1000;

/// The observations of one request.
#[derive(Debug, PartialEq)]
pub(crate) struct Observations {
    pub(crate) list: Vec<Observation>,
    /// Whether they came as an array, so that the answer is one.
    pub(crate) is_array: bool,
}

/// Reads the body of `POST /observe`.
///
/// # Errors
/// Anything but an observation or an array of observations, each for one of `models`: the whole request is refused.
pub(crate) fn observations(body: &[u8], models: &[String]) -> Result<Observations, Problem> {
    let index = Cell::new(None);
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = Request { models, index: &index }.deserialize(&mut json);
    let read = read.and_then(|read| json.end().map(|()| read));
    read.map_err(|error| {
        let detail = match index.get() {
            Some(index) => format!("observation {index}: {error}"),
            None => error.to_string(),
        };
        let help = "send one JSON object such as {\"unique_id\": \"a\", \"ds\": \"2024-01-01\", \"y\": 1.2}, \
                    or an array of such objects";
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, detail, help);
        problem.index = index.get();
        problem
    })
}

/// An observation as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    #[serde(default)]
    unique_id: Option<Text>,
    #[serde(default)]
    ds: Option<Text>,
    // Not by default: a value that is missing is sent as `null`.
    #[serde(deserialize_with = "Option::deserialize")]
    y: Option<f64>,
    #[serde(default)]
    model: Option<String>,
}

impl Sent {
    fn checked<E: de::Error>(self, models: &[String]) -> Result<Observation, E> {
        let unique_id = self.unique_id.map_or_else(String::new, |Text(id)| id);
        if unique_id.len() > MAX_ID {
            return Err(E::custom(format!("`unique_id` has more than {MAX_ID} bytes")));
        }
        let ds = self.ds.map(|Text(ds)| ds);
        if ds.as_ref().is_some_and(|ds| ds.len() > MAX_DATE) {
            return Err(E::custom(format!("`ds` has more than {MAX_DATE} bytes")));
        }
        let model = number_of(self.model.as_deref(), models).map_err(E::custom)?;
        Ok(Observation { model, unique_id, ds, y: self.y.unwrap_or(f64::NAN) })
    }
}

/// The number of the model of this name; the only one where none is named.
pub(crate) fn number_of(name: Option<&str>, models: &[String]) -> Result<usize, String> {
    let all = || models.iter().map(|model| format!("`{model}`")).collect::<Vec<_>>().join(", ");
    match (name, models) {
        (None, [_]) => Ok(0),
        (None, _) => Err(format!("`model` is missing: name one of {}", all())),
        (Some(name), _) => models
            .iter()
            .position(|model| model == name)
            .ok_or_else(|| format!("there is no model `{name}`: name one of {}", all())),
    }
}

/// A text, or a whole number in place of a text.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfText;
        impl Visitor<'_> for OfText {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a whole number")
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }

            // In JSON, 1.0 is a whole number, too.
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Text, E> {
                match number.fract() == 0.0 && number.abs() <= MAX_WHOLE {
                    true => Ok(Text(number.to_string())),
                    false => Err(E::invalid_type(de::Unexpected::Float(number), &self)),
                }
            }
        }
        deserializer.deserialize_any(OfText)
    }
}

/// Reads one observation or an array of observations; `index`: the one that is being read.
struct Request<'r> {
    models: &'r [String],
    index: &'r Cell<Option<usize>>,
}

impl<'de> DeserializeSeed<'de> for Request<'_> {
    type Value = Observations;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Observations, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Request<'_> {
    type Value = Observations;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an observation or an array of observations")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Observations, A::Error> {
        self.index.set(Some(0));
        let sent = Sent::deserialize(MapAccessDeserializer::new(map))?;
        let list = vec![sent.checked(self.models)?];
        self.index.set(None);
        Ok(Observations { list, is_array: false })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Observations, A::Error> {
        let mut list = Vec::new();
        self.index.set(Some(0));
        while let Some(Object(sent)) = array.next_element()? {
            if list.len() == MAX_OBSERVATIONS {
                self.index.set(None);
                let reason = format!("more than {MAX_OBSERVATIONS} observations in one request");
                return Err(de::Error::custom(reason));
            }
            list.push(sent.checked(self.models)?);
            self.index.set(Some(list.len()));
        }
        self.index.set(None);
        match list.is_empty() {
            true => Err(de::Error::custom("the array has no observation")),
            false => Ok(Observations { list, is_array: true }),
        }
    }
}

/// An observation in an array: an object, as a derived reader would take an array of its fields, too.
struct Object(Sent);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;
        impl<'de> Visitor<'de> for OfObject {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `y`")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
                Sent::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(OfObject)
    }
}

/// The parameters of `GET /forecast`.
#[derive(Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) model: usize,
    pub(crate) horizon: Option<usize>,
}

/// Reads the query of `GET /forecast`.
///
/// # Errors
/// A parameter that is unknown, named twice or out of range; a model that does not exist.
pub(crate) fn wanted(query: &str, models: &[String]) -> Result<Wanted, Problem> {
    let refused = |detail: String, help: &str| Problem::new(StatusCode::BAD_REQUEST, detail, help);
    let (mut horizon, mut model) = (None, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let is_first = match &*name {
            "horizon" => horizon.replace(steps(&value)?).is_none(),
            "model" => model.replace(value).is_none(),
            _ => {
                let detail = format!("there is no parameter `{name}`");
                return Err(refused(detail, "the parameters are `horizon` and `model`"));
            }
        };
        if !is_first {
            return Err(refused(format!("`{name}` is named twice"), "leave one of the two out"));
        }
    }
    let model = number_of(model.as_deref(), models).map_err(|reason| refused(reason, ""))?;
    Ok(Wanted { model, horizon })
}

/// The horizon of a query.
fn steps(text: &str) -> Result<usize, Problem> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let horizon = text.parse().ok().filter(|steps| (1..=MAX_HORIZON).contains(steps));
    horizon.filter(|_| is_number).ok_or_else(|| {
        let detail = format!("`horizon` cannot be {text:?}");
        let help = format!("give a whole number of time steps from 1 to {MAX_HORIZON}");
        Problem::new(StatusCode::BAD_REQUEST, detail, help)
    })
}
