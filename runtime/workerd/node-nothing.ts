/** Stands for built-in modules that a bundled package asks for and never uses: it has a way of its own to send requests. */
export {};
