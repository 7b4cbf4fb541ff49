/** Numbers that the page holds as base64. */

import { floats } from "./math";
function bytes(text: string): ArrayBuffer {
  const letters = atob(text), found = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) found[i] = letters.charCodeAt(i);
  return found.buffer;
}

export const float64 = (text: string) => floats(bytes(text));
export const float32 = (text: string) => Float64Array.from(new Float32Array(bytes(text)));
