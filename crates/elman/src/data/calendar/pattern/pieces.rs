//! A date's text in pieces, and its time of day.

use super::super::month_names::Case;
use super::super::scan::offset;
use super::Part;

/// A piece of a date's text: all of one kind that stands together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Number(&'a str),
    Word(&'a str),
    Mark(&'a str),
}

impl<'a> Piece<'a> {
    pub(super) fn text(self) -> &'a str {
        match self {
            Piece::Number(text) | Piece::Word(text) | Piece::Mark(text) => text,
        }
    }

    pub(super) fn is_space(self) -> bool {
        matches!(self, Piece::Mark(text) if text.trim().is_empty())
    }
}

/// Takes a text apart.
pub(super) fn pieces<'a>(text: &'a str) -> Vec<Piece<'a>> {
    let kinds: [fn(&'a str) -> Piece<'a>; 3] = [Piece::Number, Piece::Word, Piece::Mark];
    let kind = |c: char| match c {
        c if c.is_ascii_digit() => 0,
        c if c.is_alphabetic() => 1,
        _ => 2,
    };
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if text[end..].chars().next().is_none_or(|next| kind(next) != kind(c)) {
            pieces.push(kinds[kind(c)](&text[start..end]));
            start = end;
        }
    }
    pieces
}

/// The pieces of the day, and those of the time with what stands before it.
pub(super) fn split_time<'a, 'b>(pieces: &'b [Piece<'a>]) -> (&'b [Piece<'a>], &'b [Piece<'a>]) {
    let with_colon =
        pieces.iter().position(|p| *p == Piece::Mark(":")).map(|at| at.saturating_sub(1));
    // `20230101T0100`
    let compact = || {
        let digits = |p: Piece, sizes: &[usize]| matches!(p, Piece::Number(number) if sizes.contains(&number.len()));
        let all = |w: &[Piece]| {
            digits(w[0], &[8]) && matches!(w[1].text(), "T" | "t" | " ") && digits(w[2], &[2, 4, 6])
        };
        pieces.windows(3).position(all).map(|at| at + 2)
    };
    match with_colon.or_else(compact) {
        Some(hour) if hour >= 2 => pieces.split_at(hour - 1),
        _ => (pieces, &[]),
    }
}

/// The parts of a time of day; nothing for none, and `None` for what is no time.
pub(super) fn time_of_day(pieces: &[Piece]) -> Option<Vec<Part>> {
    let Some((between, pieces)) = pieces.split_first() else { return Some(Vec::new()) };
    let between = between.text();
    // Behind a weekday: `2023/01/02 (Mon) 12:00`.
    let plain = between.trim_start_matches(['.', ')', ',']);
    if !matches!(plain, " " | "  " | "T" | "t" | " - ") {
        return None;
    }
    let (Piece::Number(hour), rest) = pieces.split_first()? else { return None };
    let padded = hour.len() == 2;
    let (clock, mut rest) = clock(hour, rest)?;
    let mut parts = vec![Part::Text(between.to_string())];
    parts.extend(clock);
    let (space, behind) = match rest {
        [space, more @ ..] if space.is_space() => (space.text(), more),
        _ => ("", rest),
    };
    if let [Piece::Word(half), more @ ..] = behind
        && matches!(half.to_lowercase().as_str(), "am" | "pm")
    {
        parts[1] = Part::Hour12 { padded };
        parts.extend([Part::Text(space.to_string()), Part::Half(Case::of(half))]);
        rest = more;
    }
    // A zone that is the same in all dates; where it changes, these are no dates of a pattern.
    let zone: String = rest.iter().map(|p| p.text()).collect();
    if !zone.is_empty() {
        offset(zone.trim())?;
        parts.push(Part::Text(zone));
    }
    Some(parts)
}

/// The parts from the hour on, with colons or without, and the pieces behind them.
fn clock<'a, 'b>(hour: &str, rest: &'b [Piece<'a>]) -> Option<(Vec<Part>, &'b [Piece<'a>])> {
    let mark = |text: &str| Part::Text(text.to_string());
    match (hour.len(), rest) {
        (1 | 2, [Piece::Mark(":"), Piece::Number(minute), more @ ..]) if minute.len() == 2 => {
            let mut parts = vec![Part::Hour { padded: hour.len() == 2 }, mark(":"), Part::Minute];
            let mut rest = more;
            if let [Piece::Mark(":"), Piece::Number(second), more @ ..] = rest
                && second.len() == 2
            {
                parts.extend([mark(":"), Part::Second]);
                rest = more;
                if let [Piece::Mark(point @ ("." | ",")), Piece::Number(decimals), more @ ..] = rest
                {
                    parts.extend([mark(point), Part::Fraction(decimals.len())]);
                    rest = more;
                }
            }
            Some((parts, rest))
        }
        (2 | 4 | 6, _) => {
            let all = [Part::Hour { padded: true }, Part::Minute, Part::Second];
            Some((all.into_iter().take(hour.len() / 2).collect(), rest))
        }
        _ => None,
    }
}
