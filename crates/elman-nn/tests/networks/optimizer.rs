//! An optimizer in a training loop of one's own.

use elman_nn::optim::{Optimizer, OptimizerConfig, OptimizerEntry};
use elman_nn::registry::Entry;
use elman_nn::train::Event;
use elman_nn::windows::Sine;
use elman_nn::{Model, ModelConfig, TrainConfig, Trainer};

#[test]
fn a_step_in_place_gives_the_weights_of_the_trainer() {
    for entry in OptimizerEntry::<f32>::ALL {
        let name = entry.name().to_owned();
        let config =
            OptimizerConfig { name, momentum: 0.5, weight_decay: 0.1, ..Default::default() };
        let model = Model::<f32>::new(ModelConfig::default()).unwrap();
        let mut optimizer = Optimizer::new(config.clone(), model.layout()).unwrap();
        let mut params = model.initial_params(1);
        assert!(params.values().len() > 1024, "more values than are copied at a time");
        let train = TrainConfig { optimizer: config, ..TrainConfig::default() };
        let sine = Box::new(Sine::new(20, 2, 1));
        let mut trainer = Trainer::new(train, model, params.clone(), sine).unwrap();
        for _ in 0..4 {
            let Event::Step { rate, .. } = trainer.advance().unwrap() else { panic!("a step") };
            optimizer.step(&mut params, trainer.grads(), rate);
            assert_eq!(params.values(), trainer.params().values(), "{}", entry.name());
        }
    }
}
