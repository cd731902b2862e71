//! Rows that stand together under one name.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use std::collections::HashSet;

/// Rows of one series.
pub(super) struct Run {
    /// Name of the series.
    pub(super) id: String,
    /// The first row, counted over all batches.
    pub(super) start: usize,
    /// Number of rows.
    pub(super) len: usize,
}

impl Run {
    /// Several runs as one.
    pub(super) fn joined(runs: &[Self]) -> Self {
        let len = runs.iter().map(|run| run.len).sum();
        let first = &runs[0];
        Self { id: first.id.clone(), start: first.start, len }
    }

    /// The rows, in their batches.
    pub(super) fn batches(&self, all: &[RecordBatch]) -> Vec<RecordBatch> {
        let (mut from, mut left) = (self.start, self.len);
        let mut parts = Vec::new();
        for batch in all {
            let here = batch.num_rows();
            if from >= here {
                from -= here;
                continue;
            }
            let taken = left.min(here - from);
            parts.push(batch.slice(from, taken));
            (from, left) = (0, left - taken);
            if left == 0 {
                break;
            }
        }
        parts
    }
}

/// The runs of the names in column `id`; `None` if a name is missing, has blanks around it, or comes again after another.
pub(super) fn runs(batches: &[RecordBatch], id: usize) -> Option<Vec<Run>> {
    let mut runs: Vec<Run> = Vec::new();
    // At each name: a table in the order of dates would have a run for each row.
    let mut seen: HashSet<String> = HashSet::new();
    let mut start = 0;
    for names in batches.iter().flat_map(|batch| pieces(batch.column(id))) {
        let names = Names::of(names.as_ref())?;
        for row in 0..names.len() {
            let is_same = match row {
                0 => runs.last().is_some_and(|run| names.text(0).is_some_and(|id| id == run.id)),
                row => names.is_same(row - 1, row),
            };
            match runs.last_mut().filter(|_| is_same) {
                Some(run) => run.len += 1,
                None => {
                    let id = names.text(row).filter(|id| is_name(id))?;
                    if !seen.insert(id.to_owned()) {
                        return None;
                    }
                    runs.push(Run { id: id.to_owned(), start, len: 1 });
                }
            }
            start += 1;
        }
    }
    Some(runs)
}

/// Whether a text is a name, without blanks around it.
pub(super) fn is_name(id: &str) -> bool {
    id.trim() == id && !id.is_empty()
}

/// Rows of a column that are looked at together, so that the places of their names take little memory.
const PIECE: usize = if cfg!(test) { 16 } else { 1 << 16 };

pub(super) fn pieces(column: &ArrayRef) -> impl Iterator<Item = ArrayRef> + '_ {
    let starts = (0..column.len()).step_by(PIECE);
    starts.map(|start| column.slice(start, PIECE.min(column.len() - start)))
}

/// Names of some rows.
pub(super) enum Names<'a> {
    Texts(Vec<&'a str>),
    /// The category of each row.
    Categories(Vec<usize>, &'a dyn Array),
}

impl<'a> Names<'a> {
    /// Names that are texts or categories; `None` of others, and if one is missing.
    pub(super) fn of(column: &'a dyn Array) -> Option<Self> {
        if column.logical_null_count() > 0 {
            return None;
        }
        Some(match column.data_type() {
            DataType::Utf8 => Self::Texts(column.as_string::<i32>().iter().flatten().collect()),
            DataType::LargeUtf8 => {
                Self::Texts(column.as_string::<i64>().iter().flatten().collect())
            }
            DataType::Utf8View => Self::Texts(column.as_string_view().iter().flatten().collect()),
            DataType::Dictionary(_, kind) if is_text(kind) => {
                let dictionary = column.as_any_dictionary_opt()?;
                let keys = match dictionary.values().is_empty() {
                    true => Vec::new(),
                    false => dictionary.normalized_keys(),
                };
                Self::Categories(keys, dictionary.values().as_ref())
            }
            _ => return None,
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Texts(names) => names.len(),
            Self::Categories(keys, _) => keys.len(),
        }
    }

    fn is_same(&self, a: usize, b: usize) -> bool {
        match self {
            Self::Texts(names) => names[a] == names[b],
            Self::Categories(keys, _) => keys[a] == keys[b],
        }
    }

    pub(super) fn text(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Texts(names) => names.get(row).copied(),
            Self::Categories(keys, values) => {
                let key = *keys.get(row)?;
                Some(match values.data_type() {
                    DataType::LargeUtf8 => values.as_string::<i64>().value(key),
                    DataType::Utf8View => values.as_string_view().value(key),
                    _ => values.as_string::<i32>().value(key),
                })
            }
        }
    }
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}
