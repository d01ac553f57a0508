/** Secrets as variables of an environment: their names, and files of them. */
import { usageError } from "../terminal/exit.ts";

/** What shells accept. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Variables by which shells, loaders, interpreters and common programs run other code, and those that begin so. They are set by
 * name only: anyone who may store a secret below a prefix could otherwise decide what runs. Programs may have more of their own.
 */
const STEERING = new Set([
  ...["PATH", "HOME", "SHELL", "IFS", "ENV", "BASH_ENV", "BASHOPTS", "SHELLOPTS", "PROMPT_COMMAND", "PS4", "ZDOTDIR"],
  ...["EDITOR", "VISUAL", "PAGER", "BROWSER", "GCONV_PATH"],
  ...["NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE", "DOTNET_STARTUP_HOOKS", "PHPRC", "PHP_INI_SCAN_DIR"],
  ...["CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"],
]);
const STEERING_PREFIXES = [
  ...["LD_", "DYLD_", "XDG_", "GIT_", "NPM_CONFIG_", "OPENSSL_"],
  ...["PYTHON", "PERL5", "RUBY", "LUA_", "CORECLR_"],
];

const isSteering = (name: string): boolean =>
  STEERING.has(name) || STEERING_PREFIXES.some((prefix) => name.startsWith(prefix));

/** Throws a usage error for what is no name of a variable. */
export const checkedName = (name: string): string => {
  if (!NAME.test(name))
    throw usageError(`"${name}" is no name of a variable.`, "Letters, digits and _ only, and no digit first.");
  return name;
};

/** The variable of a secret: `editor/smtp-password` below `editor/` is `SMTP_PASSWORD`. */
export const variableOf = (path: string, prefix: string): string => {
  const name = path
    .slice(prefix.length)
    .replace(/^\/+/, "")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  if (!NAME.test(name))
    throw usageError(`The secret ${path} has no name for a variable.`, `Choose one: --env NAME=${path}`);
  if (isSteering(name))
    throw usageError(
      `The secret ${path} would become ${name}, which decides what code runs.`,
      `If that is what you want: --env ${name}=${path}`,
    );
  return name;
};

/** The path of a variable, as `variableOf` reads it back. */
export const pathOf = (name: string, prefix: string): string => prefix + name.toLowerCase().replaceAll("_", "-");

/** In this order: what stands between single quotes or backquotes is taken as it is. */
const QUOTES = ["'", "`", '"'];

/** A line of a `.env` file. Throws where no quoting keeps the value as it is. */
export const lineOf = (name: string, value: string): string => {
  if (/^[\w./:@%+,-]+$/.test(value)) return `${name}=${value}`;
  const quote = QUOTES.find(
    (mark) => !value.includes(mark) && !(mark === '"' && value.includes("\\")) && !value.includes("\r"),
  );
  if (quote === undefined) throw usageError(`The value of ${name} cannot be written to a .env file.`, "Use --json.");
  return `${name}=${quote}${value}${quote}`;
};
