//! Character models on the processor of this machine.

use elman_nn::registry::Entry;

use super::{PropertyEntry, TextConfig, TextEngine, TextEntry, TextError};
use crate::training::Status;

/// A small network that learns in a second.
fn small() -> TextConfig {
    TextConfig {
        cell: "lstm".to_owned(),
        hidden_size: 32,
        num_layers: 1,
        seq_length: 20,
        batch_size: 4,
        learning_rate: 0.01,
        carry: true,
        seed: 1,
    }
}

/// A text whose next character follows from the last three and not from the last one.
fn repeating() -> String {
    "ab ac ad bc bd ce. ".repeat(60)
}

fn trained(config: &TextConfig, text: &str, steps: usize) -> TextEngine {
    let mut engine = TextEngine::new(config, text).unwrap();
    assert_eq!(engine.step(steps).unwrap(), Status::Running);
    engine.evaluate().unwrap();
    engine
}

#[test]
fn a_repeating_text_is_learned_below_the_bigram_model() {
    let engine = trained(&small(), &repeating(), 300);
    let baselines = engine.baselines();
    let loss = engine.validation_loss();
    assert!(baselines.bigram > 0.5, "{baselines:?}");
    assert!(loss < 0.1 * baselines.bigram, "{loss} bits, {baselines:?}");
    let sample = engine.sample("ab ac ad ", 0.2, 19).unwrap();
    assert_eq!(sample, "bc bd ce. ab ac ad ");
}

#[test]
fn an_untrained_network_is_as_good_as_a_uniform_guess_and_the_baselines_are_ordered() {
    let play = TextEntry::find("shakespeare").unwrap().text();
    let engine = TextEngine::new(&small(), &play).unwrap();
    let baselines = engine.baselines();
    assert!((engine.validation_loss() - baselines.uniform).abs() < 0.2);
    assert!(baselines.uniform > baselines.unigram + 0.5, "{baselines:?}");
    assert!(baselines.unigram > baselines.bigram + 0.5, "{baselines:?}");
    assert_eq!(engine.characters(), [14_362, 1_595]);
}

#[test]
fn every_text_is_learned_better_than_by_a_unigram_model() {
    for entry in TextEntry::ALL {
        let text = entry.text();
        assert!(text.ends_with('\n'), "{}", entry.name());
        let engine = trained(&small(), &text, 400);
        let (loss, unigram) = (engine.validation_loss(), engine.baselines().unigram);
        assert!(loss < unigram - 0.3, "{}: {loss}, unigram {unigram}", entry.name());
    }
}

#[test]
fn any_characters_come_back() {
    // More than 256 different characters: their order is that of their frequency.
    let many: String = ('一'..='丏').chain('а'..='я').chain('\u{ac00}'..='\u{adff}').collect();
    for text in ["año, ñu; 漢字 and 🦀\n\u{301}\u{0}".repeat(20), many] {
        let engine = TextEngine::new(&small(), &text).unwrap();
        let mut back = Vec::new();
        for &token in engine.reading().tokens() {
            engine.vocabulary().decode(token, &mut back);
        }
        let back = String::from_utf8(back).unwrap();
        let cut = engine.characters()[0];
        let validation: String = text.chars().skip(cut).collect();
        assert!(validation.starts_with(&back) && back.chars().count() > 20);
        assert_eq!(engine.sample(&back, 1.0, 30).unwrap().chars().count(), 30);
    }
}

#[test]
fn a_low_temperature_takes_the_most_likely_character() {
    let play = TextEntry::find("shakespeare").unwrap().text();
    let engine = trained(&small(), &play, 200);
    let greedy = engine.sample("First", 0.0, 60).unwrap();
    assert_eq!(engine.sample("First", 1e-4, 60).unwrap(), greedy);
    assert_ne!(engine.sample("First", 1.0, 60).unwrap(), greedy);
    // The character that follows the passage greedily is the likeliest one of its reading.
    let mut passage = Vec::new();
    let tokens = engine.reading().tokens();
    let read = &tokens[..tokens.len() - 1];
    read.iter().for_each(|token| engine.vocabulary().decode(*token, &mut passage));
    let next = engine.sample(&String::from_utf8(passage).unwrap(), 0.0, 1).unwrap();
    let likely = engine.reading().likely()[(read.len() - 1) * 5] as u32;
    assert_eq!(engine.vocabulary().number(next.chars().next().unwrap()), Some(likely));
}

#[test]
fn the_same_seed_and_step_give_the_same_bits_and_samples() {
    let play = TextEntry::find("shakespeare").unwrap().text();
    let run = |config: &TextConfig, chunk: usize| {
        let mut engine = TextEngine::new(config, &play).unwrap();
        (0..60 / chunk).for_each(|_| assert_eq!(engine.step(chunk).unwrap(), Status::Running));
        engine.evaluate().unwrap();
        (engine.validation_loss(), engine.sample("", 0.8, 100).unwrap())
    };
    assert_eq!(run(&small(), 1), run(&small(), 20));
    assert_ne!(run(&small(), 20), run(&TextConfig { seed: 2, ..small() }, 20));
    // Samples of two steps differ, although the weights hardly do.
    let slow = TextConfig { learning_rate: 1e-9, ..small() };
    let mut engine = TextEngine::new(&slow, &play).unwrap();
    let before = engine.sample("", 0.8, 100).unwrap();
    engine.step(1).unwrap();
    assert_ne!(engine.sample("", 0.8, 100).unwrap(), before);
}

#[test]
fn the_passage_has_a_state_and_five_predictions_for_each_character() {
    let config = TextConfig { num_layers: 2, cell: "gru".to_owned(), ..small() };
    let engine = trained(&config, &TextEntry::find("numbers").unwrap().text(), 50);
    let reading = engine.reading();
    assert_eq!(reading.tokens().len(), 401);
    assert_eq!(reading.hidden().len(), 400 * 2 * 32);
    assert_eq!(reading.likely().len(), 400 * 5);
    for (p, actual) in reading.probabilities().chunks(5).zip(reading.actual()) {
        assert!(p.is_sorted_by(|a, b| a >= b) && p.iter().sum::<f32>() <= 1.0 + 1e-5);
        assert!(*actual > 0.0 && actual <= &p[0]);
    }
    // The predictions are those of the validation loss: it is the mean of -log2 p over all of the set.
    let text = "ab ac ad bc bd ce. ".repeat(40);
    let engine = trained(&small(), &text, 20);
    let actual = engine.reading().actual();
    assert_eq!(actual.len(), engine.characters()[1] - 1);
    let bits = actual.iter().map(|p| -f64::from(p.log2())).sum::<f64>() / actual.len() as f64;
    assert!((bits - engine.validation_loss()).abs() < 1e-5, "{bits}");
}

#[test]
fn the_unit_that_follows_a_property_is_found() {
    let passage: Vec<char> = "ab\ncd e".chars().collect();
    let property = |name| PropertyEntry::find(name).unwrap();
    // Two units: the second one is −0.1 times the position in the line, the first one is 1 after a space.
    let states = [0.0, -0.1, 0.0, -0.2, 1.0, 0.0, 0.0, -0.1, 0.0, -0.2, 1.0, -0.3, 0.0, -0.4];
    let (unit, r) = property("line").strongest(&passage, &states).unwrap();
    assert!(unit == 1 && (r + 1.0).abs() < 1e-6, "{r}");
    let (unit, r) = property("space").strongest(&passage, &states).unwrap();
    assert!(unit == 0 && (r - 1.0).abs() < 1e-6, "{r}");
    assert_eq!(property("word").strongest(&passage, &[0.5; 14]), None);
    // Of a trained network: by chance the largest of 32 correlations over 400 characters is below 0.2.
    let play = TextEntry::find("shakespeare").unwrap().text();
    let engine = trained(&small(), &play, 300);
    let (_, r) = engine.strongest_unit(property("space")).unwrap();
    assert!(r.abs() > 0.4, "{r}");
}

#[test]
fn a_large_learning_rate_diverges_and_training_continues_after_rewinding() {
    let text = TextEntry::find("shakespeare").unwrap().text();
    for cell in ["rnn", "rnn_relu", "gru", "lstm"] {
        let mut engine = trained(&TextConfig { cell: cell.to_owned(), ..small() }, &text, 300);
        engine.set_learning_rate(10.0).unwrap();
        assert_eq!(engine.step(1000).unwrap(), Status::Diverged, "{cell}");
        engine.rewind();
        assert_eq!(engine.training().trainer.step(), 200, "{cell}");
        engine.set_learning_rate(0.001).unwrap();
        assert_eq!(engine.step(100).unwrap(), Status::Running, "{cell}");
        assert!(engine.training().loss() < 3.0, "{cell}: {}", engine.training().loss());
    }
}

#[test]
fn texts_that_cannot_be_learned_are_errors_with_the_next_step() {
    let error = |text: &str| TextEngine::new(&small(), text).unwrap_err().to_string();
    assert!(error("").contains("has 0 characters. At least 89"));
    // 89 characters have a training set of 81: a window of 20 characters in four lanes, and the last target.
    let long: String = "ab ".repeat(30);
    assert!(error(&long[..88]).contains("has 88 characters. At least 89"));
    TextEngine::new(&small(), &long[..89]).unwrap();
    assert!(error(&"a".repeat(500)).contains("only one character"));
    assert!(error(&"ab".repeat(500_001)).contains("has 1000002 characters"));
    let kinds: String = ('\u{4e00}'..).take(6001).collect();
    assert!(error(&kinds).contains("has 6001 different characters"));
    let engine = TextEngine::new(&small(), &long).unwrap();
    let unknown = engine.sample("abé", 1.0, 5).unwrap_err();
    assert!(matches!(unknown, TextError::Prompt(_)));
    assert!(unknown.to_string().contains("Character 3 of the prompt is “é”"));
    let bad = [
        TextConfig { hidden_size: 0, ..small() },
        TextConfig { batch_size: 1 << 20, ..small() },
        TextConfig { seq_length: 0, ..small() },
        TextConfig { learning_rate: f64::NAN, ..small() },
        TextConfig { cell: "lstn".to_owned(), ..small() },
    ];
    for config in bad {
        assert!(matches!(TextEngine::new(&config, &long), Err(TextError::Network(_))));
    }
}
