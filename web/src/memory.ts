// Copies from the memory of the engine. Views of it are made anew for each use, because memory that grows detaches old ones.

export function floats({ buffer }: WebAssembly.Memory, at: number, len: number): Float32Array {
  return new Float32Array(buffer, at, len).slice();
}

export function text({ buffer }: WebAssembly.Memory, at: number, len: number): string {
  return new TextDecoder().decode(new Uint8Array(buffer, at, len));
}
