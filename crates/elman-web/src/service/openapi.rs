//! The OpenAPI document of a server.

use serde_json::{Value, json};

/// The document of all servers.
const DOCUMENT: &str = include_str!("openapi.json");

/// The document of a server with these models. Where there are several, each request names one; with a token, each request but
/// that for health needs it.
pub(crate) fn document(models: &[String], has_token: bool) -> Value {
    let mut document: Value = serde_json::from_str(DOCUMENT).expect("a test reads the document");
    let is_required = models.len() > 1;
    let name = json!({"type": "string", "enum": models});
    for path in ["/forecast", "/forecast/{unique_id}"] {
        let parameters = document["paths"][path]["get"]["parameters"].as_array_mut();
        for parameter in parameters.into_iter().flatten().filter(|one| one["name"] == "model") {
            parameter["schema"] = name.clone();
            parameter["required"] = json!(is_required);
        }
    }
    let observation = &mut document["components"]["schemas"]["Observation"];
    let description = observation["properties"]["model"]["description"].clone();
    observation["properties"]["model"] =
        json!({"type": "string", "enum": models, "description": description});
    if is_required {
        observation["required"] = json!(["y", "model"]);
    }
    document["security"] = if has_token { json!([{"token": []}]) } else { json!([]) };
    document["paths"]["/health"]["get"]["security"] = json!([]);
    document
}
