//! What the keys mean.

use ratatui::crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};

/// What comes from the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Pause, or go on.
    Pause,
    /// One step, then pause.
    Step,
    /// Twice as fast.
    Faster,
    /// Half as fast.
    Slower,
    /// As fast as the machine can, or back.
    Full,
    /// Stop training.
    Quit,
    /// Any other key.
    Other,
    /// No key: the terminal has a new size.
    Resized,
}

impl Key {
    /// The meaning of an event, if it is a key pressed down.
    pub(super) fn of(event: &Event) -> Option<Self> {
        let Event::Key(key) = event else { return None };
        if key.kind == KeyEventKind::Release {
            return None;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        Some(match key.code {
            // A raw terminal sends no signal for Ctrl-C.
            KeyCode::Char('c') if control => Self::Quit,
            KeyCode::Char(_) if control => Self::Other,
            KeyCode::Char('q' | 'Q') | KeyCode::Esc => Self::Quit,
            KeyCode::Char(' ' | 'p' | 'P') => Self::Pause,
            KeyCode::Char('n' | 'N') | KeyCode::Right => Self::Step,
            // `=` is `+` without the shift key.
            KeyCode::Char('+' | '=') | KeyCode::Up => Self::Faster,
            KeyCode::Char('-' | '_') | KeyCode::Down => Self::Slower,
            KeyCode::Char('f' | 'F') => Self::Full,
            _ => Self::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::KeyEvent;

    use super::*;

    fn meaning(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        Key::of(&Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn keys_mean_what_the_last_line_says() {
        let plain = |code| meaning(code, KeyModifiers::NONE);
        for (code, key) in [
            (KeyCode::Char(' '), Key::Pause),
            (KeyCode::Char('p'), Key::Pause),
            (KeyCode::Char('n'), Key::Step),
            (KeyCode::Right, Key::Step),
            (KeyCode::Char('+'), Key::Faster),
            (KeyCode::Char('='), Key::Faster),
            (KeyCode::Char('-'), Key::Slower),
            (KeyCode::Char('f'), Key::Full),
            (KeyCode::Char('q'), Key::Quit),
            (KeyCode::Esc, Key::Quit),
            (KeyCode::Char('c'), Key::Other),
            (KeyCode::Enter, Key::Other),
        ] {
            assert_eq!(plain(code), Some(key), "{code:?}");
        }
    }

    #[test]
    fn control_c_quits_and_no_other_letter_does_with_control() {
        assert_eq!(meaning(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Quit));
        assert_eq!(meaning(KeyCode::Char('f'), KeyModifiers::CONTROL), Some(Key::Other));
    }

    #[test]
    fn letting_a_key_go_means_nothing() {
        let up =
            KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(Key::of(&Event::Key(up)), None);
        assert_eq!(Key::of(&Event::FocusGained), None);
    }
}
