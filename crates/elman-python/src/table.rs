//! Table of columns, in the memory layout of Arrow.

use crate::column::Column;
use crate::errors::option;
use crate::{capsule, coded, restore, texts, values};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, new_null_array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::sync::Arc;

/// Table of columns, in the memory layout of Arrow.
#[pyclass(frozen, module = "elman._elman")]
#[derive(Clone, Debug)]
pub struct Table {
    pub schema: SchemaRef,
    pub batches: Vec<RecordBatch>,
}

#[pymethods]
impl Table {
    /// Table of an object with `__arrow_c_stream__`, without copies.
    #[staticmethod]
    fn from_arrow(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (schema, batches) = capsule::imported(object)?;
        Ok(Self { schema, batches })
    }

    /// Table of the rows of tables with the same columns, a batch for each of theirs.
    #[staticmethod]
    fn joined(tables: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        let schema = tables.first().map_or_else(|| Schema::empty().into(), |t| t.schema.clone());
        if tables.iter().any(|table| table.schema != schema) {
            return Err(option("the tables have other columns", "give tables of one data frame"));
        }
        Ok(Self { schema, batches: tables.iter().flat_map(|t| t.batches.clone()).collect() })
    }

    /// Table of named columns.
    #[staticmethod]
    fn from_columns(columns: Vec<(String, Column<'_>)>) -> PyResult<Self> {
        let array = |(name, column): &(String, Column<'_>)| Ok((name.clone(), column.array()?));
        let columns = columns.iter().map(array).collect::<PyResult<Vec<_>>>()?;
        Self::of(columns).map_err(|error| option(&error, "give columns of one length"))
    }

    /// Stream of the table in a capsule of Arrow. The schema stays that of the table.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        capsule::exported(py, self.schema.clone(), self.batches.clone())
    }

    /// Number of rows.
    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Kind of each column, in the words of Arrow.
    #[getter]
    fn kinds(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.data_type().to_string()).collect()
    }

    /// Lists of the columns by name.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::as_frame(slf, "dict")
    }

    /// Data frame of pandas.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::as_frame(slf, "pandas")
    }

    /// Data frame of polars, which takes the columns without copies.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::as_frame(slf, "polars")
    }

    /// Table of pyarrow, which takes the columns without copies.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::as_frame(slf, "pyarrow")
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        slf.py().import("elman.tables")?.call_method1("as_text", (slf,))?.extract()
    }

    /// Values of a column: a list, or a NumPy array of numbers if `as_array`.
    fn values<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        as_array: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let c = self.place(name)?;
        values::of(py, self.schema.field(c).data_type(), &self.batches, c, as_array)
    }

    /// Categories of a column, in their order.
    fn categories(&self, name: &str) -> PyResult<Vec<String>> {
        let categories = restore::categories(self, self.place(name)?);
        let texts = categories.as_deref().and_then(texts::of).unwrap_or_default();
        Ok(texts.into_iter().flatten().map(str::to_owned).collect())
    }

    /// Addresses in memory of the values of a column, one for each batch.
    fn addresses(&self, name: &str) -> PyResult<Vec<usize>> {
        let c = self.place(name)?;
        let of = |column: &ArrayRef| {
            let data = column.to_data();
            let offset = data.offset() * data.data_type().primitive_width().unwrap_or(0);
            data.buffers().first().map_or(0, |buffer| buffer.as_ptr().addr() + offset)
        };
        Ok(self.batches.iter().map(|batch| of(batch.column(c))).collect())
    }

    /// The table with categories in place of the codes of column `name`. `seen` has the codes and their texts; the
    /// column is described as that of `like`. No code is copied.
    fn with_categories(&self, name: &str, seen: &Self, like: &Self) -> PyResult<Self> {
        coded::with_categories(self, name, seen, like.schema.field(like.place(name)?))
    }

    /// The columns with these names, in this order.
    fn select(&self, names: Vec<String>) -> PyResult<Self> {
        let places = names.iter().map(|name| self.place(name)).collect::<PyResult<Vec<_>>>()?;
        let failed = |error: arrow_schema::ArrowError| option(&error.to_string(), "");
        let schema = Arc::new(self.schema.project(&places).map_err(failed)?);
        let batches = self.batches.iter().map(|batch| batch.project(&places).map_err(failed));
        Ok(Self { schema, batches: batches.collect::<PyResult<_>>()? })
    }

    /// The table with these rows after its own. A column that the rows do not have is missing there.
    fn followed_by(&self, rows: &Self) -> PyResult<Self> {
        let batch = |batch: &RecordBatch| {
            let column = |field: &Arc<Field>| match rows.schema.index_of(field.name()) {
                Ok(c) => converted(batch.column(c), field),
                Err(_) => Ok(new_null_array(field.data_type(), batch.num_rows())),
            };
            let columns = self.schema.fields().iter().map(column).collect::<PyResult<Vec<_>>>()?;
            let schema = nullable(&self.schema);
            let failed = |error: arrow_schema::ArrowError| option(&error.to_string(), "");
            RecordBatch::try_new(schema, columns).map_err(failed)
        };
        let mut batches = self.batches.clone();
        batches.extend(rows.batches.iter().map(batch).collect::<PyResult<Vec<_>>>()?);
        Ok(Self { schema: nullable(&self.schema), batches })
    }

    /// The table with the columns of a table of as many rows after its own.
    fn beside(&self, other: &Self) -> PyResult<Self> {
        let fields = self.schema.fields().iter().chain(other.schema.fields());
        let schema = Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>()));
        let lengths = |table: &Self| table.batches.iter().map(RecordBatch::num_rows).collect();
        let [own, others]: [Vec<usize>; 2] = [lengths(self), lengths(other)];
        if own != others {
            return Err(option(
                "the tables have other numbers of rows",
                "give tables of one panel",
            ));
        }
        let batches = self.batches.iter().zip(&other.batches).map(|(batch, beside)| {
            let columns = batch.columns().iter().chain(beside.columns()).cloned().collect();
            let failed = |error: arrow_schema::ArrowError| option(&error.to_string(), "");
            RecordBatch::try_new(schema.clone(), columns).map_err(failed)
        });
        Ok(Self { batches: batches.collect::<PyResult<_>>()?, schema: schema.clone() })
    }

    /// The table with other names of its columns.
    fn renamed(&self, names: Vec<String>) -> PyResult<Self> {
        let fields = self.schema.fields();
        if names.len() != fields.len() {
            return Err(option("names of another number of columns", "name each column once"));
        }
        let renamed = |(field, name): (&Arc<Field>, String)| field.as_ref().clone().with_name(name);
        let fields: Vec<Field> = fields.iter().zip(names).map(renamed).collect();
        let schema = Arc::new(Schema::new(fields));
        let failed = |error: arrow_schema::ArrowError| option(&error.to_string(), "");
        let batches = self.batches.iter().map(|batch| {
            RecordBatch::try_new(schema.clone(), batch.columns().to_vec()).map_err(failed)
        });
        Ok(Self { batches: batches.collect::<PyResult<_>>()?, schema: schema.clone() })
    }
}

impl Table {
    /// Data frame of a kind that `elman.frames` has.
    fn as_frame<'py>(slf: &Bound<'py, Self>, kind: &str) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("elman.frames")?.call_method1("frame_of", (kind, slf))
    }

    /// Table of arrays.
    ///
    /// # Errors
    /// Arrays of unlike length.
    pub fn of(columns: Vec<(String, ArrayRef)>) -> Result<Self, String> {
        let field =
            |(name, array): &(String, ArrayRef)| Field::new(name, array.data_type().clone(), true);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|e| e.to_string())?;
        Ok(Self { schema, batches: vec![batch] })
    }

    /// Place of a column.
    ///
    /// # Errors
    /// No column of that name.
    pub fn place(&self, name: &str) -> PyResult<usize> {
        self.schema.index_of(name).map_err(|_| {
            let names = self.column_names().join(", ");
            option(&format!("the table has no column `{name}`"), &format!("its columns: {names}"))
        })
    }
}

/// The schema with fields that may be missing.
fn nullable(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A column of the type of a field: whole numbers may be those of a column with decimals.
fn converted(column: &ArrayRef, field: &Field) -> PyResult<ArrayRef> {
    match (column.data_type(), field.data_type()) {
        (found, asked) if found == asked => Ok(column.clone()),
        (DataType::Int64, DataType::Float64) => {
            let numbers = column.as_primitive::<Int64Type>();
            let numbers = numbers.iter().map(|number| number.map(|number| number as f64));
            Ok(Arc::new(numbers.collect::<Float64Array>()))
        }
        (found, asked) => {
            let message =
                format!("column `{}` has {found} in one table, {asked} in the other", field.name());
            Err(option(&message, "give both columns the same type"))
        }
    }
}
