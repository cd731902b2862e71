use ratatui::style::Color;

use super::super::Window;
use super::super::fixture::{rows, sine};
use super::*;

const LOSSES: [f64; 5] = [0.9, 0.5, 0.2, 0.1, 0.0231];
const EVALUATIONS: [(u64, f64); 1] = [(3, 0.3)];

fn frame<'a>() -> Frame<'a> {
    Frame {
        step: 5,
        steps: 75,
        loss: 0.0231,
        grad_norm: 0.183,
        rate: 0.01,
        losses: &LOSSES,
        evaluations: &EVALUATIONS,
        baseline: Some(0.0123),
        window: Window::default(),
        note: None,
    }
}

fn screen(frame: &Frame<'_>, mode: Mode, palette: &Palette, width: u16, height: u16) -> Buffer {
    let mut trail = Trail::default();
    for step in 2..=frame.step {
        trail.push(step, sine(step, 0.4));
    }
    let clock = Clock {
        elapsed: Duration::from_secs(67),
        speed: Some(8.3),
        slowed: Some(45_678.0),
        doublings: Some(0),
    };
    let view = View { title: "elman train", frame, trail: &trail, clock, mode, palette };
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    draw(&view, area, &mut buf);
    buf
}

fn text(mode: Mode, width: u16, height: u16) -> String {
    rows(&screen(&frame(), mode, &Palette::coloured(), width, height)).join("\n")
}

#[test]
fn screens_of_usual_sizes_show_everything() {
    for (width, height) in [(80, 24), (100, 30), (200, 60)] {
        let text = text(Mode::Training, width, height);
        for part in [
            "elman train",
            "learning",
            "●",
            "○",
            "0.0231",
            "5 of 75",
            "6%",
            "0.183",
            "0.01",
            "1:07",
            "8.3 steps/s",
            "46,000×",
            "0.0123",
            "◆",
            "time / π",
            "space pause",
            "q stop",
        ] {
            assert!(text.contains(part), "{width}x{height} lacks {part}:\n{text}");
        }
    }
}

#[test]
fn narrow_screens_show_the_picture_and_the_numbers_that_matter() {
    for (width, height) in [(60, 20), (40, 12)] {
        let text = text(Mode::Training, width, height);
        for part in ["●", "○", "loss 0.0231", "step 5 of 75", "6%", "space pause"] {
            assert!(text.contains(part), "{width}x{height} lacks {part}:\n{text}");
        }
    }
}

#[test]
fn tiny_screens_show_numbers() {
    let text = text(Mode::Training, 20, 8);
    for part in ["loss 0.0231", "step 5 of 75", "gradient 0.183", "6%", "space pause  q stop"] {
        assert!(text.contains(part), "lacks {part}:\n{text}");
    }
    assert!(!text.contains('●'), "{text}");
}

#[test]
fn there_is_no_size_that_cannot_be_drawn() {
    for width in 0..=130 {
        for height in 0..=45 {
            for mode in [Mode::Training, Mode::Paused, Mode::Done] {
                screen(&frame(), mode, &Palette::plain(), width, height);
            }
        }
    }
    assert!(text(Mode::Training, 1, 1).starts_with('l'), "the loss, as far as there is room");
}

#[test]
fn an_empty_frame_can_be_drawn() {
    let empty = Frame {
        step: 0,
        steps: 0,
        loss: f64::NAN,
        grad_norm: f64::INFINITY,
        rate: 0.0,
        losses: &[],
        evaluations: &[],
        baseline: None,
        ..frame()
    };
    let buf = screen(&empty, Mode::Done, &Palette::plain(), 80, 24);
    assert!(rows(&buf).concat().contains("not a number"));
}

#[test]
fn the_state_is_said_in_words() {
    assert!(text(Mode::Paused, 80, 24).contains("paused"));
    assert!(text(Mode::Paused, 80, 24).contains("space go on"));
    assert!(text(Mode::Done, 80, 24).contains("done: press any key"));
    assert!(text(Mode::Done, 20, 8).contains("done: press any key"));
}

#[test]
fn a_note_is_shown() {
    let noted = Frame { note: Some("went back to step 3"), ..frame() };
    for (width, height) in [(100, 30), (60, 20)] {
        let buf = screen(&noted, Mode::Training, &Palette::coloured(), width, height);
        let text = rows(&buf).join("\n");
        assert!(text.contains("went back to step 3"), "{width}x{height}:\n{text}");
    }
}

#[test]
fn colours_tell_inputs_from_predictions() {
    let palette = Palette::coloured();
    let buf = screen(&frame(), Mode::Training, &palette, 100, 30);
    let color =
        |symbol| buf.content.iter().find(|cell| cell.symbol() == symbol).map(|cell| cell.fg);
    assert_eq!(color("●"), Some(Color::Indexed(203)));
    assert_eq!(color("○"), Some(Color::Indexed(39)));
}

#[test]
fn without_colours_there_are_none() {
    for mode in [Mode::Training, Mode::Paused, Mode::Done] {
        let noted = Frame { note: Some("a note"), ..frame() };
        let buf = screen(&noted, mode, &Palette::plain(), 100, 30);
        assert!(buf.content.iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
    }
}

#[test]
fn the_gauge_is_as_long_as_what_is_done() {
    let thick = |step| {
        let frame = Frame { step, ..frame() };
        let buf = screen(&frame, Mode::Training, &Palette::plain(), 60, 20);
        rows(&buf)
            .iter()
            .find(|row| row.trim_end().ends_with('%'))
            .map(|row| row.matches('━').count())
    };
    assert_eq!(thick(75), Some(53));
    assert_eq!(thick(0), Some(0));
    assert_eq!(thick(38), Some(26));
}

#[test]
fn before_the_first_step_the_screen_says_what_is_to_come() {
    let area = Rect::new(0, 0, 40, 5);
    let mut buf = Buffer::empty(area);
    waiting("elman train", &Palette::plain(), area, &mut buf);
    assert!(rows(&buf).concat().contains("elman train"));
}
