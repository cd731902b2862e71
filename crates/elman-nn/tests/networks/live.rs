//! Training that is steered: changed settings, and the return to an earlier state.

use elman_nn::error::Error;
use elman_nn::train::Event;
use elman_nn::windows::Sine;
use elman_nn::{Model, ModelConfig, TrainConfig, Trainer};

fn trainer() -> Trainer<'static, f32> {
    let model = Model::new(ModelConfig { hidden_size: 5, ..ModelConfig::default() }).unwrap();
    let params = model.initial_params(1);
    let windows = Box::new(Sine::new(7, 3, 1));
    Trainer::new(TrainConfig::default(), model, params, windows).unwrap()
}

/// The losses of five optimizer steps.
fn losses(trainer: &mut Trainer<'static, f32>) -> Vec<f64> {
    let step = |_| match trainer.advance().unwrap() {
        Event::Step { loss, .. } => loss,
        event => panic!("{event:?}"),
    };
    (0..5).map(step).collect()
}

#[test]
fn a_restored_state_gives_the_same_bits() {
    let mut trainer = trainer();
    losses(&mut trainer);
    let snapshot = trainer.snapshot();
    let first = losses(&mut trainer);
    let params = trainer.params().values().to_vec();
    trainer.restore(&snapshot);
    assert_eq!((trainer.step(), trainer.history().len()), (5, 5));
    assert_eq!(losses(&mut trainer), first);
    assert_eq!(trainer.params().values(), params);
}

#[test]
fn the_learning_rate_changes_between_two_steps() {
    let (mut changed, mut same) = (trainer(), trainer());
    changed.set_learning_rate(0.1).unwrap();
    let (changed_losses, same_losses) = (losses(&mut changed), losses(&mut same));
    assert_eq!(changed_losses[0], same_losses[0]);
    assert_ne!(changed_losses[1], same_losses[1]);
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(changed.set_learning_rate(rate), Err(Error::Setting { .. })), "{rate}");
        assert_eq!(changed.config().learning_rate, 0.1);
    }
}

#[test]
fn the_hidden_state_is_carried_or_not_from_the_next_window_on() {
    let (mut carried, mut reset) = (trainer(), trainer());
    losses(&mut carried);
    losses(&mut reset);
    reset.set_carry(false);
    assert_ne!(losses(&mut carried)[0], losses(&mut reset)[0]);
}
