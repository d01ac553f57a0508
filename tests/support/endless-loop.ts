/** A test build of the gateway that has an endless loop; no product has it. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

export const ENDLESS_PATH = "/endless";

const PRODUCT = "product.js";

const moduleNamed = (file: string): string => `(name = "${file}", esModule = embed "${file}")`;

/** Makes of the bundles in this folder the test build, for the next start of workerd with this configuration. */
export const installEndlessLoop = (directory: string, configFile: string): void => {
  const gateway = path.join(directory, "gateway.js");
  renameSync(gateway, path.join(directory, PRODUCT));
  writeFileSync(
    gateway,
    `import product from "${PRODUCT}";
     export * from "${PRODUCT}";
     export default {
       ...product,
       fetch: (request, ...rest) => {
         if (new URL(request.url).pathname === "${ENDLESS_PATH}") for (;;);
         return product.fetch(request, ...rest);
       },
     };`,
  );
  const config = path.join(directory, configFile);
  const modules = `${moduleNamed("gateway.js")}, ${moduleNamed(PRODUCT)}`;
  writeFileSync(config, readFileSync(config, "utf8").replace(moduleNamed("gateway.js"), modules));
};
