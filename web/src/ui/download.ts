// Hands bytes or text to the user as a file.

export function download(content: Uint8Array<ArrayBuffer> | Blob | string, name: string, type = 'application/wasm'): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser takes what it needs before this runs.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
