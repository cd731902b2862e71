//! `--config FILE.toml`.

use crate::run::Room;

#[test]
fn the_file_gives_options_and_typed_ones_win() {
    let room = Room::new();
    room.write(
        "c.toml",
        "cell = \"gru\"\nhidden_size = 9\nlr = 0.002\nno_carry = true\nsteps = 30\n",
    );
    let got = room.json("train --config c.toml --max-steps 20 --hidden-size 11");
    let settings = &got["configuration"];
    assert_eq!(settings["model"]["cell"], "gru");
    assert_eq!(settings["model"]["hidden_size"], 11);
    assert_eq!(settings["train"]["learning_rate"], 0.002);
    assert_eq!(settings["train"]["carry"], false);
    assert_eq!(got["optimizer_steps"], 20);
}

#[test]
fn levels_are_per_cent_in_the_file_too() {
    let room = Room::new();
    room.write("sales.csv", &crate::run::monthly(60));
    for (entry, levels) in [
        ("[80, 95]", Ok([80.0, 95.0])),
        ("\"80% 95%\"", Ok([80.0, 95.0])),
        ("[80, 0.95]", Err("did you mean 95?")),
    ] {
        room.write("c.toml", &format!("level = {entry}\nsteps = 20\njson = true\n"));
        let ran = room.run("forecast sales.csv --horizon 3 --config c.toml");
        match levels {
            Ok(levels) => {
                let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
                assert_eq!(said["levels"], serde_json::json!(levels), "{entry}");
            }
            Err(help) => assert!(ran.code == 2 && ran.err.contains(help), "{entry}: {}", ran.err),
        }
    }
}

#[test]
fn a_typed_list_takes_the_place_of_the_files() {
    let room = Room::new();
    room.write("c.toml", "plot = [\"a.svg\", \"b.svg\"]\nquiet = true\n");
    room.run("train --config c.toml --plot c.svg");
    assert_eq!(room.files(), ["c.svg", "c.toml", "lesson.safetensors"]);
    room.run("train --config c.toml");
    assert_eq!(room.files(), ["a.svg", "b.svg", "c.svg", "c.toml", "lesson.safetensors"]);
}

#[test]
fn the_file_gives_options_of_commands_within_commands() {
    let room = Room::new();
    room.write("rhyme.txt", &"one two, buckle my shoe; ".repeat(40));
    room.write(
        "c.toml",
        "cell = \"gru\"\nhidden = 8\nnum_layers = 1\nseq = 8\nsteps = 9\nseed = 5\n",
    );
    let got = room.json("text train rhyme.txt --config c.toml --max-steps 3 --batch-size 2");
    let settings = &got["configuration"];
    assert_eq!(settings["model"]["cell"], "gru");
    assert_eq!(settings["model"]["hidden_size"], 8);
    assert_eq!(settings["train"]["seed"], 5);
    assert_eq!(got["optimizer_steps"], 3);
    // As short as names may be typed.
    let short = room.json("te tr rhyme.txt --config=c.toml --max-steps 3 --batch-size 2");
    assert_eq!(&short["configuration"], settings);

    room.write("c.toml", "length = 20\ntop_k = 3\nseed = 7\n");
    let said = |line: &str| {
        let ran = room.run(line);
        assert!(ran.code == 0 && !ran.out.is_empty(), "{line}: {}", ran.err);
        ran.out
    };
    let write = |options: &str| said(&format!("text sample rhyme.safetensors {options}"));
    assert_eq!(write("--config c.toml"), write("--length 20 --top-k 3 --seed 7"));
    room.write("c.toml", "threads = 1\njson = true\n");
    let eval = "text eval rhyme.safetensors rhyme.txt";
    assert_eq!(said(&format!("{eval} --config c.toml")), said(&format!("{eval} --json")));
}

#[test]
fn mistakes_in_the_file_are_named() {
    let room = Room::new();
    let mut said = Vec::new();
    for content in ["hiden_size = 3\n", "cell = [\n", "steps = \"many\"\n", "no_carry = 3\n"] {
        room.write("c.toml", content);
        let ran = room.run("train --config c.toml");
        assert_eq!(ran.code, 2, "{content}: {}", ran.err);
        said.push(format!("{content}{}", ran.err));
    }
    for (command, content) in [
        ("text train rhyme.txt", "hiden_size = 3\n"),
        ("te s rhyme.safetensors", "temprature = 0\n"),
        ("text sample rhyme.safetensors", "threads = 1\n"),
        ("text eval rhyme.safetensors rhyme.txt", "zzz = 1\n"),
        ("text", "steps = 3\n"),
        ("t", "steps = 3\n"),
    ] {
        room.write("c.toml", content);
        let ran = room.run(&format!("{command} --config c.toml"));
        assert_eq!(ran.code, 2, "{content}: {}", ran.err);
        said.push(format!("$ elman {command} --config c.toml\n{content}{}", ran.err));
    }
    let ran = room.run("train --config none.toml");
    assert_eq!(ran.code, 1);
    said.push(ran.err);
    insta::assert_snapshot!(said.join("\n"));
}
