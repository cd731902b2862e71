//! The texts of the playground.

use elman_nn::registry::Entry;

/// An entry of the registry of texts.
#[derive(Debug)]
pub(crate) struct TextEntry {
    name: &'static str,
    summary: &'static str,
    text: fn() -> String,
}

impl Entry for TextEntry {
    const FAMILY: &'static str = "text";
    const ALL: &'static [Self] = &[
        Self {
            name: "shakespeare",
            summary: "a play of Shakespeare",
            text: || String::from_utf8_lossy(&EXCERPT).into_owned(),
        },
        Self { name: "numbers", summary: "counting to 300", text: numbers },
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

impl TextEntry {
    pub(crate) fn text(&self) -> String {
        (self.text)()
    }
}

const PLAY: &[u8] = include_bytes!("../../../../examples/data/coriolanus.txt");

/// The beginning of the play, to the end of a speech. A copy, so that the module does not contain all of the play.
const EXCERPT: [u8; 15_957] = {
    let mut excerpt = [0; 15_957];
    let mut at = 0;
    while at < excerpt.len() {
        excerpt[at] = PLAY[at];
        at += 1;
    }
    excerpt
};

const BELOW_TWENTY: [&str; 20] = [
    "",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// One, two, three, …: a line for each ten.
fn numbers() -> String {
    let after = |number: usize| if number.is_multiple_of(10) { ",\n" } else { ", " };
    (1..=300).map(|number| in_words(number) + after(number)).collect()
}

/// A number from 1 to 999 in words.
fn in_words(number: usize) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    let small = match (rest / 10, rest % 10) {
        (0 | 1, _) => BELOW_TWENTY[rest].to_owned(),
        (tens, 0) => TENS[tens].to_owned(),
        (tens, ones) => format!("{}-{}", TENS[tens], BELOW_TWENTY[ones]),
    };
    match (hundreds, rest) {
        (0, _) => small,
        (_, 0) => format!("{} hundred", BELOW_TWENTY[hundreds]),
        _ => format!("{} hundred and {small}", BELOW_TWENTY[hundreds]),
    }
}
