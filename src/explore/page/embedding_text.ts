/** Embeddings as an address holds them: base64 of float32. */

/** The numbers of an embedding that the address holds; null where it holds none. */
export function embeddingOf(text: string): readonly number[] | null {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
    return [...new Float32Array(bytes.buffer)];
  } catch {
    return null;
  }
}

/** The text of an embedding. */
export function embeddingText(embedding: readonly number[]): string {
  const bytes = new Uint8Array(Float32Array.from(embedding).buffer);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
