//! The files that the cases find in their folder: good ones, and those that no text can be written for.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::run::{Room, monthly};

/// A folder with all of them.
pub fn room() -> Room {
    let room = Room::new();
    let write = |name: &str, bytes: &[u8]| std::fs::write(room.path(name), bytes).unwrap();
    write("good.csv", monthly(48).as_bytes());
    write("short.csv", monthly(5).as_bytes());
    write("panel.csv", panel().as_bytes());
    write("price.csv", with_price().as_bytes());
    write("words.txt", "to be or not to be, that is the question\n".repeat(40).as_bytes());
    write("empty.csv", b"");
    write("letter", b"Dear John,\nhow are you?\n");
    for name in ["letter.csv", "letter.png", "letter.safetensors"] {
        write(name, b"Dear John,\nhow are you?\n");
    }
    std::fs::create_dir(room.path("folder.csv")).unwrap();
    write("binary.csv", &[0, 159, 146, 150, 0, 255, 254]);
    write("latin.txt", b"caf\xe9 au lait\n");
    let utf16: Vec<u8> =
        "ds,y\n2020-01-01,1\n2020-01-02,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write("utf16.csv", &[b"\xff\xfe".as_slice(), &utf16[..utf16.len() - 1]].concat());
    let packed = gzip(monthly(48).as_bytes());
    write("cut.csv.gz", &packed[..packed.len() / 2]);
    write("bomb.csv.gz", &gzip(&b"1\n".repeat(30 << 20)));
    models(&room);
    tables(&room);
    room
}

/// The files in the folder, and what is in them.
pub fn contents(room: &Room) -> BTreeMap<String, Option<Vec<u8>>> {
    let read = |name: String| (name.clone(), std::fs::read(room.path(&name)).ok());
    room.files().into_iter().map(read).collect()
}

/// Models of each kind, and what an accident makes of one.
fn models(room: &Room) {
    for line in [
        "train good.csv --max-steps 2 --save one.safetensors",
        "train good.csv --max-steps 2 --save other.safetensors --checkpoint one.checkpoint.safetensors",
        "forecast good.csv --horizon 3 --hidden-size 2 --max-steps 2 --save many.safetensors",
        "forecast price.csv --target y --futr-exog price --horizon 3 --hidden-size 2 --max-steps 2 --save price.safetensors",
        "text train words.txt --hidden-size 4 --max-steps 2 --save text.safetensors",
        "tune good.csv --horizon 3 --hidden-size 2 --max-steps 2 --trials 2 --log tune.jsonl",
    ] {
        let ran = room.run(&format!("{line} --quiet"));
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    }
    let mut model = std::fs::read(room.path("one.safetensors")).unwrap();
    std::fs::write(room.path("cut.safetensors"), &model[..model.len() / 2]).unwrap();
    std::fs::write(room.path("head.safetensors"), &model[..4]).unwrap();
    let last = model.len() - 1;
    model[last] ^= 1;
    std::fs::write(room.path("flipped.safetensors"), &model).unwrap();
    let header = br#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let stranger = [&(header.len() as u64).to_le_bytes()[..], header, &[0; 4]].concat();
    std::fs::write(room.path("stranger.safetensors"), stranger).unwrap();
}

/// Tables that are no text.
fn tables(room: &Room) {
    let write = |name: &str, bytes: &[u8]| std::fs::write(room.path(name), bytes).unwrap();
    let book = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../elman/tests/workbooks");
        std::fs::read(format!("{folder}/{name}")).unwrap()
    };
    let xlsx = book("shop.xlsx");
    write("shop.xlsx", &xlsx);
    write("shop.ods", &book("shop.ods"));
    write("cut.xlsx", &xlsx[..xlsx.len() / 2]);
    write("none.xlsx", b"PK\x03\x04 and nothing of a workbook");
    for ending in ["parquet", "arrow"] {
        let whole = format!("whole.{ending}");
        let line = format!(
            "forecast good.csv --horizon 3 --hidden-size 2 --max-steps 2 --quiet --out {whole}"
        );
        assert_eq!(room.run(&line).code, 0);
        let bytes = std::fs::read(room.path(&whole)).unwrap();
        write(&format!("cut.{ending}"), &bytes[..bytes.len() / 2]);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Two shops, by the day.
fn panel() -> String {
    let mut csv = "shop,ds,y\n".to_owned();
    for shop in ["north", "south"] {
        for t in 0..28 {
            csv += &format!("{shop},2024-02-{:02},{}\n", t + 1, 10 + t % 7);
        }
    }
    csv
}

/// Forty days with their prices, and three days ahead with theirs.
fn with_price() -> String {
    let mut csv = "ds,y,price\n".to_owned();
    for t in 0..43 {
        let y = if t < 40 { (10 + t % 7).to_string() } else { String::new() };
        csv += &format!("2024-{:02}-{:02},{y},{}\n", 1 + t / 28, 1 + t % 28, 2 + t % 3);
    }
    csv
}
