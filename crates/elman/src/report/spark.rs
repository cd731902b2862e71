//! A row of numbers in one line of text.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// `values` as one line of bars, `▇▅▃▂▁▁`, at most `width` of them; neighbours are averaged where there is no room for all.
///
/// Positive values that span more than a factor of 100, as losses do, are drawn by their logarithm: otherwise all but the
/// first would lie flat. A value that is not finite leaves a blank.
pub fn sparkline(values: &[f64], width: usize) -> String {
    if values.is_empty() || width == 0 {
        return String::new();
    }
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = finite()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let log = low > 0.0 && high / low > 100.0;
    let scaled = |v: f64| if log { v.ln() } else { v };
    let (low, span) = (scaled(low), scaled(high) - scaled(low));

    let count = values.len().min(width);
    let bar = |i: usize| {
        let part = &values[i * values.len() / count..(i + 1) * values.len() / count];
        let (sum, n) = part
            .iter()
            .filter(|v| v.is_finite())
            .fold((0.0, 0), |(sum, n), v| (sum + scaled(*v), n + 1));
        if n == 0 {
            return ' ';
        }
        let share =
            if span > 0.0 && span.is_finite() { (sum / f64::from(n) - low) / span } else { 0.5 };
        BARS[((share * 8.0) as usize).min(7)]
    };
    (0..count).map(bar).collect()
}
