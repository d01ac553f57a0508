/** The file that configures upstreams, limits and policies at a start: read and checked before anything is started. */
import { closeSync, openSync, readSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { useFieldMessages } from "../../shared/http/field-messages.ts";
import { conflictsIn, refusalsIn } from "../../workers/gateway/src/configuration/file.ts";
import { parseConfigurationFile } from "../../workers/gateway/src/configuration/file-schema.ts";
import { createTargetRules } from "../../workers/gateway/src/upstreams/target-rules.ts";
import { reasonOf } from "../local/operator-error.ts";

/** 200 objects of each kind have room in it. */
const MAX_BYTES = 4 * 1024 * 1024;

/** What no installation on this runtime may call. What is an installation's own, the gateway knows. */
const ANYWHERE = createTargetRules({ publicUrl: "", internalPorts: new Set(), bindings: new Set() });

/** What the file says, and a line for each fault in it. */
export interface ConfigurationFile {
  content: unknown;
  faults: string[];
}

const readText = (file: string): string => {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0; length += read)
      read = readSync(descriptor, buffer, length, MAX_BYTES + 1 - length, null);
    if (length > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(descriptor);
  }
};

const describe = (error: unknown): string => {
  const reason = reasonOf(error).replace(/:$/, "");
  return error instanceof YAMLParseError ? `is not YAML that can be read: ${reason}` : `cannot be read: ${reason}`;
};

/** Reads the file, and checks it by the rules that the gateway goes by. Never throws. */
export const readConfigurationFile = (file: string): ConfigurationFile => {
  useFieldMessages();
  try {
    const content: unknown = parse(readText(file), { strict: true, uniqueKeys: true, logLevel: "error" });
    const { objects, faults } = parseConfigurationFile(content);
    const all = [...faults, ...refusalsIn(objects, ANYWHERE), ...conflictsIn(objects, [])];
    return { content, faults: all.map((fault) => `${file}: ${fault}`) };
  } catch (error) {
    return { content: undefined, faults: [`${file} ${describe(error)}`] };
  }
};
