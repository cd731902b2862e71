//! Text that others wrote: names of columns, series and files, strings of a model. On a terminal some characters are
//! commands: they move the cursor, change the title, hide or turn round what stands there. None of them reaches it.

use std::borrow::Cow;

/// Whether a character is shown by itself and does nothing.
fn is_plain(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        // What turns the direction of writing round, and so shows another text than stands there.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => false,
        c => !c.is_control(),
    }
}

/// The text with every other character as `\u001b`, which means the same within JSON. Colors, which pictures have on a
/// terminal, stay where `colors` is true.
pub fn shown(text: &str, colors: bool) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let len = if colors { color_at(rest) } else { 0 };
        let (own, next) = rest.split_at(len.max(c.len_utf8()));
        match len > 0 || is_plain(c) {
            true => safe.push_str(own),
            false => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
        rest = next;
    }
    Cow::Owned(safe)
}

/// The length of a sequence that sets a color or ends it, if the text begins with one.
fn color_at(text: &str) -> usize {
    let Some((codes, _)) = text.strip_prefix("\u{1b}[").and_then(|codes| codes.split_once('m'))
    else {
        return 0;
    };
    // 8 hides what follows; of the others only those that elman and clap use are let through.
    let known =
        |code: &str| matches!(code.parse(), Ok(0_u8..=5 | 22..=24 | 30..=39 | 90..=97 | 100..=255));
    if codes.len() <= 16 && codes.split(';').all(known) { codes.len() + 3 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn commands_to_a_terminal_are_shown_and_not_done() {
        for (text, safe) in [
            ("größe 漢字 ✓\n\tnext", "größe 漢字 ✓\n\tnext"),
            ("\u{1b}[2Jgone", "\\u001b[2Jgone"),
            ("\u{1b}]0;title\u{7}", "\\u001b]0;title\\u0007"),
            ("\u{9b}31m", "\\u009b31m"),
            ("over\rwritten\u{8}", "over\\u000dwritten\\u0008"),
            ("abc\u{202e}fdp.exe", "abc\\u202efdp.exe"),
            ("\u{7f}\0", "\\u007f\\u0000"),
        ] {
            assert_eq!(shown(text, false), safe);
            assert_eq!(shown(text, true), safe);
        }
    }

    #[test]
    fn pictures_keep_their_colors_alone() {
        assert_eq!(shown("\u{1b}[31mred\u{1b}[0m", true), "\u{1b}[31mred\u{1b}[0m");
        assert_eq!(shown("\u{1b}[31mred\u{1b}[0m", false), "\\u001b[31mred\\u001b[0m");
        // Hidden text, another command, a sequence without end.
        for text in ["\u{1b}[8m", "\u{1b}[0;8m", "\u{1b}[2J m", "\u{1b}[31"] {
            assert!(shown(text, true).starts_with("\\u001b["), "{text:?}");
        }
    }

    #[test]
    fn within_json_the_value_is_the_same() {
        let value = serde_json::json!({"name": "a\u{9b}b\u{7f}c\u{202e}d\u{1b}"});
        let said = value.to_string();
        assert_ne!(shown(&said, false), said);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown(&said, false)).unwrap(), value);
    }
}
