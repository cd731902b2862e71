//! Small files that take much memory: each is refused by name, before it has taken it.

use std::fmt::Write as _;
use std::io::Read;
use std::time::{Duration, Instant};

use elman::Error;
use elman::data::Aggregate;
use elman::data::calendar::Frequency;
use elman::io::read::{MissingDates, ReadOptions, read_panel_from, read_series_from};
use elman::text::{Corpus, Tokenizer};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The memory that reading may take here.
const LIMIT: u64 = 64 << 20;

/// Kilobytes of memory that this process has had at most.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

/// So much of a text, packed as it comes.
fn gzip(mut text: impl Read) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::copy(&mut text, &mut packed).unwrap();
    packed.finish().unwrap()
}

/// `part` again and again, up to so many bytes.
struct Again {
    part: &'static [u8],
    left: usize,
    at: usize,
}

impl Read for Again {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = into.len().min(self.left);
        for byte in &mut into[..count] {
            *byte = self.part[self.at];
            self.at = (self.at + 1) % self.part.len();
        }
        self.left -= count;
        Ok(count)
    }
}

fn again(part: &'static str, left: usize) -> Again {
    Again { part: part.as_bytes(), left, at: 0 }
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let mut keys = "[".to_owned();
    for key in 0..9000 {
        write!(keys, "{{\"k{key}\":1}},").unwrap();
    }
    keys.push_str("{}]");
    let objects = format!("[{}{{\"y\":1}}]", "{\"y\":1},".repeat(3_000_000));
    let header = "@relation x\n@attribute n string\n@data\n";
    let line = gzip(again("1,", 40 << 20));
    let quoted = gzip(again("1,\"\n\",", 40 << 20));
    let mut bombs = vec![
        ("gzip", gzip(again("1\n", 120 << 20))),
        ("gzip without a line's end", gzip(again("1", 120 << 20))),
        ("one line", line),
        ("one record of many lines", quoted),
        ("short lines", "1\n".repeat(6 << 20).into_bytes()),
        ("objects", objects.into_bytes()),
        ("keys", keys.into_bytes()),
        ("tsf", gzip(header.as_bytes().chain(again("a:1,2\n", 30 << 20)))),
        ("long tsf", gzip(header.as_bytes().chain(&b"a:"[..]).chain(again("1,", 20 << 20)))),
        ("m4", format!("V1,V2,V3\na,{}1\n", "1,".repeat(1 << 20)).into_bytes()),
        ("utf-16", gzip((&b"\xff\xfe"[..]).chain(again("1\0\n\0", 50 << 20)))),
    ];
    #[cfg(feature = "columnar")]
    bombs.extend(columnar::bombs());
    bombs
}

#[test]
fn a_file_that_takes_too_much_memory_is_refused_before_it_has_taken_it() {
    let options = ReadOptions { max_memory: Some(LIMIT), ..ReadOptions::default() };
    let bombs = bombs();
    #[cfg(target_os = "linux")]
    let before = peak();
    for (name, bomb) in &bombs {
        let began = Instant::now();
        let errors = [
            read_series_from(&bomb[..], name, &options).err(),
            read_panel_from(&bomb[..], name, &options).err(),
        ];
        for error in errors {
            assert!(matches!(error, Some(Error::TooLarge { .. })), "{name}: {error:?}");
            let error = error.unwrap().to_string();
            assert!(error.contains(name) && error.contains("--max-memory"), "{error}");
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{name}: {:?}", began.elapsed());
        #[cfg(target_os = "linux")]
        assert!(peak() < before + 3 * (LIMIT >> 10), "{name}: {} kB", peak() - before);
    }
}

/// No more of a file is read than may be kept, whatever kind of file it turns out to be.
#[test]
fn of_a_file_that_is_too_large_the_rest_is_not_read() {
    let limit = 1 << 20;
    let options = ReadOptions { max_memory: Some(limit), ..ReadOptions::default() };
    let mut file = again("s,2020-01-01,1\n", 20 << 20);
    let error = read_panel_from(&mut file, "large", &options).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let read = (20 << 20) - file.left as u64;
    assert!(read < 2 * limit, "{read} bytes are read");
}

/// Rows for absent dates are at most as many as there are dates.
#[test]
fn two_dates_far_apart_are_not_filled() {
    let csv = "ds,y\n1900-01-01 00:00:00,1\n2100-01-01 00:00:00,2\n";
    for missing_dates in [MissingDates::Auto, MissingDates::Fill, MissingDates::Skip] {
        for agg in [None, Some(Aggregate::Sum)] {
            let freq = Some(Frequency::Millis(1000));
            let options = ReadOptions { freq, agg, missing_dates, ..ReadOptions::default() };
            let options = ReadOptions { max_memory: Some(1 << 20), ..options };
            for series in [
                read_series_from(csv.as_bytes(), "far.csv", &options)
                    .map(|loaded| loaded.series.len()),
                read_panel_from(csv.as_bytes(), "far.csv", &options)
                    .map(|panel| panel.series[0].len()),
            ] {
                match series {
                    Ok(len) => assert!(len <= 2, "{missing_dates:?}: {len}"),
                    Err(error) => assert!(error.to_string().contains("help: "), "{error}"),
                }
            }
        }
    }
}

#[test]
fn what_fits_is_read() {
    let options = ReadOptions { max_memory: Some(LIMIT), ..ReadOptions::default() };
    let csv: String = "1.5\n".repeat(100_000);
    assert_eq!(read_series_from(csv.as_bytes(), "y.csv", &options).unwrap().series.len(), 100_000);
}

#[test]
fn a_text_that_takes_too_much_memory_is_refused() {
    let packed = gzip(again("a b c ", 100 << 20));
    let error = Corpus::of(&packed[..], "t.gz", Tokenizer::Characters, Some(LIMIT)).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let accents = "é".repeat(12 << 20);
    let error = Corpus::of(accents.as_bytes(), "t", Tokenizer::Characters, Some(LIMIT));
    assert!(matches!(error, Err(Error::TooLarge { .. })));
}

#[cfg(feature = "columnar")]
mod columnar {
    use std::sync::Arc;

    use elman::Error;
    use elman::io::read::{ReadOptions, read_series_from};

    use arrow_array::types::Int32Type;
    use arrow_array::{
        ArrayRef, DictionaryArray, Float64Array, Int32Array, NullArray, RecordBatch, StringArray,
    };
    use arrow_ipc::CompressionType;
    use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
    use parquet::arrow::ArrowWriter;
    use parquet::basic::Compression;
    use parquet::file::properties::{WriterProperties, WriterVersion};

    /// Bytes of a long text: a number that stands nowhere else in its file.
    const LONG: usize = 500_001;

    pub fn bombs() -> Vec<(&'static str, Vec<u8>)> {
        let one = |array: ArrayRef| RecordBatch::try_from_iter([("y", array)]).unwrap();
        // A long text, and many rows that have it.
        let long = StringArray::from(vec!["x".repeat(LONG)]);
        let keys = Int32Array::from(vec![0; 4000]);
        let dictionary = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(long)).unwrap();
        let dictionary = one(Arc::new(dictionary));
        let alike = one(Arc::new(Int32Array::from(vec![7; 1_000_000])));
        let nothing = one(Arc::new(NullArray::new(1 << 40)));
        vec![
            ("parquet of one value", parquet(&alike, 12)),
            ("parquet of a long text", parquet(&dictionary, 1)),
            ("arrow of a long text", arrow(&dictionary)),
            ("stream of a long text", stream(&dictionary)),
            ("arrow of nothing", arrow(&nothing)),
            ("stream that announces much", announcing(stream(&dictionary))),
            ("arrow that announces much", announcing(arrow(&dictionary))),
        ]
    }

    fn parquet(batch: &RecordBatch, times: usize) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
        (0..times).for_each(|_| writer.write(batch).unwrap());
        writer.close().unwrap();
        file
    }

    fn packed() -> IpcWriteOptions {
        IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD)).unwrap()
    }

    fn arrow(batch: &RecordBatch) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer =
            FileWriter::try_new_with_options(&mut file, &batch.schema(), packed()).unwrap();
        writer.write(batch).unwrap();
        writer.finish().unwrap();
        drop(writer);
        file
    }

    fn stream(batch: &RecordBatch) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer =
            StreamWriter::try_new_with_options(&mut file, &batch.schema(), packed()).unwrap();
        writer.write(batch).unwrap();
        writer.finish().unwrap();
        drop(writer);
        file
    }

    /// A column of so many equal numbers, in one page.
    fn page(rows: usize, compression: Compression, version: WriterVersion) -> Vec<u8> {
        let one: ArrayRef = Arc::new(Float64Array::from(vec![7.5; rows]));
        let batch = RecordBatch::try_from_iter([("y", one)]).unwrap();
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_dictionary_enabled(false)
            .set_writer_version(version)
            .build();
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        file
    }

    /// The header of the first page says that so many bytes become these. Both are longer than two bytes of a number.
    fn lying(mut file: Vec<u8>, truth: u32, lie: u32) -> Vec<u8> {
        let varint = |n: u32| {
            let n = 2 * n;
            [n as u8 | 0x80, (n >> 7) as u8 | 0x80, (n >> 14) as u8 & 0x7f]
        };
        let at = file.windows(3).position(|bytes| bytes == varint(truth)).unwrap();
        file[at..at + 3].copy_from_slice(&varint(lie));
        file
    }

    #[test]
    fn a_page_that_unpacks_to_more_than_it_says_is_refused_before_it_has() {
        let read = |file: &[u8]| read_series_from(file, "y.parquet", &ReadOptions::default());
        let gzip = Compression::GZIP(Default::default());
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let file = page(10_000, gzip, version);
            assert_eq!(read(&file).unwrap().series.len(), 10_000);
            // Eight bytes a value, and the levels before them.
            let truth = (80_000..80_020).find(|truth| {
                let n = 2 * truth;
                let bytes = [n as u8 | 0x80, (n >> 7) as u8 | 0x80, (n >> 14) as u8];
                file.windows(3).any(|window| window == bytes)
            });
            let error = read(&lying(file, truth.unwrap(), 70_000)).unwrap_err();
            assert!(matches!(error, Error::Unreadable { .. }), "{error}");
            let error = error.to_string();
            assert!(error.contains("a page unpacks to more than its header says"), "{error}");
        }
    }

    #[test]
    fn lz4_in_frames_is_refused() {
        // The crate no longer writes that method; Arrow's own frames are of it.
        let mut file = page(10_000, Compression::LZ4, WriterVersion::PARQUET_1_0);
        assert!(read_series_from(&file[..], "y.parquet", &ReadOptions::default()).is_ok());
        let frames = 80_000_u32.to_be_bytes();
        let at =
            file.windows(4).position(|bytes| bytes[..2] == frames[..2] && bytes[2] == frames[2]);
        let at = at.unwrap();
        file[at..at + 4].copy_from_slice(&0x184d_2204_u32.to_le_bytes());
        let error = read_series_from(&file[..], "y.parquet", &ReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains("not supported"), "{error}");
    }

    /// With a length of a packed buffer that is a lie: the last one, since the first is where the text ends.
    fn announcing(mut file: Vec<u8>) -> Vec<u8> {
        let truth = (LONG as u64).to_le_bytes();
        let at = file.windows(8).rposition(|bytes| bytes == truth).unwrap();
        file[at..at + 8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
        file
    }
}

/// What each series of a wide table costs must not grow with their number: every one once had a copy of all columns.
#[test]
fn a_wide_table_takes_time_by_its_cells() {
    let columns = 30_000;
    let row = |cell: &dyn Fn(usize) -> String| (0..columns).map(cell).collect::<Vec<_>>().join(",");
    let header = row(&|column| format!("a column with the number {column}"));
    let rows: Vec<String> = (0..3).map(|t| row(&|column| (column * t).to_string())).collect();
    let csv = format!(
        "ds,{header}\n2020-01-01,{}\n2020-01-02,{}\n2020-01-03,{}\n",
        rows[0], rows[1], rows[2]
    );
    let options = ReadOptions { wide: true, ..ReadOptions::default() };
    let began = Instant::now();
    let panel = read_panel_from(csv.as_bytes(), "wide.csv", &options).unwrap();
    assert_eq!(panel.series.len(), columns);
    // A hundredth of what it was; a busy machine takes ten times as long as an idle one.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
