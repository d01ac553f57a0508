/**
 * Part of `npm run check`: ends with code 1 when the typed client and the routes differ. With `--write`, as in `npm run fix`,
 * the client's operations are generated. They are in the repository so that a change of the API shows in its review.
 */
import { generateOperations, OPERATIONS_FILE } from "../typed-client/generate.ts";
import { keepGenerated } from "./generated.ts";

keepGenerated({ file: OPERATIONS_FILE, text: await generateOperations(), source: "what the routes declare" });
