/** A script as it is laid out on paper, with the order of its scenes beside it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Button,
  call,
  Empty,
  Failure,
  fetchAs,
  Link,
  Loading,
  saveFile,
  useAction,
  useLoaded,
  useMay,
  View,
} from "#console";
import { type Element, readScript, type Scene } from "./element.ts";
import { Order } from "./order.tsx";

const exportScript = async (id: number, title: string): Promise<void> => {
  const response = await fetchAs(`/service-a/scripts/${id}.fountain`, "text/plain");
  const name = title.replaceAll(/[^\p{Letter}\p{Number}]+/gu, "-").toLowerCase() || `script-${id}`;
  saveFile(`${name}.fountain`, await response.blob());
};

const CLASSES: Readonly<Record<Element["elementType"], string>> = {
  script: "scene",
  section: "scene",
  character: "cue",
  spokenWord: "dialogue",
  action: "action",
};

const versionsOf = (scriptId: number, { elementType, elementId }: Element): string =>
  addressOf("scripts", String(scriptId), elementType, String(elementId));

const Line = ({ scriptId, element }: { scriptId: number; element: Element }): JSX.Element => {
  const { elementType, text, versionNumber } = element;
  const link = versionNumber > 1 && (
    <Link class="version" to={versionsOf(scriptId, element)}>
      {versionNumber} versions
    </Link>
  );
  return elementType === "section" ? (
    <h3 class={CLASSES[elementType]}>
      {text} {link}
    </h3>
  ) : (
    <p class={CLASSES[elementType]}>
      {text} {link}
    </p>
  );
};

const Layout = ({ scriptId, scenes }: { scriptId: number; scenes: readonly Scene[] }): JSX.Element => (
  <article class="card script" aria-label="Screenplay">
    {scenes.map(({ heading, elements }) => (
      <section key={heading?.elementId ?? 0}>
        {heading && <Line scriptId={scriptId} element={heading} />}
        {elements.map((element) => (
          <Line key={`${element.elementType}-${element.elementId}`} scriptId={scriptId} element={element} />
        ))}
      </section>
    ))}
  </article>
);

export const Script = ({ id }: { id: number }): JSX.Element => {
  const may = useMay();
  const [count, setCount] = useState(0);
  const script = useLoaded(
    async (signal) => {
      const { data } = await call("GET /service-a/scripts/{id}", { path: { id }, signal });
      return { script: data, scenes: await readScript(id, signal, setCount) };
    },
    [id],
  );
  const { title = "" } = script.value?.script ?? {};
  const save = useAction(() => exportScript(id, title), "Exported.");
  const scenes = script.value?.scenes ?? [];
  const headings = scenes.flatMap(({ heading }) => heading ?? []);
  const mayOrder = may("sequence:write") && headings.length > 1;
  return (
    <View
      title={title || `Script ${id}`}
      lead={<Link to={addressOf("scripts")}>All scripts</Link>}
      actions={
        <Button isBusy={save.isBusy} onClick={() => void save.run()}>
          Export
        </Button>
      }
    >
      <Failure error={save.error} />
      {script.isLoading && count > 0 && <p class="meta">{count} elements so far …</p>}
      <Loading of={script} isThere={script.value !== undefined}>
        {scenes.length === 0 && <Empty>This script has no elements.</Empty>}
        {scenes.length > 0 && (
          <div class={mayOrder ? "split" : undefined}>
            {mayOrder && (
              <Order
                key={headings.map(({ elementId }) => elementId).join(" ")}
                headings={headings}
                onSaved={script.reload}
              />
            )}
            <Layout scriptId={id} scenes={scenes} />
          </div>
        )}
      </Loading>
    </View>
  );
};
