//! Gradients through time on the series of the page.

use elman_nn::gradients::of_inputs;
use elman_nn::registry::Entry;

use super::{engine, lesson};
use crate::engine::{Config, Engine};
use crate::series::SeriesEntry;

#[test]
fn the_gradients_are_those_of_the_next_optimizer_step() {
    for carry in [true, false] {
        let mut engine = engine(&Config { carry, cell: "lstm".to_owned(), ..lesson() });
        // 14 windows are a pass over the training set: the first one, one that continues, and the first of the next pass.
        for steps in [0, 5, 7] {
            engine.step(steps).unwrap();
            let gradients = engine.window_gradients().unwrap();
            assert_eq!(gradients.of_loss[0].len(), 20);
            engine.step(1).unwrap();
            let (got, want) = (gradients.norm, engine.grad_norm());
            // One time step at a time, and all at once: sums in single precision, in another order.
            assert!((got - want).abs() < 1e-4 * want, "carry {carry}, {steps}: {got} {want}");
        }
    }
}

#[test]
fn the_influence_ends_where_the_hidden_state_was_reset() {
    let mut engine = engine(&lesson());
    engine.step(50).unwrap();
    // Value 310 is predicted from input 309, the tenth of the window that starts at the test set, 300.
    let carried = engine.influence(310).unwrap();
    engine.set_carry(false);
    engine.evaluate().unwrap();
    let reset = engine.influence(310).unwrap();
    assert_eq!((carried.len(), reset.len()), (120, 10));
    assert_eq!(engine.influence(301).unwrap().len(), 1);
    assert_eq!(engine.influence(300).unwrap().len(), 20);
    assert_eq!(engine.influence(7).unwrap().len(), 7);
    assert!(engine.influence(0).unwrap().is_empty() && engine.influence(360).unwrap().is_empty());
}

#[test]
fn the_influence_is_that_in_the_whole_series() {
    let values = SeriesEntry::find("sp500").unwrap().values(1);
    for (carry, seq_length, start) in [(true, 20, 0), (false, 150, 150)] {
        let config = Config { cell: "lstm".to_owned(), seq_length, carry, ..lesson() };
        let mut engine = Engine::new(&config, &values).unwrap();
        engine.step(300).unwrap();
        engine.evaluate().unwrap();
        let (model, params) = (engine.trainer().model(), engine.trainer().params());
        let inputs = &engine.evaluation().values()[start..299];
        let gradient = of_inputs(model, params, model.zero_state(1), inputs, 0).unwrap();
        let want: Vec<f32> = gradient.iter().rev().map(|d| d.abs()).collect();
        let got = engine.influence(299).unwrap();
        assert_eq!(got.len(), 120);
        assert!(want.len() > 120 && want[0] > 1e-3, "{}", want[0]);
        for (got, want) in got.iter().zip(&want) {
            // Sums in single precision, in another order; products of 120 factors of them.
            assert!(*want > 0.0 && (got - want).abs() < 1e-3 * want, "{got} {want}");
        }
    }
}
