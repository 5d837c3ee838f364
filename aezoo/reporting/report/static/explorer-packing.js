// Arrays of the payload, unpacked: deflated bytes in base64.

/** Unpack bytes. */
export async function unpackBytes(text) {
  const binary = atob(text);
  const deflated = new Uint8Array(binary.length);
  for (let i = 0; i < deflated.length; i += 1) deflated[i] = binary.charCodeAt(i);
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Unpack float16 numbers, whose low bytes come before all their high ones. */
export async function unpackFloats(text) {
  const bytes = await unpackBytes(text);
  const count = bytes.length / 2;
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i += 1) numbers[i] = HALVES[bytes[i] | (bytes[count + i] << 8)];
  return numbers;
}

/** The value of each of the 65,536 patterns of a float16. */
const HALVES = Float32Array.from({ length: 65536 }, (_, pattern) => {
  const [sign, exponent, mantissa] = [pattern >> 15 ? -1 : 1, (pattern >> 10) & 31, pattern & 1023];
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + mantissa / 1024) * 2 ** (exponent - 15) : mantissa * 2 ** -24);
});
