/** As workerd, Cloudflare and Miniflare import it: compiled, as no code may be compiled while a worker runs. */
declare module "*.wasm" {
  const compiled: WebAssembly.Module;
  export default compiled;
}
