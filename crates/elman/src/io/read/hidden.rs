//! Series that nobody named: a column, or several, whose values tell apart rows that stand at one time, or that stand
//! in blocks where there are no dates. To take such rows for one series would mix shops or products into one.

use super::cells::number;
use super::columns::{Columns, Kind};
use super::id::Id;
use super::table::Table;
use super::time_names::{self, is_named_like_time};
use crate::error::Error;
use std::collections::{HashMap, HashSet};

/// The rows of a table, and their times where they have some.
pub(super) struct Rows<'a> {
    pub(super) table: &'a Table,
    pub(super) columns: &'a Columns,
    pub(super) rows: &'a [usize],
    /// Of each row.
    pub(super) keys: &'a [f64],
    /// Columns that are something else: the time, the target, covariates.
    pub(super) taken: &'a [usize],
}

/// What the columns show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    /// A column of text leaves no doubt: each of its values has each time once.
    Text(usize),
    /// These may name the series, which a person has to say.
    Likely {
        /// The columns.
        id: Id,
        /// Whether all of them are text.
        text: bool,
        /// Whether times that stand twice are the rule, and no accident.
        common: bool,
    },
}

/// Columns that are tried together, at most.
const MAX_TOGETHER: usize = 3;
/// Columns of which every pair and every three are tried.
const MAX_TRIED: usize = 8;

impl Rows<'_> {
    /// The columns that tell the series apart, where times stand twice or begin again; none if no column does.
    pub(super) fn hidden(&self) -> Option<Hidden> {
        let twice = self.rows.len() - distinct(self.keys.iter().map(|key| key.to_bits()));
        if twice == 0 && self.runs_on(0..self.rows.len()) {
            return None;
        }
        // One day that stands twice, with the weather of each row, does not make a series of each weather: times that
        // stand twice are a fifth of all, or the values stand in blocks.
        let common = twice * 5 >= self.rows.len() || twice == 0;
        let mut texts = Vec::new();
        for groups in self.candidates(Kind::Text) {
            let whole = self.explained(&groups, twice);
            if whole && twice > 0 && (common || groups.is_in_blocks()) {
                return Some(Hidden::Text(groups.columns[0]));
            }
            texts.push((groups, whole));
        }
        let numbers: Vec<Groups> = self.candidates(Kind::Number).filter(Groups::is_even).collect();
        let likely = |groups: &Groups| Hidden::Likely {
            id: Id::of_columns(groups.columns.clone()),
            text: !groups.numbers,
            common,
        };
        if let Some((text, _)) = texts.iter().find(|(_, whole)| *whole) {
            return Some(likely(text));
        }
        // Measured numbers tell rows apart by chance: what is named like an id, stands in blocks and has few values
        // is an id rather, though a time may stand twice in one series by mistake.
        let fits = |g: &&Groups| self.explained(g, twice) || (common && self.nearly(g, twice));
        let best = numbers.iter().filter(fits).min_by_key(|groups| {
            (!self.is_named_like_id(groups), !groups.is_in_blocks(), groups.sizes.len())
        });
        if best.is_some() || twice == 0 || !common {
            return best.map(likely);
        }
        let texts: Vec<&Groups> = texts.iter().map(|(groups, _)| groups).collect();
        let candidates: Vec<&Groups> = texts.iter().copied().chain(&numbers).collect();
        let together = self.together(&candidates, twice);
        let near = || texts.into_iter().find(|groups| self.nearly(groups, twice));
        together.as_ref().or_else(near).map(likely)
    }

    /// Several columns that do together what none does alone.
    fn together(&self, candidates: &[&Groups], twice: usize) -> Option<Groups> {
        let few = &candidates[..candidates.len().min(MAX_TRIED)];
        let all = (2..=MAX_TOGETHER).flat_map(|size| combinations(few.len(), size));
        let mut groups = all.filter_map(|chosen| {
            Groups::of(self, chosen.iter().map(|i| few[*i].columns[0]).collect())
        });
        groups.find(|groups| self.explained(groups, twice) && (!groups.numbers || groups.is_even()))
    }

    /// Whether a time stands twice in a group in a few rows only: those of series, and a mistake.
    fn nearly(&self, groups: &Groups, twice: usize) -> bool {
        let left = self.clashes(groups);
        left * 10 <= twice && left * 20 <= self.rows.len()
    }

    /// Whether no time stands twice in a group; where none does in the file, whether the times of each group run on.
    fn explained(&self, groups: &Groups, twice: usize) -> bool {
        match twice {
            // Two or three times in a row run on by chance.
            0 if groups.sizes.len() * 4 > self.rows.len() => false,
            0 => groups.all().iter().all(|places| self.runs_on(places.iter().copied())),
            _ => self.clashes(groups) == 0,
        }
    }

    /// Rows whose time stands in their group already.
    fn clashes(&self, groups: &Groups) -> usize {
        let pairs = groups.of_row.iter().zip(self.keys).map(|(group, key)| (*group, key.to_bits()));
        self.rows.len() - distinct(pairs)
    }

    /// Whether the times rise all the way, or fall.
    fn runs_on(&self, places: impl Iterator<Item = usize> + Clone) -> bool {
        let pairs = || places.clone().zip(places.clone().skip(1));
        let keys = self.keys;
        pairs().all(|(a, b)| keys[a] < keys[b]) || pairs().all(|(a, b)| keys[a] > keys[b])
    }

    /// The columns of this kind whose values come again: text, or whole numbers that are no part of a date.
    fn candidates(&self, kind: Kind) -> impl Iterator<Item = Groups> {
        let free = move |c: &usize| !self.taken.contains(c);
        let whole = move |c: &usize| {
            let name = &self.columns.all[*c].name;
            kind == Kind::Text || (!is_named_like_time(name) && self.is_whole(*c))
        };
        let all = self.columns.of(kind).filter(free).filter(whole);
        all.filter_map(|c| Groups::of(self, vec![c])).filter(Groups::repeats)
    }

    fn is_whole(&self, column: usize) -> bool {
        let notation = self.columns.notation(column);
        self.table.sample(column).all(|cell| number(cell, notation).is_ok_and(|n| n.fract() == 0.0))
    }

    fn is_named_like_id(&self, groups: &Groups) -> bool {
        const WORDS: [&str; 14] = [
            "id", "store", "shop", "item", "product", "sku", "series", "region", "site", "sensor",
            "station", "customer", "branch", "code",
        ];
        let name = self.columns.all[groups.columns[0]].name.to_lowercase();
        WORDS.iter().any(|word| name.contains(word))
    }
}

/// Rows by the values of some columns.
struct Groups {
    columns: Vec<usize>,
    /// Whether a column of numbers is among them.
    numbers: bool,
    /// The group of each row.
    of_row: Vec<u32>,
    sizes: Vec<u32>,
}

impl Groups {
    /// None where the values are too many, or all alike, to be names of series.
    fn of(of: &Rows<'_>, columns: Vec<usize>) -> Option<Self> {
        let id = Id::of_columns(columns);
        let mut at = HashMap::new();
        let (mut of_row, mut sizes) = (Vec::with_capacity(of.rows.len()), Vec::new());
        for row in of.rows {
            let next = sizes.len() as u32;
            let group = *at.entry(id.cell(of.table, *row)).or_insert(next);
            if group == next {
                sizes.push(0);
                if sizes.len() * 2 > of.rows.len() {
                    return None;
                }
            }
            sizes[group as usize] += 1;
            of_row.push(group);
        }
        let columns = id.columns().to_vec();
        let numbers = columns.iter().any(|c| of.columns.all[*c].kind == Kind::Number);
        Some(Self { columns, numbers, of_row, sizes })
    }

    fn repeats(&self) -> bool {
        self.sizes.len() > 1
    }

    /// Whether the groups are of about one size: half of the largest, in the mean. Numbers that are measured are not.
    fn is_even(&self) -> bool {
        let most = self.sizes.iter().copied().max().unwrap_or(0) as usize;
        self.of_row.len() * 2 >= most * self.sizes.len()
            && self.sizes.iter().filter(|size| **size > 1).count() * 2 > self.sizes.len()
    }

    /// Whether the rows of each group stand together.
    fn is_in_blocks(&self) -> bool {
        1 + self.of_row.windows(2).filter(|w| w[0] != w[1]).count() == self.sizes.len()
    }

    /// Whether the rows go round through the groups, each time in the same order.
    fn is_in_rounds(&self) -> bool {
        let round = self.sizes.len() as u32;
        self.of_row.iter().enumerate().all(|(i, group)| *group == i as u32 % round)
    }

    /// The places of the rows of each group.
    fn all(&self) -> Vec<Vec<usize>> {
        let mut all = vec![Vec::new(); self.sizes.len()];
        self.of_row.iter().enumerate().for_each(|(i, group)| all[*group as usize].push(i));
        all
    }
}

/// The column that tells series apart where there are no dates: its values stand in blocks, or go round.
pub(super) fn without_dates(of: &Rows<'_>) -> Option<Id> {
    let likely = |groups: &&Groups| {
        let column = groups.columns[0];
        // Twelve values of each year, or seven of each week, are one series.
        if is_named_like_time(&of.columns.all[column].name) {
            return false;
        }
        match groups.numbers {
            true => groups.is_in_blocks() && groups.is_even(),
            false => {
                (groups.is_in_blocks() || groups.is_in_rounds()) && !all_of_calendar(of, groups)
            }
        }
    };
    let all = || of.candidates(Kind::Text).chain(of.candidates(Kind::Number));
    all().find(|groups| likely(&groups)).map(|groups| Id::of_columns(groups.columns))
}

/// Whether all values are names of months or of weekdays.
fn all_of_calendar(of: &Rows<'_>, groups: &Groups) -> bool {
    let first_rows = groups.all().into_iter().filter_map(|places| places.first().copied());
    first_rows.map(|i| of.table.cell(of.rows[i], groups.columns[0])).all(time_names::is_of_calendar)
}

/// The error that names the option for these columns, before anything else is asked; `seen` is what gives the series
/// away.
pub(super) fn say_which(of: &Rows<'_>, id: &Id, seen: String, one: bool) -> Error {
    let ids = id.all(of.table, of.rows);
    let option = id.option(of.columns);
    let last = super::typed(ids.last().map_or("", |id| id.as_ref()));
    let which = if one { format!("{option} --series {last}") } else { option };
    Error::SeveralSeries {
        path: of.table.path.clone(),
        id_col: id.title(of.columns),
        ids: ids.iter().map(|id| id.to_string()).collect(),
        seen,
        help: format!("name them with `{which}`; if the rows are one series, say `--id-col none`"),
    }
}

fn distinct<T: std::hash::Hash + Eq>(all: impl Iterator<Item = T>) -> usize {
    all.collect::<HashSet<T>>().len()
}

/// All choices of `size` out of `of`, in rising order.
fn combinations(of: usize, size: usize) -> Vec<Vec<usize>> {
    match size {
        0 => vec![Vec::new()],
        _ => (0..of)
            .flat_map(|last| {
                combinations(last, size - 1).into_iter().map(move |mut chosen| {
                    chosen.push(last);
                    chosen
                })
            })
            .collect(),
    }
}
