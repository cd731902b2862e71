//! What a new training puts its files in the place of.

use std::collections::BTreeSet;
use std::path::Path;

use elman::nn::file::{Document, ModelFile};
use serde_json::Value;

use crate::files::shell_word;

/// Settings that are named.
const MAX_NAMES: usize = 5;

/// That the model file of this training, which was not named by the person, holds one of other settings or data.
pub fn replaced(model: &Path, settings: &Value, source: &Value) -> Option<String> {
    let about = document(model)?.about;
    // A model of text, or of a training, keeps its settings in one entry.
    let of_training = || about.get("forecaster")?.get("training");
    let about = about.get("text").or_else(of_training).unwrap_or(&about);
    let mut other = BTreeSet::new();
    differences("settings", &about["settings"], settings, &mut other);
    // The same file with newer values is what models are replaced for.
    differences("source", without_values(&about["source"]), without_values(source), &mut other);
    if other.is_empty() {
        return None;
    }
    let more = other.len().saturating_sub(MAX_NAMES);
    let mut other: Vec<&str> = other.into_iter().take(MAX_NAMES).collect();
    other.extend((more > 0).then_some("…"));
    Some(format!(
        "note: {}, a model trained with another configuration ({}), will be replaced\n  help: `--save NAME` keeps both",
        model.display(),
        other.join(", ")
    ))
}

/// That the file for checkpoints holds a training that could go on, by the command that begins with `train`.
pub fn unfinished(checkpoint: &Path, train: &str) -> Option<String> {
    let training = document(checkpoint)?.training?;
    Some(format!(
        "note: {} is the checkpoint of a training that was stopped after step {}: a checkpoint of this training would \
         replace it\n  help: `{train} --resume {}` continues it; `--checkpoint NAME` keeps both",
        checkpoint.display(),
        training.current.step,
        shell_word(checkpoint)
    ))
}

/// What is in a model file, if it is one.
fn document(path: &Path) -> Option<Document> {
    // To open a pipe could wait for ever.
    let is_file = path.is_file();
    is_file.then(|| ModelFile::<f32>::read(path).ok()).flatten().map(|file| file.document)
}

/// A source of data is known by its path, or by its name; the wave of the lesson by its kind.
fn without_values(source: &Value) -> &Value {
    source.get("path").or_else(|| source.get("kind")).unwrap_or(source)
}

/// The names of the entries in which two documents differ.
fn differences<'a>(name: &'a str, a: &'a Value, b: &'a Value, found: &mut BTreeSet<&'a str>) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let names = a.keys().chain(b.keys());
            for name in names {
                let of =
                    |map: &'a serde_json::Map<String, Value>| map.get(name).unwrap_or(&Value::Null);
                differences(name, of(a), of(b), found);
            }
        }
        (a, b) if a != b => {
            found.insert(name);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_differ_where_their_leaves_do() {
        let (a, b) = (
            json!({"m": {"cell": "rnn", "size": 3}}),
            json!({"m": {"cell": "gru", "size": 3, "more": 1}}),
        );
        let mut found = BTreeSet::new();
        differences("", &a, &b, &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["cell", "more"]);
        let mut none = BTreeSet::new();
        differences("", &a, &a, &mut none);
        assert!(none.is_empty());
    }
}
