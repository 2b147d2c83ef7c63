// Hands bytes to the user as a file.

export function download(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/wasm' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser takes what it needs before this runs.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
