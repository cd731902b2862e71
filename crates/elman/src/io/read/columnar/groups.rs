//! Rows of each series in a table that has them in another order, such as that of the dates.

use super::runs::{Names, is_name, pieces};
use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::ArrowError;
use arrow_select::filter::filter_record_batch;
use std::collections::HashMap;

/// The series of a table, in the order of their first rows.
pub(super) struct Groups {
    pub(super) names: Vec<String>,
    /// Rows of each series.
    pub(super) sizes: Vec<usize>,
    /// Series of each row.
    of_row: Vec<u32>,
}

impl Groups {
    /// The series by the names in column `id`; `None` if a name is missing or has blanks around it.
    pub(super) fn of(batches: &[RecordBatch], id: usize) -> Option<Self> {
        let (mut names, mut sizes, mut of_row) = (Vec::new(), Vec::new(), Vec::new());
        let mut places: HashMap<String, u32> = HashMap::new();
        for piece in batches.iter().flat_map(|batch| pieces(batch.column(id))) {
            let piece = Names::of(piece.as_ref())?;
            for row in 0..piece.len() {
                let name = piece.text(row)?;
                let place = match places.get(name) {
                    Some(place) => *place,
                    None => {
                        if !is_name(name) {
                            return None;
                        }
                        let place = u32::try_from(names.len()).ok()?;
                        places.insert(name.to_owned(), place);
                        names.push(name.to_owned());
                        sizes.push(0);
                        place
                    }
                };
                sizes[place as usize] += 1;
                of_row.push(place);
            }
        }
        Some(Self { names, sizes, of_row })
    }

    /// The rows of the first `count` series, one series after the other.
    pub(super) fn first(
        &self,
        count: usize,
        batches: &[RecordBatch],
    ) -> Result<Vec<RecordBatch>, ArrowError> {
        let mut rows = Vec::new();
        for series in 0..count as u32 {
            let mut before = 0;
            for batch in batches {
                let own = &self.of_row[before..before + batch.num_rows()];
                let is_of_it: BooleanArray = own.iter().map(|of| Some(*of == series)).collect();
                rows.push(filter_record_batch(batch, &is_of_it)?);
                before += own.len();
            }
        }
        Ok(rows)
    }

    /// The cells of a column by series, from those of all rows in several parts; `None` if a part is `None`.
    pub(super) fn split<T: Copy>(
        &self,
        parts: impl Iterator<Item = Option<Vec<T>>>,
    ) -> Option<Vec<Vec<T>>> {
        let mut split: Vec<Vec<T>> = self.sizes.iter().map(|n| Vec::with_capacity(*n)).collect();
        let mut of_row = self.of_row.iter();
        for part in parts {
            for (cell, series) in part?.into_iter().zip(&mut of_row) {
                split[*series as usize].push(cell);
            }
        }
        Some(split)
    }
}
