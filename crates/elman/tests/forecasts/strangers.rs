//! Model files from strangers: damaged ones are refused, and crafted ones neither panic, nor take more memory than they
//! are worth, nor forecast what is not finite.

mod allocated;
mod files;

use std::panic::{AssertUnwindSafe, catch_unwind};

use elman::nn::file::TensorFile;
use serde_json::Value;

use files::{Kind, Room};

/// What a number or a list of a document is changed to, one at a time.
fn extremes() -> Vec<Value> {
    let numbers = [
        "0",
        "-1",
        "1e308",
        "-1e308",
        "\"NaN\"",
        "9223372036854775807",
        "4294967296",
        "30000",
        "0.5",
    ];
    let others = ["[]", "null", "{}", "\"\"", "true"];
    numbers.iter().chain(&others).map(|text| serde_json::from_str(text).unwrap()).collect()
}

/// Where numbers and lists stand in a document; of a long list the first and the last elements.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(at),
        Value::Array(list) => {
            found.push(at.clone());
            let ends = (0..list.len()).filter(|i| *i < 2 || *i + 1 == list.len());
            ends.for_each(|i| places(&list[i], format!("{at}/{i}"), found));
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                places(value, format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// What takes more than the file and this much besides is too much: a walk of 64 series has room for its windows.
const MOST: usize = 96 << 20;

fn mutated(kind: Kind) {
    let room = Room::new();
    let file = room.make(kind);
    let document = files::document(&file);
    let mut at = Vec::new();
    places(&document, String::new(), &mut at);
    assert!(at.len() > 30, "{kind:?}: {at:?}");
    let (mut loaded, mut refused) = (0, 0);
    for place in &at {
        for extreme in extremes() {
            let mut document = document.clone();
            *document.pointer_mut(place).unwrap() = extreme.clone();
            let path = room.write(&files::with_document(&file, &document));
            let what = format!("{kind:?}, {place} = {extreme}");
            let (outcome, taken) = allocated::most_during(|| {
                catch_unwind(AssertUnwindSafe(|| files::used(kind, &path)))
            });
            assert!(taken < MOST, "{what}: {taken} bytes");
            match outcome {
                Ok(Ok(values)) => {
                    loaded += 1;
                    assert!(values.iter().all(|y| y.is_finite()), "{what}: {values:?}");
                }
                Ok(Err(error)) => {
                    refused += 1;
                    assert!(!error.is_empty(), "{what}");
                }
                Err(_) => panic!("{what}: panics"),
            }
        }
    }
    // Some numbers decide nothing of a forecast; most have a range.
    assert!(loaded > 10 && refused > loaded, "{kind:?}: {loaded} loaded, {refused} refused");
}

#[test]
fn crafted_panels_are_refused_or_forecast() {
    mutated(Kind::Panel);
}

#[test]
fn crafted_panels_of_single_series_are_refused_or_forecast() {
    mutated(Kind::Local);
}

#[test]
fn crafted_models_of_a_series_are_refused_or_forecast() {
    mutated(Kind::Series);
}

#[test]
fn crafted_models_of_text_are_refused_or_write() {
    mutated(Kind::Text);
}

#[test]
fn crafted_checkpoints_are_refused_or_go_on() {
    mutated(Kind::Checkpoint);
}

#[test]
fn crafted_checkpoints_of_text_are_refused_or_go_on() {
    mutated(Kind::TextCheckpoint);
}

#[test]
fn every_flipped_bit_is_noticed() {
    let room = Room::new();
    for kind in Kind::ALL {
        let mut file = room.make(kind);
        let path = room.path();
        let read = |content| TensorFile::of(content, &path)?.model::<f32>();
        assert!(read(file.clone()).is_ok(), "{kind:?}");
        for bit in 0..8 * file.len() {
            let (byte, mask) = (bit / 8, 1 << (bit % 8));
            file[byte] ^= mask;
            assert!(read(file.clone()).is_err(), "{kind:?}: bit {bit} of {}", 8 * file.len());
            file[byte] ^= mask;
        }
        for len in 0..file.len() {
            assert!(read(file[..len].to_vec()).is_err(), "{kind:?}: {len}");
        }
    }
}

#[test]
fn weights_that_are_not_finite_are_refused() {
    let room = Room::new();
    for kind in Kind::ALL {
        for bits in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].map(f32::to_le_bytes) {
            let mut file = room.make(kind);
            // The last bytes of a model are weights, those of a checkpoint the last weights of an optimizer or so.
            let from = file.len() - 4;
            file[from..].copy_from_slice(&bits);
            elman::nn::file::seal(&mut file);
            match files::used(kind, &room.write(&file)) {
                Err(error) => assert!(error.contains("not finite"), "{kind:?}: {error}"),
                // The last update of a training may have exploded: the next step takes it back.
                Ok(losses) => {
                    assert!(matches!(kind, Kind::Checkpoint | Kind::TextCheckpoint), "{kind:?}");
                    assert!(losses.iter().all(|loss| loss.is_finite()), "{losses:?}");
                }
            }
        }
    }
}

#[test]
fn weights_that_are_too_large_forecast_nothing() {
    let room = Room::new();
    for kind in [Kind::Panel, Kind::Local, Kind::Series, Kind::Text] {
        let file = room.make(kind);
        let path = room.write(&files::with_weights(&file, 3e38));
        if let Ok(values) = files::used(kind, &path) {
            assert!(values.iter().all(|y| y.is_finite()), "{kind:?}: {values:?}");
        }
    }
}

#[test]
fn loading_takes_the_file_and_its_weights() {
    let room = Room::new();
    let file = room.make_large();
    let path = room.write(&file);
    let (loaded, taken) =
        allocated::most_during(|| elman::select::FittedForecaster::load(&path).is_ok());
    assert!(loaded);
    let limit = 2 * file.len() + file.len() / 8;
    assert!(taken < limit, "{taken} bytes for a file of {}", file.len());
}

#[test]
fn a_document_that_takes_far_more_than_its_file_is_refused() {
    let room = Room::new();
    let file = room.make(Kind::Panel);
    let mut document = files::document(&file);
    document["about"]["list"] = Value::Array(vec![Value::from(0); 4 << 20]);
    let crafted = files::with_document(&file, &document);
    drop(document);
    let path = room.write(&crafted);
    let (loaded, taken) =
        allocated::most_during(|| elman::select::FittedForecaster::load(&path).map(drop));
    let error = loaded.unwrap_err().to_string();
    assert!(error.contains("takes far more memory than the file"), "{error}");
    // The text of the header is copied; its values alone would be sixteen times the file.
    assert!(taken < 6 * crafted.len(), "{taken} bytes for a file of {}", crafted.len());
}

#[test]
fn what_contradicts_itself_is_refused() {
    let room = Room::new();
    let file = room.make(Kind::Panel);
    let made = files::document(&file);
    let net = "/about/forecaster/nets/0";
    assert_eq!(made.pointer(&format!("{net}/preprocessing/transform")), Some(&"log".into()));
    let with = |changes: &[(&str, Value)]| {
        let mut document = made.clone();
        for (at, value) in changes {
            *document.pointer_mut(at).unwrap_or_else(|| panic!("no {at}")) = value.clone();
        }
        files::used(Kind::Panel, &room.write(&files::with_document(&file, &document)))
    };
    assert!(with(&[]).is_ok());
    let at = |name: &str| format!("{net}{name}");
    let (free, drift, scale, steps) = (
        at("/preprocessing/no_floor"),
        at("/preprocessing/drift"),
        at("/preprocessing/transform"),
        at("/max_steps"),
    );
    let yes = || Value::from(true);
    let plain = |at| (at, Value::from("mean_scale"));
    let [contest, made_from] =
        ["/about/forecaster/selection/transform", "/about/forecaster/conformal/transform"];
    let all_plain = || vec![plain(contest), plain(made_from)];
    for (changes, named) in [
        (vec![(&free[..], yes())], "without a floor"),
        ([all_plain(), vec![(&free[..], yes())]].concat(), "`no_floor`"),
        (vec![(&drift[..], yes())], "`drift`"),
        (vec![plain(&scale), (&drift, yes())], "`drift`"),
        (
            [all_plain(), vec![plain(&scale), (&free, yes()), (&drift, yes()), (&steps, 5.into())]]
                .concat(),
            "`drift`",
        ),
        (vec![plain(made_from)], "`transform`"),
    ] {
        let error = with(&changes).expect_err(named);
        assert!(error.contains(named), "{changes:?}: {error}");
    }
}
