//! The functions as a C program calls them, with handles and arrays that are right and wrong.
#![expect(
    clippy::undocumented_unsafe_blocks,
    reason = "each block calls exported functions with handles and arrays of this file; the wrong ones must be refused"
)]

use std::ffi::{CStr, CString, c_char};
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use elman::io::read::ReadOptions;
use elman::{AutoForecaster, FittedForecaster, RnnForecaster, Series};

use crate::model::*;
use crate::online::*;
use crate::status::*;

const HORIZON: usize = 2;

fn wave(t: usize) -> f64 {
    50.0 + 10.0 * (t as f64 / 3.0).sin()
}

fn history() -> Vec<f64> {
    (0..80).map(wave).collect()
}

/// Model with a hidden state, and the content of its file.
fn fitted() -> &'static (FittedForecaster, Vec<u8>) {
    static FITTED: OnceLock<(FittedForecaster, Vec<u8>)> = OnceLock::new();
    FITTED.get_or_init(|| {
        let forecaster = RnnForecaster::new(HORIZON).hidden_size(4).max_steps(5);
        let fitted = forecaster.fit(&[Series::counted("wave", history())]).unwrap();
        let bytes = fitted.to_bytes(Path::new("model"), &ReadOptions::default()).unwrap();
        (fitted, bytes)
    })
}

#[test]
fn a_model_without_levels_takes_no_array_for_them() {
    let forecaster = RnnForecaster::new(HORIZON).hidden_size(4).max_steps(5).levels(Vec::new());
    let fitted = forecaster.fit(&[Series::counted("wave", history())]).unwrap();
    let bytes = fitted.to_bytes(Path::new("model"), &ReadOptions::default()).unwrap();
    let model = made(|out| unsafe { elman_model_load_bytes(bytes.as_ptr(), bytes.len(), out) });
    assert_eq!(unsafe { elman_model_num_levels(model) }, 0);
    assert_eq!(unsafe { elman_model_levels(model, null_mut()) }, Status::Ok);
    let online = made(|out| unsafe { elman_online_continue(model, out) });
    let mut values = [0.0; HORIZON];
    let [values, none, none_either] = [values.as_mut_ptr(), null_mut(), null_mut()];
    let status = unsafe { elman_online_forecast(online, HORIZON, values, none, none_either) };
    assert_eq!(status, Status::Ok, "{}", last_error());
    unsafe { elman_online_free(online) };
    unsafe { elman_model_free(model) };
}

/// The handle of a call that succeeds.
fn made<T>(make: impl FnOnce(*mut *mut T) -> Status) -> *mut T {
    let mut out = null_mut();
    assert_eq!(make(&raw mut out), Status::Ok, "{}", last_error());
    out
}

fn model() -> *mut Model {
    let bytes = &fitted().1;
    made(|out| unsafe { elman_model_load_bytes(bytes.as_ptr(), bytes.len(), out) })
}

fn text(pointer: *const c_char) -> String {
    unsafe { CStr::from_ptr(pointer) }.to_str().unwrap().to_owned()
}

fn last_error() -> String {
    text(elman_last_error())
}

/// Checks that a call is refused with this message, and gives no handle.
fn refuses<T>(status: Status, message: &str, make: impl FnOnce(*mut *mut T) -> Status) {
    let mut out = std::ptr::dangling_mut();
    assert_eq!(make(&raw mut out), status);
    assert!(out.is_null());
    assert!(last_error().contains(message), "{}", last_error());
}

/// Values, lower and upper bounds of the next forecast.
fn forecast(online: *mut Online, levels: usize, horizon: usize) -> [Vec<f64>; 3] {
    let [mut values, mut lower, mut upper] = [1, levels, levels].map(|n| vec![0.0; n * horizon]);
    let [v, l, u] = [&mut values, &mut lower, &mut upper].map(|array| array.as_mut_ptr());
    assert_eq!(unsafe { elman_online_forecast(online, horizon, v, l, u) }, Status::Ok);
    [values, lower, upper]
}

#[test]
fn forecasts_are_those_of_the_library() {
    let model = model();
    let num_levels = unsafe { elman_model_num_levels(model) };
    let mut levels = vec![0.0; num_levels];
    assert_eq!(unsafe { elman_model_levels(model, levels.as_mut_ptr()) }, Status::Ok);
    assert_eq!(levels, fitted().0.settings.levels);
    assert_eq!(unsafe { elman_model_horizon(model) }, HORIZON);

    let history = history();
    let online = made(|out| unsafe { elman_online_new(model, history.as_ptr(), 80, out) });
    let series = Series::counted("y", history.clone());
    let mut expected = fitted().0.online(&series).unwrap();
    for horizon in [HORIZON, 1, 5] {
        assert_eq!(unsafe { elman_online_update(online, 51.5) }, Status::Ok);
        expected.update(51.5).unwrap();
        let expected = expected.forecast_ahead(horizon).unwrap();
        let bounds = |lower: bool| {
            let rows = expected.intervals.iter().map(|i| if lower { &i.lower } else { &i.upper });
            rows.flatten().copied().collect::<Vec<f64>>()
        };
        assert_eq!(
            forecast(online, num_levels, horizon),
            [expected.values.clone(), bounds(true), bounds(false)]
        );
    }

    // From the whole history; bounds that are not wanted.
    let mut values = [0.0; 3];
    let to = values.as_mut_ptr();
    let status =
        unsafe { elman_forecast(model, history.as_ptr(), 80, 3, to, null_mut(), null_mut()) };
    assert_eq!(status, Status::Ok);
    assert_eq!(values[..], fitted().0.predict_ahead(&[series], 3).unwrap().values[0]);
    assert!(text(elman_last_notes()).contains("not in the training data"));
    unsafe { elman_online_free(online) };
    unsafe { elman_model_free(model) };
}

#[test]
fn notes_tell_of_values_that_were_left_out() {
    let model = model();
    let mut values = history();
    let start = |values: &[f64]| {
        let n = values.len();
        let online = made(|out| unsafe { elman_online_new(model, values.as_ptr(), n, out) });
        unsafe { elman_online_free(online) };
        text(elman_last_notes())
    };
    values[75] = 1e5;
    let notes = start(&values);
    assert!(notes.starts_with("series `y`: 76 is "), "{notes}");
    assert_eq!(start(&history()), "");
    unsafe { elman_model_free(model) };
}

#[test]
fn forks_are_independent_and_a_saved_state_continues() {
    let model = model();
    let online = made(|out| unsafe { elman_online_continue(model, out) });
    let fork = made(|out| unsafe { elman_online_fork(online, out) });
    assert_eq!(unsafe { elman_online_update(fork, 99.0) }, Status::Ok);
    let levels = fitted().0.settings.levels.len();
    let before = forecast(online, levels, HORIZON);
    assert_ne!(before, forecast(fork, levels, HORIZON));

    let mut size = 0;
    let status = unsafe { elman_online_state(online, null_mut(), 0, &raw mut size) };
    assert_eq!(status, Status::Buffer);
    let mut bytes = vec![0; size];
    let to = bytes.as_mut_ptr();
    assert_eq!(unsafe { elman_online_state(online, to, size, &raw mut size) }, Status::Ok);
    let resumed = made(|out| unsafe { elman_online_resume(model, bytes.as_ptr(), size, out) });
    // The online forecasters keep the model.
    unsafe { elman_model_free(model) };
    unsafe { elman_online_free(online) };
    assert_eq!(forecast(resumed, levels, HORIZON), before);
    unsafe { elman_online_free(fork) };
    unsafe { elman_online_free(resumed) };
}

#[test]
fn an_impossible_argument_is_refused() {
    use Status::{Argument, Data, Io};
    let model = model();
    refuses(Argument, "`path` is NULL", |out| unsafe { elman_model_load(null(), out) });
    let path = CString::new(b"\xff".to_vec()).unwrap();
    refuses(Argument, "not UTF-8", |out| unsafe { elman_model_load(path.as_ptr(), out) });
    let path = c"/nowhere/model";
    refuses(Io, "/nowhere/model", |out| unsafe { elman_model_load(path.as_ptr(), out) });
    refuses(Data, "model in memory", |out| unsafe { elman_model_load_bytes(null(), 0, out) });
    refuses(Argument, "`bytes` is NULL", |out| unsafe { elman_model_load_bytes(null(), 1, out) });
    assert_eq!(unsafe { elman_model_load_bytes(null(), 0, null_mut()) }, Argument);

    let values = [1.0, f64::INFINITY, f64::NAN];
    let start = |n| move |out| unsafe { elman_online_new(model, values.as_ptr(), n, out) };
    refuses(Data, "series `y` has no value", start(0));
    refuses(Data, "a value that is not finite", start(2));
    refuses(Argument, "do not fit in memory", start(usize::MAX / 4));
    let of_nan = unsafe { values.as_ptr().add(2) };
    refuses(Data, "series `y` has no value", |out| unsafe {
        elman_online_new(model, of_nan, 1, out)
    });
    let unaligned = values.as_ptr().cast::<u8>().wrapping_add(1).cast();
    refuses(Argument, "not aligned", |out| unsafe { elman_online_new(model, unaligned, 1, out) });
    refuses(Argument, "`model` is NULL", |out| unsafe { elman_online_continue(null(), out) });
    refuses(Argument, "`online` is NULL", |out| unsafe { elman_online_fork(null(), out) });
    refuses(Data, "too short", |out| unsafe { elman_online_resume(model, null(), 0, out) });

    let online = made(|out| unsafe { elman_online_continue(model, out) });
    assert_eq!(unsafe { elman_online_update(online, f64::INFINITY) }, Data);
    assert_eq!(unsafe { elman_online_update(null_mut(), 1.0) }, Argument);
    let forecast =
        |horizon, to| unsafe { elman_online_forecast(online, horizon, to, null_mut(), null_mut()) };
    let mut room = [0.0; HORIZON];
    assert_eq!(forecast(0, room.as_mut_ptr()), Argument);
    assert_eq!(forecast(HORIZON, null_mut()), Argument);
    assert_eq!(forecast(HORIZON, room.as_mut_ptr()), Status::Ok);
    assert_eq!(unsafe { elman_model_horizon(null()) + elman_model_num_levels(null()) }, 0);
    unsafe { elman_online_free(online) };
    unsafe { elman_online_free(null_mut()) };
    unsafe { elman_model_free(model) };
    unsafe { elman_model_free(null_mut()) };
}

#[test]
fn a_model_with_selection_has_no_hidden_state_to_continue() {
    let panel = [Series::counted("wave", history()[..12].to_vec())];
    let fitted = AutoForecaster::new(HORIZON).max_steps(5).fit(&panel).unwrap();
    let bytes = fitted.to_bytes(Path::new("model"), &ReadOptions::default()).unwrap();
    let model = made(|out| unsafe { elman_model_load_bytes(bytes.as_ptr(), bytes.len(), out) });
    refuses(Status::Argument, "give the history of the series", |out| unsafe {
        elman_online_continue(model, out)
    });
    unsafe { elman_model_free(model) };
}

#[test]
fn a_panic_is_a_status() {
    assert_eq!(guard(|| panic!("at {}", 7)), Status::Panic);
    assert!(last_error().starts_with("a bug in elman: at 7\n  help: "), "{}", last_error());
    assert!(std::thread::spawn(last_error).join().unwrap().is_empty(), "of another thread");
    assert_eq!(text(elman_version()), env!("CARGO_PKG_VERSION"));
}

#[test]
fn handles_may_be_used_by_other_threads() {
    fn of_many<T: Send + Sync>() {}
    fn of_one_at_a_time<T: Send>() {}
    of_many::<Model>();
    of_one_at_a_time::<Online>();
}
