//! Views, windows and networks over small panels.

mod trial;

use std::cell::Cell;
use std::sync::Mutex;

use elman_nn::layers::Window;
use elman_nn::windows::{Batch, Windows};

use super::beside::{Beside, Widths};
use super::calibration::Calibration;
use super::early::Early;
use super::forecaster::PanelSettings;
use super::head::{Head, Said};
use super::net::{Net, NetRef, NetSettings, Stack};
use super::past::{Known, Past};
use super::plan::Plan;
use super::ready::Ready;
use super::seen::Seen;
use super::shape::bridged;
use super::view::{Scale, View};
use super::views::views;
use super::walks::Walks;
use crate::scalers;
use crate::season::Decomposition;
use crate::series::Series;

/// A growing series with a season of 4 that is worth a quarter of it.
fn sales(len: usize, start: f64) -> Vec<f64> {
    let season = [1.25, 0.9, 1.1, 0.75];
    (0..len).map(|t| (start + 2.0 * t as f64 + (t * t % 7) as f64) * season[t % 4]).collect()
}

fn all_views() -> Vec<View> {
    let scales = [Scale::Log, Scale::SoftLog, Scale::Plain];
    let own = scales.into_iter().flat_map(|scale| views(scale, &[4], 5, 20));
    let scaled = scalers::ALL.iter().flat_map(|scaler| {
        let scaler = Some(scaler.name().to_owned());
        let views = views(Scale::Plain, &[4], 5, 20).into_iter();
        views.map(move |view| View { scaler: scaler.clone(), ..view })
    });
    own.chain(scaled).collect()
}

fn settings(view: &View, steps: u64) -> NetSettings {
    NetSettings {
        view: view.clone(),
        seasons: vec![4],
        horizon: 3,
        said: Said::by(Head::Point, "mae", &[]),
        widths: Widths::default(),
        cell: "lstm".to_owned(),
        hidden_size: 8,
        stack: Stack::default(),
        batch_size: 2,
        seq_length: 16,
        carry: true,
        start: 0,
        steps,
        stop: None,
        learning_rate: 1e-2,
        seed: 1,
        isa: None,
    }
}

#[test]
fn what_is_asked_for_is_the_value_that_comes() {
    let values = sales(40, 50.0);
    let at_zero: Vec<f64> = values.iter().map(|y| y - 60.0).collect();
    for view in all_views() {
        for values in [&values, &at_zero] {
            if view.scale != Scale::Plain && values.iter().any(|y| *y <= 0.0) {
                continue;
            }
            let seen = Seen::new(&view, Past::new(values).until(40), &[4], false, None);
            for t in 0..39 {
                let mut target = [0.0; 5];
                seen.ask(t, &mut target);
                for (k, z) in target.into_iter().enumerate() {
                    match values.get(t + 1 + k) {
                        None => assert!(z.is_nan(), "past the end"),
                        Some(y) => {
                            // f32 keeps seven digits of logarithms of size 5, over steps of 0.1.
                            let error = (seen.value(t, k + 1, f64::from(z)) - y).abs();
                            assert!(error < 1e-4 * y.abs().max(10.0), "{view:?} {t} {k}: {error}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_shown_at_a_step_knows_nothing_of_what_comes_after() {
    let values = sales(40, 50.0);
    let mut changed = values.clone();
    changed[30..].iter_mut().for_each(|y| *y = f64::NAN);
    for view in all_views() {
        let inputs = view.inputs(5);
        // Units and season come from what is known, which is the same.
        let [one, other] = [&values, &changed]
            .map(|y| Seen::new(&view, Past::new(y).until(30), &[4], false, None));
        for t in 0..30 {
            let show = |seen: &Seen| {
                let mut x = vec![0.0; inputs];
                seen.show(&view, 5, t, &mut x);
                x.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
            };
            assert_eq!(show(&one), show(&other), "{view:?} at {t}");
            let ask = |seen: &Seen| {
                let mut z = [0.0; 5];
                seen.ask(t, &mut z);
                z.map(f32::to_bits)
            };
            assert_eq!(ask(&one), ask(&other), "{view:?} at {t}");
        }
    }
}

#[test]
fn a_shown_step_by_hand() {
    let view = View {
        scale: Scale::Plain,
        adjust: false,
        decomposition: Decomposition::Classical,
        level: 2,
        by_step: false,
        lags: 3,
        ahead: false,
        skip: false,
        beside: false,
        scaler: None,
        free: false,
        drift: false,
    };
    // The mean of what is known, 4, is 1.
    let seen = Seen::new(&view, Past::new(&[2.0, 4.0, 6.0, 8.0]).until(3), &[], false, None);
    let show = |t: usize| {
        let mut x = [0.0; 3];
        seen.show(&view, 1, t, &mut x);
        x
    };
    assert_eq!(show(0), [0.0, 0.0, 0.0], "the first value is repeated before the start");
    assert_eq!(show(1), [-0.25, -0.25, 0.25], "less the mean of the last two");
    assert_eq!(show(3), [-0.75, -0.25, 0.25]);
    let mut target = [0.0; 2];
    seen.ask(1, &mut target);
    assert_eq!(target[0], 0.75, "6 / 4 less the level of 0.75");
    assert!(target[1].is_nan(), "8 is not known");
    assert_eq!(seen.value(3, 1, 0.25), 8.0, "the level is 7");
}

#[test]
fn windows_walk_over_every_known_step_once_an_epoch() {
    let lengths = [1, 2, 9, 10, 23, 24, 40];
    let view = &views(Scale::Log, &[], 3, 20)[0];
    let series: Vec<Seen> = lengths
        .iter()
        .map(|len| Seen::new(view, Past::new(&sales(*len, 50.0)).whole(), &[], false, None))
        .collect();
    let window = Window { steps: 16, batch: 2 };
    let walks = Walks {
        view: view.clone(),
        inputs: view.inputs(3),
        horizon: 3,
        series,
        window,
        seed: 5,
        plan: Default::default(),
    };
    let mut batch = Batch::new(&walks as &dyn Windows<f32>);
    // Two a group: 1 + 8, 9 + 22, 23 + 39 steps and so on, which noise may mix; every epoch asks for
    // as many values.
    let asked: usize = lengths.iter().flat_map(|n| (1..*n).map(move |t| (n - t).min(3))).sum();
    let mut counts = Vec::new();
    let mut known = 0;
    let mut first_of_stream = 0;
    for number in 0..200 {
        walks.fill(number, &mut batch);
        assert!((1..=16).contains(&batch.steps()));
        assert_eq!(batch.x.len(), batch.steps() * 2 * view.inputs(3));
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
    // An earlier window is the same again.
    let mut again = Batch::new(&walks as &dyn Windows<f32>);
    walks.fill(199, &mut batch);
    walks.fill(3, &mut again);
    walks.fill(199, &mut again);
    assert_eq!(batch.x.to_vec(), again.x.to_vec());
}

#[test]
fn training_looks_at_nothing_that_is_not_known() {
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
    for view in all_views() {
        let [said, again] = [&values, &poisoned].map(|panel| {
            let pasts: Vec<Past<'_>> = panel.iter().map(|y| Past::new(y)).collect();
            let panel: Vec<Known<'_>> =
                pasts.iter().map(|past| past.until(past.values.len() - 6)).collect();
            let net = Net::train(&panel, settings(&view, 12), None, None, &|| ()).unwrap();
            net.forecasts(&panel, &origins, &[]).unwrap()
        });
        assert_eq!(said, again, "{view:?}");
        assert!(said.iter().flatten().flatten().all(|y| y.is_finite()));
    }
}

#[test]
fn one_walk_serves_every_origin() {
    let values: Vec<Vec<f64>> = (0..3).map(|s| sales(50 + 7 * s, 40.0)).collect();
    let pasts: Vec<Past<'_>> = values.iter().map(|y| Past::new(y)).collect();
    let panel: Vec<Known<'_>> = pasts.iter().map(|past| past.until(40)).collect();
    let view = &all_views()[0];
    let net = Net::train(&panel, settings(view, 20), None, None, &|| ()).unwrap();
    let several =
        net.forecasts(&panel, &[vec![40, 45, 50], vec![41], vec![16, 17, 33]], &[]).unwrap();
    for (s, origins) in [vec![40, 45, 50], vec![41], vec![16, 17, 33]].iter().enumerate() {
        for (o, origin) in origins.iter().enumerate() {
            let mut alone = vec![vec![]; 3];
            alone[s] = vec![*origin];
            let alone = net.forecasts(&panel, &alone, &[]).unwrap();
            for (a, b) in several[s][o].iter().zip(&alone[s][0]) {
                // Another number of rows in a product may be summed in another order.
                assert!((a - b).abs() < 1e-4 * b.abs(), "series {s} at {origin}: {a} {b}");
            }
            assert_eq!(several[s][o].len(), 3);
        }
    }
}

#[test]
fn untrained_it_says_that_the_level_stays() {
    let values = sales(40, 50.0);
    let view = &views(Scale::Log, &[], 3, 20)[0];
    let past = Past::new(&values);
    let panel = [past.until(40)];
    let net = Net::train(
        &panel,
        NetSettings { seasons: vec![], ..settings(view, 0) },
        None,
        None,
        &|| (),
    );
    let said = net.unwrap().forecasts(&panel, &[vec![40]], &[]).unwrap();
    for y in &said[0][0] {
        assert!((y - values[39]).abs() < 1e-4 * y, "{y}");
    }
}

#[test]
fn bands_hold_as_much_as_they_say() {
    let mut stream = elman_nn::Stream::new(3, "noise");
    for scale in [Scale::Log, Scale::Plain] {
        // Walks whose steps differ tenfold from series to series.
        let panel: Vec<Vec<f64>> = (0..60)
            .map(|s| {
                let mut y = 1000.0;
                let size = 0.5 + 0.1 * f64::from(s);
                (0..50)
                    .map(|_| {
                        y += stream.uniform(-size, size);
                        y
                    })
                    .collect()
            })
            .collect();
        let origins = vec![vec![45]; 60];
        let naive: super::Forecasts = panel.iter().map(|y| vec![vec![y[44]; 5]]).collect();
        let pasts: Vec<Past<'_>> = panel.iter().map(|y| Past::new(y)).collect();
        let known: Vec<Known<'_>> = pasts.iter().map(Past::whole).collect();
        let levels = [50.0, 90.0];
        let (made, coverage) =
            Calibration::new(scale, 1, &known, &origins, &naive, 1.0, &levels).unwrap();
        for (level, share) in levels.into_iter().zip(coverage) {
            let held = panel.iter().flat_map(|y| {
                made.band(level, &y[..45], 45, &[y[44]; 5]).holds(&y[45..]).collect::<Vec<_>>()
            });
            let held: Vec<bool> = held.collect();
            let inside = held.iter().filter(|held| **held).count() as f64 / held.len() as f64;
            // The very errors that the band was made from: 300 of them, and one more by its definition.
            assert!((inside - level / 100.0).abs() < 0.02, "{scale:?} {level}: {inside}");
            // One half by the other: 150 errors, of 30 series each.
            assert!((share - level / 100.0).abs() < 0.12, "{scale:?} {level}: {share}");
        }
    }
}

/// Fifty random walks in which the last value stands for the forecast: each by itself and its last six
/// values, each and its last sixty, and all together.
#[test]
fn few_errors_make_wide_bands() {
    let mut stream = elman_nn::Stream::new(8, "walks");
    let mut y = 0.0;
    let mut next = || {
        y += stream.uniform(-1.0, 1.0);
        y
    };
    let walks: Vec<Vec<f64>> = (0..50).map(|_| (0..140).map(|_| next()).collect()).collect();
    let width = |panel: &[Vec<f64>], held_out: usize, optimism: f64| {
        let pasts: Vec<Past<'_>> = panel.iter().map(|y| Past::new(y)).collect();
        let known: Vec<Known<'_>> = pasts.iter().map(Past::whole).collect();
        let origins: Vec<usize> = (140 - held_out..=134).step_by(6).collect();
        let last = |y: &Vec<f64>| origins.iter().map(|o| vec![y[o - 1]; 6]).collect();
        let naive: super::Forecasts = panel.iter().map(last).collect();
        let origins = vec![origins.clone(); panel.len()];
        let (made, _) =
            Calibration::new(Scale::Plain, 1, &known, &origins, &naive, optimism, &[]).unwrap();
        let widths = panel.iter().map(|y| {
            let band = made.band(95.0, y, y.len(), &[0.0; 6]);
            band.upper[5] - band.lower[5]
        });
        widths.sum::<f64>() / panel.len() as f64
    };
    let alone = |held_out: usize, optimism: f64| {
        walks.chunks(1).map(|walk| width(walk, held_out, optimism)).sum::<f64>() / 50.0
    };
    // Six steps have a deviation of √2, of which 95 % of a normal distribution are within 1.96.
    let all = width(&walks, 60, 1.0);
    assert!((5.0..6.1).contains(&all), "{all}");
    // And of Student's t with two degrees of freedom within 4.30.
    let (one, ten) = (alone(6, 1.0), alone(60, 1.0));
    assert!(one > 1.3 * all && (0.85..1.2).contains(&(ten / all)), "{one} {ten} {all}");
    // The best of many views is believed after many stretches.
    assert!(alone(6, 1.5) > 1.2 * one && width(&walks, 60, 1.5) < 1.01 * all);
    assert!(alone(6, 0.5) == one && alone(6, 9.0) < 1.5 * one);
}

#[test]
fn training_stops_where_its_error_was_least() {
    let values = [sales(40, 30.0), sales(52, 80.0)];
    let pasts: Vec<Past<'_>> = values.iter().map(|y| Past::new(y)).collect();
    let panel: Vec<Known<'_>> = pasts.iter().map(Past::whole).collect();
    let settings = settings(&views(Scale::Log, &[4], 3, 20)[0], 400);
    // Judged after every 20th update; the third time is the best.
    let errors = Mutex::new([f64::NAN, 2.0, 1.0, 5.0, 1.0, 0.0].into_iter());
    let error = |_: NetRef<'_>| Ok(errors.lock().unwrap().next().unwrap());
    let updates = Cell::new(0);
    let count = || updates.set(updates.get() + 1);
    let early = Early { patience: 2, error: &error };
    let stopped = Net::train(&panel, settings.clone(), None, Some(&early), &count).unwrap();
    assert_eq!((updates.get(), stopped.updates(), stopped.settings.stop), (100, 60, Some(60)));
    let again = NetSettings { stop: Some(60), ..settings.clone() };
    let again = Net::train(&panel, again, None, None, &count).unwrap();
    assert_eq!(updates.get(), 160);
    assert_eq!(again.params().values(), stopped.params().values());
    let whole = Net::train(&panel, settings, None, None, &|| ()).unwrap();
    assert_ne!(whole.params().values(), stopped.params().values());
}

#[test]
fn a_season_is_found_the_way_that_is_asked_for() {
    let panel = [Series::counted("s", sales(60, 40.0))];
    for decomposition in [Decomposition::Classical, Decomposition::Stl] {
        let settings = PanelSettings { decomposition, ..PanelSettings::new(5) };
        let ready = Ready::of(&panel, &settings, 0).unwrap();
        let known = ready.known();
        let plan = Plan::new(&known, &ready, &settings);
        assert!(plan.candidates.iter().all(|(view, _)| view.decomposition == decomposition));
    }
    // A season that grows, to which a view by STL is level.
    let grows = |t: usize| (4.0 + 0.02 * t as f64 * [1.0, -1.0, 2.0, -2.0][t % 4]).exp();
    let values: Vec<f64> = (0..80).map(grows).collect();
    let off = |decomposition| {
        let view = View { decomposition, ..views(Scale::Log, &[4], 4, 40)[0].clone() };
        let seen = Seen::new(&view, Past::new(&values).whole(), &[4], false, None);
        (1..=4).map(|k| (seen.value(79, k, 0.0) / grows(79 + k)).ln().abs()).fold(0.0, f64::max)
    };
    let [classical, stl] = [Decomposition::Classical, Decomposition::Stl].map(off);
    assert!(stl < classical / 4.0, "{classical}, {stl}");
}

#[test]
fn a_typical_step_behind_a_scaler_is_no_share_of_the_level() {
    let scaler = Some("none".to_owned());
    let view = View { scaler, adjust: false, ..views(Scale::Plain, &[], 2, 20)[0].clone() };
    let seen = Seen::new(&view, Past::new(&[5.0, 6.0]).whole(), &[], false, None);
    let mut target = [0.0];
    seen.ask(0, &mut target);
    // One step before any was seen: a tenth and 0.005, of 1 and not of 5.
    assert!((target[0] - 1.0 / 0.105).abs() < 1e-4, "{target:?}");
}

#[test]
fn what_is_missing_is_bridged_for_the_input_and_not_asked_for() {
    let season = [3.0, -1.0, 0.0, -2.0];
    let whole: Vec<f64> = (0..40).map(|t| 50.0 + season[t % 4]).collect();
    let mut holed = whole.clone();
    [9, 10, 11, 30, 39].into_iter().for_each(|t| holed[t] = f64::NAN);
    let past = Past::new(&holed);
    assert_eq!(past.filled[9..12], [whole[8]; 3]);
    let view = View { scale: Scale::Plain, ..views(Scale::Plain, &[4], 5, 20)[0].clone() };
    let seen = Seen::new(&view, past.until(38), &[4], false, None);
    let mut target = [0.0; 5];
    seen.ask(8, &mut target);
    assert_eq!(target.map(f32::is_nan), [true, true, true, false, false]);
    seen.ask(35, &mut target);
    assert_eq!(target.map(f32::is_nan), [false, false, true, true, true], "39 is not known");
    // A level that stays is seen to stay through the holes, in its season.
    let mut x = vec![0.0; view.inputs(5)];
    seen.show(&view, 5, 13, &mut x);
    // In typical steps, of which a jump of the season is ten.
    assert!(x[..8].iter().all(|x| x.abs() < 0.6), "{x:?}");
    for k in 1..=4 {
        let said = seen.value(12, k, 0.0);
        assert!((said - whole[12 + k]).abs() < 1.0, "{said} {}", whole[12 + k]);
    }
}

#[test]
fn covariates_are_shown_for_now_and_every_step_of_the_horizon() {
    let values = sales(20, 50.0);
    let ahead: Vec<f64> = (0..23).map(|t| f64::from(u8::from(t % 5 == 0))).collect();
    let beside = Beside { future: vec![ahead], past: vec![values.clone()], fixed: vec![0.0, 1.0] };
    let past = Past { beside, ..Past::new(&values) };
    let widths = Widths { future: 1, past: 1, fixed: 2 };
    let view = View { beside: true, ..views(Scale::Log, &[4], 3, 20)[0].clone() };
    let seen = Seen::new(&view, past.until(20), &[4], false, None);
    let own = view.inputs(3);
    let show = |t: usize| {
        let mut x = vec![9.0; own + widths.inputs(3)];
        seen.show(&view, 3, t, &mut x);
        x.split_off(own)
    };
    // Four of twenty are 1: a mean of 0.2 and a deviation of 0.4.
    for (t, ones) in [(4, [false, true, false, false]), (15, [true, false, false, false])] {
        let shown = show(t);
        let expected = ones.map(|one| if one { 2.0 } else { -0.5 });
        assert!(shown[..4].iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{shown:?}");
        assert_eq!(shown[5..], [0.0, 1.0]);
        assert!(shown[4].is_finite() && shown[4] != show(t + 1)[4]);
    }
    // Step 22 is the last that is known ahead, and 20 a multiple of 5.
    let last = show(19);
    assert!((last[1] - 2.0).abs() < 1e-6 && last[..4].iter().all(|x| *x != 0.0), "{last:?}");
}

#[test]
fn a_hole_is_bridged_by_a_line_and_an_open_end_is_not() {
    let x = [1.0, 9.0, 9.0, 4.0, 9.0];
    assert_eq!(bridged(&x, &[1, 2, 4]), [1.0, 2.0, 3.0, 4.0, 9.0]);
    assert_eq!(
        bridged(&x, &[0, 7]),
        x,
        "nor is what comes before the first value or behind the last"
    );
    // So a season is found through a hole in a trend as if nothing were missing.
    let whole: Vec<f64> =
        (0..60).map(|t| 4.0 * t as f64 - 90.0 + [9.0, 0.0, -9.0][t % 3]).collect();
    let mut holed = whole.clone();
    holed[20..32].iter_mut().for_each(|y| *y = f64::NAN);
    let view = View { scale: Scale::Plain, ..views(Scale::Plain, &[3], 3, 20)[0].clone() };
    let [one, other] = [&whole, &holed]
        .map(|y| Seen::new(&view, Past::new(y).whole(), &[3], false, None).value(59, 1, 0.0));
    assert!((one - other).abs() < 1.5, "a third of a step of the season: {one} {other}");
}
