"""Makes the Parquet files of the tests, with checksums of pages, which the parquet crate does not write: python3 make.py, with
pyarrow installed."""

import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
table = pa.table({"y": [float(i * i % 97) for i in range(60)]})
pq.write_table(table, HERE / "checksums.parquet", compression="none", use_dictionary=False, write_page_checksum=True)
