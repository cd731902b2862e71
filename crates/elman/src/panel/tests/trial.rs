//! How networks are chosen, and how those of the forecast follow from those of the trial.

use super::super::contest::{LeftOut, Trial};
use super::super::expert::Expert;
use super::super::judge::Judge;
use super::super::notes::left_out;
use super::super::tried::{believed, better_and_better};
use super::*;

/// Networks for a panel, on which training takes long or not.
fn run(panel: &[Series], settings: PanelSettings, thrifty: bool) -> Expert {
    let ready = Ready::of(panel, &settings, 0).unwrap();
    let known = ready.known();
    let mut plan = Plan::new(&known, &ready, &settings);
    plan.thrifty = thrifty;
    plan.run(&|_| ()).unwrap()
}

#[test]
fn a_gain_of_one_per_cent_in_the_trial_is_not_believed() {
    assert!(!believed(0.99, 1.0) && !believed(1.1, 1.0) && !believed(f64::NAN, 1.0));
    assert!(believed(0.97, 1.0));
}

#[test]
fn what_was_stopped_in_the_trial_is_stopped_in_the_forecast() {
    let panel = [sales(60, 40.0), sales(60, 90.0)].map(|y| Series::counted("s", y));
    let stops = |patience| {
        let (steps, seasons) = (Some(160), Some(Vec::new()));
        let expert =
            run(&panel, PanelSettings { steps, seasons, patience, ..PanelSettings::new(5) }, false);
        expert.nets.iter().map(|net| net.settings.stop).collect::<Vec<_>>()
    };
    assert!(stops(None).iter().all(Option::is_none));
    let stops = stops(Some(1));
    // Judged after every 10th of 80 updates in the trial, so every 20th here.
    assert!(
        stops.iter().flatten().all(|stop| (1..160).contains(stop) && stop % 20 == 0),
        "{stops:?}"
    );
    assert!(stops.iter().any(Option::is_some), "{stops:?}");
}

fn some() -> Vec<Series> {
    (0..8).map(|s| Series::counted(format!("s{s}"), sales(60, 20.0 + s as f64))).collect()
}

#[test]
fn training_on_many_values_takes_long() {
    let thrifty = |series: usize| {
        let panel = vec![Series::counted("s", sales(100, 40.0)); series];
        let settings = PanelSettings { seasons: Some(vec![4]), ..PanelSettings::new(4) };
        let ready = Ready::of(&panel, &settings, 0).unwrap();
        Plan::new(&ready.known(), &ready, &settings).thrifty
    };
    assert!(!thrifty(8) && thrifty(220));
}

#[test]
fn where_training_takes_long_half_of_the_views_fall_out_of_the_trial() {
    let settings = PanelSettings { steps: Some(20), ..PanelSettings::new(4) };
    let expert = run(&some(), settings.clone(), true);
    let trials = &expert.contest.trials;
    let (untrained, trained) = trials.split_last().unwrap();
    let (fell_out, kept): (Vec<&Trial>, Vec<&Trial>) = trained.iter().partition(|t| t.fell_out);
    assert_eq!((fell_out.len(), kept.len()), (trained.len() / 2, trained.len().div_ceil(2)));
    assert!(!untrained.fell_out && trials.iter().all(|trial| trial.score.is_some()));
    assert!(fell_out.iter().all(|trial| !trial.chosen) && trials.iter().any(|trial| trial.chosen));
    let all = run(&some(), settings, false);
    assert!(all.contest.trials.iter().all(|trial| !trial.fell_out));
    assert!(all.nets.iter().all(|net| net.settings.start == 0));
}

#[test]
fn candidates_that_diverge_are_left_out_and_named() {
    // A rate at which weights run away, and one at which they overflow, so that a training ends with an error.
    for (learning_rate, thrifty) in [(1e3, false), (1e38, true)] {
        let (steps, seasons, hidden_size) = (Some(20), Some(Vec::new()), 4);
        let usual = PanelSettings::new(4);
        let settings = PanelSettings { steps, seasons, hidden_size, learning_rate, ..usual };
        let expert = run(&some()[..2], settings, thrifty);
        let (untrained, trained) = expert.contest.trials.split_last().unwrap();
        assert!(untrained.chosen && untrained.left_out.is_none(), "{learning_rate}");
        let lost = trained.iter().filter(|trial| trial.left_out.is_some()).count();
        assert!(lost > trained.len() / 2, "{learning_rate}: {trained:?}");
        let notes: Vec<String> = left_out(&expert.contest).collect();
        let of = |why: &str| notes.iter().find(|note| note.contains(why));
        let candidates = trained.len() + 1;
        let note = of("as their training diverged: (").unwrap();
        assert!(note.contains(&format!(" of {candidates} candidates left out")), "{note}");
        assert!(note.contains(" lags") && note.contains("`--learning-rate`"), "{note}");
    }
    let usual = run(&some(), PanelSettings { steps: Some(20), ..PanelSettings::new(4) }, true);
    assert_eq!(left_out(&usual.contest).count(), 0);
}

#[test]
fn candidates_without_a_finite_error_are_left_out_and_named() {
    let usual = run(&some(), PanelSettings { steps: Some(20), ..PanelSettings::new(4) }, false);
    let mut contest = usual.contest;
    for (trial, error) in contest.trials.iter_mut().zip([f64::INFINITY, 3.0, 30.0]) {
        trial.left_out = LeftOut::by(error, 1.0, true);
    }
    let notes: Vec<String> = left_out(&contest).collect();
    let all = contest.trials.len();
    assert!(notes[0].starts_with(&format!(
        "1 of {all} candidates left out of the model selection, as their training"
    )));
    let first = &contest.trials[0];
    let why = format!(
        "1 of {all} candidates left out of the model selection, as their validation forecasts are not finite: ({first});"
    );
    assert!(notes[1].starts_with(&why), "{notes:?}");
    // A forecast without training cannot diverge.
    assert_eq!(LeftOut::by(30.0, 1.0, false), None);
}

#[test]
fn one_network_of_each_view_goes_on_from_the_trial() {
    let expert = run(&some(), PanelSettings { steps: Some(20), ..PanelSettings::new(4) }, true);
    let chosen = expert.contest.trials.iter().filter(|trial| trial.chosen).count();
    let updates = expert.nets.iter().map(|net| (net.settings.start, net.settings.steps));
    assert_eq!(updates.collect::<Vec<_>>(), [(10, 10), (0, 20)].repeat(chosen));
    assert!(expert.nets.iter().all(|net| net.updates() == 20));
}

#[test]
fn training_goes_on_from_given_weights() {
    let values = [sales(40, 30.0), sales(52, 80.0)];
    let pasts: Vec<Past<'_>> = values.iter().map(|y| Past::new(y)).collect();
    let panel: Vec<Known<'_>> = pasts.iter().map(Past::whole).collect();
    let settings = |steps| settings(&views(Scale::Log, &[4], 3, 20)[0], steps);
    let train = |steps, from| Net::train(&panel, settings(steps), from, None, &|| ()).unwrap();
    let first = train(20, None);
    let from = Some(first.params());
    assert_eq!(train(0, from).params().values(), first.params().values());
    assert_ne!(train(5, from).params().values(), train(5, None).params().values());
}

#[test]
fn what_is_bad_alone_and_good_beside_others_comes_before_what_is_like_the_best() {
    let values: Vec<f64> = (0..20).map(|t| 100.0 + f64::from(t % 2)).collect();
    let past = Past::new(&values);
    let (panel, origins) = ([past.whole()], [vec![18]]);
    let judge = Judge::new(&panel, &origins, 2, 1, &crate::baselines::NAIVE).unwrap();
    // Errors of 1, of a little more on the same side, and of more on the other.
    let said = [1.1, -1.3, 1.0].map(|off| vec![vec![vec![100.0 + off, 101.0 + off]]]);
    let scores = said.each_ref().map(|said| judge.score(said));
    let order: Vec<usize> =
        better_and_better(&judge, &said, &scores, Scale::Plain).map(|(c, _)| c).collect();
    assert_eq!(order, [2, 1, 0]);
}
