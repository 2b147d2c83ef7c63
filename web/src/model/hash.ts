// The SHA-256 of bytes. In: bytes. Out: hexadecimal digits, or null where the browser does not calculate it: on pages
// without https.

export async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (!self.isSecureContext) return null;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
