//! A training that is watched on the page: which events are sent, and how often.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use elman::report::Axis;
use elman_web::{Feed, Server};
use serde_json::Value;

use super::training::{Speed, Training};
use super::{address, open, serve, site};
use crate::args::WatchArgs;
use crate::failure::Failure;
use crate::interrupt;
use crate::live::Frame;

/// Between two events.
const TELLING: Duration = Duration::from_millis(100);
/// Between two charts.
const DRAWING: Duration = Duration::from_secs(1);
/// Between two looks at the clock, about.
const LOOKING: Duration = Duration::from_millis(2);
/// Speed is measured over so many events.
const MEASURED: usize = 10;
/// How long the program waits at its end for answers that are under way.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the end of a short training waits for the browser that was opened.
const BROWSER: Duration = Duration::from_secs(10);

/// The page of one training.
#[derive(Debug)]
pub(crate) struct PageWatch {
    server: Server,
    address: String,
    feed: Arc<Feed<Training>>,
    axis: Axis,
    /// Whether a browser was asked to open the page.
    is_opened: bool,
    is_rolled_back: bool,
    began: Instant,
    /// The step at which to look at the clock again, and steps between two looks.
    look: u64,
    stride: u64,
    looked: Duration,
    told: Duration,
    drawn: Option<Duration>,
    /// Times and steps of the last events.
    marks: VecDeque<(Duration, u64)>,
}

impl PageWatch {
    /// Serves the page and says where, if it was asked for. `about` has the facts of the training.
    pub(crate) fn start(
        args: &WatchArgs,
        axis: Axis,
        about: impl FnOnce() -> Value,
    ) -> Result<Option<Self>, Failure> {
        if !args.watch {
            return Ok(None);
        }
        let feed = Arc::new(Feed::new(Training::new(about())));
        let server = serve(&args.page, site().with_events(&feed))?;
        let address = format!("{}#view=watch", address(&server));
        note!("watch: {address}");
        let is_opened = open(&args.page, &address);
        Ok(Some(Self {
            server,
            address,
            feed,
            axis,
            is_opened,
            is_rolled_back: false,
            began: Instant::now(),
            look: 0,
            stride: 1,
            looked: Duration::ZERO,
            told: Duration::ZERO,
            drawn: None,
            marks: VecDeque::new(),
        }))
    }

    /// The address of the page.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// To be called after every step. `frame` is called only when there is need of it.
    pub(crate) fn after_step<'a>(&mut self, step: u64, frame: impl FnOnce() -> Frame<'a>) {
        // A step of a small network takes less than three microseconds: the clock is looked at now and then.
        if step < self.look {
            return;
        }
        let now = self.began.elapsed();
        let since = now.saturating_sub(self.looked);
        if since < LOOKING / 2 {
            self.stride *= 2;
        } else if since > LOOKING * 2 {
            self.stride = (self.stride / 2).max(1);
        }
        (self.looked, self.look) = (now, step + self.stride);
        if self.drawn.is_none() || now >= self.told + TELLING {
            let is_due = self.drawn.is_none_or(|drawn| now >= drawn + DRAWING);
            self.tell(&frame(), now, is_due);
        }
    }

    /// Training went back to an earlier step.
    pub(crate) fn rolled_back(&mut self) {
        self.is_rolled_back = true;
        self.look = 0;
        self.marks.clear();
    }

    /// Tells the last step.
    pub(crate) fn finish(&mut self, frame: &Frame<'_>) {
        self.tell(frame, self.began.elapsed(), true);
    }

    /// Tells a text that the network has generated after `step`.
    pub(crate) fn sample(&self, step: u64, text: &str) {
        self.feed.publish(|training| training.sample(step, text));
    }

    /// Tells the result, and stops the server as soon as the clients know it.
    pub(crate) fn end(self, result: Value) {
        self.feed.end(|training| training.end(result));
        let told = Instant::now();
        while self.is_opened && !self.feed.had_clients() && told.elapsed() < BROWSER {
            if interrupt::asked() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.server.stop(PATIENCE);
    }

    fn tell(&mut self, frame: &Frame<'_>, now: Duration, is_drawn: bool) {
        let speed = self.speed(frame.step, now);
        self.told = now;
        let is_rolled_back = std::mem::take(&mut self.is_rolled_back);
        self.feed.publish(|training| {
            if is_rolled_back {
                training.roll_back();
            }
            training.step(frame, speed)
        });
        if is_drawn {
            self.drawn = Some(now);
        }
        if is_drawn && !frame.window.target.is_empty() {
            self.feed.publish(|training| training.draw(&frame.window, self.axis));
        }
    }

    fn speed(&mut self, step: u64, now: Duration) -> Speed {
        self.marks.push_back((now, step));
        if self.marks.len() > MEASURED {
            self.marks.pop_front();
        }
        let (since, from) = match self.marks.front() {
            Some(&(since, from)) if since < now => (now - since, from),
            _ => (now, 0),
        };
        let steps = step.saturating_sub(from) as f64;
        Speed { steps_per_second: steps / since.as_secs_f64(), elapsed: now }
    }
}
