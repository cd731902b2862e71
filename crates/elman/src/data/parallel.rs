//! Independent jobs in parallel.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Result;

/// Runs `job` for each item, on up to `threads` threads; the results are in the order of the items. With one thread, no
/// other is started. After an error no further item begins.
pub(crate) fn each<A: Sync, B: Send>(
    items: &[A],
    threads: usize,
    job: impl Fn(&A) -> Result<B> + Sync,
) -> Result<Vec<B>> {
    if threads.min(items.len()) <= 1 {
        return items.iter().map(job).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<Result<B>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(|| {
                while let Some((item, place)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).zip(done.get(index))
                } {
                    let result = job(item);
                    if result.is_err() {
                        next.fetch_max(items.len(), Ordering::Relaxed);
                    }
                    *place.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(result);
                }
            });
        }
    });
    // A job that panics ends the scope with its panic. After an error the places of items that did not begin are empty, and
    // the error is returned.
    done.into_iter().filter_map(|place| place.into_inner().ok().flatten()).collect()
}
