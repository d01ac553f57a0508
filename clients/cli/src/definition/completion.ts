/** Completion for shells, from the definitions: which words may follow which. */
import { allBelow, type Command, GLOBAL_OPTIONS, type Group, isGroup } from "./command.ts";

interface Place {
  /** The words before, such as `secrets get`. */
  name: string;
  /** With what each is for. */
  words: readonly (readonly [word: string, summary: string])[];
}

const optionsOf = (options: Command["options"] = {}): [string, string][] =>
  Object.entries({ ...options, ...GLOBAL_OPTIONS }).map(([name, { summary }]) => [`--${name}`, summary]);

const placesOf = (root: Group): Place[] =>
  [{ name: "", node: root }, ...allBelow(root)].map(({ name, node }) => ({
    name,
    words: isGroup(node)
      ? Object.entries(node.commands).map(([word, { summary }]): [string, string] => [word, summary])
      : optionsOf(node.options),
  }));

const commandNames = (places: readonly Place[]): string =>
  places
    .filter(({ name }) => name !== "")
    .map(({ name }) => `"${name}"`)
    .join("|");

/** What bash and zsh have in common: `place` becomes the command so far, from the words before the cursor. */
const walk = (places: readonly Place[]): string => `  for word in "\${before[@]}"; do
    case "\${place:+$place }$word" in
      ${commandNames(places)}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place" in
${places.map(({ name, words }) => `    "${name}") choices="${words.map(([word]) => word).join(" ")}" ;;`).join("\n")}
  esac`;

const bash = (places: readonly Place[]): string => `# fountain completion bash
_fountain() {
  local word place="" choices="" before
  before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
${walk(places)}
  COMPREPLY=($(compgen -W "$choices" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _fountain fountain`;

const zsh = (places: readonly Place[]): string => `#compdef fountain
# fountain completion zsh
_fountain() {
  local word place="" choices="" before
  before=("\${(@)words[2,CURRENT-1]}")
${walk(places)}
  compadd -- \${=choices} || _files
}
compdef _fountain fountain`;

const quoted = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;

const fish = (places: readonly Place[]): string => `# fountain completion fish
function __fountain_place
  set -l place ""
  for word in (commandline -opc)[2..-1]
    switch (string trim -- "$place $word")
      case ${places
        .filter(({ name }) => name !== "")
        .map(({ name }) => quoted(name))
        .join(" ")}
        set place (string trim -- "$place $word")
    end
  end
  test "$place" = "$argv[1]"
end
${places
  .flatMap(({ name, words }) =>
    words.map(
      ([word, summary]) =>
        `complete -c fountain -n ${quoted(`__fountain_place "${name}"`)} ${word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`} -d ${quoted(summary)}`,
    ),
  )
  .join("\n")}`;

/** By the name of the shell. */
export const SHELLS: Readonly<Record<string, (places: readonly Place[]) => string>> = { bash, zsh, fish };

/** The script for a shell; `undefined` where it is none of them. */
export const completionOf = (root: Group, shell: string): string | undefined =>
  Object.hasOwn(SHELLS, shell) ? SHELLS[shell]?.(placesOf(root)) : undefined;
