// Arrays of the payload, unpacked: deflated bytes in base 85.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%/()*+-;,=.?@^_`{|}~";

/** Unpack bytes. */
export async function unpackBytes(text) {
  const stream = new Blob([fromBase85(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
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

/** Unpack integers, which stand as 0, -1, 1, -2 ... for 0, 1, 2, 3 ..., low bytes before high ones. */
export async function unpackIntegers(text) {
  const bytes = await unpackBytes(text);
  const count = bytes.length / 2;
  return Int32Array.from({ length: count }, (_, i) => {
    const folded = bytes[i] | (bytes[count + i] << 8);
    return (folded >> 1) ^ -(folded & 1);
  });
}

/** Read five characters as four bytes; of the last five, some may be missing, and as many bytes. */
function fromBase85(text) {
  const values = new Uint8Array(128);
  for (let i = 0; i < 85; i += 1) values[DIGITS.charCodeAt(i)] = i;
  const missing = (5 - (text.length % 5)) % 5;
  const bytes = new DataView(new ArrayBuffer(((text.length + missing) / 5) * 4));
  for (let i = 0, place = 0; i < text.length; i += 5, place += 4) {
    let number = 0;
    for (let j = i; j < i + 5; j += 1) number = number * 85 + (j < text.length ? values[text.charCodeAt(j)] : 84);
    bytes.setUint32(place, number);
  }
  return new Uint8Array(bytes.buffer, 0, bytes.byteLength - missing);
}

/** The value of each of the 65,536 patterns of a float16. */
const HALVES = Float32Array.from({ length: 65536 }, (_, pattern) => {
  const [sign, exponent, mantissa] = [pattern >> 15 ? -1 : 1, (pattern >> 10) & 31, pattern & 1023];
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + mantissa / 1024) * 2 ** (exponent - 15) : mantissa * 2 ** -24);
});
