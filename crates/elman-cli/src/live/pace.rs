//! How fast the view lets training go: from a pace the eye can follow to full speed.
//!
//! A plan of N steps begins with [`START`] steps a second; the rate then grows with the steps done,
//! rate(s) = START + k·s, so that s(t) = START·(exp(k·t) − 1)/k. k is such that s([`AIM`]) = N; it
//! is 0 where START·AIM steps are enough.
//!
//! A network of at most R steps a second catches up with the rate after s* = (R − START)/k steps.
//! Until then it has been held up for (ln(R/START) − 1 + START/R)/k seconds; from then on it is not.
//! Where s* < N, k is large enough for that to be no more than what is left of AIM, or a fifth of
//! the time needed anyway and [`SHOW`] seconds.

use std::collections::VecDeque;
use std::time::Duration;

use super::Wish;
use super::keys::Key;

/// Steps a second that the eye can follow.
const START: f64 = 8.0;
/// Seconds that a plan shall take, where the network is fast enough.
const AIM: f64 = 9.0;
/// Seconds that a longer plan is held up at most, to show how learning begins.
const SHOW: f64 = 3.0;
/// A network of so many steps a second can be followed as it is.
const FOLLOWED: f64 = 30.0;
/// Halvings or doublings of the pace.
const MOST: i32 = 24;
/// Shorter waits are saved up, because sleeping is no more exact.
const SHORTEST: Duration = Duration::from_millis(2);
/// Seconds between two looks at the clock and the keys.
const LOOKING: f64 = 1e-3;
/// The speed is measured over about so long.
const MEASURING: Duration = Duration::from_millis(1500);

/// The pace of training. All times are counted from one moment, whichever it is.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Steps done before the first one seen, and k; from the first step on.
    plan: Option<(u64, f64)>,
    steps: u64,
    step: u64,
    doublings: i32,
    full: bool,
    /// Since when training rests.
    paused: Option<Duration>,
    /// Lets one step through the pause.
    once: bool,
    /// When the last steps began, by the plan and by the clock, and how many they were.
    planned: Duration,
    began: Duration,
    done: f64,
    /// Seconds the network needs for a step: lately, and at its best.
    own: f64,
    best: f64,
    /// Spent in pauses that are over.
    rested: Duration,
    stride: u64,
    /// Running time and steps done by then, over the last [`MEASURING`].
    marks: VecDeque<(Duration, u64)>,
}

impl Pace {
    /// Notes that `step` of `steps` is done.
    pub(super) fn stepped(&mut self, step: u64, steps: u64, now: Duration) {
        let first = self.plan.map_or(step.saturating_sub(1), |(first, _)| first);
        let before = if self.plan.is_some() { self.step } else { first };
        self.done = step.saturating_sub(before).max(1) as f64;
        self.own = now.saturating_sub(self.began).as_secs_f64() / self.done;
        self.best = if self.plan.is_some() { self.own.min(self.best) } else { self.own };
        self.plan = Some((first, growth(steps.saturating_sub(first) as f64, self.best)));
        (self.step, self.steps) = (step, steps);
        self.once = false;
        self.mark(now);
    }

    /// Obeys a key.
    pub(super) fn press(&mut self, key: Key, now: Duration) -> Wish {
        match key {
            Key::Quit => return Wish::Quit,
            Key::Step if self.paused.is_some() => self.once = true,
            Key::Pause | Key::Step => match self.paused.take() {
                Some(since) => {
                    self.rested += now.saturating_sub(since);
                    // The speed before the pause says nothing about the one after it.
                    self.marks.clear();
                }
                None => self.paused = Some(now),
            },
            Key::Full => self.full = !self.full,
            Key::Faster => self.doublings = (self.doublings + 1).min(MOST),
            Key::Slower if self.full => self.full = false,
            Key::Slower => self.doublings = (self.doublings - 1).max(-MOST),
            Key::Other | Key::Resized => {}
        }
        Wish::GoOn
    }

    /// How long to wait before the next step, or `None`: go. A pause lasts as long as can be.
    pub(super) fn waits(&self, now: Duration) -> Option<Duration> {
        if self.step >= self.steps || self.once {
            return None;
        }
        if self.paused.is_some() {
            return Some(Duration::MAX);
        }
        let rest = self.due().saturating_sub(now);
        (rest > SHORTEST).then_some(rest)
    }

    /// Notes that the next step begins.
    pub(super) fn leaves(&mut self, now: Duration) {
        // Neither is a delay made up for by a rush, nor a rush paid for by a delay.
        self.planned = self.due().clamp(now.saturating_sub(SHORTEST), now + SHORTEST);
        self.began = now;
        let fitting = LOOKING / self.own.max(self.interval()).max(1e-9);
        // Doubled at most, so that one fast step is no reason to look away for long.
        self.stride = (fitting as u64).min(self.stride * 2).max(1);
        if self.paused.is_some() {
            self.stride = 1;
        }
    }

    /// Steps until the next look at the clock.
    pub(super) fn stride(&self) -> u64 {
        self.stride
    }

    /// Whether steps follow each other so fast that there is no time to build a frame for each.
    pub(super) fn hurries(&self) -> bool {
        self.paused.is_none() && self.own.max(self.interval()) < LOOKING
    }

    pub(super) fn paused(&self) -> bool {
        self.paused.is_some()
    }

    /// The time since the beginning, without pauses.
    pub(super) fn elapsed(&self, now: Duration) -> Duration {
        now.min(self.paused.unwrap_or(now)).saturating_sub(self.rested)
    }

    /// Steps a second, once there is something to measure.
    pub(super) fn speed(&self) -> Option<f64> {
        let (&(from, first), &(to, last)) = (self.marks.front()?, self.marks.back()?);
        let seconds = to.saturating_sub(from).as_secs_f64();
        (seconds > 0.0 && last > first).then(|| (last - first) as f64 / seconds)
    }

    /// How many times faster the network could be, where the pace holds it up.
    pub(super) fn slowed(&self) -> Option<f64> {
        let times = self.interval() / self.best.max(1e-9);
        (times >= 1.5).then_some(times)
    }

    /// The pace that was chosen, in doublings of the usual one; `None`: full speed.
    pub(super) fn doublings(&self) -> Option<i32> {
        (!self.full).then_some(self.doublings)
    }

    /// When the next step may begin.
    fn due(&self) -> Duration {
        let interval = Duration::try_from_secs_f64(self.done * self.interval());
        self.planned.saturating_add(interval.unwrap_or_default())
    }

    /// Seconds that the pace gives a step; 0 when it does not hold up training.
    fn interval(&self) -> f64 {
        let Some((first, k)) = self.plan else { return 0.0 };
        let needed = self.best * self.steps.saturating_sub(first) as f64;
        let slow = self.best * FOLLOWED >= 1.0 && needed >= AIM;
        if self.full || (slow && self.doublings >= 0) {
            return 0.0;
        }
        let planned = 1.0 / (START + k * self.step.saturating_sub(first) as f64);
        let usual = if slow { self.best } else { planned };
        usual * 0.5_f64.powi(self.doublings)
    }

    fn mark(&mut self, now: Duration) {
        let at = self.elapsed(now);
        let older = |mark: Option<&(Duration, u64)>, age| mark.is_some_and(|m| at > m.0 + age);
        while older(self.marks.get(1), MEASURING) {
            self.marks.pop_front();
        }
        // Thirty marks are enough, at any speed.
        if self.marks.len() > 1 && !older(self.marks.iter().nth_back(1), MEASURING / 30) {
            self.marks.pop_back();
        }
        // Training went back to an earlier step.
        self.marks.retain(|&(_, step)| step < self.step);
        self.marks.push_back((at, self.step));
    }
}

/// The k of a plan of `steps` steps of `own` seconds each.
fn growth(steps: f64, own: f64) -> f64 {
    if steps <= START * AIM {
        return 0.0;
    }
    let taken = |k: f64| START * (k * AIM).exp_m1() / k;
    // s(AIM) grows with k; at 8 it is beyond 10³⁰ steps.
    let (mut low, mut high) = (0.0, 8.0);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if taken(middle) < steps { low = middle } else { high = middle }
    }
    let (k, rate) = (high, 1.0 / own.max(1e-9));
    if rate <= START || rate - START >= k * steps {
        return k;
    }
    let needed = own * steps;
    let delay = (AIM - needed).max((0.2 * needed).min(SHOW));
    k.max(((rate / START).ln() - 1.0 + START / rate) / delay)
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
