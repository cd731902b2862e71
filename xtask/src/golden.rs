//! PyTorch, asked again: its numbers anew, and whether it loads and agrees with our model files.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use elman::io::read::ReadOptions;
use elman::nn::cells::CellEntry;
use elman::nn::registry::Entry;
use elman::nn::{Real, Stream};
use elman::{FittedForecaster, RnnForecaster, TrainingRun};
use safetensors::{Dtype, tensor::TensorView};

/// Regenerates the fixtures, then checks our model files.
pub fn run(python: &str) -> anyhow::Result<()> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden");
    call(Command::new(python).arg(golden.join("generate.py")))?;
    println!("fixtures regenerated; `git diff --stat golden` shows what moved");

    let folder = std::env::temp_dir().join(format!("elman-golden-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let models = write_models(&folder)?;
    let checked = call(Command::new(python).arg(golden.join("load_models.py")).args(&models));
    std::fs::remove_dir_all(&folder)?;
    checked
}

fn call(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// A trained model file of every cell, and beside each what it gives for some input.
fn write_models(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for cell in CellEntry::<f32>::ALL {
        for num_layers in [1, 2] {
            let mut settings = RnnForecaster::lesson().cell(cell.name()).hidden_size(11);
            settings.model.num_layers = num_layers;
            settings.train.learning_rate = 3e-3;
            let mut session = TrainingRun::lesson(settings, None)?;
            session.run(|_, _| std::ops::ControlFlow::Continue(()))?;
            let trained = session.into_fitted()?;
            let path = folder.join(format!("{}_{num_layers}.safetensors", cell.name()));
            trained.save(&path, &ReadOptions::default())?;
            // Read back: what is compared is what is in the file.
            write_io(&FittedForecaster::load(&path)?.0, &path.with_extension("io.safetensors"))?;
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Random input, the memory of the file as the initial state, and our output.
fn write_io(trained: &FittedForecaster, path: &Path) -> anyhow::Result<()> {
    let (steps, batch) = (13, 1);
    let net = trained.nets().next().context("a network")?;
    let (model, online) = (net.model(), trained.continued()?);
    let memory = online.hidden_states().next().context("a hidden state")?;
    let mut stream = Stream::new(1, "input");
    let x: Vec<f32> = (0..steps * batch).map(|_| stream.uniform(-1.0, 1.0) as f32).collect();
    let mut state = memory.clone();
    let mut tape = model.tape(steps, batch);
    model.forward(net.params(), &x, &mut state, &mut tape, None)?;

    let mut tensors = vec![
        ("x".to_owned(), vec![steps, batch, 1], bytes(&x)),
        ("y".to_owned(), vec![steps, batch, 1], bytes(tape.output())),
    ];
    for name in memory.names() {
        let values = memory.tensor(name).context("a state by its name")?;
        let shape = memory.shape().to_vec();
        tensors.push((format!("state0.{name}"), shape, bytes(values)));
    }
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)));
    let views: Vec<_> = views.collect::<Result<_, safetensors::SafeTensorError>>()?;
    std::fs::write(path, safetensors::serialize(views, None)?)?;
    Ok(())
}

fn bytes(values: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in values {
        value.write_le(&mut bytes);
    }
    bytes
}
