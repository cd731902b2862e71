//! Ctrl-C and termination: noted, and acted on between two steps.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on a first signal is only noted; a second one ends the program at once.
pub fn watch() {
    // Without a handler, Ctrl-C simply ends the program: nothing worse.
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(crate::failure::INTERRUPTED));
        }
    });
}

/// Whether a signal has come.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
