//! Signals: Ctrl-C and termination are noted, and acted on between two steps.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(unix)]
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Whether SIGTERM has come, which asks for an end that is not a failure.
#[cfg(unix)]
static TERMINATED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

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
    #[cfg(unix)]
    {
        // In addition to the handler above. Without it, termination counts as Ctrl-C.
        let asked = Arc::clone(&TERMINATED);
        let _ = signal_hook::flag::register(signal_hook::consts::SIGTERM, asked);
    }
}

/// A file that grows beyond a batch system's limit ends a program by a signal, without a word. With a handler, the
/// write fails instead: an error that names the file, and an old file as it was.
pub fn survive_file_limit() {
    #[cfg(unix)]
    {
        let nobody_asks = Arc::new(AtomicBool::new(false));
        // Without it the program ends as it did: nothing worse.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, nobody_asks);
    }
}

/// Whether the signal is SIGTERM, by which a service is stopped.
pub fn is_termination() -> bool {
    #[cfg(unix)]
    {
        TERMINATED.load(Ordering::Relaxed)
    }
    #[cfg(not(unix))]
    {
        false
    }
}

/// Whether a signal has come.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
