//! Compares the answers of the service with the OpenAPI document.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::{Answer, Client, request};
use crate::service::openapi;
use crate::service::request::{MAX_HORIZON, MAX_ID, MAX_OBSERVATIONS};

fn document() -> Value {
    openapi::document(&["sales".to_owned()], false)
}

/// Checks that the document has the status and the body of an answer.
#[track_caller]
pub(super) fn check(method: &str, path: &str, answer: &Answer) {
    let document = document();
    let template = match path {
        _ if path.starts_with("/forecast/") => "/forecast/{unique_id}",
        path => path,
    };
    let Some(operation) = document["paths"][template].get(method.to_lowercase()) else {
        assert!([401, 404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
        return;
    };
    let response = &operation["responses"][answer.status.to_string()];
    assert!(response.is_object(), "{method} {path}: {} is not documented", answer.status);
    for header in response["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
        assert!(answer.headers.contains_key(header), "{header}: {answer:?}");
    }
    let media_type = answer.headers["content-type"].to_str().unwrap();
    let media_type = media_type.split(';').next().unwrap();
    let content = &response["content"][media_type];
    assert!(content.is_object(), "{method} {path}: {media_type} is not documented");
    if media_type.ends_with("json") {
        let problem = mismatch(&answer.json(), &content["schema"], &document);
        assert_eq!(problem, None, "{method} {path}: {}", answer.text);
    }
}

/// Where a value does not match a schema; of JSON Schema, the words that the document uses in answers.
fn mismatch(value: &Value, schema: &Value, document: &Value) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return mismatch(value, &document.pointer(&name[1..]).unwrap().clone(), document);
    }
    for word in ["oneOf", "anyOf"] {
        if let Some(schemas) = schema[word].as_array() {
            let mismatches: Vec<_> =
                schemas.iter().map(|schema| mismatch(value, schema, document)).collect();
            let fits = mismatches.iter().any(Option::is_none);
            return (!fits).then(|| format!("{mismatches:?}"));
        }
    }
    let of_type = match schema["type"].as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the test does not know the type {other}"),
    };
    let is_listed = schema["enum"].as_array().is_none_or(|values| values.contains(value));
    if !of_type || !is_listed {
        return Some(format!("{value} is not {schema}"));
    }
    let items = value.as_array().into_iter().flatten();
    let bad_item =
        items.map(|item| mismatch(item, &schema["items"], document)).find(Option::is_some);
    bad_item.flatten().or_else(|| bad_member(value, schema, document))
}

/// Where a member of an object is missing, unknown or of another kind.
fn bad_member(value: &Value, schema: &Value, document: &Value) -> Option<String> {
    let object = value.as_object()?;
    let required = schema["required"].as_array().into_iter().flatten();
    let missing = required.filter_map(Value::as_str).find(|name| !object.contains_key(*name));
    if let Some(missing) = missing {
        return Some(format!("{missing} is missing"));
    }
    object.iter().find_map(|(name, value)| match schema["properties"].get(name) {
        Some(schema) => mismatch(value, schema, document),
        None if schema["additionalProperties"] == json!(false) => {
            Some(format!("{name} is unknown"))
        }
        None => None,
    })
}

#[test]
fn the_document_is_served_and_has_the_limits_of_the_code() {
    let client = Client::usual();
    let served = client.get("/openapi.json").is(200);
    assert_eq!(served, document());
    assert_eq!(served["info"]["version"], env!("CARGO_PKG_VERSION"));
    let body = &served["paths"]["/observe"]["post"]["requestBody"]["content"]["application/json"];
    assert_eq!(body["schema"]["oneOf"][1]["maxItems"], MAX_OBSERVATIONS);
    let observation = &served["components"]["schemas"]["Observation"]["properties"];
    assert_eq!(observation["unique_id"]["maxLength"], MAX_ID);
    for path in ["/forecast", "/forecast/{unique_id}"] {
        let parameters = served["paths"][path]["get"]["parameters"].as_array().unwrap();
        let horizon = parameters.iter().find(|one| one["name"] == "horizon").unwrap();
        assert_eq!(horizon["schema"]["maximum"], MAX_HORIZON);
    }
}

#[test]
fn the_document_names_the_models_and_the_token() {
    let models = ["sales", "visits"].map(str::to_owned);
    let document = openapi::document(&models, true);
    let observation = &document["components"]["schemas"]["Observation"];
    assert_eq!(observation["properties"]["model"]["enum"], json!(models));
    assert_eq!(observation["required"], json!(["y", "model"]));
    let forecast = &document["paths"]["/forecast/{unique_id}"]["get"]["parameters"];
    let model = forecast.as_array().unwrap().iter().find(|one| one["name"] == "model").unwrap();
    assert_eq!((&model["schema"]["enum"], &model["required"]), (&json!(models), &json!(true)));
    assert_eq!(document["security"], json!([{"token": []}]));
    assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
}

#[test]
fn each_path_of_the_document_has_its_methods_and_no_others() {
    let client = Client::usual();
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 6);
    for (path, operations) in paths {
        let documented: BTreeSet<_> =
            operations.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            let answer = client.ask(request(method, &path.replace("{unique_id}", "a"), &[], ""));
            let is_known = documented.contains(method);
            assert_eq!(answer.status != 405, is_known, "{method} {path}: {answer:?}");
            if !is_known {
                let allowed = answer.headers["allow"].to_str().unwrap();
                assert!(documented.iter().all(|known| allowed.contains(known)), "{allowed}");
            }
        }
    }
    let unknown = client.get("/observations").is(404);
    assert_eq!(unknown["detail"], "there is no such path");
}
