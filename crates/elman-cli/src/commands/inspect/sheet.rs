//! Sections of aligned lines, at most 80 columns wide.

/// Columns of a line.
const WIDTH: usize = 80;
/// Columns of a label, with the space after it.
const LABEL: usize = 21;
/// Columns before a value that is too long to stand beside its label.
const INDENT: usize = 4;

/// Lines of a description.
#[derive(Default)]
pub struct Sheet(Vec<String>);

impl Sheet {
    /// Lines without a label, wrapped at the width.
    pub fn text(&mut self, text: &str) {
        self.0.extend(wrapped(text, WIDTH));
    }

    /// Begins a section.
    pub fn section(&mut self, title: &str) {
        self.0.extend([String::new(), title.to_owned()]);
    }

    /// A label and its value, which is wrapped beside the label, or below where a word is too long for that.
    pub fn row(&mut self, label: &str, value: &str) {
        let label = format!("  {label} ");
        let at = label.chars().count().max(LABEL);
        let longest = value.split_whitespace().map(|word| word.chars().count()).max();
        if at > WIDTH / 2 || longest.unwrap_or(0) > WIDTH - at {
            self.0.push(label.trim_end().to_owned());
            let lines = wrapped(value, WIDTH - INDENT);
            return self.0.extend(lines.iter().map(|line| format!("{:INDENT$}{line}", "")));
        }
        for (n, line) in wrapped(value, WIDTH - at).iter().enumerate() {
            let before = if n == 0 { &label[..] } else { "" };
            self.0.push(format!("{before:at$}{line}"));
        }
    }

    /// An item of a list.
    pub fn item(&mut self, text: &str) {
        for (n, line) in wrapped(text, WIDTH - INDENT).iter().enumerate() {
            self.0.push(format!("  {} {line}", if n == 0 { '-' } else { ' ' }));
        }
    }

    /// A line that is aligned already.
    pub fn line(&mut self, line: &str) {
        self.0.push(format!("  {line}"));
    }

    pub fn into_lines(self) -> Vec<String> {
        self.0
    }
}

/// The lines of `text`, broken between words. A longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `text` cut to `width` columns.
pub fn cut(text: &str, width: usize) -> String {
    match text.chars().count() > width {
        true => text.chars().take(width - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned_and_not_wider_than_the_page() {
        let mut sheet = Sheet::default();
        sheet.row("values", &"many words ".repeat(12));
        sheet.row(&"x".repeat(60), "a value");
        let lines = sheet.into_lines();
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
        assert!(lines[0].starts_with("  values             many words"), "{lines:?}");
        let begins = lines[1].len() - lines[1].trim_start().len();
        assert_eq!(Some(begins), lines[0].find("many"));
        assert_eq!(lines.last().unwrap(), "    a value");
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!((cut("größe", 4), cut("größe", 5)), ("grö…".to_owned(), "größe".to_owned()));
    }
}
