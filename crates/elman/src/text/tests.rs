//! Tests of training and generation.

use std::ops::ControlFlow;

use elman_nn::file::{ModelFile, TensorFile};
use elman_nn::tokens::Sampler;

use super::*;

fn corpus(text: &str) -> Corpus {
    Corpus::of(text.as_bytes(), "text", Tokenizer::Characters, None).unwrap()
}

fn settings(corpus: &Corpus) -> TextSettings {
    let mut settings = TextSettings::for_corpus(corpus);
    settings.model.hidden_size = 24;
    settings.model.num_layers = 1;
    settings.model.embedding_size = 8;
    (settings.seq_length, settings.batch_size) = (16, 2);
    settings.train.max_steps = 150;
    settings.train.val_every = 25;
    settings.train.learning_rate = 0.02;
    settings.train.schedule.warmup = 5;
    settings
}

fn trained(text: &str) -> TextModel {
    let corpus = corpus(text);
    let settings = settings(&corpus);
    let mut training = TextTrainingRun::new(corpus, settings, None).unwrap();
    training.run(|_, _| ControlFlow::Continue(())).unwrap();
    training.into_model()
}

#[test]
fn characters_are_numbered_and_come_back() {
    let text = "año, ñu; 漢字 and 🦀\n";
    let all = corpus(text);
    assert_eq!(all.tokens.len(), text.chars().count());
    let mut back = Vec::new();
    (0..all.tokens.len()).for_each(|at| all.vocabulary.decode(all.tokens.get(at), &mut back));
    assert_eq!(String::from_utf8(back).unwrap(), text);
    let saved = serde_json::to_string(&all.vocabulary).unwrap();
    assert_eq!(serde_json::from_str::<Vocabulary>(&saved).unwrap(), all.vocabulary);

    let bytes = Corpus::of(text.as_bytes(), "text", Tokenizer::Bytes, None).unwrap();
    assert_eq!((bytes.tokens.len(), bytes.vocabulary.size()), (text.len(), 256));
    // Up to 256 tokens: one byte per token, although some characters take more bytes in UTF-8.
    assert!(matches!(&all.tokens, Tokens::Narrow(tokens) if tokens.len() == all.tokens.len()));
    let wide: String = ('一'..='丏').chain('а'..='я').chain('\u{ac00}'..'\u{adff}').collect();
    let wide = corpus(&wide);
    assert!(matches!(wide.tokens, Tokens::Wide(_)) && wide.vocabulary.size() > 256);
}

#[test]
fn what_is_no_text_is_refused() {
    let error =
        |raw: &[u8]| Corpus::of(raw, "t.txt", Tokenizer::Characters, None).unwrap_err().to_string();
    assert!(error(b"").contains("`t.txt` is empty"));
    let broken = error(b"one\ntwo \xff three");
    assert!(broken.contains("line 2, byte 9") && broken.contains("--bytes"), "{broken}");
    let one = corpus("a");
    let refused =
        TextTrainingRun::new(one.clone(), settings(&one), None).err().unwrap().to_string();
    assert!(refused.contains("has 1 character, too few"), "{refused}");
    let other =
        Corpus::known("abz".as_bytes(), "other", corpus("ab").vocabulary, None).unwrap_err();
    let other = other.to_string();
    assert!(other.contains("character 3 of other is 'z'") && other.contains("\"ab\""), "{other}");
}

#[test]
fn a_network_learns_a_text_by_heart_and_writes_it() {
    let model = trained(&"the cat sat on the mat. ".repeat(60));
    let nats = model.about().validation.unwrap();
    assert!(nats < 0.3, "{nats}");
    let sampling = Sampling { temperature: 0.0, ..Sampling::default() };
    let said = model.generator("the cat sat ", &sampling).unwrap().characters(12).unwrap();
    assert_eq!(said, "on the mat. ");
    let wrong = model.generator("the dog", &sampling).err().unwrap().to_string();
    assert!(wrong.contains("character 5 of `--prompt` is 'd'"), "{wrong}");
}

#[test]
fn the_same_seed_writes_the_same_and_likely_characters_alone_are_drawn() {
    let model = trained(&"abab abba ".repeat(100));
    let write =
        |sampling: &Sampling| model.generator("ab", sampling).unwrap().characters(200).unwrap();
    let seeded = |seed| write(&Sampling { seed, temperature: 2.0, ..Sampling::default() });
    assert!(seeded(1) == seeded(1) && seeded(1) != seeded(2));
    let greedy = write(&Sampling { temperature: 0.0, ..Sampling::default() });
    assert_eq!(write(&Sampling { top_k: Some(1), ..Sampling::default() }), greedy);
    assert_eq!(write(&Sampling { top_p: Some(1e-9), ..Sampling::default() }), greedy);
    for wrong in [
        Sampling { temperature: -1.0, ..Sampling::default() },
        Sampling { temperature: f64::NAN, ..Sampling::default() },
        Sampling { top_k: Some(0), ..Sampling::default() },
        Sampling { top_p: Some(1.5), ..Sampling::default() },
    ] {
        assert!(model.generator("ab", &wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn characters_are_drawn_as_likely_as_they_are() {
    // Probabilities of 0.5, 0.3, 0.15 and 0.05, in no order.
    let logits = [0.15_f32, 0.5, 0.05, 0.3].map(f32::ln);
    let shares = |sampling: Sampling| {
        let mut draw = Sampler::new(&sampling);
        let mut counts = [0.0_f64; 4];
        (0..40_000).for_each(|_| counts[draw.token(&logits) as usize] += 1.0 / 40_000.0);
        counts
    };
    let sampling = Sampling::default;
    let cold = Sampling { temperature: 0.5, ..sampling() };
    let [two, most] =
        [Sampling { top_k: Some(2), ..sampling() }, Sampling { top_p: Some(0.79), ..sampling() }];
    let [three, all] =
        [Sampling { top_p: Some(0.81), ..sampling() }, Sampling { top_k: Some(9), ..sampling() }];
    // Squares, over their sum of 0.365; the largest two over 0.8; three over 0.95.
    let squares = [0.0225, 0.25, 0.0025, 0.09].map(|p: f64| p / 0.365);
    let halves = [0.0, 0.625, 0.0, 0.375];
    for (sampling, expected) in [
        (sampling(), [0.15, 0.5, 0.05, 0.3]),
        (all, [0.15, 0.5, 0.05, 0.3]),
        (cold, squares),
        (two, halves),
        (most, halves),
        (three, [0.15 / 0.95, 0.5 / 0.95, 0.0, 0.3 / 0.95]),
    ] {
        for (got, expected) in shares(sampling.clone()).into_iter().zip(expected) {
            // Four standard deviations of a share of 40,000 draws are 0.01 at most.
            assert!((got - expected).abs() < 0.01, "{sampling:?}: {got} for {expected}");
            assert_eq!(got == 0.0, expected == 0.0, "{sampling:?}");
        }
    }
}

#[test]
fn going_on_from_a_checkpoint_gives_the_same_bits() {
    let text = "it was the best of times, it was the worst of times. ".repeat(40);
    let corpus = corpus(&text);
    let mut settings = settings(&corpus);
    settings.train.max_steps = 60;
    let mut whole = TextTrainingRun::new(corpus.clone(), settings.clone(), None).unwrap();
    whole.run(|_, _| ControlFlow::Continue(())).unwrap();
    let whole = whole.into_model();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.checkpoint.safetensors");
    let mut half = TextTrainingRun::new(corpus.clone(), settings, None).unwrap();
    (0..33).for_each(|_| _ = half.advance().unwrap());
    half.write_checkpoint(&path).unwrap();
    let mut rest = TextTrainingRun::resume(&ModelFile::read(&path).unwrap(), corpus, None).unwrap();
    rest.run(|_, _| ControlFlow::Continue(())).unwrap();
    let rest = rest.into_model();
    assert_eq!(rest.params().values(), whole.params().values());
    assert_eq!(rest.about(), whole.about());
    let other =
        TextTrainingRun::resume(&ModelFile::read(&path).unwrap(), self::corpus(&text[1..]), None)
            .err()
            .unwrap();
    assert!(other.to_string().contains("has changed since the training began"), "{other}");

    let path = folder.path().join("text.safetensors");
    whole.save(&path).unwrap();
    let read = TextModel::load(&path).unwrap();
    assert_eq!((read.params().values(), read.about()), (whole.params().values(), whole.about()));
}

#[test]
fn the_weights_that_are_best_on_the_held_out_part_are_kept() {
    // The letters are random: memorizing the training set does not help on the validation set.
    let mut stream = elman_nn::Stream::new(1, "letters");
    let text: String = (0..900).map(|_| char::from(b'a' + (6.0 * stream.unit()) as u8)).collect();
    let all = corpus(&text);
    let mut settings = settings(&all);
    settings.train.schedule.name = "constant".to_owned();
    let mut training = TextTrainingRun::new(all, settings, None).unwrap();
    training.run(|_, _| ControlFlow::Continue(())).unwrap();
    let (best, last) = (training.trainer().best().step, training.trainer().step());
    assert!(best < last, "{best}");
    // Training that starts with the weights of a checkpoint starts with its best weights, too.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letters.checkpoint.safetensors");
    training.write_checkpoint(&path).unwrap();
    let file = TensorFile::read(&path).unwrap();
    let weights = Some(&file);
    let next = TextTrainingRun::new(corpus(&text), training.settings().clone(), weights).unwrap();
    assert_eq!(next.trainer().params().values(), training.trainer().best().params.values());
    let model = training.into_model();
    let held_out = &text.as_bytes()[text.len() - 90..];
    let held_out = Corpus::known(held_out, "validation", model.vocabulary().clone(), None).unwrap();
    let nats = model.evaluate(held_out, 1).unwrap().nats;
    assert_eq!(Some(nats), model.about().validation);
}

/// Compares an evaluation in several lanes, the last of which is shorter, with evaluations in one lane each.
#[test]
fn an_evaluation_asks_for_every_character_once() {
    let model = trained(&"one two three four five. ".repeat(40));
    let text = "three one five four two. ".repeat(30);
    let walked = |text: &str| {
        let corpus =
            Corpus::known(text.as_bytes(), "text", model.vocabulary().clone(), None).unwrap();
        model.evaluate(corpus, 2).unwrap()
    };
    let all = walked(&text);
    assert_eq!((all.characters, all.streams), (text.len() - 1, 8));
    // The lanes of the evaluation as separate texts.
    let stride = all.characters.div_ceil(8);
    let parts: Vec<Evaluation> = (0..8)
        .map(|s| {
            let end = ((s + 1) * stride + 1).min(text.len());
            let part = &text[s * stride..end];
            // Too short to be cut into lanes again.
            assert!(part.len() - 1 <= 127);
            walked(part)
        })
        .collect();
    assert_eq!(parts.iter().map(|part| part.characters).sum::<usize>(), all.characters);
    let nats = parts.iter().map(|part| part.nats * part.characters as f64).sum::<f64>();
    let error = nats / all.characters as f64 - all.nats;
    assert!(error.abs() < 1e-5, "{error}");
    assert!((all.bits() - all.nats / 2f64.ln()).abs() < 1e-12);
    assert!((all.perplexity().ln() - all.nats).abs() < 1e-12);
}

/// A large vocabulary, as in Chinese, with some frequent characters.
fn many() -> String {
    let mut stream = elman_nn::Stream::new(7, "characters");
    let first = u32::from('一');
    let all = (0..1200).chain((0..30_000).map(|_| (1200.0 * stream.unit().powi(6)) as u32));
    all.filter_map(|number| char::from_u32(first + number)).collect()
}

#[test]
fn many_characters_are_numbered_by_frequency_and_cut_into_clusters() {
    let few = corpus("banana").vocabulary;
    assert_eq!(
        "abn".chars().map(|c| few.number(c)).collect::<Vec<_>>(),
        [Some(0), Some(1), Some(2)]
    );
    let all = corpus(&many());
    let Tokens::Wide(tokens) = &all.tokens else { panic!("many characters") };
    let mut counts = vec![0; all.vocabulary.size()];
    tokens.iter().for_each(|&token| counts[token as usize] += 1);
    assert!(counts.is_sorted_by(|a, b| a >= b) && counts.len() == 1200);

    let cutoffs = TextSettings::for_corpus(&all).model.cutoffs;
    let covered = |cut: usize| counts[..cut].iter().sum::<i32>() as f64 / tokens.len() as f64;
    for (&cut, share) in cutoffs.iter().zip([0.8, 0.97]) {
        assert!(covered(cut) >= share && covered(cut - 1) < share, "{cut}: {}", covered(cut));
    }
    assert_eq!(cutoffs.len(), 2);
    assert!(TextSettings::for_corpus(&corpus(&many()[..1500])).model.cutoffs.is_empty());

    // With the vocabulary of another text, whose rare characters are frequent in this text.
    let turned: String = many()
        .chars()
        .map(|c| char::from_u32(2 * u32::from('一') + 1199 - u32::from(c)).unwrap())
        .collect();
    let turned = Corpus::known(turned.as_bytes(), "turned", all.vocabulary.clone(), None).unwrap();
    assert!(TextSettings::for_corpus(&turned).model.cutoffs.is_empty());

    let mut settings = settings(&all);
    settings.model.cutoffs = vec![3];
    let refused = TextTrainingRun::new(corpus("banana"), settings, None).err().unwrap().to_string();
    assert!(refused.contains("[3] for 3 tokens") && refused.contains("up to 256"), "{refused}");
}

#[test]
fn clusters_learn_on_any_number_of_threads_go_on_and_write() {
    let (text, folder) = (many(), tempfile::tempdir().unwrap());
    let [one, two] = [1, 2].map(|threads| {
        let all = corpus(&text);
        let mut settings = settings(&all);
        (settings.batch_size, settings.train.max_steps) = (40, 60);
        let training = TextTrainingRun::new(all.clone(), settings, None).unwrap();
        let mut training = training.with_threads(Some(threads), threads);
        if threads == 2 {
            // Interrupted, and resumed from a checkpoint.
            (0..33).for_each(|_| _ = training.advance().unwrap());
            let path = folder.path().join("half.safetensors");
            training.write_checkpoint(&path).unwrap();
            training = TextTrainingRun::resume(&ModelFile::read(&path).unwrap(), all, None)
                .unwrap()
                .with_threads(Some(2), 2);
        }
        training.run(|_, _| ControlFlow::Continue(())).unwrap();
        (training.trainer().history().to_vec(), training.into_model())
    });
    assert_eq!(one.0, two.0);
    assert_eq!(one.1.params().values(), two.1.params().values());
    // A uniform guess costs ln 1200 = 7.1, a unigram model 5.6.
    assert!(one.1.about().validation.unwrap() < 6.2, "{:?}", one.1.about().validation);

    let path = folder.path().join("many.safetensors");
    one.1.save(&path).unwrap();
    let written = [&one.1, &TextModel::load(&path).unwrap()]
        .map(|model| model.generator("一", &Sampling::default()).unwrap().characters(50).unwrap());
    assert_eq!(written[0], written[1]);
    assert_eq!(written[0].chars().count(), 50);
}

#[test]
fn the_baseline_is_what_frequency_alone_costs() {
    // Training set: 27 a and 9 b; validation set: a, a, b, c. Each of three characters is counted once more.
    let all = corpus(&("aaab".repeat(9) + "aabc"));
    let mut settings = settings(&all);
    (settings.seq_length, settings.batch_size, settings.train.max_steps) = (4, 1, 1);
    let training = TextTrainingRun::new(all.clone(), settings.clone(), None).unwrap();
    let [a, b, c] = [28.0, 10.0, 1.0].map(|count: f64| -(count / 39.0).ln());
    assert!((training.baseline().unwrap() - (2.0 * a + b + c) / 4.0).abs() < 1e-12);
    settings.held_out = 0.0;
    assert_eq!(TextTrainingRun::new(all, settings, None).unwrap().baseline(), None);
}

#[test]
fn the_bigram_baseline_knows_pairs_and_shares_of_unseen_ones() {
    let tokens = |text: &str| Tokens::Narrow(text.bytes().map(|c| c - b'a').collect());
    let nats = |asked: &str| elman_nn::tokens::bigram_nats(&tokens("ababc"), &tokens(asked), 3);
    // Of "ababc": a 3/8, b 3/8, c 2/8, each counted once more. After a there is b, twice; after b there are a and c.
    let (ab, ba, bb) =
        ((2.0 + 3.0 / 8.0) / 3.0, (1.0 + 2.0 * 3.0 / 8.0) / 4.0, 2.0 * 3.0 / 8.0 / 4.0);
    assert!((nats("aba") - -(f64::ln(ab) + f64::ln(ba)) / 2.0).abs() < 1e-12);
    assert!((nats("bb") - -f64::ln(bb)).abs() < 1e-12);
    // Nothing comes after c: its successors have the shares of all tokens.
    assert!((nats("cc") - -f64::ln(2.0 / 8.0)).abs() < 1e-12);
}

#[test]
fn weights_of_a_text_begin_a_training_in_the_same_characters_alone() {
    let model = trained(&"the cat sat on the mat. ".repeat(30));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cat.safetensors");
    model.save(&path).unwrap();
    let file = TensorFile::read(&path).unwrap();
    let weights = || Some(&file);
    let text = "the mat sat on the cat. ".repeat(30);
    let known = Corpus::known(text.as_bytes(), "text", model.vocabulary().clone(), None).unwrap();
    let training = TextTrainingRun::new(known, model.about().settings.clone(), weights()).unwrap();
    assert_eq!(training.trainer().params().values(), model.params().values());

    let other = corpus(&"a dog sat. ".repeat(30));
    let mut settings = settings(&other);
    settings.train.max_steps = 1;
    let refused = TextTrainingRun::new(other, settings, weights()).err().unwrap().to_string();
    assert!(refused.contains("knows other characters"), "{refused}");
}

#[test]
fn a_byte_order_mark_is_no_character_of_a_text() {
    let text = "ab, so ab. Été\n".repeat(4);
    let plain = corpus(&text);
    let marked = corpus(&format!("\u{feff}{text}"));
    assert_eq!(marked.vocabulary, plain.vocabulary);
    assert_eq!(marked.tokens, plain.tokens);
    let known = format!("\u{feff}{text}");
    let known = Corpus::known(known.as_bytes(), "t", plain.vocabulary.clone(), None).unwrap();
    assert_eq!(known.tokens, plain.tokens);
    for bytes_of in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(bytes_of).collect() };
        let of = |raw: &[u8]| Corpus::of(raw, "t.txt", Tokenizer::Characters, None);
        assert_eq!(of(&wide(&format!("\u{feff}{text}"))).unwrap().tokens, plain.tokens);
        // Read as UTF-8, every second character of this text is a zero.
        let error = of(&wide(&text)).unwrap_err().to_string();
        let name = if bytes_of(1)[0] == 1 { "utf-16le" } else { "utf-16be" };
        assert!(error.contains(&format!("is {name} without a byte-order mark")), "{error}");
        assert!(error.contains(&format!("iconv -f {name} -t utf-8")), "{error}");
        let cut = &wide(&format!("\u{feff}{text}"))[..9];
        assert!(of(cut).unwrap_err().to_string().contains("broken UTF-16"));
    }
    // Bytes are not decoded.
    let bytes = format!("\u{feff}{text}");
    let bytes = Corpus::of(bytes.as_bytes(), "t", Tokenizer::Bytes, None).unwrap();
    assert_eq!(bytes.tokens.len(), text.len() + 3);
}
