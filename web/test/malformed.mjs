// Files that are no table, or a bad one. Each is a forecast, or an error with a next step.
import { gzipSync } from "node:zlib";

const dates = (count) => Array.from({ length: count }, (_, i) => `20${20 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")}`);
const rows = (count, value) => dates(count).map((date, i) => `${date},${value(i)}`).join("\n");
const table = (count, value) => `ds,y\n${rows(count, value)}\n`;
/** A table with other text in the place of one row. */
const withRow = (at, text) => table(24, (i) => i * i).split("\n").toSpliced(at, 1, text).join("\n");
const utf16 = (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);

/** By name: the content, and whether it is a table that can be forecast; absent if either answer is right. */
export const MALFORMED = {
  "empty": { content: "", isGood: false },
  "white space": { content: " \n\n\t\n", isGood: false },
  "random bytes": { content: Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * i * 31 + 7) % 256)), isGood: false },
  "a PNG": { content: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"), isGood: false },
  "a header only": { content: "ds,y\n", isGood: false },
  "text only": { content: "Lorem ipsum dolor sit amet.\nConsectetur adipiscing elit.\n", isGood: false },
  "one value": { content: "ds,y\n2024-01,5\n" },
  "ragged rows": { content: withRow(9, "2020-09,64,7,8"), isGood: false },
  "two headers": { content: withRow(9, "ds,y"), isGood: false },
  "semicolons and decimal commas": { content: table(24, (i) => `${i},5`).replace("ds,", "ds;").replaceAll(/^(\d{4}-\d\d),/gm, "$1;"), isGood: true },
  "two kinds of dates": { content: withRow(9, "3/9/2020,64"), isGood: false },
  "a duplicate date": { content: withRow(9, "2020-08,64"), isGood: false },
  "dates that go back": { content: withRow(9, "2019-03,64") },
  "a gap of 80 years": { content: withRow(24, "2101-12,529") },
  "equal values": { content: table(24, () => 7), isGood: true },
  "words for missing values": { content: withRow(9, "2020-09,NaN"), isGood: true },
  "nothing but missing values": { content: table(24, () => "NaN"), isGood: false },
  "an infinite value": { content: withRow(9, "2020-09,inf"), isGood: false },
  "very large values": { content: table(24, () => "1e308"), isGood: false },
  "alternating large values": { content: table(24, (i) => (i % 2 ? "1e200" : "-1e200")), isGood: false },
  "HTML": { content: "<!doctype html><html><body><h1>404</h1><p>not found</p></body></html>", isGood: false },
  "broken JSON": { content: '[{"ds": "2024-01", "y": 1}, {"ds": ', isGood: false },
  "deep JSON": { content: "[".repeat(100_000), isGood: false },
  "UTF-16": { content: utf16(table(24, (i) => i % 12)) },
  "a line of two million characters": { content: "x".repeat(2_000_000), isGood: false },
  "a row of 200,000 cells": { content: `ds,y\n2024-01,${"1,".repeat(200_000)}\n` },
  "bytes of zero": { content: "ds,y\n2024-01,\0\0\0\n2024-02,3\n", isGood: false },
  "dates only": { content: `ds\n${dates(24).join("\n")}\n`, isGood: false },
  "names only": { content: "unique_id\nshop\nshop\nstore\n", isGood: false },
  "an open quote": { content: withRow(9, '2020-09,"64'), isGood: false },
  "gzip of random bytes": { content: gzipSync(Buffer.from([0, 1, 2, 255, 254, 0, 7])), isGood: false },
  "damaged gzip": { content: gzipSync(Buffer.from(table(24, (i) => i))).subarray(0, 40), isGood: false },
  "a workbook": { content: Buffer.from("PK\x03\x04\x14\0\0\0\x08\0 xl/workbook.xml", "latin1"), isGood: false },
  "Parquet": { content: Buffer.from("PAR1\x15\x04\x15\x10PAR1", "latin1"), isGood: false },
  "a column of text in numbers": { content: withRow(9, "2020-09,many"), isGood: false },
  "ambiguous dates": { content: `ds,y\n${Array.from({ length: 24 }, (_, i) => `0${(i % 9) + 1}/0${(i % 3) + 1}/2024,${i}`).join("\n")}\n`, isGood: false },
};
