//! A training killed at fifty moments, some of them inside a save: the checkpoint always loads, and
//! the finished weights equal those of a training that nobody disturbed.
#![cfg(unix)]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use elman::nn::file::ModelFile;
use elman::nn::{Model, Stream};

use crate::run::Room;

const TRAINING: &str = "--max-steps 1500 --cell lstm --layers 2 --hidden 10 --dropout 0.1 \
                        --batch-size 2 --seq 8 --schedule plateau --val-every 7";

fn weights(path: &Path) -> Vec<u32> {
    let file = ModelFile::<f32>::read(path).unwrap();
    let model = Model::new(file.document.model.clone()).unwrap();
    let params = file.params(&model, "").unwrap();
    params.values().iter().map(|value| value.to_bits()).collect()
}

#[test]
fn fifty_times() {
    let room = Room::new();
    let (undisturbed, disturbed) = (room.path("a.safetensors"), room.path("b.safetensors"));
    let checkpoint = room.path("c.safetensors");
    assert_eq!(room.run(&format!("train {TRAINING} --save a.safetensors --quiet")).code, 0);
    let wanted = weights(&undisturbed);

    let begin = format!(
        "train {TRAINING} --save b.safetensors --checkpoint c.safetensors --checkpoint-every 1 \
         --quiet"
    );
    let go_on = "train --resume c.safetensors --save b.safetensors --checkpoint-every 1 --quiet";
    let mut moments = Stream::new(1, "moments of the kills");
    let (mut kills, mut inside_a_save, mut finished) = (0, 0, 0);
    while kills < 50 {
        let line = if checkpoint.exists() { go_on } else { &begin };
        let mut child =
            room.command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_secs_f64(moments.uniform(0.001, 0.06)));
        if let Some(status) = child.try_wait().unwrap() {
            // It came to its end between two kills: check it, and begin again.
            assert!(status.success());
            assert_eq!(weights(&disturbed), wanted);
            std::fs::remove_file(&checkpoint).unwrap();
            finished += 1;
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        // What was being written when the program was killed stays, under a name of its own.
        for file in room.files().iter().filter(|file| file.ends_with(".tmp")) {
            inside_a_save += 1;
            std::fs::remove_file(room.path(file)).unwrap();
        }
        if checkpoint.exists() {
            weights(&checkpoint);
        }
    }
    println!("50 kills, {inside_a_save} inside a save; {finished} trainings finished between them");
    assert!(inside_a_save > 0, "no kill hit a save");
    let line = if checkpoint.exists() {
        "train --resume c.safetensors --save b.safetensors --quiet".to_owned()
    } else {
        begin
    };
    let last = room.run(&line);
    assert_eq!(last.code, 0, "{}", last.err);
    assert_eq!(weights(&disturbed), wanted);
}
