/** The scenes in an order that can be changed: dragged, or moved by buttons. Nothing is stored until it is saved. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, call, Failure, Section, useAction } from "#console";
import type { Element } from "./element.ts";

/** The list with one of its items elsewhere. */
const moved = <Item,>(items: readonly Item[], from: number, to: number): Item[] => {
  const [item] = items.slice(from, from + 1);
  return item === undefined ? [...items] : items.toSpliced(from, 1).toSpliced(to, 0, item);
};

interface OrderProps {
  headings: readonly Element[];
  onSaved: () => void;
}

const firstLine = ({ text }: Element): string => text.split("\n")[0] || "(without a heading)";

export const Order = ({ headings, onSaved }: OrderProps): JSX.Element => {
  const [order, setOrder] = useState<readonly Element[]>(headings);
  const [dragged, setDragged] = useState<number>();
  const [said, setSaid] = useState("");
  const isChanged = order.some((heading, index) => heading !== headings[index]);

  const move = (from: number, to: number): void => {
    const heading = order[from];
    if (!heading || to < 0 || to >= order.length) return;
    setOrder(moved(order, from, to));
    setSaid(`${firstLine(heading)} is now number ${to + 1} of ${order.length}.`);
  };

  const save = useAction(async () => {
    await call("POST /service-a/sequence/reorder", {
      body: {
        elementType: "section",
        elementIds: headings.map(({ elementId }) => elementId),
        newOrder: order.map(({ elementId }) => elementId),
      },
    });
    onSaved();
  }, "The scenes are in their new order.");

  return (
    <Section title="Order of the scenes">
      <p class="meta">Drag a scene, or use its arrows. Save when it is right.</p>
      <ol class="order">
        {order.map((heading, index) => (
          <li
            key={heading.elementId}
            draggable
            class={dragged === index ? "dragged" : undefined}
            onDragStart={(event) => {
              event.dataTransfer?.setData("text/plain", String(heading.elementId));
              setDragged(index);
            }}
            onDragEnd={() => setDragged(undefined)}
            onDragOver={(event) => {
              event.preventDefault();
              if (dragged === undefined || dragged === index) return;
              move(dragged, index);
              setDragged(index);
            }}
            onDrop={(event) => event.preventDefault()}
          >
            <span>{firstLine(heading)}</span>
            <Button
              kind="quiet"
              aria-label={`Move ${firstLine(heading)} up`}
              disabled={index === 0}
              onClick={() => move(index, index - 1)}
            >
              ↑
            </Button>
            <Button
              kind="quiet"
              aria-label={`Move ${firstLine(heading)} down`}
              disabled={index === order.length - 1}
              onClick={() => move(index, index + 1)}
            >
              ↓
            </Button>
          </li>
        ))}
      </ol>
      <p class="unseen" role="status">
        {said}
      </p>
      <Failure error={save.error} />
      {isChanged && (
        <div class="actions">
          <Button kind="main" isBusy={save.isBusy} onClick={() => void save.run()}>
            Save the order
          </Button>
          <Button onClick={() => setOrder(headings)}>Put it back</Button>
        </div>
      )}
    </Section>
  );
};
