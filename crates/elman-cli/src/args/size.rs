//! A size of memory as a person types it: `2GB`, `512MiB`, `1000000`.

/// What a letter before the `B` means: by thousands, and with an `i` by 1024.
const UNITS: [(&str, u32); 5] = [("", 0), ("k", 1), ("m", 2), ("g", 3), ("t", 4)];

/// Bytes of a size of memory: at least 1 MB.
pub fn size(text: &str) -> Result<u64, String> {
    // Less is less than a file's own name may take.
    bytes(text).and_then(|bytes| match bytes {
        1_000_000.. => Ok(bytes),
        _ => Err(format!("{text:?} is out of range: at least 1MB")),
    })
}

/// Bytes of a size, at least one.
pub fn bytes(text: &str) -> Result<u64, String> {
    let expected = || format!("{text:?} is no size: write it like 2GB, 512MiB or 1000000");
    let typed = text.trim().to_ascii_lowercase();
    let digits = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let unit = typed[digits.len()..].trim_start();
    let unit = unit.strip_suffix('b').unwrap_or(unit);
    let (unit, base) = match unit.strip_suffix('i') {
        Some(unit) => (unit, 1024_u64),
        None => (unit, 1000),
    };
    let (_, power) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(expected)?;
    let count: f64 = digits.parse().map_err(|_| expected())?;
    let bytes = count * base.pow(*power) as f64;
    // More is no memory of this century.
    match bytes {
        1.0..1e18 => Ok(bytes as u64),
        _ => Err(format!("{text:?} is out of range: at least 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, size};

    #[test]
    fn sizes_are_understood_as_they_are_typed() {
        for (typed, bytes) in [
            ("2GB", 2_000_000_000),
            ("2 gb", 2_000_000_000),
            ("1.5G", 1_500_000_000),
            ("512MiB", 512 << 20),
            ("512Mi", 512 << 20),
            ("8000000", 8_000_000),
            ("8000kB", 8_000_000),
        ] {
            assert_eq!(size(typed), Ok(bytes), "{typed}");
        }
        for refused in ["", "GB", "-2GB", "2XB", "nan", "1e300", "10", "2GBs", "inf"] {
            assert!(size(refused).is_err(), "{refused}");
        }
        assert_eq!((bytes("64KiB"), bytes("10")), (Ok(65_536), Ok(10)));
        assert!(bytes("0").is_err() && bytes("0.5").is_err() && bytes("-1kB").is_err());
    }
}
