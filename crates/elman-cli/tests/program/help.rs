//! The help texts.

use crate::run::Room;

#[test]
fn help_of_every_command() {
    let room = Room::new();
    for command in [
        "",
        "train",
        "forecast",
        "backtest",
        "explain",
        "export",
        "inspect",
        "tune",
        "serve",
        "stream",
        "text",
        "text train",
        "text sample",
        "text eval",
        "bench",
        "play",
        "completions",
    ] {
        let ran = room.run(&format!("{command} --help"));
        assert_eq!(ran.code, 0);
        let name = if command.is_empty() { "elman" } else { command };
        insta::assert_snapshot!(format!("help_{}", name.replace(' ', "_")), ran.out);
        if !command.is_empty() {
            let examples = ran.out.split("Examples:").nth(1).expect("examples");
            assert!(examples.matches("elman ").count() >= 2, "{command}: two examples");
        }
    }
}

#[test]
fn completions_for_every_shell_name_the_options() {
    let room = Room::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = room.run(&format!("completions {shell}"));
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("seq-length"), "{shell}");
    }
}
