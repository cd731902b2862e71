//! Model selection, and the final training of the selected candidates.

use std::ops::ControlFlow;

use super::*;
use crate::data::Forecasts;
use crate::metrics::{Evaluation, Part};
use crate::models::baselines;
use crate::models::rnn::trainings::{Training, fit_all};
use crate::select::decision::Choice;
use crate::select::ensemble::Ensemble;
use crate::select::greedy::{beats_persistence, greedy_ensemble_selection};
use crate::select::score::ValidationScore;
use crate::select::survivors::Survivors;
use crate::select::validation::ValidationSplit;
use crate::select::{CandidateScore, LeftOut, Model, RunContext, left_out};

/// Ensemble for a panel, with or without early pruning.
fn run(panel: &[Series], settings: AutoForecaster, early_pruning: bool) -> Ensemble {
    let ready = PreparedPanel::of(panel, &settings, 0).unwrap();
    let known = ready.known();
    let mut setup = SelectionSetup::new(&known, &ready, &settings);
    setup.early_pruning = early_pruning;
    setup.run(&RunContext::default()).unwrap()
}

#[test]
fn a_gain_of_one_per_cent_in_the_trial_is_not_believed() {
    assert!(
        !beats_persistence(0.99, 1.0)
            && !beats_persistence(1.1, 1.0)
            && !beats_persistence(f64::NAN, 1.0)
    );
    assert!(beats_persistence(0.97, 1.0));
}

#[test]
fn what_was_stopped_in_the_trial_is_stopped_in_the_forecast() {
    let panel = [sales(60, 40.0), sales(60, 90.0)].map(|y| Series::counted("s", y));
    let stops = |patience| {
        let (steps, seasons) = (Some(160), Some(Vec::new()));
        let ensemble = run(
            &panel,
            AutoForecaster { max_steps: steps, seasons, patience, ..AutoForecaster::new(5) },
            false,
        );
        ensemble.nets.iter().map(|net| net.settings.stop).collect::<Vec<_>>()
    };
    assert!(stops(None).iter().all(Option::is_none));
    let stops = stops(Some(1));
    // Evaluated after every 10th of 80 optimizer steps in selection, so after every 20th here.
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
    let early_pruning = |series: usize| {
        let panel = vec![Series::counted("s", sales(100, 40.0)); series];
        let settings = AutoForecaster { seasons: Some(vec![4]), ..AutoForecaster::new(4) };
        let ready = PreparedPanel::of(&panel, &settings, 0).unwrap();
        SelectionSetup::new(&ready.known(), &ready, &settings).early_pruning
    };
    assert!(!early_pruning(8) && early_pruning(220));
}

#[test]
fn where_training_takes_long_half_of_the_views_fall_out_of_the_trial() {
    let settings = AutoForecaster { max_steps: Some(20), ..AutoForecaster::new(4) };
    let ensemble = run(&some(), settings.clone(), true);
    let candidate_scores = &ensemble.selection.candidate_scores;
    let (untrained, trained) = candidate_scores.split_last().unwrap();
    let (pruned, kept): (Vec<&CandidateScore>, Vec<&CandidateScore>) =
        trained.iter().partition(|t| t.pruned);
    assert_eq!((pruned.len(), kept.len()), (trained.len() / 2, trained.len().div_ceil(2)));
    assert!(
        !untrained.pruned && candidate_scores.iter().all(|candidate| candidate.score.is_some())
    );
    assert!(
        pruned.iter().all(|candidate| !candidate.selected)
            && candidate_scores.iter().any(|candidate| candidate.selected)
    );
    let all = run(&some(), settings, false);
    assert!(all.selection.candidate_scores.iter().all(|candidate| !candidate.pruned));
    assert!(all.nets.iter().all(|net| net.settings.start == 0));
}

#[test]
fn candidates_that_diverge_are_left_out_and_named() {
    // A learning rate at which weights diverge, and one at which they overflow, so that the training ends with an
    // error.
    for (learning_rate, early_pruning) in [(1e3, false), (1e38, true)] {
        let (steps, seasons, hidden_size) = (Some(20), Some(Vec::new()), 4);
        let usual = AutoForecaster::new(4);
        let settings =
            AutoForecaster { max_steps: steps, seasons, hidden_size, learning_rate, ..usual };
        let ensemble = run(&some()[..2], settings, early_pruning);
        let (untrained, trained) = ensemble.selection.candidate_scores.split_last().unwrap();
        assert!(untrained.selected && untrained.left_out.is_none(), "{learning_rate}");
        let lost = trained.iter().filter(|candidate| candidate.left_out.is_some()).count();
        assert!(lost > trained.len() / 2, "{learning_rate}: {trained:?}");
        let notes: Vec<String> = left_out(&ensemble.selection).collect();
        let of = |why: &str| notes.iter().find(|note| note.contains(why));
        let candidates = trained.len() + 1;
        let note = of("as their training diverged: (").unwrap();
        assert!(note.contains(&format!(" of {candidates} candidates left out")), "{note}");
        assert!(note.contains(" lags") && note.contains("`--learning-rate`"), "{note}");
    }
    let usual =
        run(&some(), AutoForecaster { max_steps: Some(20), ..AutoForecaster::new(4) }, true);
    assert_eq!(left_out(&usual.selection).count(), 0);
}

#[test]
fn candidates_without_a_finite_error_are_left_out_and_named() {
    let usual =
        run(&some(), AutoForecaster { max_steps: Some(20), ..AutoForecaster::new(4) }, false);
    let mut selection = usual.selection;
    for (candidate, error) in selection.candidate_scores.iter_mut().zip([f64::INFINITY, 3.0, 30.0])
    {
        candidate.left_out = LeftOut::by(error, 1.0, true);
    }
    let notes: Vec<String> = left_out(&selection).collect();
    let all = selection.candidate_scores.len();
    assert!(notes[0].starts_with(&format!(
        "1 of {all} candidates left out of the model selection, as their training"
    )));
    let first = &selection.candidate_scores[0];
    let why = format!(
        "1 of {all} candidates left out of the model selection, as their validation forecasts are not finite: ({first});"
    );
    assert!(notes[1].starts_with(&why), "{notes:?}");
    // An untrained forecast cannot diverge.
    assert_eq!(LeftOut::by(30.0, 1.0, false), None);
}

#[test]
fn one_network_of_each_view_goes_on_from_the_trial() {
    let ensemble =
        run(&some(), AutoForecaster { max_steps: Some(20), ..AutoForecaster::new(4) }, true);
    let selected =
        ensemble.selection.candidate_scores.iter().filter(|candidate| candidate.selected).count();
    let updates = ensemble.nets.iter().map(|net| (net.settings.start, net.settings.max_steps));
    assert_eq!(updates.collect::<Vec<_>>(), [(10, 10), (0, 20)].repeat(selected));
    assert!(ensemble.nets.iter().all(|net| net.updates() == 20));
}

#[test]
fn training_goes_on_from_given_weights() {
    let values = [sales(40, 30.0), sales(52, 80.0)];
    let histories: Vec<History<'_>> = values.iter().map(|y| History::new(y)).collect();
    let panel: Vec<HistoryView<'_>> = histories.iter().map(History::full).collect();
    let settings = |steps| settings(&search_space(TargetTransform::LOG, &[4], 3, 20)[0], steps);
    let train = |steps, from| RnnModel::train(&panel, settings(steps), from, None, &go_on).unwrap();
    let first = train(20, None);
    let from = Some(first.params());
    assert_eq!(train(0, from).params().values(), first.params().values());
    assert_ne!(train(5, from).params().values(), train(5, None).params().values());
}

#[test]
fn what_is_bad_alone_and_good_beside_others_comes_before_what_is_like_the_best() {
    let values: Vec<f64> = (0..20).map(|t| 100.0 + f64::from(t % 2)).collect();
    let history = History::new(&values);
    let (panel, origins) = ([history.full()], [vec![18]]);
    let evaluation =
        Evaluation { panel: &panel, origins: &origins, horizon: 2, season: 1, part: Part::All };
    let naive = baselines::NAIVE.forecasts(&evaluation).unwrap();
    let score = ValidationScore::new(evaluation, &naive);
    // Errors of 1, of a little more on the same side, and of more on the other.
    let predicted = [1.1, -1.3, 1.0].map(|off| vec![vec![vec![100.0 + off, 101.0 + off]]]);
    let scores = predicted.each_ref().map(|predicted| score.of(predicted));
    let order: Vec<usize> =
        greedy_ensemble_selection(&score, &predicted, &scores, TargetTransform::MEAN_SCALE)
            .map(|(c, _)| c)
            .collect();
    assert_eq!(order, [2, 1, 0]);
}

#[test]
fn each_half_of_the_forecasts_is_forecast_by_the_decision_of_the_other_half() {
    let panel = [sales(60, 40.0), sales(60, 90.0)].map(|y| Series::counted("s", y));
    let settings = AutoForecaster::new(4).model(Model::Network).max_steps(1);
    let ready = PreparedPanel::of(&panel, &settings, 0).unwrap();
    let known = ready.known();
    let setup = SelectionSetup::new(&known, &ready, &settings);
    let validation = ValidationSplit::new(&setup).unwrap();
    let configs = setup.validation_configs(&validation.training);
    let candidates = vec![0, 1, configs.len() - 1];
    let trainings: Vec<Training<'_>> =
        candidates.iter().map(|c| configs[*c].clone().into()).collect();
    let go_on = |_, _| ControlFlow::Continue(());
    let nets = fit_all(&trainings, &validation.training, 1, None, &go_on).unwrap();
    // Forecasts that are exact for one series, and three times too large for the other.
    let exact_for = |series: usize| -> Forecasts {
        let of_series = |s: usize| {
            let factor = if s == series { 1.0 } else { 3.0 };
            let after = |origin: &usize| {
                panel[s].values[*origin..origin + 4].iter().map(|y| factor * y).collect()
            };
            setup.origins[s].iter().map(after).collect()
        };
        (0..2).map(of_series).collect()
    };
    let predicted = vec![exact_for(0), exact_for(1), exact_for(2)];
    let scores = predicted.iter().map(|predicted| validation.score.of(predicted)).collect();
    let survivors = Survivors { candidates, nets, predicted, scores };
    let choice = Choice::new(&validation, &survivors, &RunContext::default()).unwrap();
    let cross_fitted = choice.cross_fitted().unwrap();
    for (series, forecasts) in cross_fitted.iter().enumerate() {
        // The first series selects the candidate that is exact for itself, and wrong for the second one.
        for (y, actual) in forecasts[0].iter().zip(&exact_for(series)[series][0]) {
            assert!((y - 3.0 * actual).abs() < 1e-6 * y, "{series}: {y}, actual {actual}");
        }
    }
}
