//! `elman text`.

use crate::run::{Room, example, monthly};

const SMALL: &str =
    "--hidden-size 16 --num-layers 1 --seq-length 16 --batch-size 4 --lr 0.02 --warmup 5";

fn rhyme(room: &Room) {
    room.write("rhyme.txt", &"one two, buckle my shoe; three four, shut the door. ".repeat(40));
}

#[test]
fn learns_writes_and_is_judged() {
    let room = Room::new();
    rhyme(&room);
    let trained =
        room.json(&format!("text train rhyme.txt {SMALL} --max-steps 200 --val-every 50"));
    assert_eq!(room.files(), ["rhyme.safetensors", "rhyme.txt"]);
    assert_eq!(trained["evaluations"].as_array().unwrap().len(), 4);
    let held_out = trained["validation_loss"].as_f64().unwrap();
    assert!(held_out < 1.0, "{held_out}");

    let write = |more: &str| room.run(&format!("text sample rhyme.safetensors --length 90 {more}"));
    let said = write("--prompt one");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.starts_with("one") && said.out.chars().count() == 3 + 90 + 1, "{}", said.out);
    assert_eq!(said.out, write("--prompt one").out);
    assert_ne!(said.out, write("--prompt one --seed 2").out);

    let document = room.json("text sample rhyme.safetensors --length 90 --prompt one");
    assert_eq!(said.out, format!("one{}\n", document["text"].as_str().unwrap()));
    assert_eq!((&document["prompt"], &document["characters"]), (&"one".into(), &90.into()));

    let judged = room.json("text eval rhyme.safetensors rhyme.txt");
    assert_eq!(judged["characters"], 40 * 52 - 1);
    let nats = judged["nats"].as_f64().unwrap();
    assert!(nats < 1.0 && (judged["bits"].as_f64().unwrap() - nats / 2f64.ln()).abs() < 1e-12);
    let said = room.run("text eval rhyme.safetensors rhyme.txt");
    assert!(said.out.contains("nats per character") && said.out.contains("2,079 characters in "));
    let quiet = room.run("text eval rhyme.safetensors rhyme.txt --quiet --threads 1");
    assert!(said.out.starts_with(&quiet.out) && quiet.out.lines().count() == 1, "{}", quiet.out);
}

#[test]
fn looks_at_the_held_out_part_eight_times_at_most() {
    let room = Room::new();
    rhyme(&room);
    let looks = |steps: usize| {
        let trained = room.json(&format!("text train rhyme.txt {SMALL} --max-steps {steps}"));
        let all = trained["evaluations"].as_array().unwrap().clone();
        all.iter().map(|look| look[0].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(looks(16), [2, 4, 6, 8, 10, 12, 14, 16]);
    assert_eq!(looks(17), [3, 6, 9, 12, 15, 17]);
    assert_eq!(looks(1), [1]);
}

#[test]
fn shows_what_it_learns_on_the_way() {
    let room = Room::new();
    let line =
        format!("text train {} {SMALL} --max-steps 40 --val-every 20", example("coriolanus.txt"));
    let ran = room.run(&line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("a vocabulary of 61, the last"), "{}", ran.err);
    for part in [
        "step 20",
        "step 40",
        "training ",
        "validation ",
        "perplexity",
        "characters per second",
        "elman text sample coriolanus.safetensors",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    // Two samples, each line of which is set in.
    assert!(ran.out.lines().filter(|line| line.starts_with("    ")).count() >= 2, "{}", ran.out);
    let quiet = room.run(&format!("{line} --quiet"));
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (0, "", ""));
}

#[test]
fn options_of_training_mean_what_they_mean_in_train() {
    let room = Room::new();
    rhyme(&room);
    let options = "--cell gru --hidden-size 8 --num-layers 2 --dilations 1,2 --residual --dropout 0.1 \
                   --seq-length 16 --batch-size 4 --max-steps 6 --isa portable --lr 0.02 --optimizer rmsprop \
                   --momentum 0.5 --weight-decay 0.01 --clip 2 --schedule step --warmup 3 --schedule-step 4 \
                   --schedule-factor 0.25 --schedule-floor 0.1 --schedule-patience 7 --no-carry --val-every 2 \
                   --patience 9";
    let settings = |command: &str| {
        let mut settings = room.json(&format!("{command} {options}"))["configuration"].take();
        // What a network says and is shown differs, and so does its loss.
        settings["train"]["loss"].take();
        for size in ["input_size", "output_size", "vocab_size", "embedding_size", "tied"] {
            settings["model"].as_object_mut().unwrap().remove(size);
        }
        ["model", "train", "seq_length", "batch_size"].map(|part| settings[part].take())
    };
    let text = settings("text train rhyme.txt");
    assert_eq!(text, settings("train"));
    assert_eq!(text[1]["schedule"]["step_size"], 4);
    assert_eq!(text[1]["optimizer"]["momentum"], 0.5);
    let written = room.run("text sample rhyme.safetensors --length 40");
    assert_eq!((written.code, written.out.chars().count()), (0, 41), "{}", written.err);

    let before = room.files();
    let ran = room.run("text train rhyme.txt --isa sse9");
    assert_eq!((ran.code, room.files()), (2, before));
    assert!(ran.err.contains("`sse9`\n  help: choose from `portable`"), "{}", ran.err);
}

#[test]
fn draws_the_loss_of_the_whole_training() {
    let room = Room::new();
    rhyme(&room);
    let line = format!("text train rhyme.txt {SMALL} --val-every 10");
    let plots = "--plot a.svg --plot a.png --plot a.html";
    let done = room.json(&format!("{line} --max-steps 20 --checkpoint half.safetensors {plots}"));
    assert_eq!(done["plots"], serde_json::json!(["a.svg", "a.png", "a.html"]));
    assert!(std::fs::read(room.path("a.png")).unwrap().starts_with(b"\x89PNG"));
    let svg = std::fs::read_to_string(room.path("a.svg")).unwrap();
    for part in ["rhyme.txt", "nats per character", "validation", "20 steps of adam", "at step 20"]
    {
        assert!(svg.contains(part), "{part}: {svg}");
    }
    assert_eq!(losses(&room, "a.html"), [("training".into(), 20), ("validation".into(), 2)]);

    // All steps, but only the evaluations that came after the checkpoint, and where that was.
    room.run("text train --resume half.safetensors --max-steps 50 --plot b.html --quiet");
    assert_eq!(losses(&room, "b.html"), [("training".into(), 50), ("validation".into(), 3)]);
    assert!(page(&room, "b.html")["rules"][0] == serde_json::json!([20.0, "resumed"]));

    let models = room.files().into_iter().filter(|name| name.ends_with(".safetensors"));
    assert!(models.eq(["half.safetensors", "rhyme.safetensors"]), "named as the text");

    // Without a held-out part an evaluation is only the mean of the line.
    room.run(&format!("{line} --max-steps 20 --held-out 0 --plot c.html --quiet"));
    assert_eq!(losses(&room, "c.html"), [("training".into(), 20)]);
}

/// A model of text knows characters that another text has not, and in its own order; its sizes are its own, too.
#[test]
fn goes_on_with_another_text_from_a_model_of_one() {
    let room = Room::new();
    rhyme(&room);
    room.write("other.txt", &"three shoes, four doors, one three. ".repeat(60));
    room.run(&format!("text train rhyme.txt {SMALL} --max-steps 200 --dropout 0.1 --quiet"));
    let nats = |model: &str| {
        room.json(&format!("text eval {model}.safetensors other.txt"))["nats"].as_f64().unwrap()
    };
    let before = nats("rhyme");
    let line = "text train other.txt --init rhyme.safetensors --seq-length 16 --batch-size 4";
    let trained = room.json(&format!("{line} --max-steps 60 --warmup 5 --lr 0.005"));
    assert_eq!(trained["configuration"]["model"]["hidden_size"], 16);
    let known = |text: &str| text.chars().collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(trained["configuration"]["model"]["dropout"], 0.0);
    let characters = known("one two, buckle my shoe; three four, shut the door. ");
    assert_eq!(trained["configuration"]["model"]["vocab_size"], characters);
    assert!(nats("other") < 0.5 * before, "{} from {before}", nats("other"));
    room.write("unlike.txt", &"one zebra. ".repeat(60));
    let unlike = room.run("text train unlike.txt --init rhyme.safetensors");
    assert!(
        unlike.code == 3 && unlike.err.contains("character 5 of unlike.txt is 'z'"),
        "{}",
        unlike.err
    );
}

#[test]
fn many_characters_are_learned_in_clusters() {
    let room = Room::new();
    // Each of a thousand characters once, and a few of them often.
    let text: String = ('\u{4e00}'..'\u{51e8}').collect();
    room.write("many.txt", &(text.clone() + &text.chars().take(20).collect::<String>().repeat(80)));
    let line = format!("text train many.txt {SMALL} --max-steps 4 --held-out 0");
    let cutoffs = |more: &str| {
        let trained = room.json(&format!("{line} {more}"));
        trained["configuration"]["model"]["cutoffs"].clone()
    };
    assert_eq!(cutoffs("--cutoffs 30,400"), serde_json::json!([30, 400]));
    assert!(cutoffs("").as_array().is_some_and(|cuts| cuts.len() == 2), "{}", cutoffs(""));
    assert!(cutoffs("--cutoffs 0").is_null());
    assert!(cutoffs("--tied").is_null(), "a table that is shared is in one piece");
    let said = room.run("text sample many.safetensors --length 30");
    assert_eq!((said.code, said.out.chars().count()), (0, 31), "{}", said.err);
}

/// The picture in a page.
fn page(room: &Room, name: &str) -> serde_json::Value {
    let html = std::fs::read_to_string(room.path(name)).unwrap();
    let data = html.split("id=\"album\">").nth(1).unwrap();
    let data: serde_json::Value =
        serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
    data["pages"][0].clone()
}

/// The names of its marks, and how many points each has.
fn losses(room: &Room, name: &str) -> Vec<(String, usize)> {
    let picture = page(room, name);
    let marks = picture["marks"].as_array().unwrap().iter();
    marks
        .map(|mark| {
            let points = mark["points"].as_array().unwrap();
            (mark["label"].as_str().unwrap().to_owned(), points.len())
        })
        .collect()
}

#[test]
fn wrong_input() {
    let room = Room::new();
    rhyme(&room);
    room.write("empty.txt", "");
    room.write("one.txt", "x");
    room.write("other.txt", "one two {brace}");
    std::fs::write(room.path("latin.txt"), b"caf\xe9 au lait\n").unwrap();
    room.write("sales.csv", &monthly(60));
    room.run(&format!("text train rhyme.txt {SMALL} --max-steps 5 --quiet"));
    room.run("train sales.csv --max-steps 5 --quiet");
    room.run("forecast sales.csv --horizon 3 --max-steps 5 --save panel.safetensors --quiet");
    let before = room.files();
    let said: Vec<String> = [
        ("text train missing.txt", 1),
        ("text train empty.txt", 3),
        ("text train one.txt", 3),
        ("text train latin.txt", 3),
        ("text train .", 3),
        ("text train rhyme.txt --held-out 0.9", 2),
        ("text train rhyme.txt --tied --embedding-size 3", 2),
        ("text train rhyme.txt --batch-size 1000", 3),
        ("text train rhyme.txt --save rhyme.txt", 2),
        ("text train rhyme.txt --plot loss.jpg", 2),
        ("text train rhyme.txt --plot nowhere/loss.svg", 1),
        ("text train rhyme.txt --plot a.svg --plot a.svg", 2),
        ("text train", 2),
        ("text train rhyme.txt --clip -2", 2),
        ("text train rhyme.txt --cutoffs 3,9", 2),
        ("text train rhyme.txt --init rhyme.safetensors --bytes", 2),
        ("text train rhyme.txt --init sales.safetensors", 3),
        ("text train --resume rhyme.safetensors --hidden-size 8", 2),
        ("text train --resume rhyme.safetensors --lr 1", 2),
        ("text train --resume rhyme.safetensors", 3),
        ("text sample sales.safetensors", 3),
        ("text sample panel.safetensors", 3),
        ("text sample rhyme.txt", 3),
        ("text sample rhyme.safetensors --prompt {", 3),
        ("text sample rhyme.safetensors --temperature -1", 2),
        ("text sample rhyme.safetensors --top-p 2", 2),
        ("text sample rhyme.safetensors --top-k 0", 2),
        ("text sample rhyme.safetensors --endless --json", 2),
        ("text train rhyme.txt --threads 0", 2),
        ("text eval rhyme.safetensors other.txt", 3),
        ("text eval rhyme.safetensors empty.txt", 3),
        ("forecast rhyme.safetensors --horizon 3", 3),
    ]
    .into_iter()
    .map(|(line, code)| {
        let ran = room.run(line);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{line}: {}", ran.err);
        assert_eq!(room.files(), before, "{line}: an error writes nothing");
        format!("$ elman {line}\n{}", ran.err)
    })
    .collect();
    insta::assert_snapshot!("text_wrong_input", said.join("\n"));
}

#[cfg(unix)]
#[test]
fn stops_at_ctrl_c_and_goes_on_to_the_same_bits() {
    let room = Room::new();
    rhyme(&room);
    let options =
        format!("{SMALL} --max-steps 1000 --val-every 10 --sample-every 0 --isa portable");
    let line = format!("text train rhyme.txt {options} --checkpoint kept.safetensors");
    let (code, err) = room.interrupted(&line, "step   10");
    assert_eq!(code, 130, "{err}");
    let go_on = err.lines().last().unwrap().split("elman ").nth(1).unwrap().to_owned();
    let same = "text train --resume kept.safetensors --checkpoint kept.safetensors --isa portable";
    assert_eq!(go_on, same, "{err}");
    let stopped = room.run("text sample kept.safetensors --length 20");
    assert_eq!(stopped.code, 0, "{}", stopped.err);
    assert_eq!(room.run(&format!("{go_on} --quiet")).code, 0);
    room.run(&format!("text train rhyme.txt {options} --quiet --save whole.safetensors"));
    let bytes = |name: &str| std::fs::read(room.path(name)).unwrap();
    assert!(bytes("rhyme.safetensors") == bytes("whole.safetensors"), "not the same bits");
}
