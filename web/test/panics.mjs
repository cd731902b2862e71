// A WebAssembly module with the functions of the one that forecasts, whose reading panics.

/** A number as WebAssembly writes it (LEB128). */
const number = (n) => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...number(n >> 7)]);
/** A constant, which has a sign: its last byte stays below 64. */
const constant = (n) => (n < 0x40 ? [n] : [(n & 0x7f) | 0x80, ...constant(n >> 7)]);
const sized = (bytes) => [...number(bytes.length), ...bytes];
const text = (words) => sized([...Buffer.from(words)]);
const list = (items) => [...number(items.length), ...items.flat()];
const section = (id, items) => [id, ...sized(list(items))];

const I32 = 0x7f;
const END = 0x0b;
const UNREACHABLE = [0x00];
const returns = (n) => [0x41, ...constant(n)];

/** A module in which `elman_file_read` traps after a panic with this message. */
export function panics(message) {
  // Functions with their number of arguments. The message is at 0, and inputs are written behind it.
  const functions = {
    elman_file_input: [2, returns(1024)],
    elman_file_start: [0, returns(0)],
    elman_file_read: [0, UNREACHABLE],
    elman_file_panic: [0, returns(0)],
    elman_file_panic_len: [0, returns(message.length)],
  };
  const all = Object.entries(functions);
  const memory = [...text("memory"), 0x02, 0];
  return Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [0, 1, 2].map((args) => [0x60, ...list(Array(args).fill([I32])), ...list([[I32]])])),
    ...section(3, all.map(([, [args]]) => [args])),
    ...section(5, [[0x00, 16]]),
    ...section(7, [memory, ...all.map(([name], i) => [...text(name), 0x00, i])]),
    ...section(10, all.map(([, [, body]]) => sized([0, ...body, END]))),
    ...section(11, [[0x00, 0x41, 0, END, ...text(message)]]),
  ]);
}
