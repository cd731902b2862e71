//! Notes on single lines: the first ones in full, and then a count, so that a damaged feed does not fill the log.

use crate::numbers;

/// Bad lines that are reported in full.
const SHOWN: u64 = 20;

/// Kinds of lines of which the first is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Duplicate,
    Late,
    Early,
    Gap,
    Reset,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Duplicate, Self::Late, Self::Early, Self::Gap, Self::Reset];
}

/// The notes so far.
#[derive(Debug, Default)]
pub struct Messages {
    /// Lines that are not an observation.
    pub bad: u64,
    reported: [bool; Kind::ALL.len()],
}

impl Messages {
    /// Counts a bad line. Returns the message to print; `None` after the first ones.
    pub fn bad(&mut self, line: u64, reason: &str) -> Option<String> {
        self.bad += 1;
        match self.bad {
            1..=SHOWN => Some(bad_line(line, reason)),
            n if n == SHOWN + 1 => Some(format!(
                "line {}: bad, too; further bad lines are only counted",
                numbers::count(line)
            )),
            _ => None,
        }
    }

    /// The note on the first line of its kind; `what` gives the sentence.
    pub fn first(
        &mut self,
        kind: Kind,
        line: u64,
        what: impl FnOnce() -> String,
    ) -> Option<String> {
        let reported = &mut self.reported[kind as usize];
        (!std::mem::replace(reported, true))
            .then(|| format!("note: line {}: {}", numbers::count(line), what()))
    }
}

/// A bad line in full.
pub fn bad_line(line: u64, reason: &str) -> String {
    format!("line {}: {reason}", numbers::count(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_reported_up_to_a_limit_and_all_are_counted() {
        let mut messages = Messages::default();
        let said: Vec<String> = (1..=1000).filter_map(|n| messages.bad(n, "is empty")).collect();
        assert_eq!(said.len() as u64, SHOWN + 1);
        assert_eq!(said[0], "line 1: is empty");
        assert!(said[SHOWN as usize].contains("only counted"));
        assert_eq!(messages.bad, 1000);
    }

    #[test]
    fn the_first_line_of_each_kind_is_reported() {
        let mut messages = Messages::default();
        for kind in Kind::ALL {
            let note = messages.first(kind, 1234, || "duplicate".to_owned());
            assert_eq!(note.as_deref(), Some("note: line 1,234: duplicate"));
            assert_eq!(messages.first(kind, 1235, || unreachable!()), None);
        }
    }
}
