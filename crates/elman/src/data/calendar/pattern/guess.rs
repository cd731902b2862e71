//! The patterns that one date may follow.

use std::mem::discriminant;

use super::super::DateOrder;
use super::super::month_names::{Case, DayNames, MonthNames};
use super::pieces::{Piece, pieces, split_time, time_of_day};
use super::{Part, Pattern};

/// A pattern, and the order of its numbers where another one is possible.
pub(super) type Guess = (Option<DateOrder>, Pattern);

/// Signs behind a year, a month and a day in China, Japan and Korea.
const SIGNS: [[&str; 2]; 3] = [["年", "년"], ["月", "월"], ["日", "일"]];
/// Words before or behind the number of a quarter.
const QUARTER: [&str; 2] = ["q", "qtr"];
/// Words before the number of a week.
const WEEK: [&str; 4] = ["w", "wk", "week", "kw"];
/// Words between the parts of a date.
const BETWEEN: [&str; 3] = ["de", "del", "of"];

/// All patterns that the text may follow, the likeliest first. Two may differ in the order of day and month, in the
/// language, and in whether numbers below ten have a nought before them.
pub(super) fn patterns(text: &str) -> Vec<Guess> {
    let pieces = pieces(text);
    let (day, time) = split_time(&pieces);
    let Some(time) = time_of_day(time) else { return Vec::new() };
    let mut found: Vec<Guess> = Vec::new();
    for words in words(day) {
        for (order, parts) in with_numbers(day, &words) {
            let parts: Vec<Part> = parts.into_iter().chain(time.clone()).collect();
            let unpadded: Vec<Part> = parts.iter().cloned().map(Part::unpadded).collect();
            let joined = parts.windows(2).any(|w| w[0].is_number() && w[1].is_number());
            for parts in [parts, unpadded].into_iter().take(if joined { 1 } else { 2 }) {
                let guess = (order, Pattern(parts));
                if !found.contains(&guess) {
                    found.push(guess);
                }
            }
        }
    }
    found
}

/// What the words and marks of a day are, in all ways; numbers are none of them yet. A date has one name of a month and
/// one of a day at most: a second one ends a way, which would otherwise be as many more ways as there are languages.
fn words(day: &[Piece]) -> Vec<Vec<Option<Part>>> {
    let mut ways: Vec<Vec<Option<Part>>> = vec![Vec::new()];
    for (at, piece) in day.iter().enumerate() {
        let readings = match piece {
            Piece::Number(_) => vec![None],
            Piece::Mark(mark) => vec![Some(Part::Text((*mark).to_string()))],
            Piece::Word(word) => word_parts(word, &day[..at], day.get(at + 1)),
        };
        let longer = |way: Vec<Option<Part>>| {
            let fits = |part: &&Option<Part>| {
                let kind = part.as_ref().filter(|part| part.is_name()).map(discriminant);
                kind.is_none_or(|kind| {
                    way.iter().flatten().all(|other| discriminant(other) != kind)
                })
            };
            let parts = readings.iter().filter(fits);
            parts.map(|part| [&way[..], std::slice::from_ref(part)].concat()).collect::<Vec<_>>()
        };
        ways = ways.into_iter().flat_map(longer).collect();
    }
    ways
}

/// What a word may be, with what stands before it and behind.
fn word_parts(word: &str, before: &[Piece], behind: Option<&Piece>) -> Vec<Option<Part>> {
    let lower = word.to_lowercase();
    let is_one_of = |words: &[&str]| words.contains(&lower.as_str());
    let sign = SIGNS.iter().flatten().any(|sign| *sign == word);
    if is_one_of(&QUARTER)
        || is_one_of(&WEEK)
        || is_one_of(&BETWEEN)
        || sign && matches!(before.last(), Some(Piece::Number(_)))
    {
        return vec![Some(Part::Text(word.to_string()))];
    }
    let point = matches!(behind, Some(Piece::Mark(mark)) if mark.starts_with('.'));
    let months = MonthNames::ALL.into_iter().filter(|names| {
        let names = names.names();
        names.contains(&lower.as_str()) || point && names.contains(&format!("{lower}.").as_str())
    });
    let months = months.map(|names| Part::MonthName(names, Case::of(word)));
    let days = DayNames::ALL.into_iter().filter(|names| names.names().contains(&lower.as_str()));
    let days = days.map(|names| Part::DayName(names, Case::of(word)));
    months.chain(days).map(Some).collect()
}

/// The parts of a day whose words are known, in all ways its numbers can be taken.
fn with_numbers(day: &[Piece], words: &[Option<Part>]) -> Vec<(Option<DateOrder>, Vec<Part>)> {
    let is_month = |part: &Option<Part>| matches!(part, Some(Part::MonthName(..)));
    let name = words.iter().position(is_month);
    let numbers: Vec<(usize, usize)> = day
        .iter()
        .enumerate()
        .filter(|(_, piece)| matches!(piece, Piece::Number(_)))
        .map(|(at, piece)| (at, piece.text().len()))
        .collect();
    let places: Vec<usize> = numbers.iter().map(|(at, _)| *at).collect();
    let sizes: Vec<usize> = numbers.iter().map(|(_, len)| *len).collect();
    let found = match name {
        Some(name) => with_name(&sizes, places.first().is_some_and(|first| name < *first)),
        None => [with_quarter, with_week, with_signs, in_figures]
            .into_iter()
            .map(|way| way(day, &places, &sizes))
            .find(|found| !found.is_empty())
            .unwrap_or_default(),
    };
    let parts = |numbers: Vec<Vec<Part>>| {
        let mut numbers = numbers.into_iter();
        let mut parts = Vec::new();
        for word in words {
            match word {
                Some(part) => parts.push(part.clone()),
                None => parts.extend(numbers.next().unwrap_or_default()),
            }
        }
        with_points(&mut parts);
        parts
    };
    found.into_iter().map(|(order, numbers)| (order, parts(numbers))).collect()
}

/// The parts that each number is, and the order where another is possible.
type Numbers = Vec<(Option<DateOrder>, Vec<Vec<Part>>)>;

fn one(parts: impl IntoIterator<Item = Part>) -> Numbers {
    vec![(None, parts.into_iter().map(|part| vec![part]).collect())]
}

fn day_of(len: usize) -> Part {
    Part::Day { padded: len == 2 }
}

fn month_of(len: usize) -> Part {
    Part::Month { padded: len == 2 }
}

fn year_of(len: usize) -> Part {
    if len == 4 { Part::Year } else { Part::ShortYear }
}

/// `Jan 2018`, `01-Jan-23`, `January 1, 2023`.
fn with_name(sizes: &[usize], name_first: bool) -> Numbers {
    match *sizes {
        [4] => one([Part::Year]),
        // `18 Jan` may be a day; a column of `Jan 18` shows what it is.
        [2] if name_first => one([Part::ShortYear]),
        [day @ 1..=2, year @ (2 | 4)] => one([day_of(day), year_of(year)]),
        [4, day @ 1..=2] => one([Part::Year, day_of(day)]),
        _ => Numbers::new(),
    }
}

/// `Q1 2005`, `1Q05`.
fn with_quarter(day: &[Piece], places: &[usize], sizes: &[usize]) -> Numbers {
    let has_word = |i: usize| {
        QUARTER.contains(&word_before(day, places[i]).as_str())
            || QUARTER.contains(&word_behind(day, places[i]).as_str())
    };
    match *sizes {
        [1, year @ (2 | 4)] if has_word(0) => one([Part::Quarter, year_of(year)]),
        [year @ (2 | 4), 1] if has_word(1) => one([year_of(year), Part::Quarter]),
        _ => Numbers::new(),
    }
}

/// `2022-W01`, `2022-W01-1`, `KW 1/2022`.
fn with_week(day: &[Piece], places: &[usize], sizes: &[usize]) -> Numbers {
    let has_word = |i: usize| WEEK.contains(&word_before(day, places[i]).as_str());
    let week = |len: usize| Part::Week { padded: len == 2 };
    match *sizes {
        [4, len @ 1..=2] if has_word(1) => one([Part::WeekYear, week(len)]),
        [len @ 1..=2, 4] if has_word(0) => one([week(len), Part::WeekYear]),
        [4, 2, 1] if has_word(1) => one([Part::WeekYear, week(2), Part::WeekDay]),
        _ => Numbers::new(),
    }
}

/// `2023年1月1日`
fn with_signs(day: &[Piece], places: &[usize], sizes: &[usize]) -> Numbers {
    let signs = |at: &usize| word_behind(day, *at);
    let signed = places.iter().zip(SIGNS).all(|(at, both)| both.contains(&signs(at).as_str()));
    match *sizes {
        [4, month @ 1..=2] if signed => one([Part::Year, month_of(month)]),
        [4, month @ 1..=2, day @ 1..=2] if signed => {
            one([Part::Year, month_of(month), day_of(day)])
        }
        _ => Numbers::new(),
    }
}

/// `2023-01-31`, `31/01/2023`, `20230131`.
fn in_figures(day: &[Piece], places: &[usize], sizes: &[usize]) -> Numbers {
    if *sizes == [8] {
        return vec![(None, vec![vec![Part::Year, month_of(2), day_of(2)]])];
    }
    let [first, second, third] = *sizes else { return Numbers::new() };
    let mark = |i: usize| day[places[i] + 1];
    if mark(0) != mark(1) || !matches!(mark(0).text(), "-" | "/" | ".") {
        return Numbers::new();
    }
    let each = |order, parts: [Part; 3]| (Some(order), parts.map(|part| vec![part]).to_vec());
    match (first, second, third) {
        (4, 1..=2, 1..=2) => {
            vec![each(DateOrder::Ymd, [Part::Year, month_of(second), day_of(third)])]
        }
        (1..=2, 1..=2, 2 | 4) => vec![
            each(DateOrder::Dmy, [day_of(first), month_of(second), year_of(third)]),
            each(DateOrder::Mdy, [month_of(first), day_of(second), year_of(third)]),
        ],
        _ => Numbers::new(),
    }
}

/// The word before a place, in lower case; a space may stand between.
fn word_before(day: &[Piece], at: usize) -> String {
    let before = day[..at].iter().rev().find(|piece| !piece.is_space());
    before.map_or(String::new(), |piece| piece.text().to_lowercase())
}

/// The word right behind a place, in lower case.
fn word_behind(day: &[Piece], at: usize) -> String {
    day.get(at + 1).map_or(String::new(), |piece| piece.text().to_lowercase())
}

/// Gives the points of short names to the names.
fn with_points(parts: &mut [Part]) {
    for at in 1..parts.len() {
        let (before, rest) = parts.split_at_mut(at);
        if let (Part::MonthName(names, _), Part::Text(text)) = (&before[at - 1], &mut rest[0])
            && names.names().iter().any(|name| name.ends_with('.'))
            && let Some(without) = text.strip_prefix('.')
        {
            *text = without.to_string();
        }
    }
}

impl Part {
    /// The same without noughts before numbers below ten.
    fn unpadded(self) -> Part {
        match self {
            Part::Month { .. } => Part::Month { padded: false },
            Part::Day { .. } => Part::Day { padded: false },
            Part::Week { .. } => Part::Week { padded: false },
            Part::Hour { .. } => Part::Hour { padded: false },
            Part::Hour12 { .. } => Part::Hour12 { padded: false },
            part => part,
        }
    }

    fn is_number(&self) -> bool {
        !self.is_name() && !matches!(self, Part::Text(_) | Part::Half(_))
    }

    fn is_name(&self) -> bool {
        matches!(self, Part::MonthName(..) | Part::DayName(..))
    }
}
