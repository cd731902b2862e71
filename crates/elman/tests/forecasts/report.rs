//! Pictures: round axes, whole files, and nothing that a strange series can break.

use elman::report::{self, Album, Axis, Band, Color, Format, Mark, Picture, Shape};
use proptest::prelude::*;
use std::io::Read;

// --- what is drawn ----------------------------------------------------------------------------------------------------

fn sine(points: usize) -> Picture {
    let at = |i: usize| i as f64 * std::f64::consts::PI / (points - 1) as f64;
    let input = (0..points).map(|i| (at(i), at(i).sin())).collect();
    let prediction = (0..points).map(|i| (at(i), 0.8 * at(i).sin())).collect();
    Picture::new("step 15 · loss 0.0200")
        .labelled("time", "sin")
        .with(Mark::input(input))
        .with(Mark::prediction(prediction))
}

/// A name that would end a script, a tag or an attribute if it were not escaped.
const HOSTILE: &str = "<b>\"it's\" & </script>\u{1}</b>";

fn album() -> Album {
    let mut page =
        sine(20).with(Mark::new(HOSTILE, Color::Green, Shape::Line, vec![(0.0, 0.0), (3.0, 1.0)]));
    page.vertical_rules.push((2.0, HOSTILE.into()));
    page.bands.push(Band::new("90% interval", Color::Blue, vec![(1.0, 0.2, 0.9), (2.0, 0.3, 1.1)]));
    page.step = Some(15.0);
    let mut losses = Picture::new("loss").labelled("step", "loss");
    losses.x_axis = Axis::Steps;
    losses.y_log = true;
    losses.marks.push(Mark::new(
        "loss",
        Color::Blue,
        Shape::Line,
        (1..=75).map(|s| (s as f64, 1.0 / s as f64)).collect(),
    ));
    Album {
        title: HOSTILE.into(),
        pages: vec![sine(20), page],
        losses: Some(losses),
        facts: vec![("cell".into(), "rnn".into()), (HOSTILE.into(), HOSTILE.into())],
        unlike: false,
    }
}

/// Everything a series can do wrong, once with each axis.
fn strange() -> Vec<Picture> {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let series: [Vec<(f64, f64)>; 9] = [
        vec![],
        vec![(3.0, 5.0)],
        vec![(0.0, 0.0)],
        vec![(nan, 1.0), (1.0, nan), (inf, -inf)],
        vec![(0.0, 7.0), (1.0, 7.0), (2.0, 7.0)],
        vec![(0.0, -1e308), (1.0, 1e308), (2.0, 1e-320)],
        vec![(0.0, 1e15), (1.0, 1e15 + 1.0)],
        vec![(1e18, 1.0), (-1e18, 2.0)],
        vec![(0.0, 1.0), (1.0, nan), (2.0, -3.0)],
    ];
    let mut pictures = Vec::new();
    for points in series {
        for (x_axis, y_log) in [(Axis::Numbers, false), (Axis::Steps, true), (Axis::Dates, false)] {
            let shapes = [Shape::Dots, Shape::Rings, Shape::Line, Shape::DashedLine];
            let marks =
                shapes.map(|shape| Mark::new("", Color::Red, shape, points.clone())).to_vec();
            let bands =
                vec![Band::new("b", Color::Blue, points.iter().map(|p| (p.0, p.1, p.1)).collect())];
            let vertical_rules = vec![(nan, "nowhere".into()), (0.5, String::new())];
            pictures.push(Picture {
                x_axis,
                y_log,
                marks,
                bands,
                vertical_rules,
                ..Picture::default()
            });
        }
    }
    pictures
}

// --- files ------------------------------------------------------------------------------------------------------------

/// Fails unless every tag is closed in order, every attribute quoted and every entity known. Returns the text between tags.
fn parse_xml(xml: &str) -> String {
    let (mut open, mut text) = (Vec::new(), String::new());
    for part in xml.split_inclusive('>') {
        let (before, tag) = part.split_once('<').unwrap_or((part, ""));
        for entity in before.split('&').skip(1) {
            let known =
                ["lt;", "gt;", "amp;", "quot;", "#39;"].iter().any(|name| entity.starts_with(name));
            assert!(known, "entity in {before}");
        }
        assert!(
            !before.chars().any(|c| c.is_control() && c != '\n'),
            "control character in {before:?}"
        );
        text.push_str(before);
        let tag = tag.trim_end_matches('>');
        assert!(!tag.contains('<') && tag.matches('"').count() % 2 == 0, "{tag}");
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|c| c.is_alphanumeric()).collect();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "closing {tag}");
        } else if !tag.is_empty() && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    text
}

fn drawn(format: Format, album: &Album) -> Vec<u8> {
    report::bytes(format, album)
}

#[test]
fn svg_is_well_formed_and_shows_every_series() {
    let svg = String::from_utf8(drawn(Format::Svg, &album())).unwrap();
    let text = parse_xml(&svg);
    for part in ["#d62728", "#1f6bb4", "#2c8c3c", "viewBox=\"0 0 "] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(
        text.contains("&lt;b&gt;&quot;it&#39;s&quot; &amp; &lt;/script&gt; &lt;/b&gt;"),
        "{text}"
    );
    assert!(
        text.contains("step 15 · loss 0.0200")
            && text.contains("0.5")
            && text.contains("90% interval"),
        "{text}"
    );
    // Twenty inputs on each page, and three of them in the legend.
    let red = svg
        .split("<g fill=\"#d62728\">")
        .skip(1)
        .map(|g| g.split("</g>").next().unwrap().matches("<circle").count());
    assert_eq!(red.collect::<Vec<_>>(), [3, 20, 20]);
}

/// Width, height and pixels of a PNG file as this crate writes it.
fn decode_png(file: &[u8]) -> (usize, usize, Vec<[u8; 3]>) {
    assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
    let (mut at, mut packed, mut size) = (8, Vec::new(), (0, 0));
    let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    while at < file.len() {
        let (length, name) = (number(at), &file[at + 4..at + 8]);
        let mut sum = flate2::Crc::new();
        sum.update(&file[at + 4..at + 8 + length]);
        assert_eq!(sum.sum() as usize, number(at + 8 + length), "checksum of {name:?}");
        match name {
            b"IHDR" => size = (number(at + 8), number(at + 12)),
            b"IDAT" => packed.extend_from_slice(&file[at + 8..at + 8 + length]),
            _ => {}
        }
        at += length + 12;
    }
    let mut rows = Vec::new();
    flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut rows).unwrap();
    assert_eq!(rows.len(), size.1 * (size.0 * 3 + 1));
    let pixels = rows.chunks(size.0 * 3 + 1).inspect(|row| assert_eq!(row[0], 0, "filter"));
    (
        size.0,
        size.1,
        pixels.flat_map(|row| row[1..].chunks(3).map(|p| [p[0], p[1], p[2]])).collect(),
    )
}

#[test]
fn png_has_red_and_blue_and_smooth_edges() {
    let (width, height, pixels) = decode_png(&drawn(Format::Png, &sine(20).into()));
    assert!(width > 1200 && height > 700, "{width}×{height}");
    let count = |color: [u8; 3]| pixels.iter().filter(|&&p| p == color).count();
    // 20 dots and 3 in the legend, each about π·6.8² pixels; of a ring about half as many are fully covered.
    assert!(count([214, 39, 40]) > 1500, "{}", count([214, 39, 40]));
    assert!(count([31, 107, 180]) > 500, "{}", count([31, 107, 180]));
    let pink = |p: &&[u8; 3]| {
        p[0] > 214 && p[1] > 60 && p[0] > p[1].saturating_add(15) && p[1].abs_diff(p[2]) < 3
    };
    let pink = pixels.iter().filter(pink).count();
    assert!(pink > 300, "{pink} pixels on the edges of the dots");
}

#[test]
fn png_contains_letters() {
    let title = |title: &str| {
        let (_, _, pixels) = decode_png(&drawn(Format::Png, &Picture::new(title).into()));
        pixels.iter().filter(|p| p[0] < 100).count()
    };
    // The font is inside the program: no machine is without it.
    assert!(title("a recurrent network") > title("") + 500);
}

#[test]
fn nothing_is_cut_at_the_edges() {
    let long = "a very long label ".repeat(30);
    let mut page = sine(20).with(Mark::new(
        long.clone(),
        Color::Orange,
        Shape::Line,
        vec![(0.0, -2.5e7), (9e8, 1e8)],
    ));
    page.subtitle = Some(long.clone());
    page.vertical_rules.push((9e8, long.clone()));
    page = page.labelled(long.clone(), long.clone());
    let facts = vec![(long.clone(), long.clone()); 3];
    let crowded = Album { title: long, pages: vec![page.clone(), page], facts, ..Album::default() };
    for album in [album(), crowded] {
        let (width, height, pixels) = decode_png(&drawn(Format::Png, &album));
        let edge = |i: usize| {
            i / width < 8 || i / width >= height - 8 || i % width < 8 || i % width >= width - 8
        };
        let inked = pixels.iter().enumerate().find(|&(i, p)| edge(i) && *p != [255; 3]);
        assert_eq!(
            inked.map(|(i, _)| (i % width, i / width)),
            None,
            "ink at the edge of {width}×{height}"
        );
    }
}

#[test]
fn html_stands_alone_and_carries_its_data() {
    let html = String::from_utf8(drawn(Format::Html, &album())).unwrap();
    for outside in ["http://", "https://", " src=", " href=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert_eq!(html.matches("</script>").count(), 2, "a label must not end the script");
    assert!(html.contains("<title>&lt;b&gt;") && html.contains("prefers-color-scheme: dark"));
    let (_, data) = html.split_once("<script type=\"application/json\" id=\"album\">").unwrap();
    let data: serde_json::Value =
        serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
    assert_eq!(data["pages"].as_array().unwrap().len(), 2);
    assert_eq!(data["pages"][1]["marks"][2]["label"], HOSTILE);
    assert_eq!(data["pages"][0]["marks"][0]["points"].as_array().unwrap().len(), 20);
    assert_eq!(data["pages"][1]["step"], 15.0);
    assert_eq!(data["pages"][0]["y"], data["pages"][1]["y"], "one y axis for all pages");
    assert_eq!(data["losses"]["log"], true);
}

#[test]
fn write_chooses_by_extension_and_leaves_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    for (name, begins) in
        [("a.png", &b"\x89PNG"[..]), ("a.SVG", b"<svg"), ("a.html", b"<!doctype html>")]
    {
        std::fs::write(dir.path().join(name), "older").unwrap();
        report::write(&dir.path().join(name), &album()).unwrap();
        assert!(std::fs::read(dir.path().join(name)).unwrap().starts_with(begins), "{name}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 3);

    for name in ["a.jpg", "picture", ".png"] {
        let error = report::write(&dir.path().join(name), &album()).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(".png, .svg or .html"), "{error}");
    }
    let error = report::write(&dir.path().join("missing/a.svg"), &album()).unwrap_err();
    assert!(error.to_string().contains("missing/a.svg"), "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 3);
}

#[test]
fn strange_series_are_drawn_anyway() {
    for picture in strange() {
        parse_xml(&String::from_utf8(drawn(Format::Svg, &picture.clone().into())).unwrap());
        let html = String::from_utf8(drawn(Format::Html, &picture.clone().into())).unwrap();
        let data = html.split_once("id=\"album\">").unwrap().1.split("</script>").next().unwrap();
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        let (low, high) = (
            data["pages"][0]["y"][0].as_f64().unwrap(),
            data["pages"][0]["y"][1].as_f64().unwrap(),
        );
        assert!(low < high, "{low}..{high} for {picture:?}");
        assert!(!data["pages"][0]["yTicks"].as_array().unwrap().is_empty(), "{picture:?}");
    }
    let many = Album { pages: vec![sine(5); 300], ..Album::default() };
    assert!(String::from_utf8(drawn(Format::Svg, &many)).unwrap().contains("16 of 300 pages"));
    for album in
        [Album::default(), Album { pages: strange(), losses: strange().pop(), ..Album::default() }]
    {
        decode_png(&drawn(Format::Png, &album));
        drawn(Format::Html, &album);
    }
}

// --- text -------------------------------------------------------------------------------------------------------------

fn without_color(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let plain: String = parts.next().unwrap_or("").into();
    parts.fold(plain, |plain, part| plain + part.split_once('m').unwrap().1)
}

proptest! {
    #[test]
    fn text_keeps_to_its_frame(width in 0..60_usize, height in 0..20_usize, color in any::<bool>(), which in 0..28_usize) {
        let strange = strange();
        let picture = strange.get(which).cloned().unwrap_or_else(|| sine(9));
        let text = without_color(&report::text(&picture, width, height, color));
        prop_assert!(text.lines().count() <= height);
        prop_assert!(text.lines().all(|line| line.chars().count() <= width), "wider than {width}:\n{text}");
    }
}

#[test]
fn a_tiny_sine_in_text() {
    let picture = sine(9);
    let plain = report::text(&picture, 36, 12, false);
    assert_eq!(plain, TINY_SINE, "\n{plain}");
    let colored = report::text(&picture, 36, 12, true);
    assert_eq!(without_color(&colored), plain);
    assert!(colored.contains("\x1b[31mo") && colored.contains("\x1b[94mx"), "{colored:?}");
}

const TINY_SINE: &str = "\
step 15 · loss 0.0200
o input   x prediction   * both
1.00 ┤           o   o  o
     │               x
     │       o   x      x   o
0.50 ┤       x              x
     │    *                    *
     │
0.00 ┤*                            *
     └──────────────────────────────
      0.00         time         3.14
";

#[test]
fn lines_and_rules_in_text() {
    let line = Mark::new("loss", Color::Blue, Shape::Line, vec![(0.0, 1.0), (10.0, 0.01)]);
    let mut picture = Picture::new("").with(line);
    picture.y_log = true;
    picture.vertical_rules.push((5.0, "here".into()));
    let text = report::text(&picture, 24, 7, false);
    assert!(text.starts_with("⠒⠒⠒ loss   ┊ here\n"), "\n{text}");
    for label in ["   1 ┤", " 0.1 ┤", "0.01 ┤"] {
        assert!(text.contains(label), "\n{text}");
    }
    let plot: String = text.lines().skip(1).collect();
    assert!(plot.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)), "\n{text}");
}

#[test]
fn sparklines() {
    assert_eq!(report::sparkline(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 20), "▁▂▃▄▅▆▇█");
    assert_eq!(report::sparkline(&[4.0, 4.0, 0.0, 0.0], 2), "█▁");
    // Losses by their logarithm: equal factors, equal steps.
    assert_eq!(report::sparkline(&[1.0, 0.1, 0.01, 0.001], 4), "█▆▃▁");
    assert_eq!(report::sparkline(&[1.0, f64::NAN, 1.0], 9), "▅ ▅");
    assert_eq!(report::sparkline(&[], 9), "");
    assert_eq!(report::sparkline(&[f64::NAN], 9), " ");
    assert_eq!(report::sparkline(&[1.0], 0), "");
}

#[test]
fn unlike_pages_have_each_a_range_of_their_own() {
    let line = |height: f64| {
        let points = vec![(0.0, 0.0), (1.0, height)];
        Picture::new("").with(Mark::new("y", Color::Red, Shape::Line, points))
    };
    let pages = vec![line(1.0), line(1000.0)];
    let page = |unlike: bool| {
        let album = Album { pages: pages.clone(), unlike, ..Album::default() };
        String::from_utf8(drawn(Format::Html, &album)).unwrap()
    };
    // Around 1 with some air, or around 1000.
    assert!(page(true).contains("\"y\":[-0.0") && page(true).contains(",1.0"), "its own");
    assert_eq!(page(false).matches("\"y\":[-").count(), 2);
    assert_ne!(page(true), page(false));
}

// --- words around the plots -------------------------------------------------------------------------------------------

/// What stands in the text elements of the SVG, in order.
fn texts(album: &Album) -> Vec<String> {
    let svg = String::from_utf8(drawn(Format::Svg, album)).unwrap();
    let elements = svg.split("<text").skip(1);
    let inside = elements.map(|e| e.split_once('>').unwrap().1.split("</text>").next().unwrap());
    inside.map(str::to_owned).collect()
}

#[test]
fn facts_are_a_table_and_sentences_are_not_cut() {
    let claim = "in validation on 24 overlapping forecasts, of which 3 are independent, the forecast was better \
                 than the best baseline, which is too few to tell whether it is so on new data as well";
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let facts = vec![fact("claim", claim), fact("MASE of elman", "0.493"), fact("cell", "lstm")];
    let texts = texts(&Album { facts, ..Album::from(sine(20)) });
    // Names and values stand by themselves, and all words of the sentence in some row.
    for text in ["claim", "MASE of elman", "0.493", "cell", "lstm"] {
        assert!(texts.iter().any(|t| t == text), "{text}: {texts:?}");
    }
    let rows: Vec<&str> = texts.iter().filter(|t| claim.contains(&t[..])).map(|t| &t[..]).collect();
    assert!(rows.join(" ").ends_with(claim), "{rows:?}");
    assert!(rows.len() > 1, "{rows:?}");
}

#[test]
fn long_titles_take_two_lines() {
    let title = "visitors of the northern branch by day, without holidays and without the days of the move: \
                 56 steps ahead, with intervals";
    let texts = texts(&Picture { title: title.into(), ..sine(20) }.into());
    let lines: Vec<&String> = texts.iter().filter(|t| title.contains(&t[..])).collect();
    assert!(lines.len() >= 2 && !texts.iter().any(|t| t.contains('…')), "{texts:?}");
}
