//! Hours and days that never occur: nights without values, weekends without trading.

use super::super::sessions::week_of;
use super::super::{Sessions, Timestamp, Weekdays};
use super::most_frequent;

const DAY: i64 = 86_400_000;

/// Slots of a day that are counted: one a second.
const MAX_SLOTS: i64 = 86_400;

/// The sessions that dates of this usual step, in milliseconds, keep to, when they leave out hours day after day or
/// days week after week.
pub(super) fn sessions(stamps: &[Timestamp], step: i64) -> Option<Sessions> {
    let (first, last) = (stamps[0].millis(), stamps[stamps.len() - 1].millis());
    let whole = step * (stamps.len() as i64 - 1) == last - first;
    if whole || step <= 0 || DAY % step != 0 || !(2..=MAX_SLOTS).contains(&(DAY / step)) {
        return None;
    }
    let phase = most_frequent(stamps.iter().map(|s| s.millis().rem_euclid(step) + 1)) - 1;
    let on_grid = || stamps.iter().filter(|s| s.millis().rem_euclid(step) == phase);
    if on_grid().count() * 20 < stamps.len() * 19 {
        return None;
    }
    let week = Week::of(on_grid(), step, phase);
    let (from, open) = week.open()?;
    let found = Found { week: &week, from, open };
    let days = found.weekdays(last - first)?;
    let all = open.iter().sum::<i64>() == week.slots;
    if all && days.count() == 7 {
        return None;
    }
    let sessions = Sessions::new(step, phase + from * step, open, days)?;
    let inside = stamps.iter().filter(|s| sessions.ordinal(**s).1).count();
    let steps = sessions.ordinal(stamps[stamps.len() - 1]).0 - sessions.ordinal(stamps[0]).0 + 1;
    // Nearly all dates lie in sessions, and sessions are not mostly holes.
    let fits = inside * 20 >= stamps.len() * 19 && inside as i64 * 2 >= steps;
    (fits && steps >= 4 * sessions.per_day() as i64).then_some(sessions)
}

/// How often each slot of the week has a value.
struct Week {
    slots: i64,
    counts: Vec<u32>,
}

impl Week {
    fn of<'a>(stamps: impl Iterator<Item = &'a Timestamp>, step: i64, phase: i64) -> Self {
        let slots = DAY / step;
        let mut counts = vec![0; 7 * slots as usize];
        for stamp in stamps {
            let moment = stamp.millis() - phase;
            let (_, weekday) = week_of(moment.div_euclid(DAY));
            counts[(weekday * slots + moment.rem_euclid(DAY) / step) as usize] += 1;
        }
        Self { slots, counts }
    }

    fn of_slot(&self, slot: i64) -> u32 {
        (0..7).map(|day| self.counts[(day * self.slots + slot) as usize]).sum()
    }

    /// The slot that sessions begin with, and the steps before a break, in it and behind it. `None` where hours are
    /// left out in more than two places.
    fn open(&self) -> Option<(i64, [i64; 3])> {
        let counts: Vec<u32> = (0..self.slots).map(|slot| self.of_slot(slot)).collect();
        let most = counts.iter().copied().max()?;
        // A single odd session does not make its hours hours of trading.
        let used: Vec<bool> = counts.iter().map(|n| u64::from(*n) * 10 > u64::from(most)).collect();
        let begins = |i: &usize| used[*i] && !used[(i + used.len() - 1) % used.len()];
        let starts: Vec<usize> = (0..used.len()).filter(begins).collect();
        let length = |from: usize, is: bool| {
            (0..used.len()).take_while(|k| used[(from + k) % used.len()] == is).count()
        };
        match starts[..] {
            [] => Some((self.first_of_week(), [self.slots, 0, 0])),
            [start] => Some((start as i64, [length(start, true) as i64, 0, 0])),
            [a, b] => {
                // The longer stretch without values is the night.
                let (open_a, open_b) = (length(a, true), length(b, true));
                let (behind_a, behind_b) = (length(a + open_a, false), length(b + open_b, false));
                Some(match behind_a <= behind_b {
                    true => (a as i64, [open_a, behind_a, open_b].map(|n| n as i64)),
                    false => (b as i64, [open_b, behind_b, open_a].map(|n| n as i64)),
                })
            }
            _ => None,
        }
    }

    /// The slot with which days of the week begin, where all hours occur: that of the first value behind a weekend.
    fn first_of_week(&self) -> i64 {
        let most = self.counts.iter().copied().max().unwrap_or(0);
        let used: Vec<bool> = self.counts.iter().map(|n| n * 10 > most).collect();
        let begins = |i: &usize| used[*i] && !used[(i + used.len() - 1) % used.len()];
        (0..used.len()).find(begins).map_or(0, |slot| slot as i64 % self.slots)
    }
}

/// Hours that were found, for which the days are wanted.
struct Found<'a> {
    week: &'a Week,
    from: i64,
    open: [i64; 3],
}

impl Found<'_> {
    /// The days on which sessions begin.
    fn weekdays(&self, span: i64) -> Option<Weekdays> {
        let [before, pause, behind] = self.open;
        let slots = self.week.slots;
        let open = || (0..before).chain(before + pause..before + pause + behind);
        let count = |day: i64| -> u64 {
            let at = |slot: i64| (day * slots + self.from + slot).rem_euclid(7 * slots) as usize;
            open().map(|slot| u64::from(self.week.counts[at(slot)])).sum()
        };
        let counts: Vec<u64> = (0..7).map(count).collect();
        let most = counts.iter().copied().max().filter(|most| *most > 0)?;
        let days = Weekdays::of((0..7).filter(|d| counts[usize::from(*d)] * 10 > most));
        // As for days: a fortnight tells weekends from working days, any other rhythm needs a month.
        Some(match span / DAY {
            28.. => days,
            7.. if counts[5] == 0 && counts[6] == 0 => Weekdays::BUSINESS,
            _ => Weekdays::of(0..7),
        })
    }
}
