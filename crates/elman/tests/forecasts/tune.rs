//! Searching for sizes and rates.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use elman::Error;
use elman::data::Series;
use elman::select::{AutoForecaster, Progress, RunContext, TunedTrial, Tuning, fingerprint};

fn panel() -> Vec<Series> {
    (0..3)
        .map(|s| {
            let wobble = |t: usize| ((t * (5 + s) + t * t) % 13) as f64;
            let season = |t: usize| 15.0 * (t as f64 * std::f64::consts::TAU / 6.0).sin();
            let values = (0..60).map(|t| 100.0 + season(t) + wobble(t));
            Series::counted(format!("s{s}"), values.collect())
        })
        .collect()
}

fn settings(threads: usize) -> AutoForecaster {
    AutoForecaster { max_steps: Some(24), threads, ..AutoForecaster::new(3) }
}

fn search(trials: usize, threads: usize, known: &[TunedTrial]) -> (Tuning, Vec<TunedTrial>) {
    let new = Mutex::new(Vec::new());
    let observe = |tried: &TunedTrial| new.lock().unwrap().push(tried.clone());
    let run = RunContext::default();
    let tuned = Tuning::run(&panel(), &settings(threads), trials, known, &observe, &run).unwrap();
    (tuned, new.into_inner().unwrap())
}

#[test]
fn the_better_half_goes_on_and_the_usual_setting_stays_to_be_compared_with() {
    let (tuned, seen) = search(8, 1, &[]);
    assert_eq!(tuned.ranking.len(), 8);
    let reached = |round: usize| tuned.ranking.iter().filter(|t| t.round >= round).count();
    assert!((4..=5).contains(&reached(1)) && (2..=4).contains(&reached(2)), "{:?}", tuned.ranking);
    assert_eq!(seen.len(), 8 + reached(1) + reached(2));
    let usual = tuned.ranking.iter().find(|t| t.trial == 0).unwrap();
    assert_eq!(
        (usual.round, usual.hyperparameters.cell.as_str(), usual.hyperparameters.hidden_size),
        (2, "lstm", 40)
    );
    for pair in tuned.ranking.windows(2) {
        let order = |t: &TunedTrial| (std::cmp::Reverse(t.round), t.score);
        assert!(order(&pair[0]) <= order(&pair[1]), "{:?}", tuned.ranking);
    }
    // In each round the better ones went on.
    for t in seen.iter().filter(|t| t.round == 0 && t.trial != 0) {
        let place = seen.iter().filter(|o| o.round == 0 && o.score < t.score).count();
        let went_on = seen.iter().any(|o| o.round == 1 && o.trial == t.trial);
        assert_eq!(went_on, place < 4, "{t:?}");
    }
}

#[test]
fn threads_change_nothing_and_a_search_goes_on_where_it_was_broken_off() {
    let (whole, seen) = search(6, 1, &[]);
    assert_eq!(search(6, 3, &[]).0, whole);
    let (again, new) = search(6, 2, &seen[..seen.len() / 2]);
    assert_eq!(again, whole);
    assert_eq!(new.len(), seen.len() - seen.len() / 2, "the others are not tried again");
    // A log of JSON keeps all bits, and that a training diverged.
    let kept: Vec<TunedTrial> = seen
        .iter()
        .map(|t| serde_json::from_str(&serde_json::to_string(t).unwrap()).unwrap())
        .collect();
    assert_eq!(kept, seen);
    let lost = TunedTrial { score: f64::INFINITY, ..seen[0].clone() };
    let back: TunedTrial = serde_json::from_str(&serde_json::to_string(&lost).unwrap()).unwrap();
    assert_eq!(back.score, f64::INFINITY);
    // More trials begin with the same ones.
    let (_, more) = search(7, 2, &[]);
    let first = |t: &&TunedTrial| t.round == 0 && t.trial < 6;
    let by_trial = |seen: &[TunedTrial]| {
        let mut first: Vec<TunedTrial> = seen.iter().filter(first).cloned().collect();
        first.sort_by_key(|t| t.trial);
        first
    };
    assert_eq!(by_trial(&more), by_trial(&seen));
}

#[test]
fn what_cannot_be_judged_is_refused_and_other_data_are_known() {
    let short = [Series::counted("a", vec![1.0, 2.0, 3.0])];
    let run = RunContext::default();
    let error = Tuning::run(&short, &settings(1), 4, &[], &|_| (), &run).unwrap_err().to_string();
    assert!(error.contains("long enough") && error.contains("--horizon"), "{error}");
    let mut other = panel();
    assert_eq!(fingerprint(&panel()), fingerprint(&other));
    other[1].values[7] += 1e-9;
    assert_ne!(fingerprint(&panel()), fingerprint(&other));
}

#[test]
fn settings_that_diverge_have_no_rank() {
    let seen = Mutex::new(Vec::new());
    let observe = |tried: &TunedTrial| seen.lock().unwrap().push(tried.clone());
    let hot = AutoForecaster { learning_rate: 1e3, ..settings(1) };
    let tuned = Tuning::run(&panel(), &hot, 6, &[], &observe, &RunContext::default()).unwrap();
    let [usual] = &tuned.diverged[..] else { panic!("{:?}", tuned.diverged) };
    assert_eq!((usual.trial, usual.round, usual.score), (0, 0, f64::INFINITY));
    assert_eq!(tuned.ranking.len(), 5);
    assert!(tuned.ranking.iter().all(|tried| tried.trial != 0 && tried.score.is_finite()));
    // And no further round.
    assert_eq!(seen.lock().unwrap().iter().filter(|tried| tried.trial == 0).count(), 1);
}

#[test]
fn a_search_ends_where_its_observer_cancels_it() {
    for threads in [1, 3] {
        let steps = AtomicU64::new(0);
        // It breaks in a training after the first ones, and every other training ends at its next step.
        let stop = |progress| match progress {
            Progress::Tuning(8..) if steps.fetch_add(1, Ordering::Relaxed) == 4 => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        };
        let run = RunContext::new(&stop);
        let cancelled = Tuning::run(&panel(), &settings(threads), 8, &[], &|_| (), &run);
        assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
        let steps = steps.into_inner();
        assert!((5..5 + 2 * threads as u64).contains(&steps), "{steps} with {threads} threads");
    }
}
