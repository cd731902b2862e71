//! The terminal: taken, read from, drawn on, and given back on every way out.

use std::io::{self, BufWriter, IsTerminal, Stderr, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::event::{self, Event};
use ratatui::crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen,
};
use ratatui::crossterm::{execute, queue};
use ratatui::layout::Rect;

use super::keys::Key;
use crate::print;

/// How long the reader waits for a key before it looks whether it is still wanted.
const READING: Duration = Duration::from_millis(25);

/// Whether the terminal is taken at present. Locked while it is written to, because it can be given
/// back by another thread than the one that draws.
static TAKEN: Mutex<bool> = Mutex::new(false);

/// Whether there is a terminal to draw on and a keyboard to obey.
pub(crate) fn possible() -> bool {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
    print::stderr_is_seen() && io::stdin().is_terminal() && !dumb
}

/// Gives the terminal back, if it is taken.
fn restore() {
    give_back(&mut TAKEN.lock().unwrap_or_else(PoisonError::into_inner));
}

/// The same for a panic, which may have come while this thread was writing.
fn restore_in_panic() {
    match TAKEN.try_lock() {
        Ok(mut taken) => give_back(&mut taken),
        Err(_) => give_back(&mut true),
    }
}

fn give_back(taken: &mut bool) {
    if !std::mem::take(taken) {
        return;
    }
    // Each of them fails where the terminal has gone away; then there is nothing to give back.
    let _ = execute!(print::terminal(), EndSynchronizedUpdate, LeaveAlternateScreen, Show);
    let _ = terminal::disable_raw_mode();
}

/// The terminal while it is taken.
///
/// ratatui's own `Terminal` asks on stdout where the cursor is, takes a terminal without a size for
/// an error, and panics when it is dropped after the terminal has gone away.
pub(super) struct Screen {
    backend: CrosstermBackend<BufWriter<Stderr>>,
    /// What is on the screen, and what shall be.
    shown: Buffer,
    next: Buffer,
    events: Receiver<Event>,
    wanted: Arc<AtomicBool>,
}

impl Screen {
    pub(super) fn enter() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                restore_in_panic();
                before(panic);
            }));
        });
        terminal::enable_raw_mode()?;
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = true;
        Self::set_up().inspect_err(|_| restore())
    }

    fn set_up() -> io::Result<Self> {
        execute!(print::terminal(), EnterAlternateScreen, Clear(ClearType::All), Hide)?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, print::terminal()));
        let (width, height) = terminal::size().unwrap_or_default();
        let blank = Buffer::empty(area(width, height));
        let (sender, events) = mpsc::channel();
        let wanted = Arc::new(AtomicBool::new(true));
        let flag = Arc::clone(&wanted);
        thread::Builder::new().name("keys".to_owned()).spawn(move || read(&flag, &sender))?;
        Ok(Self { backend, shown: blank.clone(), next: blank, events, wanted })
    }

    /// The next key, if one comes within `wait`; a resize is attended to on the way.
    pub(super) fn event(&mut self, wait: Duration) -> io::Result<Option<Key>> {
        let end = Instant::now() + wait;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(Event::Resize(width, height)) => {
                    self.resize(area(width, height))?;
                    return Ok(Some(Key::Resized));
                }
                Ok(event) => {
                    if let Some(key) = Key::of(&event) {
                        return Ok(Some(key));
                    }
                }
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::from(io::ErrorKind::BrokenPipe));
                }
            }
        }
    }

    /// Whether a key to quit is among those that were not asked for yet.
    pub(super) fn is_to_quit(&self) -> bool {
        self.events.try_iter().any(|event| Key::of(&event) == Some(Key::Quit))
    }

    /// Shows what `paint` draws; only what has changed is written.
    ///
    /// # Errors
    /// The terminal has gone away, or has been given back.
    pub(super) fn draw(&mut self, paint: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
        self.next.reset();
        paint(self.next.area, &mut self.next);
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        if !*taken {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        // All at once on terminals that know how; the others skip the two sequences.
        queue!(self.backend, BeginSynchronizedUpdate)?;
        self.backend.draw(self.shown.diff(&self.next).into_iter())?;
        queue!(self.backend, EndSynchronizedUpdate)?;
        std::mem::swap(&mut self.shown, &mut self.next);
        Write::flush(&mut self.backend)
    }

    fn resize(&mut self, area: Rect) -> io::Result<()> {
        self.shown = Buffer::empty(area);
        self.next = Buffer::empty(area);
        queue!(self.backend, Clear(ClearType::All))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // The reader is not waited for: if the terminal has gone away, it never comes back.
        self.wanted.store(false, Ordering::Relaxed);
        let _ = Write::flush(&mut self.backend);
        restore();
    }
}

/// Keys are read by a thread of their own. So a wish to quit is seen to be heard at once, however
/// long a step takes; and crossterm's reader, which never returns once the terminal has gone away,
/// holds up nobody.
fn read(wanted: &AtomicBool, sender: &Sender<Event>) {
    while wanted.load(Ordering::Relaxed) {
        if crate::interrupt::asked() {
            // A second signal may end the program without any more ado.
            return restore();
        }
        match event::poll(READING) {
            Ok(false) => {}
            Ok(true) => {
                let Ok(event) = event::read() else { return };
                let quits = Key::of(&event) == Some(Key::Quit);
                if sender.send(event).is_err() {
                    return;
                }
                if quits {
                    return restore();
                }
            }
            Err(_) => return,
        }
    }
}

/// The area of a terminal; one that reports size 0 gets the traditional one.
fn area(width: u16, height: u16) -> Rect {
    match (width, height) {
        (0, _) | (_, 0) => Rect::new(0, 0, 80, 24),
        (width, height) => Rect::new(0, 0, width, height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_without_a_size_gets_the_traditional_one() {
        assert_eq!(area(0, 0), Rect::new(0, 0, 80, 24));
        assert_eq!(area(0, 50), Rect::new(0, 0, 80, 24));
        assert_eq!(area(20, 8), Rect::new(0, 0, 20, 8));
    }
}
