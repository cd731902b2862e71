//! A fixed team of threads that share out the items of a slice, a few microseconds a call.
//!
//! A training step of a small network takes less time than most pools need to wake up, so the
//! members wait for the next call with their eyes open: for `PATIENCE` turns, and then they
//! park, so that a machine with other work is not kept busy by waiting.
//!
//! A call allocates nothing. Which member works on which item never depends on timing.

use std::any::Any;
use std::fmt;
use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, Thread};

/// Turns of waiting before a thread parks: about 20 to 100 microseconds.
const PATIENCE: u32 = 2_000;

// Of several panics the first is told; the payloads of the others are forgotten and not dropped. A payload may panic
// when it is dropped: that would end a worker which is still counted as busy, and the caller would wait for ever.

/// What all members do in one call, told their number.
type Work<'a> = dyn Fn(usize) + Sync + 'a;

/// Threads that wait for work. Dropping the team ends them.
pub struct Team {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Team").field("members", &self.members()).finish_non_exhaustive()
    }
}

struct Shared {
    /// Calls begun. A worker starts when it differs from the number of calls that it has seen.
    calls: AtomicUsize,
    /// Workers that have not finished the present call.
    busy: AtomicUsize,
    /// Points to the present call's `&Work`, on the stack of the caller, while `busy` is not 0;
    /// null ends the workers.
    work: AtomicPtr<()>,
    /// For each worker, whether it has parked or is about to.
    parked: Vec<AtomicBool>,
    caller_parked: AtomicBool,
    caller: Mutex<Option<Thread>>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Team {
    /// A team of `members` threads, the calling one among them. Where threads cannot be had the
    /// team is smaller; the results of a call are the same.
    pub fn new(members: usize) -> Self {
        let shared = Arc::new(Shared {
            calls: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            work: AtomicPtr::new(std::ptr::null_mut()),
            parked: (1..members).map(|_| AtomicBool::new(false)).collect(),
            caller_parked: AtomicBool::new(false),
            caller: Mutex::new(None),
            panic: Mutex::new(None),
        });
        let start = |worker| {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name("elman".into()).spawn(move || shared.serve(worker)).ok()
        };
        let workers = (0..members.max(1) - 1).map_while(start).collect();
        Self { shared, workers }
    }

    /// Threads of the team, the calling one among them.
    pub fn members(&self) -> usize {
        self.workers.len() + 1
    }

    /// Calls `work` with every item, and returns when all are done. Member m of M takes the items
    /// m, m + M, m + 2M, …
    ///
    /// # Panics
    /// If `work` does, after all members have stopped.
    pub fn for_each<T: Send>(&mut self, items: &mut [T], work: impl Fn(&mut T) + Sync) {
        struct Items<T>(*mut T);
        // SAFETY: the pointer is only used for items that no other thread uses, below.
        unsafe impl<T: Send> Sync for Items<T> {}
        impl<T> Items<T> {
            fn at(&self, index: usize) -> *mut T {
                self.0.wrapping_add(index)
            }
        }

        let (members, len) = (self.members().min(items.len()).max(1), items.len());
        let items = Items(items.as_mut_ptr());
        let of_member = |member: usize| {
            if member < members {
                for index in (member..len).step_by(members) {
                    // SAFETY: index < len, and the indices of different members differ, so that
                    // this is the only reference to the item; `items` is borrowed mutably until
                    // `call` returns, which is after all members are done.
                    work(unsafe { &mut *items.at(index) });
                }
            }
        };
        if members == 1 { of_member(0) } else { self.call(&of_member) }
    }

    fn call(&mut self, work: &Work<'_>) {
        let Shared { calls, busy, work: slot, parked, caller, panic, .. } = &*self.shared;
        *caller.lock().expect("no panic while locked") = Some(thread::current());
        slot.store((&raw const work).cast_mut().cast(), Ordering::Relaxed);
        busy.store(self.workers.len(), Ordering::Relaxed);
        calls.fetch_add(1, Ordering::SeqCst);
        for (worker, parked) in self.workers.iter().zip(parked) {
            if parked.load(Ordering::SeqCst) {
                worker.thread().unpark();
            }
        }
        let own = catch_unwind(AssertUnwindSafe(|| work(0)));
        // From here on `work` is no longer used by anyone.
        wait(&self.shared.caller_parked, || busy.load(Ordering::SeqCst) == 0);
        let theirs = panic.lock().expect("no panic while locked").take();
        match (own, theirs) {
            (Err(payload), theirs) => {
                forget(theirs);
                resume_unwind(payload)
            }
            (Ok(()), Some(payload)) => resume_unwind(payload),
            (Ok(()), None) => {}
        }
    }
}

impl Shared {
    /// The life of a worker.
    fn serve(&self, worker: usize) {
        let mut seen = 0;
        loop {
            wait(&self.parked[worker], || self.calls.load(Ordering::SeqCst) != seen);
            seen = seen.wrapping_add(1);
            let work = self.work.load(Ordering::Relaxed).cast::<&Work<'_>>();
            if work.is_null() {
                return;
            }
            // SAFETY: `call` put a pointer to a live `&Work` there before it counted this call,
            // and does not return before this worker is no longer counted as busy.
            let work = unsafe { *work };
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| work(worker + 1))) {
                let mut first = self.panic.lock().expect("no panic while locked");
                if first.is_none() {
                    *first = Some(payload);
                } else {
                    forget(payload);
                }
            }
            if self.busy.fetch_sub(1, Ordering::SeqCst) == 1
                && self.caller_parked.load(Ordering::SeqCst)
                && let Some(caller) = &*self.caller.lock().expect("no panic while locked")
            {
                caller.unpark();
            }
        }
    }
}

/// Waits until `ready`, with open eyes at first. Whoever makes it ready looks at `parked`
/// afterwards and unparks: either it sees the flag, or this thread sees that it is ready.
fn wait(parked: &AtomicBool, ready: impl Fn() -> bool) {
    for _ in 0..PATIENCE {
        if ready() {
            return;
        }
        std::hint::spin_loop();
    }
    parked.store(true, Ordering::SeqCst);
    while !ready() {
        thread::park();
    }
    parked.store(false, Ordering::SeqCst);
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.work.store(std::ptr::null_mut(), Ordering::Relaxed);
        self.shared.calls.fetch_add(1, Ordering::SeqCst);
        for worker in self.workers.drain(..) {
            worker.thread().unpark();
            // A worker catches the panics of its work; there is nothing to do about others.
            let _ = worker.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_in_every_call() {
        for members in [1, 2, 3, 8] {
            let mut team = Team::new(members);
            assert_eq!(team.members(), members);
            for len in [0, 1, 2, 3, 7, 20] {
                let mut items = vec![0_u64; len];
                for _ in 0..200 {
                    team.for_each(&mut items, |item| *item += 1);
                }
                assert_eq!(items, vec![200; len], "{members} members");
            }
        }
    }

    #[test]
    fn parked_members_wake_up() {
        let mut team = Team::new(3);
        let mut items = [0; 5];
        for _ in 0..3 {
            thread::sleep(std::time::Duration::from_millis(20));
            team.for_each(&mut items, |item| *item += 1);
        }
        assert_eq!(items, [3; 5]);
    }

    #[test]
    fn a_caller_that_waits_long_is_woken() {
        let mut team = Team::new(2);
        let mut items = [0, 30];
        team.for_each(&mut items, |ms| thread::sleep(std::time::Duration::from_millis(*ms)));
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_team_goes_on() {
        let mut team = Team::new(3);
        for bad in 0..4 {
            let mut items = [0, 1, 2, 3];
            let call = AssertUnwindSafe(|| team.for_each(&mut items, |i| assert_ne!(*i, bad)));
            assert!(catch_unwind(call).is_err());
        }
        let mut items = [0; 4];
        team.for_each(&mut items, |item| *item = 7);
        assert_eq!(items, [7; 4]);
    }

    /// Two workers panic with what panics again when it is dropped. Without care the second payload replaces the
    /// first, whose drop ends the worker, and this test never ends.
    #[test]
    fn a_panic_whose_payload_panics_when_dropped_reaches_the_caller() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("a payload is dropped");
            }
        }
        let mut team = Team::new(4);
        for all in [false, true] {
            let mut items = [0, 1, 2, 3];
            let call = AssertUnwindSafe(|| {
                team.for_each(&mut items, |i| {
                    if all || *i > 0 {
                        std::panic::panic_any(Bomb);
                    }
                });
            });
            let payload = catch_unwind(call).unwrap_err();
            assert!(payload.is::<Bomb>());
            forget(payload);
        }
        let mut items = [0; 4];
        team.for_each(&mut items, |item| *item = 7);
        assert_eq!(items, [7; 4]);
    }
}
