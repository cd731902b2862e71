//! The live view of training: it takes the whole terminal, shows the network learn and obeys keys.
//!
//! It draws on stderr, like all progress. What is shown ([`draw`]) is a pure function of a frame,
//! how fast it goes ([`pace`]) one of durations and keys; only [`screen`] touches the terminal.

mod draw;
#[cfg(test)]
mod fixture;
mod keys;
mod loss;
mod pace;
mod palette;
mod picture;
mod plot;
mod screen;
mod status;

use std::io;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use draw::{Clock, Mode, View};
use elman::report::Axis;
use keys::Key;
use pace::Pace;
use palette::Palette;
use picture::Trail;
use screen::Screen;

pub(crate) use screen::possible;

/// Between two drawings: 30 a second.
const DRAWING: Duration = Duration::from_millis(33);
/// While nothing happens the screen is still written to now and then: that is how a terminal that
/// has gone away is noticed, and a signal obeyed.
const HEARTBEAT: Duration = Duration::from_millis(100);
/// Keys this soon after the last step were meant for the training, not for leaving it.
const GRACE: Duration = Duration::from_millis(400);

/// Where training stands.
pub(crate) struct Frame<'a> {
    /// Steps done.
    pub(crate) step: u64,
    /// Steps in all.
    pub(crate) steps: u64,
    /// Of this step.
    pub(crate) loss: f64,
    /// Of this step, before clipping.
    pub(crate) grad_norm: f64,
    /// The learning rate.
    pub(crate) rate: f64,
    /// Of the steps up to this one; the last is this one's.
    pub(crate) losses: &'a [f64],
    /// Held-out losses, each after a step.
    pub(crate) evaluations: &'a [(u64, f64)],
    /// The loss of repeating the last value.
    pub(crate) baseline: Option<f64>,
    /// The window of this step.
    pub(crate) window: Window,
    /// Something to know, in a few words.
    pub(crate) note: Option<&'a str>,
}

/// What the network saw in one step and what it made of it; points are (time, value).
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Window {
    /// What it saw.
    pub(crate) input: Vec<(f64, f64)>,
    /// What it said, at the times it spoke of.
    pub(crate) prediction: Vec<(f64, f64)>,
    /// What was right.
    pub(crate) target: Vec<(f64, f64)>,
    /// The name of the time axis.
    pub(crate) x_label: String,
    /// The lowest and the highest value on the picture, the same for all windows.
    pub(crate) y_range: (f64, f64),
}

/// What the person at the terminal wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The next step.
    GoOn,
    /// To stop now.
    Quit,
}

/// The live view. The terminal is its own until it is dropped.
pub(crate) struct Live {
    title: String,
    screen: Screen,
    palette: Palette,
    pace: Pace,
    start: Instant,
    trail: Trail,
    /// Windows still to be collected before the next drawing.
    gather: usize,
    drawn: Duration,
    /// The step at which to look at the clock again.
    look: u64,
}

impl Live {
    /// Takes the terminal.
    ///
    /// # Errors
    /// stderr or the keyboard is no terminal.
    pub(crate) fn start(title: &str) -> io::Result<Self> {
        let mut screen = Screen::enter()?;
        let palette = Palette::from_env();
        screen.draw(|area, buf| draw::waiting(title, &palette, area, buf))?;
        Ok(Self {
            title: title.to_owned(),
            screen,
            palette,
            pace: Pace::default(),
            start: Instant::now(),
            trail: Trail::default(),
            gather: 0,
            drawn: Duration::ZERO,
            look: 0,
        })
    }

    /// Says what the times of the windows are; without it they are plain numbers.
    pub(crate) fn with_axis(mut self, axis: Axis) -> Self {
        self.trail.axis = axis;
        self
    }

    /// To be called after every step: draws when it is time to, waits as long as the pace or a
    /// pause asks, and says what the keys wish. `frame` is called only when there is need of it.
    ///
    /// # Errors
    /// Of writing or reading: nobody is watching any more.
    pub(crate) fn after_step<'a>(
        &mut self,
        step: u64,
        steps: u64,
        frame: impl FnOnce() -> Frame<'a>,
    ) -> io::Result<Wish> {
        // A step of a small network takes less than three microseconds: even the clock is looked
        // at only about once a millisecond.
        if step < self.look && step < steps {
            return Ok(Wish::GoOn);
        }
        let now = self.start.elapsed();
        self.pace.stepped(step, steps, now);
        let wish = self.watch(step, steps, now, frame);
        self.pace.leaves(self.start.elapsed());
        self.look = step + if self.gather > 0 { 1 } else { self.pace.stride() };
        // The pictures of the last windows stay on the screen: do not miss them.
        self.look = self.look.min(steps.saturating_sub(picture::SLOTS as u64)).max(step + 1);
        // The terminal is given back as soon as a signal or the key has come, which is then no error.
        match wish {
            Err(_) if crate::interrupt::asked() || self.screen.is_to_quit() => Ok(Wish::Quit),
            wish => wish,
        }
    }

    /// Shows the last picture until a key is pressed or the terminal goes away.
    pub(crate) fn finish(&mut self, mut frame: Frame<'_>) {
        self.keep(&mut frame);
        let end = self.start.elapsed();
        while !crate::interrupt::asked() {
            if self.draw(&frame, end, Mode::Done).is_err() {
                break;
            }
            match self.screen.event(HEARTBEAT) {
                Ok(Some(key)) if key != Key::Resized && self.start.elapsed() > end + GRACE => {
                    break;
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }

    /// Draws, and reads keys, until the pace allows the next step of the training.
    fn watch<'a>(
        &mut self,
        step: u64,
        steps: u64,
        now: Duration,
        frame: impl FnOnce() -> Frame<'a>,
    ) -> io::Result<Wish> {
        let mut unbuilt = Some(frame);
        let mut frame = None;
        if self.collects(step, steps, now) {
            frame = self.build(&mut unbuilt);
        }
        let mut wait = Duration::ZERO;
        let mut has_news = true;
        loop {
            match self.obey_keys(wait)? {
                ControlFlow::Break(()) => return Ok(Wish::Quit),
                ControlFlow::Continue(is_pressed) => has_news |= is_pressed,
            }
            let now = self.start.elapsed();
            let waits = self.pace.waits(now);
            let next = self.drawn + if has_news { DRAWING } else { HEARTBEAT };
            if now >= next && (self.gather == 0 || waits.is_some()) {
                frame = frame.or_else(|| self.build(&mut unbuilt));
                if let Some(frame) = &frame {
                    let mode = if self.pace.paused() { Mode::Paused } else { Mode::Training };
                    self.draw(frame, now, mode)?;
                    has_news = false;
                }
            }
            let Some(rest) = waits else { return Ok(Wish::GoOn) };
            wait = rest.min(next.saturating_sub(now)).max(Duration::from_millis(1));
        }
    }

    /// Whether the window of this step goes into the pictures, and how many are to follow it.
    fn collects(&mut self, step: u64, steps: u64, now: Duration) -> bool {
        let is_near_end = step + picture::SLOTS as u64 > steps;
        if self.gather > 0 || is_near_end || !self.pace.hurries() {
            self.gather = self.gather.saturating_sub(1);
            return true;
        }
        // At full speed the windows between two drawings are skipped, but those on one
        // picture shall follow each other: draw when enough have been collected.
        let is_due = now >= self.drawn + DRAWING;
        if is_due {
            self.gather = picture::SLOTS - 1;
        }
        is_due
    }

    /// Builds the frame, if it is not built yet, and takes its window for the pictures.
    fn build<'a>(&mut self, unbuilt: &mut Option<impl FnOnce() -> Frame<'a>>) -> Option<Frame<'a>> {
        let mut frame = unbuilt.take()?();
        self.keep(&mut frame);
        Some(frame)
    }

    /// Obeys the keys that are pressed within `wait`, and those after them at once. Breaks when the person wants to
    /// stop; otherwise tells whether there were any.
    fn obey_keys(&mut self, mut wait: Duration) -> io::Result<ControlFlow<(), bool>> {
        let mut is_pressed = false;
        while let Some(key) = self.screen.event(wait)? {
            wait = Duration::ZERO;
            is_pressed = true;
            if self.pace.press(key, self.start.elapsed()) == Wish::Quit {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(match crate::interrupt::asked() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(is_pressed),
        })
    }

    /// Takes the window of `frame` for the pictures to come.
    fn keep(&mut self, frame: &mut Frame<'_>) {
        self.trail.push(frame.step, std::mem::take(&mut frame.window));
    }

    fn draw(&mut self, frame: &Frame<'_>, now: Duration, mode: Mode) -> io::Result<()> {
        self.drawn = now;
        let clock = Clock {
            elapsed: self.pace.elapsed(now),
            speed: self.pace.speed(),
            slowed: self.pace.slowed(),
            doublings: self.pace.doublings(),
        };
        let (title, palette) = (self.title.as_str(), &self.palette);
        let view = View { title, frame, trail: &self.trail, clock, mode, palette };
        self.screen.draw(|area, buf| draw::draw(&view, area, buf))
    }
}
