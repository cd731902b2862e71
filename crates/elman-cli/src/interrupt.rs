//! Ctrl-C and termination: noted, and acted on between two steps.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

static ASKED: AtomicBool = AtomicBool::new(false);

/// A terminal that is closed sends its signal twice; a person does not press twice so soon.
const ONE_AND_THE_SAME: Duration = Duration::from_millis(500);

/// From now on a first signal is only noted; a later second one ends the program at once.
pub fn watch() {
    let first: Mutex<Option<Instant>> = Mutex::new(None);
    // Without a handler, Ctrl-C simply ends the program: nothing worse.
    let _ = ctrlc::set_handler(move || {
        ASKED.store(true, Ordering::Relaxed);
        let now = Instant::now();
        let Ok(mut first) = first.lock() else { return };
        if now.duration_since(*first.get_or_insert(now)) > ONE_AND_THE_SAME {
            std::process::exit(i32::from(crate::failure::INTERRUPTED));
        }
    });
}

/// Whether a signal has come.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
