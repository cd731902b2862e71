//! The functions that the view of a file calls: bytes in, JSON and CSV out.
//!
//! The page writes a file, its name and the settings of the reader to [inputs](elman_file_input). Every function below returns a
//! status: 0 if the text is the result, -1 if it is an error as JSON. Pointers are valid until the next call.
#![allow(unsafe_code, reason = "an exported name is an unsafe attribute; there is no unsafe block")]

use std::cell::RefCell;

use elman::Error;
use elman::models::pretrained::Pretrained;
use serde_json::json;

use crate::model_file::{self, Trained};
use crate::session::{Session, failure, read_options};

#[derive(Debug, Default)]
struct Page {
    /// The inputs, by number.
    inputs: [Vec<u8>; 4],
    session: Option<Session>,
    /// The weights of a model file.
    weights: Vec<f32>,
    text: Vec<u8>,
}

/// Number of the last input: weights.
const WEIGHTS: usize = 3;

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
    /// The message of a panic. Apart from the page, which may be borrowed then.
    static PANIC: RefCell<Vec<u8>> = RefCell::default();
}

impl Page {
    /// Keeps the result, or the error, as the text. Returns the status.
    fn keep(&mut self, result: Result<Vec<u8>, Error>) -> i32 {
        let (text, status) = match result {
            Ok(text) => (text, 0),
            Err(error) => (failure(&error).to_string().into_bytes(), -1),
        };
        self.text = text;
        status
    }
}

/// Room for `len` bytes of an input: 0 the file, 1 its name, 2 the settings of the reader, 3 the pretrained network, or the weights
/// of a network for its model file.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_input(which: usize, len: usize) -> *mut u8 {
    PAGE.with_borrow_mut(|page| {
        let input = &mut page.inputs[which.min(WEIGHTS)];
        *input = vec![0; len];
        input.as_mut_ptr()
    })
}

/// Takes the pretrained network, if there is one, and keeps the messages of panics. To be called first. Model files need no
/// pretrained network.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_start() -> i32 {
    std::panic::set_hook(Box::new(|panic| {
        PANIC.with_borrow_mut(|message| *message = panic.to_string().into_bytes());
    }));
    PAGE.with_borrow_mut(|page| {
        let weights = std::mem::take(&mut page.inputs[WEIGHTS]);
        let taken = if weights.is_empty() { Ok(()) } else { Pretrained::provide(&weights) };
        page.keep(taken.map(|()| Vec::new()))
    })
}

/// Reads the file of the inputs. The answer describes the series that it contains.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_read() -> i32 {
    PAGE.with_borrow_mut(|page| {
        page.session = None;
        let [file, name, settings, _] = std::mem::take(&mut page.inputs);
        let (name, settings) = (String::from_utf8_lossy(&name), String::from_utf8_lossy(&settings));
        let read =
            read_options(&settings).and_then(|options| Session::read(&file, &name, &options));
        let text =
            read.map(|session| page.session.insert(session).about().to_string().into_bytes());
        page.keep(text)
    })
}

/// Forecasts all series. The text is the report.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_forecast(horizon: usize) -> i32 {
    PAGE.with_borrow_mut(|page| {
        let report = page.session.as_mut().map(|session| session.forecast(horizon));
        let text = report.unwrap_or(Ok(json!(null))).map(|report| report.to_string().into_bytes());
        page.keep(text)
    })
}

/// One series with its forecast: the text.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_series(index: usize) -> i32 {
    PAGE.with_borrow_mut(|page| {
        let series = page.session.as_ref().map(|session| session.series(index));
        page.keep(Ok(series.unwrap_or_default().to_string().into_bytes()))
    })
}

/// The forecast of all series as CSV: the text.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_table() -> i32 {
    PAGE.with_borrow_mut(|page| {
        let table = page.session.as_ref().map(Session::table);
        page.keep(Ok(table.unwrap_or_default()))
    })
}

/// The model file of a network that was trained in the page: the answer. Input 2 has the settings as JSON, input 3 the weights
/// (f32, little-endian).
#[unsafe(no_mangle)]
pub extern "C" fn elman_model_write() -> i32 {
    PAGE.with_borrow_mut(|page| {
        let [_, _, settings, weights] = std::mem::take(&mut page.inputs);
        let weights: Vec<f32> =
            weights.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let file = trained(&settings).and_then(|trained| model_file::write(&trained, &weights));
        page.keep(file)
    })
}

/// Reads the model file of input 0. The answer is its settings as JSON; its weights are [`elman_model_weights`].
#[unsafe(no_mangle)]
pub extern "C" fn elman_model_read() -> i32 {
    PAGE.with_borrow_mut(|page| {
        let [file, ..] = std::mem::take(&mut page.inputs);
        let read = model_file::read(&file).map(|(trained, weights)| {
            page.weights = weights;
            json!(trained).to_string().into_bytes()
        });
        page.keep(read)
    })
}

/// The weights of the model file that was read last.
#[unsafe(no_mangle)]
pub extern "C" fn elman_model_weights() -> *const f32 {
    PAGE.with_borrow(|page| page.weights.as_ptr())
}

/// The number of those weights.
#[unsafe(no_mangle)]
pub extern "C" fn elman_model_weights_len() -> usize {
    PAGE.with_borrow(|page| page.weights.len())
}

/// The settings of a training.
fn trained(json: &[u8]) -> Result<Trained, Error> {
    serde_json::from_slice(json).map_err(|error| Error::Forecast {
        reason: format!("the settings of the network are damaged: {error}"),
        help: "reload the page".to_owned(),
    })
}

/// The text of the last call, in UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_answer() -> *const u8 {
    PAGE.with_borrow(|page| page.text.as_ptr())
}

/// The length of the text in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_answer_len() -> usize {
    PAGE.with_borrow(|page| page.text.len())
}

/// The message of a panic, in UTF-8. Can be read after a trap.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_panic() -> *const u8 {
    PANIC.with_borrow(|message| message.as_ptr())
}

/// The length of that message in bytes; 0 if nothing has panicked.
#[unsafe(no_mangle)]
pub extern "C" fn elman_file_panic_len() -> usize {
    PANIC.with_borrow(Vec::len)
}
