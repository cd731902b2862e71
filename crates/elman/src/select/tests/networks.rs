//! Windows, training and forecasts of one network.

use super::*;

#[test]
fn windows_contain_every_known_step_once_an_epoch() {
    let lengths = [1, 2, 9, 10, 23, 24, 40];
    let preprocessing = &search_space(TargetTransform::LOG, &[], 3, 20)[0];
    let series: Vec<EncodedSeries> = lengths
        .iter()
        .map(|len| {
            EncodedSeries::new(
                preprocessing,
                History::new(&sales(*len, 50.0)).full(),
                &[],
                false,
                None,
            )
        })
        .collect();
    let window = Window { steps: 16, batch: 2 };
    let walks = PanelBatches::new(Panel {
        preprocessing: preprocessing.clone(),
        inputs: preprocessing.inputs(3),
        horizon: 3,
        series,
        lanes: 1,
        window,
        seed: 5,
        epoch: Default::default(),
    });
    let mut batch = Batch::new(&walks as &dyn Windows<f32>);
    // Two series a group: 1 + 8, 9 + 22, 23 + 39 time steps and so on, in an order that random numbers can change;
    // every epoch has the same number of targets.
    let asked: usize = lengths.iter().flat_map(|n| (1..*n).map(move |t| (n - t).min(3))).sum();
    let mut counts = Vec::new();
    let mut known = 0;
    let mut first_of_stream = 0;
    for number in 0..200 {
        walks.fill(number, &mut batch);
        assert!((1..=16).contains(&batch.steps()));
        assert_eq!(batch.x.len(), batch.steps() * 2 * preprocessing.inputs(3));
        assert!(batch.x.iter().all(|x| x.is_finite()));
        first_of_stream += usize::from(batch.fresh[0]);
        known += batch.target.iter().filter(|y| !y.is_nan()).count();
        if known == asked {
            counts.push(first_of_stream);
            (known, first_of_stream) = (0, 0);
        }
        assert!(known < asked, "an epoch ends with a window");
    }
    assert!(counts.len() > 10);
    assert!(
        counts.iter().all(|groups| *groups == 3),
        "six series that walk, two by two: {counts:?}"
    );
    // An earlier window can be repeated.
    let mut again = Batch::new(&walks as &dyn Windows<f32>);
    walks.fill(199, &mut batch);
    walks.fill(3, &mut again);
    walks.fill(199, &mut again);
    assert_eq!(batch.x.to_vec(), again.x.to_vec());
}

#[test]
fn a_long_series_is_cut_into_lanes_that_cover_every_step_once() {
    let preprocessing = &search_space(TargetTransform::LOG, &[], 1, 20)[0];
    let values = sales(47, 50.0);
    let series = EncodedSeries::new(preprocessing, History::new(&values).full(), &[], false, None);
    let batches = PanelBatches::new(Panel {
        preprocessing: preprocessing.clone(),
        inputs: preprocessing.inputs(1),
        horizon: 1,
        series: vec![series],
        lanes: 4,
        window: Window { steps: 5, batch: 4 },
        seed: 2,
        epoch: Default::default(),
    });
    // 46 time steps in lanes of 11 and 12, which are three windows long.
    assert_eq!(batches.windows_in_epoch(), 3);
    let mut batch = Batch::new(&batches as &dyn Windows<f32>);
    let mut targets = 0;
    for number in 0..3 {
        batches.fill(number, &mut batch);
        targets += batch.target.iter().filter(|y| !y.is_nan()).count();
        assert_eq!(batch.fresh, [number == 0; 4], "the state is carried along a lane");
        let [(place, first), (_, lane)] = [0, number].map(|number| batches.longest_lane(number));
        assert_eq!(lane.steps.start, first.steps.start + 5 * number as usize);
        // The first lag of the lane stands at its place in the batch.
        let row = &batch.x[place * preprocessing.inputs(1)..][..preprocessing.inputs(1)];
        let mut expected = vec![0.0; preprocessing.inputs(1)];
        batches.series()[0].write_inputs(preprocessing, 1, lane.steps.start, &mut expected);
        assert_eq!(row, expected);
        assert!(first.steps.len() == 5 && batch.fresh.len() > place);
    }
    assert_eq!(targets, 46);
}

#[test]
fn a_validation_loss_counts_the_targets_of_the_validation_set_alone() {
    let preprocessing = &search_space(TargetTransform::MEAN_SCALE, &[], 1, 20)[0];
    let settings = RnnConfig { horizon: 1, seasons: Vec::new(), ..settings(preprocessing, 1) };
    let model = settings.model().unwrap();
    let params = model.initial_params(3);
    let panel = [sales(40, 50.0), sales(31, 80.0)];
    let histories: Vec<History<'_>> = panel.iter().map(|y| History::new(y)).collect();
    // So early that the state at the first value still shows.
    let targets = [4..10, 5..11];
    let encoded = |s: usize| {
        let view = histories[s].up_to(targets[s].start);
        settings.encoded(&[view]).swap_remove(0).with_targets(targets[s].clone())
    };
    let loss = |series: &[usize], batch: usize| {
        let series = series.iter().map(|s| encoded(*s)).collect();
        let batches = settings.batches(series, Window { steps: 7, batch }, 1);
        let loss = settings.output.loss().unwrap();
        ValidationLoss::new(batches, loss, true).loss(&model, &params).unwrap()
    };
    // By hand: one pass over the series, the mean absolute error of the six targets.
    let by_hand = |s: usize| {
        let (series, inputs) = (encoded(s), settings.inputs());
        let mut runner = Runner::new(&model, 1, 1, 1).unwrap();
        let (mut x, mut target, mut sum) = (vec![0.0; inputs], [0.0], 0.0);
        for t in 0..targets[s].end - 1 {
            series.write_inputs(preprocessing, 1, t, &mut x);
            let output = runner.run(&model, &params, &x).unwrap()[0];
            if targets[s].contains(&(t + 1)) {
                series.write_targets(t, &mut target);
                sum += f64::from((output - target[0]).abs());
            }
        }
        sum / 6.0
    };
    for s in [0, 1] {
        assert!((loss(&[s], 1) - by_hand(s)).abs() < 1e-5 * by_hand(s), "{s}");
    }
    // The hidden state begins anew with each series.
    let mean = 0.5 * (by_hand(0) + by_hand(1));
    for batch in [1, 2] {
        let got = loss(&[0, 1], batch);
        assert!(
            (got - mean).abs() < 1e-5 * mean,
            "{batch} lanes: {got} {mean} {} {}",
            by_hand(0),
            by_hand(1)
        );
    }
}

#[test]
fn training_does_not_depend_on_values_after_the_cutoff() {
    let values: Vec<Vec<f64>> = (0..5).map(|s| sales(30 + 5 * s, 40.0 + s as f64)).collect();
    let poisoned: Vec<Vec<f64>> = values
        .iter()
        .map(|y| {
            let mut y = y.clone();
            let known = y.len() - 6;
            y[known..].iter_mut().for_each(|y| *y = f64::NAN);
            y
        })
        .collect();
    let origins: Vec<Vec<usize>> = values.iter().map(|y| vec![y.len() - 6]).collect();
    for preprocessing in all_views() {
        let [predicted, again] = [&values, &poisoned].map(|panel| {
            let histories: Vec<History<'_>> = panel.iter().map(|y| History::new(y)).collect();
            let panel: Vec<HistoryView<'_>> =
                histories.iter().map(|history| history.up_to(history.values.len() - 6)).collect();
            let net =
                RnnModel::train(&panel, settings(&preprocessing, 12), None, None, &go_on).unwrap();
            net.forecasts(&panel, &origins).unwrap()
        });
        assert_eq!(predicted, again, "{preprocessing:?}");
        assert!(predicted.iter().flatten().flatten().all(|y| y.is_finite()));
    }
}

#[test]
fn one_forward_pass_serves_every_origin() {
    let values: Vec<Vec<f64>> = (0..3).map(|s| sales(50 + 7 * s, 40.0)).collect();
    let histories: Vec<History<'_>> = values.iter().map(|y| History::new(y)).collect();
    let panel: Vec<HistoryView<'_>> = histories.iter().map(|history| history.up_to(40)).collect();
    let preprocessing = &all_views()[0];
    let net = RnnModel::train(&panel, settings(preprocessing, 20), None, None, &go_on).unwrap();
    let several = net.forecasts(&panel, &[vec![40, 45, 50], vec![41], vec![16, 17, 33]]).unwrap();
    for (s, origins) in [vec![40, 45, 50], vec![41], vec![16, 17, 33]].iter().enumerate() {
        for (o, origin) in origins.iter().enumerate() {
            let mut alone = vec![vec![]; 3];
            alone[s] = vec![*origin];
            let alone = net.forecasts(&panel, &alone).unwrap();
            for (a, b) in several[s][o].iter().zip(&alone[s][0]) {
                // A product with another number of rows can be summed in another order.
                assert!((a - b).abs() < 1e-4 * b.abs(), "series {s} at {origin}: {a} {b}");
            }
            assert_eq!(several[s][o].len(), 3);
        }
    }
}

#[test]
fn an_untrained_network_forecasts_the_level() {
    let values = sales(40, 50.0);
    let preprocessing = &search_space(TargetTransform::LOG, &[], 3, 20)[0];
    let history = History::new(&values);
    let panel = [history.up_to(40)];
    let net = RnnModel::train(
        &panel,
        RnnConfig { seasons: vec![], ..settings(preprocessing, 0) },
        None,
        None,
        &go_on,
    );
    let predicted = net.unwrap().forecasts(&panel, &[vec![40]]).unwrap();
    for y in &predicted[0][0] {
        assert!((y - values[39]).abs() < 1e-4 * y, "{y}");
    }
}

#[test]
fn early_stopping_keeps_the_weights_with_the_least_error() {
    let values = [sales(40, 30.0), sales(52, 80.0)];
    let histories: Vec<History<'_>> = values.iter().map(|y| History::new(y)).collect();
    let panel: Vec<HistoryView<'_>> = histories.iter().map(History::full).collect();
    let settings = settings(&search_space(TargetTransform::LOG, &[4], 3, 20)[0], 400);
    // Evaluated after every 20th optimizer step; the third evaluation is the best.
    let errors = Mutex::new([f64::NAN, 2.0, 1.0, 5.0, 1.0, 0.0].into_iter());
    let error = |_: RnnRef<'_>| Ok(errors.lock().unwrap().next().unwrap());
    let updates = Cell::new(0);
    let count = || {
        updates.set(updates.get() + 1);
        ControlFlow::Continue(())
    };
    let early = StoppingRule { patience: 2, error: &error };
    let stopped = RnnModel::train(&panel, settings.clone(), None, Some(&early), &count).unwrap();
    assert_eq!((updates.get(), stopped.updates(), stopped.settings.stop), (100, 60, Some(60)));
    let again = RnnConfig { stop: Some(60), ..settings.clone() };
    let again = RnnModel::train(&panel, again, None, None, &count).unwrap();
    assert_eq!(updates.get(), 160);
    assert_eq!(again.params().values(), stopped.params().values());
    let full = RnnModel::train(&panel, settings, None, None, &go_on).unwrap();
    assert_ne!(full.params().values(), stopped.params().values());
}
