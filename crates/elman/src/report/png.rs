//! The PNG file format (W3C, third edition): a signature and a few checked chunks around one deflated block of rows.

use super::{canvas, scene::Scene};
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Pixels for each unit of the scene: sharp on a high-resolution screen and on paper.
const SCALE: f64 = 2.0;

/// `scene` as a PNG file.
pub(super) fn encode(scene: &Scene) -> Vec<u8> {
    let canvas = canvas::paint(scene, SCALE);
    image(canvas.width, &canvas.rgb, SCALE)
}

/// Rows of `width` pixels as a PNG file, with `scale` pixels to 1/96 inch.
pub(super) fn image(width: usize, rgb: &[u8], scale: f64) -> Vec<u8> {
    let height = rgb.len() / (3 * width);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();

    let mut header = Vec::with_capacity(13);
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    // 8 bits, red-green-blue, and the only compression, filter family and order there is.
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut file, b"IHDR", &header);

    // A unit of the scene is 1/96 inch, and the file says so, so that programs show it in its intended size.
    let per_metre = ((96.0 * scale / 0.0254) as u32).to_be_bytes();
    chunk(&mut file, b"pHYs", &[&per_metre[..], &per_metre[..], &[1]].concat());

    let mut rows = Vec::with_capacity(height * (width * 3 + 1));
    for row in rgb.chunks_exact(width * 3) {
        // No filter: the flat colours of a chart compress better as they are (184 KB against 225 KB with the difference
        // to the row above, for the lesson).
        rows.push(0);
        rows.extend(row);
    }
    chunk(&mut file, b"IDAT", &deflated(&rows));
    chunk(&mut file, b"IEND", &[]);
    file
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), true);
    let mut out = Vec::with_capacity(data.len() / 20 + 1024);
    loop {
        let read = compress.total_in() as usize;
        match compress.compress_vec(&data[read..], &mut out, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => return out,
            // More room is all it can ask for: it has all of the input and no dictionary.
            _ => out.reserve(out.len().max(1024)),
        }
    }
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    file.extend(name);
    file.extend(data);
    let mut sum = Crc::new();
    sum.update(name);
    sum.update(data);
    file.extend(sum.sum().to_be_bytes());
}
