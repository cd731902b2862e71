//! Files that are to be written: where they cannot be, or where something else stands.

use super::{Case, case};

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    case("a table onto a folder", "", "forecast good.csv --horizon 1 --out folder.csv", 1, ["folder.csv", "it is a folder", "name a file in it"]),
    case("a picture onto a folder", "", "forecast good.csv --horizon 1 --plot folder.csv/", 2, ["folder.csv", ".png, .svg or .html", "help: "]),
    case("a model onto a folder", "", "train good.csv --save folder.csv", 1, ["folder.csv", "it is a folder", "name a file in it"]),
    case("a table into no folder", "", "forecast good.csv --horizon 1 --out nowhere/a.csv", 1, ["nowhere/a.csv", "there is no folder nowhere", "create it first"]),
    case("a picture into no folder", "", "forecast good.csv --horizon 1 --plot nowhere/a.png", 1, ["nowhere/a.png", "there is no folder nowhere", "create it first"]),
    case("a model into no folder", "", "forecast good.csv --horizon 1 --save nowhere/a.safetensors", 1, ["nowhere/a.safetensors", "there is no folder nowhere", "create it first"]),
    case("a log into no folder", "", "tune good.csv --horizon 1 --log nowhere/a.jsonl", 1, ["nowhere/a.jsonl", "there is no folder nowhere", "create it first"]),
    case("a checkpoint into no folder", "", "train --checkpoint nowhere/a.safetensors", 1, ["nowhere/a.safetensors", "there is no folder nowhere", "create it first"]),
    case("a table over a letter", "", "forecast good.csv --horizon 1 --out letter.csv", 1, ["letter.csv", "exists and is not a CSV table", "choose another name"]),
    case("a picture over a letter", "", "train good.csv --plot letter.png", 1, ["letter.png", "exists and is not a PNG", "choose another name"]),
    case("a model over a letter", "", "forecast good.csv --horizon 1 --save letter.safetensors", 1, ["letter.safetensors", "exists and is not a model", "choose another file"]),
    case("a table over a model", "", "forecast good.csv --horizon 1 --out one.safetensors", 2, ["a table", ".safetensors", "name it .csv"]),
    case("a table over its data", "", "forecast good.csv --horizon 1 --out ./good.csv", 2, ["good.csv", "named for two outputs", "choose another name"]),
    case("a model over its data", "", "text train words.txt --save words.txt", 2, ["words.txt", "named for two outputs", "choose another name"]),
    case("two pictures in one file", "", "train good.csv --plot a.svg --plot a.svg", 2, ["a.svg", "named for two outputs", "choose another name"]),
    case("a table of an unknown kind", "", "forecast good.csv --horizon 1 --out a.docx", 2, ["docx", "cannot be written", ".csv"]),
    case("a table for a workbook", "", "forecast good.csv --horizon 1 --out a.xlsx", 2, ["xlsx", "cannot be written", ".csv"]),
    case("a picture of an unknown kind", "", "forecast good.csv --horizon 1 --plot a.jpg", 2, ["a.jpg", ".png, .svg or .html", "help: "]),
    case("two results on stdout", "", "forecast good.csv --horizon 1 --out - --json", 2, ["--out -", "stdout", "leave one of them out"]),
    case("a model on stdout", "", "train good.csv --save -", 2, ["`-` means stdout", "cannot be written to stdout", "name a file"]),
];
