// Compiles the core module of `meld.wasm` from its address, in browsers. Bundlers know the way in which
// the address is written here, and take the file along. Not its job: instantiation.

export async function compile(): Promise<WebAssembly.Module> {
  const address = new URL('./meld.core.wasm', import.meta.url);
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`cannot load ${address}: ${response.status} ${response.statusText}`.trimEnd());
  }
  // Streaming insists on the type, which not every server tells.
  const type = response.headers.get('content-type')?.split(';')[0]?.trim();
  if (type === 'text/html') {
    // Servers for development answer with their page where they know no file.
    const hint = "Vite's needs `optimizeDeps: { exclude: ['meld-fuser'] }` in its configuration";
    throw new Error(`cannot load ${address}: the server answers with a page. ${hint}`);
  }
  return type === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
