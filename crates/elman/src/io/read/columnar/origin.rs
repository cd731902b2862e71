//! Origin of batches of rows: a file that is opened, or a table in memory.

use super::{Open, ReadResult, Reader};
use crate::io::read::memory::Memory;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bytes::Bytes;
use std::sync::Arc;

/// Where batches of rows come from. They are gone through twice.
pub(super) enum Origin {
    /// The content of a file, and its reader.
    File { raw: Bytes, open: Open },
    /// Batches with this schema.
    Memory { schema: SchemaRef, batches: Arc<[RecordBatch]> },
}

impl Origin {
    /// All columns, or those at these places, in rising order. The values of a table in memory are not copied.
    pub(super) fn open(
        &self,
        places: Option<Vec<usize>>,
        memory: &Memory,
    ) -> ReadResult<(SchemaRef, Reader)> {
        let (schema, batches) = match self {
            Self::File { raw, open } => return open(raw.clone(), places, memory),
            Self::Memory { schema, batches } => (schema, batches.clone()),
        };
        let Some(places) = places else {
            let all = (0..batches.len()).map(move |b| Ok(batches[b].clone()));
            return Ok((schema.clone(), Box::new(all)));
        };
        let schema = schema.project(&places).map_err(|e| e.to_string())?;
        let some = (0..batches.len()).map(move |b| batches[b].project(&places));
        Ok((schema.into(), Box::new(some)))
    }
}
