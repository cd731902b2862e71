//! `elman export`.

use crate::run::{Room, monthly};

/// A room with a small model of sales.
fn room_with_model(options: &str) -> Room {
    let room = Room::new();
    room.write("sales.csv", &monthly(60));
    let line = format!("train sales.csv --hidden-size 4 --max-steps 5 --quiet {options}");
    assert_eq!(room.run(&line).code, 0);
    room
}

#[test]
fn a_model_is_exported_under_its_own_name() {
    let room = room_with_model("--horizon 3");
    let ran = room.run("export sales.safetensors");
    assert_eq!((ran.code, ran.err.as_str()), (0, "saved sales.onnx\n"));
    insta::assert_snapshot!(ran.out, @r"
    sales.onnx
      inputs   y, zero, width, recent_0, first_0, count_0, variation_0, h_0, c_0
      outputs  output, forecast, recent_n, first_n, count_n, variation_n, h_n, c_n
    ");
    // Written again over itself, and as JSON without notes.
    let got = room.json("export sales.safetensors --network-only");
    assert_eq!((&got["command"], &got["format"]), (&"export".into(), &"onnx".into()));
    assert_eq!(got["files"][0]["path"], "sales.onnx");
    assert_eq!(got["files"][0]["inputs"], serde_json::json!(["x", "h_0", "c_0"]));
    assert_eq!(room.run("export sales.safetensors --quiet").err, "");
    assert_eq!(room.files(), ["sales.csv", "sales.onnx", "sales.safetensors"]);
}

#[test]
fn several_networks_are_several_files() {
    let room = Room::new();
    room.write("sales.csv", &monthly(120));
    let line = "forecast sales.csv --horizon 3 --model network --save shops.safetensors --quiet --out f.csv";
    assert_eq!(room.run(line).code, 0);
    let got = room.json("export shops.safetensors --out all.onnx");
    let files = got["files"].as_array().unwrap();
    assert!(files.len() > 1, "{got}");
    for file in files {
        let name = format!("all.{}.onnx", file["network"].as_str().unwrap());
        assert_eq!(file["path"], name.as_str());
        assert!(room.files().contains(&name));
    }
    let ran = room.run("export shops.safetensors --out all.onnx");
    assert!(ran.err.contains("the season is fitted to each series"), "{}", ran.err);
}

#[test]
fn a_loader_for_pytorch_lies_beside_the_model() {
    let room = room_with_model("--cell gru --layers 2 --save my-sales.safetensors");
    let ran = room.run("export my-sales.safetensors --format pytorch");
    assert_eq!((ran.code, ran.out.as_str()), (0, "my_sales_pytorch.py\n"));
    let module = std::fs::read_to_string(room.path("my_sales_pytorch.py")).unwrap();
    assert!(module.contains("rnn=nn.GRU(6, 4, 2), fc=nn.Linear(4, 1)"), "{module}");
    assert!(module.contains("with_name(\"my-sales.safetensors\")"), "{module}");
    // Over its own kind only.
    assert_eq!(room.run("export my-sales.safetensors --format pytorch").code, 0);
    room.write("my_sales_pytorch.py", "print('mine')\n");
    let ran = room.run("export my-sales.safetensors --format pytorch");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("exists and is not a Python module of elman"), "{}", ran.err);
}

#[test]
fn character_models_are_exported() {
    let room = Room::new();
    room.write("text.txt", &"to be, or not to be: that is the question. ".repeat(20));
    let line = "text train text.txt --hidden-size 4 --max-steps 3 --layers 1 --quiet --save text.safetensors";
    for (options, input) in [("", "embedding"), (" --embedding-size 0", "one_hot")] {
        assert_eq!(room.run(&format!("{line}{options}")).code, 0);
        let got = room.json("export text.safetensors");
        let (inputs, outputs) = (&got["files"][0]["inputs"], &got["files"][0]["outputs"]);
        assert_eq!(*inputs, serde_json::json!(["tokens", "h_0", "c_0"]));
        assert_eq!(*outputs, serde_json::json!(["output", "log_probabilities", "h_n", "c_n"]));
        assert_eq!(room.run("export text.safetensors --format pytorch").code, 0);
        let module = std::fs::read_to_string(room.path("text_pytorch.py")).unwrap();
        assert!(module.contains(input), "{module}");
    }
}

#[test]
fn what_cannot_be_exported_is_refused_with_the_next_step() {
    let room = room_with_model("--layers 2 --dilations 1,4");
    room.write("notes.onnx", "my notes\n");
    let cases = [
        ("export sales.csv", 3, "sales.csv is not a model", "elman train sales.csv"),
        ("export absent.safetensors", 1, "cannot use `absent.safetensors`", ""),
        (
            "export sales.safetensors --out notes.onnx",
            1,
            "notes.onnx exists and is not a ONNX model",
            "choose another name",
        ),
        (
            "export sales.safetensors --out sales.safetensors",
            2,
            "sales.safetensors is named for two outputs",
            "choose another name",
        ),
        ("export sales.safetensors --out no/such.onnx", 1, "there is no folder no", "create it"),
        (
            "export sales.safetensors --format pytorch",
            2,
            "neither dilations nor residual connections",
            "`--format onnx`",
        ),
        (
            "export sales.safetensors --format pytorch --network-only",
            2,
            "`--network-only` is an option of `--format onnx`",
            "leave it out",
        ),
        (
            "export sales.safetensors --format pytorch --out elsewhere/loader.py",
            2,
            "the loader lies beside the model file",
            "in the same folder",
        ),
        ("export - --format pytorch", 2, "stdin has no name", "name a file"),
        ("export sales.safetensors --format gguf", 2, "invalid value 'gguf'", "onnx, pytorch"),
    ];
    for (line, code, message, help) in cases {
        let ran = room.run(line);
        assert_eq!(ran.code, code, "{line}: {}", ran.err);
        assert!(ran.err.contains(message), "{line}: {}", ran.err);
        assert!(ran.err.contains(help), "{line}: {}", ran.err);
        assert_eq!(ran.out, "", "{line}");
    }
    assert_eq!(std::fs::read_to_string(room.path("notes.onnx")).unwrap(), "my notes\n");
}
