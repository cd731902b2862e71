//! PyTorch's numbers (and SciPy's quantiles), from `golden/generate.py` (its version is in the fixtures), against ours.
//!
//! The fixtures are in f64. Tolerances in f64 come from the order of summation alone: rounding of
//! 1e-16 grown by a few hundred operations; on a curve of 75 steps, by training itself. In f32
//! the curve may stray by 1e-3 of its value, the goal that was set for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use elman_nn::cells::CellEntry;
use elman_nn::clip::clip_norm;
use elman_nn::losses::{Loss, LossEntry, Predicts};
use elman_nn::optim::{Optimizer, OptimizerConfig, OptimizerEntry};
use elman_nn::params::Layout;
use elman_nn::registry::Entry;
use elman_nn::schedules::{Schedule, ScheduleConfig, ScheduleEntry};
use elman_nn::train::Event;
use elman_nn::windows::{Sine, Streams};
use elman_nn::{Isa, Model, ModelConfig, Params, Real, State, TrainConfig, Trainer, init::Init};
use safetensors::SafeTensors;
use serde_json::Value;

struct Fixture {
    case: Value,
    tensors: HashMap<String, Vec<f64>>,
}

fn fixtures(kind: &str) -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/fixtures");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let found: Vec<Fixture> = paths
        .iter()
        .map(|path| Fixture::read(path))
        .filter(|fixture| fixture.case["kind"] == kind)
        .collect();
    assert!(!found.is_empty(), "no fixture of kind {kind}");
    found
}

impl Fixture {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
        let case = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["case"]).unwrap();
        let tensors = SafeTensors::deserialize(&bytes)
            .unwrap()
            .iter()
            .map(|(name, view)| {
                (name.to_owned(), view.data().chunks_exact(8).map(f64::read_le).collect())
            })
            .collect();
        Self { case, tensors }
    }

    fn name(&self) -> &str {
        self.case["name"].as_str().unwrap()
    }

    fn size(&self, key: &str) -> usize {
        self.case[key].as_u64().unwrap() as usize
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.case[key].as_f64()
    }

    fn model<T: Real>(&self) -> Model<T> {
        let mut config = self.case["model"].clone();
        config["dropout"] = Value::from(0.0);
        Model::new(serde_json::from_value::<ModelConfig>(config).unwrap()).unwrap()
    }

    /// The weights under `PREFIX.NAME`, each by name.
    fn params<T: Real>(&self, model: &Model<T>, prefix: &str) -> Params<T> {
        let mut params = Params::zeros(model.layout());
        for variable in model.layout().variables() {
            let values = &self.tensors[&format!("{prefix}.{}", variable.name)];
            let id = params.find(&variable.name).unwrap();
            params.get_mut(id).copy_from_slice(&cast(values));
        }
        params
    }

    fn state<T: Real>(&self, model: &Model<T>, prefix: &str) -> State<T> {
        let mut state = model.zero_state(self.size("batch_size"));
        for name in state.names() {
            let values = cast(&self.tensors[&format!("{prefix}.{name}")]);
            state.tensor_mut(name).unwrap().copy_from_slice(&values);
        }
        state
    }

    #[track_caller]
    fn agrees(&self, tensor: &str, got: &[impl Real], tolerance: f64) {
        let want = &self.tensors[tensor];
        assert_eq!(got.len(), want.len(), "{} {tensor}", self.name());
        for (i, (got, want)) in got.iter().zip(want).enumerate() {
            let error = (got.to_f64() - want).abs();
            assert!(error <= tolerance, "{} {tensor}[{i}]: {got} for {want}", self.name());
        }
    }

    /// As [`agrees`](Fixture::agrees), where values differ in size: relative to 1e-2 or more.
    #[track_caller]
    fn agrees_relatively(&self, tensor: &str, got: &[f64], tolerance: f64) {
        let want = &self.tensors[tensor];
        assert_eq!(got.len(), want.len(), "{} {tensor}", self.name());
        for (i, (got, want)) in got.iter().zip(want).enumerate() {
            let error = (got - want).abs() / want.abs().max(1e-2);
            assert!(error <= tolerance, "{} {tensor}[{i}]: {got} for {want}", self.name());
        }
    }

    fn loss(&self) -> Loss<f64> {
        let levels = self.case["quantiles"].as_array().into_iter().flatten();
        let levels: Vec<f64> = levels.map(|level| level.as_f64().unwrap()).collect();
        let loss = Loss::new(self.case["loss"].as_str().unwrap(), &levels).unwrap();
        match self.case["classes"].as_u64() {
            Some(classes) => loss.among(classes as usize),
            None => loss,
        }
    }

    #[track_caller]
    fn agrees_by_name<T: Real>(&self, prefix: &str, got: &Params<T>, tolerance: f64) {
        for (variable, values) in got.iter() {
            self.agrees(&format!("{prefix}.{}", variable.name), values, tolerance);
        }
    }

    #[track_caller]
    fn agrees_by_state<T: Real>(&self, prefix: &str, got: &State<T>, tolerance: f64) {
        for name in got.names() {
            self.agrees(&format!("{prefix}.{name}"), got.tensor(name).unwrap(), tolerance);
        }
    }
}

fn cast<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&value| T::from_f64(value)).collect()
}

/// The whole lesson; returns the worst relative error of its 75 losses.
fn curve<T: Real>(fixture: &Fixture, isa: Isa, first_step: f64, relative: f64) -> f64 {
    let model = fixture.model::<T>().with_isa(isa);
    let params = fixture.params(&model, "init");
    let sine = Sine::new(fixture.size("seq_length"), fixture.size("batch_size"), 1);
    let config = TrainConfig {
        max_steps: fixture.size("steps") as u64,
        learning_rate: fixture.number("learning_rate").unwrap(),
        ..TrainConfig::default()
    };
    let mut trainer = Trainer::new(config, model, params, Box::new(sine)).unwrap();
    let mut worst = 0.0_f64;
    for (step, &want) in fixture.tensors["losses"].iter().enumerate() {
        let Event::Step { loss, .. } = trainer.advance().unwrap() else { panic!("a step") };
        if step == 0 {
            fixture.agrees("x0", &trainer.batch().x, 1e-7);
            fixture.agrees("target0", &trainer.batch().target, 1e-7);
            fixture.agrees("y0", trainer.output(), first_step);
            fixture.agrees_by_name("grad", trainer.grads(), first_step);
        }
        let error = (loss - want).abs() / want;
        assert!(error <= relative, "{} step {step}: {loss} for {want}", fixture.name());
        worst = worst.max(error);
    }
    if size_of::<T>() == 8 {
        fixture.agrees_by_state("final_state", trainer.state(), 1e-10);
        fixture.agrees_by_name("final", trainer.params(), 1e-10);
    }
    worst
}

#[test]
fn loss_curve_of_the_lesson_in_f64() {
    let mut worst = 0.0_f64;
    for fixture in fixtures("curve") {
        worst = worst.max(curve::<f64>(&fixture, Isa::detect(), 1e-13, 1e-5));
    }
    println!("75 losses, f64: worst relative error {worst:.1e}");
}

#[test]
fn loss_curve_of_the_lesson_in_f32() {
    let mut worst = 0.0_f64;
    for isa in Isa::available() {
        for fixture in fixtures("curve") {
            worst = worst.max(curve::<f32>(&fixture, isa, 2e-6, 1e-3));
        }
    }
    println!("75 losses, f32: worst relative error {worst:.1e}");
}

/// Fifty steps of a character model; the worst relative error of their losses.
fn text<T: Real>(fixture: &Fixture, isa: Isa, first_step: f64, relative: f64) -> f64
where
    Streams<T>: elman_nn::windows::Windows<T>,
{
    let model = fixture.model::<T>().with_isa(isa);
    let params = fixture.params(&model, "init");
    let tokens = cast(&fixture.tensors["tokens"]);
    let (steps, batch) = (fixture.size("seq_length"), fixture.size("batch_size"));
    let streams = Streams::new(tokens, steps, batch).unwrap();
    let config = TrainConfig {
        max_steps: fixture.size("steps") as u64,
        learning_rate: fixture.number("learning_rate").unwrap(),
        loss: "cross-entropy".to_owned(),
        ..TrainConfig::default()
    };
    let mut trainer = Trainer::new(config, model, params, Box::new(streams)).unwrap();
    let mut worst = 0.0_f64;
    for (step, &want) in fixture.tensors["losses"].iter().enumerate() {
        let Event::Step { loss, .. } = trainer.advance().unwrap() else { panic!("a step") };
        if step == 0 {
            fixture.agrees_by_name("grad", trainer.grads(), first_step);
        }
        let error = (loss - want).abs() / want;
        assert!(error <= relative, "{} step {step}: {loss} for {want}", fixture.name());
        worst = worst.max(error);
    }
    if size_of::<T>() == 8 {
        fixture.agrees_by_name("final", trainer.params(), 1e-10);
    }
    worst
}

#[test]
fn loss_curve_of_character_models() {
    let [mut double, mut single] = [0.0_f64; 2];
    for fixture in fixtures("text") {
        double = double.max(text::<f64>(&fixture, Isa::detect(), 1e-13, 1e-10));
        for isa in Isa::available() {
            single = single.max(text::<f32>(&fixture, isa, 2e-6, 1e-3));
        }
    }
    println!("50 losses: worst relative error {double:.1e} in f64, {single:.1e} in f32");
}

#[test]
fn two_windows_with_carried_memory() {
    for fixture in fixtures("probe") {
        let model = fixture.model::<f64>();
        let params = fixture.params(&model, "param");
        let batch = fixture.size("batch_size");
        let mut tape = model.tape(fixture.size("seq_length"), batch);
        let mut grads = Params::zeros(model.layout());
        let mut state = fixture.state(&model, "w0.state0");
        for window in ["w0", "w1"] {
            let tensor = |name: &str| &fixture.tensors[&format!("{window}.{name}")];
            fixture.agrees_by_state(&format!("{window}.state0"), &state, 1e-14);
            model.forward(&params, tensor("x"), &mut state, &mut tape, None).unwrap();
            fixture.agrees(&format!("{window}.y"), tape.output(), 1e-14);
            fixture.agrees_by_state(&format!("{window}.end_state"), &state, 1e-14);
            let mut dstate = model.zero_state(batch);
            let mut dx = vec![0.0; tensor("x").len()];
            let (x, dy, dx_out) = (tensor("x"), tensor("dy"), Some(&mut dx[..]));
            model.backward(&params, x, dy, &mut dstate, dx_out, &mut tape, &mut grads).unwrap();
            fixture.agrees(&format!("{window}.dx"), &dx, 1e-13);
            fixture.agrees_by_state(&format!("{window}.dstate0"), &dstate, 1e-13);
        }
        fixture.agrees_by_name("grad", &grads, 1e-13);
    }
}

#[test]
fn losses() {
    for fixture in fixtures("loss") {
        let (loss, pred) = (fixture.loss(), &fixture.tensors["pred"]);
        let mut dpred = vec![0.0; pred.len()];
        let value = loss.mean(pred, &fixture.tensors["target"], &mut dpred);
        match loss.outputs_per_target() {
            1 => {
                fixture.agrees("value", &[value], 1e-13);
                fixture.agrees("dpred", &dpred, 1e-15);
            }
            // Differences of two ln Γ or ψ on PyTorch's side, of values up to 1e4.
            _ => {
                fixture.agrees_relatively("value", &[value], 1e-13);
                fixture.agrees_relatively("dpred", &dpred, 1e-12);
            }
        }
    }
}

/// SciPy's quantiles go through the same functions by other ways; both are good to some 1e-13, far
/// out in the tails of few degrees of freedom to 1e-11. Counts are whole numbers and equal.
#[test]
fn quantiles() {
    for fixture in fixtures("quantile") {
        let (loss, levels) = (fixture.loss(), &fixture.tensors["levels"]);
        let outputs = fixture.tensors["outputs"].chunks(loss.outputs_per_target());
        let quantiles = outputs
            .flat_map(|outputs| levels.iter().map(|&p| loss.quantile(outputs, p).unwrap()))
            .collect::<Vec<_>>();
        fixture.agrees_relatively("quantiles", &quantiles, 1e-10);
    }
}

#[test]
fn every_member_of_every_family_has_its_fixture() {
    let named = |kind: &str, key: &str| -> Vec<String> {
        let names = fixtures(kind).into_iter().map(|fixture| fixture.case[key].to_string());
        names.collect()
    };
    let model = |kind: &str| -> Vec<String> {
        fixtures(kind).iter().map(|fixture| fixture.case["model"]["cell"].to_string()).collect()
    };
    for cell in CellEntry::<f64>::ALL {
        let name = format!("{:?}", cell.name());
        assert!(model("curve").contains(&name) && model("probe").contains(&name), "{name}");
    }
    for loss in LossEntry::<f64>::ALL {
        assert!(named("loss", "loss").contains(&format!("{:?}", loss.name())), "{}", loss.name());
        let has_quantiles = named("quantile", "loss").contains(&format!("{:?}", loss.name()));
        let should = !matches!(loss.predicts(), Predicts::Point | Predicts::Classes);
        assert_eq!(has_quantiles, should, "{}", loss.name());
    }
    for one in OptimizerEntry::<f64>::ALL {
        let name = format!("{:?}", one.name());
        assert!(named("optimizer", "optimizer").contains(&name), "{name}");
    }
    for one in ScheduleEntry::ALL {
        let name = format!("{:?}", one.name());
        assert!(named("schedule", "schedule").contains(&name), "{name}");
    }
}

/// A layout with one variable.
fn one_variable(len: usize) -> std::sync::Arc<Layout> {
    let mut layout = Layout::default();
    layout.declare("p".to_owned(), &[len], Init::one_over_sqrt(1));
    std::sync::Arc::new(layout)
}

fn set(params: &mut Params<f64>, name: &str, values: &[f64]) {
    let id = params.find(name).unwrap();
    params.get_mut(id).copy_from_slice(values);
}

#[test]
fn optimizers() {
    for fixture in fixtures("optimizer") {
        let default = OptimizerConfig::default();
        let config = OptimizerConfig {
            name: fixture.case["optimizer"].as_str().unwrap().to_owned(),
            momentum: fixture.number("momentum").unwrap_or(0.0),
            alpha: fixture.number("alpha").unwrap_or(default.alpha),
            eps: fixture.number("eps").unwrap_or(default.eps),
            weight_decay: fixture.number("weight_decay").unwrap(),
            ..default
        };
        let rate = fixture.number("learning_rate").unwrap();
        for isa in Isa::available() {
            let layout = one_variable(7);
            let mut optimizer = Optimizer::new(config.clone(), &layout).unwrap().with_isa(isa);
            let (mut params, mut grads) = (Params::zeros(&layout), Params::zeros(&layout));
            set(&mut params, "p", &fixture.tensors["init"]);
            let mut path = Vec::new();
            for step in fixture.tensors["grads"].chunks(7) {
                set(&mut grads, "p", step);
                optimizer.step(&mut params, &grads, rate);
                path.extend_from_slice(params.iter().next().unwrap().1);
            }
            fixture.agrees("params", &path, 1e-13);
        }
    }
}

#[test]
fn clipping() {
    for fixture in fixtures("clip") {
        let mut layout = Layout::default();
        layout.declare("a".to_owned(), &[3, 4], Init::one_over_sqrt(1));
        layout.declare("b".to_owned(), &[5], Init::one_over_sqrt(1));
        let mut grads = Params::zeros(&std::sync::Arc::new(layout));
        set(&mut grads, "a", &fixture.tensors["before.a"]);
        set(&mut grads, "b", &fixture.tensors["before.b"]);
        let norm = clip_norm(Isa::detect(), &mut grads, fixture.number("max_norm").unwrap());
        fixture.agrees("total_norm", &[norm], 1e-13);
        fixture.agrees_by_name("after", &grads, 1e-14);
    }
}

#[test]
fn schedules() {
    for fixture in fixtures("schedule") {
        let default = ScheduleConfig::default();
        let config = ScheduleConfig {
            name: fixture.case["schedule"].as_str().unwrap().to_owned(),
            step_size: fixture.case["step_size"].as_u64().unwrap_or(default.step_size),
            factor: fixture.number("gamma").or(fixture.number("factor")).unwrap_or(default.factor),
            plateau_patience: fixture.case["patience"].as_u64().unwrap_or(0),
            ..default
        };
        let mut schedule = Schedule::new(config).unwrap();
        let total = fixture.size("steps") as u64;
        let mut rates = Vec::new();
        for step in 0..total {
            rates.push(schedule.factor(step, total));
            if let Some(metric) = fixture.tensors.get("metric") {
                schedule.observe(metric[step as usize]);
            }
        }
        fixture.agrees("rate", &rates, 1e-15);
    }
}
